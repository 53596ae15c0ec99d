"""What our own rules refuse is taken out of a sketch, and said."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.config.environment import expand
from monitor.importers.blueprint import Blueprint, Option, Sketch
from monitor.importers.fitting import fit
from monitor.importers.woven import Variable, Vault, Woven, variable_name
from monitor.importers.writing import write

PLAIN: dict[str, Option] = {"host": "h", "port": 25}


def fitted(**options: Option) -> Sketch:
    """A sketch of a TCP target after fitting."""
    sketch = Sketch(("one",), "web", "tcp", dict(options))
    fit(sketch, "one")
    return sketch


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"username": "robot"}, "username: Extra inputs are not permitted"),
        ({"interval": "0s"}, "interval: should be greater than or equal to 1"),
        ({"password_file": "/nowhere"}, "password_file: no such file or directory"),
        ({"dialogue": [{"expect": "("}]}, "dialogue: bad regular expression '(': missing ): ( (RE2 syntax)"),
    ],
)
def test_an_option_that_is_refused_goes_and_the_target_is_off(options: dict[str, Option], why: str) -> None:
    """With the reason; the rest stays."""
    sketch = fitted(**PLAIN, **options)
    assert (sketch.options, sketch.faults, sketch.lost) == (PLAIN, [why], "")


def test_a_target_that_cannot_do_without_an_option_is_lost() -> None:
    """Missing or refused."""
    assert fitted(host="h").lost == "port: Field required"
    assert fitted(host="h", port=0).lost == "port: should be greater than or equal to 1"
    assert "TLS can begin only once" in fitted(**PLAIN, tls_mode="implicit", dialogue=[{"starttls": True}]).lost


def test_a_file_is_read_before_it_is_believed(tmp_path: Path) -> None:
    """One that is there stays as a file."""
    path = tmp_path / "password"
    path.write_text("secret\n")
    assert fitted(**PLAIN, password_file=str(path)).faults == []


@given(parts=st.lists(st.text(alphabet="a${}N\\1") | st.just(Variable("N", "v")), max_size=5))
def test_a_woven_text_means_what_it_was(parts: list[str | Variable]) -> None:
    """Whatever dollars and brackets stand in it, only its variables are variables."""
    woven = Woven(tuple(parts))
    assert expand(woven.written, {"N": "v"}, []) == woven.meant


@given(text=st.text(alphabet="a${}N\\1\n\x00\x7f\r\"'", max_size=12))
def test_a_plain_text_means_itself(text: str) -> None:
    """In TOML too."""
    blueprint = Blueprint("a test")
    sketch = blueprint.sketch("one", component=blueprint.component("web"), kind="http")
    sketch.options = {"url": "http://h/", "body": text, "slow_phases": {text: "1s"}}
    (target,) = tomllib.loads(write(blueprint))["target"]
    assert (expand(target["body"], {}, []), list(target["slow_phases"])) == (text, [text])


def test_one_secret_has_one_name() -> None:
    """The same value under the same name is one variable; another value is another."""
    vault = Vault()
    names = [vault.secret("Shop: key", value).written for value in ("a", "a", "b")]
    assert names == ["${SHOP_KEY}", "${SHOP_KEY}", "${SHOP_KEY_2}"]
    assert variable_name("1-ü") == "SECRET_1"
