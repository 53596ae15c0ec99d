"""A folder of bad config files, each with its exact errors beside it."""

from pathlib import Path

import pytest

from monitor.config import ConfigError, load
from monitor.publish import Kind

BAD = Path(__file__).parent / "bad"
FILES = sorted(BAD.glob("*.toml"))


@pytest.mark.parametrize("name", [path.name for path in FILES])
def test_each_bad_file_gives_all_its_errors_at_once(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every error of the file, in its order, each on one line with file, line, key, reason and suggestion."""
    monkeypatch.chdir(BAD)
    with pytest.raises(ConfigError) as caught:
        load(Path(name), Kind, environ={"PASSWORD": "hunter2"})
    assert str(caught.value).splitlines() == Path(name).with_suffix(".txt").read_text().splitlines()


def test_no_error_tells_a_secret() -> None:
    """Whatever is wrong with a file, its secrets stay in it."""
    texts = [path.with_suffix(".txt").read_text() for path in FILES]
    assert not [text for text in texts if "hunter2" in text or "T0K3N" in text or "whsec_b" in text]
