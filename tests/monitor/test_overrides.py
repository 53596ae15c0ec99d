"""A company's own words are read from its directory, and ``ownup check`` names what is wrong with them."""

from pathlib import Path

import pytest

from monitor.commands import main

TITLE = "{% macro title(s) %}Outage: {{ s.things }}{% endmacro %}"
BROKEN = "{% macro title(s) %}\n{{ s.thing }}{% endmacro %}"


def words(directory: Path, **files: str) -> Path:
    """A directory of overrides: ``en_first`` is ``en/first.md.j2``, and ``en_phrases`` the catalogue."""
    for name, text in files.items():
        language, _, kind = name.partition("_")
        path = directory / "words" / language / ("phrases.toml" if kind == "phrases" else f"{kind}.md.j2")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return directory / "words"


def checked(directory: Path, capsys: pytest.CaptureFixture[str], **files: str) -> tuple[int, list[str]]:
    """What ``ownup check`` says of a config with these words."""
    path = directory / "config.toml"
    path.write_text(f'[notices]\noverrides = "{words(directory, **files).name}"\n')
    code = main(["check", str(path)])
    return code, capsys.readouterr().err.replace(f"{directory}/", "").splitlines()


def test_good_words_are_good(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A path is meant from where the config is, and nothing is said of what is right."""
    assert checked(tmp_path, capsys, en_first=TITLE, de_phrases='comma = ", "') == (0, [])


def test_check_names_every_mistake_with_its_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """All at once, of every language, and each where it stands; the exit code is 2."""
    code, lines = checked(
        tmp_path,
        capsys,
        en_first=BROKEN,
        en_frist=TITLE,
        de_first="\n{% macro title(s) %}\n{{ 2 * 3 }}{% endmacro %}",
        fr_phrases='comma = ", "\n[effect.smtp]\ndaed = ["a", "b"]',
        it_first=TITLE,
    )
    assert code == 2
    assert sorted(lines) == [
        "words/de/first.md.j2:3: a template does not reckon: numbers come from the facts, and words are joined with ~",
        "words/en/first.md.j2:2: there is no slot thing",
        'words/en/frist.md.j2: nothing of ours has this name (did you mean "first.md.j2"?)',
        'words/fr/phrases.toml:3: effect.smtp.daed: we know no such fault (did you mean "dead"?)',
        "words/it: is no language of ours: a folder is named en, de, fr, es",
    ]


def test_an_invented_number_is_a_warning(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A telephone number is no fact of the outage and may yet be right, so it only is asked about."""
    text = "{% macro spoken(s) %}{{ s.things }} fails. Call 0800.{% endmacro %}"
    code, lines = checked(tmp_path, capsys, en_first=text)
    why = "the spoken of first says 0800, which no fact holds: say only what was measured"
    assert (code, lines) == (0, [f"words/en/first.md.j2:1: {why} (a warning)"])


def test_a_directory_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is named, and why it cannot be read."""
    assert checked(tmp_path, capsys) == (2, ["words: cannot be read: No such file or directory"])
