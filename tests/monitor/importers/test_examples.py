"""What each importer makes of an example with something of every sort, word for word."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from monitor.commands import main
from monitor.importers import IMPORTERS, Importer, blackbox
from probes.http import Http
from tests.monitor.importers.conftest import EXAMPLES, FILES, Made

SECRETS = (
    *("query-token", "key-of-the-shop", "proxy-password", "shop-password", "url-password", "AHJvYm90"),
    *("url-secret", "header-secret", "ssh-secret", "potato", "chat-secret", "udp-secret", "other-secret"),
    *("basic-secret", "proxy-secret", "body-secret", "secret-hook", "mqtt-secret", "aToken-that-is"),
)


@pytest.mark.parametrize("importer", IMPORTERS, ids=lambda importer: importer.NAME)
def test_an_example_becomes_a_config_that_passes(importer: Importer, make: Callable[..., Made]) -> None:
    """It is the text that stands beside the example, and ``ownup check`` has nothing to say to it."""
    made = make(importer, **FILES[importer])
    assert made.text == (EXAMPLES / f"{importer.NAME}.toml").read_text()
    assert len(made.config.target) == made.text.count("[[target]]") > 5


@pytest.mark.parametrize("importer", IMPORTERS, ids=lambda importer: importer.NAME)
def test_no_secret_is_copied(importer: Importer, make: Callable[..., Made]) -> None:
    """Passwords, tokens and keys stand in no word of it: neither in an option nor in a comment."""
    text = make(importer, **FILES[importer]).text
    assert not [secret for secret in SECRETS if secret in text]


@pytest.mark.parametrize("importer", IMPORTERS, ids=lambda importer: importer.NAME)
def test_every_importer_is_explained(importer: Importer) -> None:
    """``ownup import NAME`` has a heading of its own."""
    assert f"## `ownup import {importer.NAME}" in (Path(__file__).parents[3] / "docs" / "import.md").read_text()


def test_a_variable_holds_what_the_file_held(make: Callable[..., Made]) -> None:
    """What becomes a variable is put together again as it was."""
    shop, _, cart, *_ = make(blackbox, **FILES[blackbox]).config.target
    assert isinstance(shop, Http)
    assert isinstance(cart, Http)
    assert shop.url == "https://shop.example.com/?token=query-token"
    assert cart.headers["X-Api-Key"] == "key-of-the-shop"
    assert cart.body == '{"price": "$${"}'


def test_a_target_without_labels_has_the_component_of_its_job(tmp_path: Path, make: Callable[..., Made]) -> None:
    """Relabelling may take all of them away; and the exporter may stand behind a prefix."""
    job = {"job_name": "Shop", "metrics_path": "/blackbox/probe", "params": {"target": ["shop.example.com"]}}
    job |= {
        "static_configs": [{"targets": ["exporter:9115"]}],
        "relabel_configs": [{"action": "labeldrop", "regex": "job"}],
    }
    files = {"file": tmp_path / "modules.yml", "scrape": tmp_path / "prometheus.yml"}
    files["file"].write_text(json.dumps({"modules": {"http_2xx": {"prober": "http"}}}))
    files["scrape"].write_text(json.dumps({"scrape_configs": [job]}))
    config = make(blackbox, **files).config
    assert ([one.name for one in config.component], [one.name for one in config.target]) == (
        ["Shop"],
        ["shop.example.com"],
    )


def test_a_file_and_its_secrets_are_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With ``--secrets`` they stand in a file that only we can read, and that a shell reads without change."""
    made, secrets = tmp_path / "made.toml", tmp_path / "secrets"
    words = ["import", "gatus", str(EXAMPLES / "gatus.yaml"), "--output", str(made), "--secrets", str(secrets)]
    assert main(words) == 0
    out, said = capsys.readouterr()
    assert out == ""
    assert "12 targets, 3 of them with notes" in said
    assert "3 not carried over at all" in said
    assert "their values are not in the file, so you must know them: SHOP_TOKEN" in said
    assert made.read_text() == (EXAMPLES / "gatus.toml").read_text()
    assert secrets.stat().st_mode & 0o777 == 0o600
    assert {'CORE_FRONT_END_X_API_KEY="header-secret"', "# SHOP_TOKEN="} <= set(secrets.read_text().splitlines())


@pytest.mark.parametrize("secret", ['a"b', "a$HOME`id`", "a\\b\\", "two\nlines", "'", "ü"])
def test_a_shell_reads_the_secrets_as_they_are(tmp_path: Path, secret: str) -> None:
    """Whatever is in them: nothing is put in, and nothing is run."""
    backup, secrets, body = tmp_path / "backup.json", tmp_path / "secrets", f"password={secret}"
    shop = {"id": 1, "name": "shop", "type": "http", "url": "http://h/", "method": "POST", "body": body}
    backup.write_text(json.dumps({"monitorList": [shop]}))
    words = ["--output", str(tmp_path / "made"), "--secrets", str(secrets)]
    assert main(["import", "uptime-kuma", str(backup), *words]) == 0
    script = f'. {secrets}; printf %s "$SHOP_BODY"'
    assert subprocess.run(["sh", "-c", script], check=True, capture_output=True, text=True).stdout == body


def test_nothing_is_written_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Unless it is told so."""
    made = tmp_path / "made.toml"
    made.write_text("mine")
    words = ["import", "gatus", str(EXAMPLES / "gatus.yaml"), "--output", str(made)]
    assert main(words) == 2
    assert capsys.readouterr() == ("", f"{made} exists already; --force writes over it\n")
    assert made.read_text() == "mine"
    assert main([*words, "--secrets", str(made), "--force"]) == 2
    assert main([*words, "--force"]) == 0
    assert made.read_text() != "mine"


@pytest.mark.parametrize(
    ("importer", "name", "text", "says"),
    [
        ("gatus", "bad.yaml", "endpoints:\n  - {name: a\n", "{path}:3: not YAML: expected ',' or '}}'"),
        ("gatus", "bad.yaml", "endpoints:\n  - name: a\n    interval: 5x\n    url: b\n", "{path}:3: endpoints[0].inte"),
        ("gatus", "bad.yaml", "endpoints: &a [*a]\n", "{path}: nested too deeply, or too long to be a config"),
        ("gatus", "gone.yaml", None, "{path}: cannot be read: no such file or directory"),
        ("uptime-kuma", "bad.json", '{"monitorList": [}', "{path}:1: not JSON: expecting value"),
        ("uptime-kuma", "bad.json", "{}", "{path}: monitorList: is missing"),
        (
            "uptime-kuma",
            "bad.json",
            '{"monitorList": [{"body": "\\u0000"}]}',
            "{path}: monitorList[0].body: holds a NUL",
        ),
        (
            "uptime-kuma",
            "bad.json",
            '{"monitorList": [{"name": "\\ud800"}]}',
            "{path}: monitorList[0].name: holds half",
        ),
    ],
)
def test_a_file_that_cannot_be_used_is_told_in_a_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], importer: str, name: str, text: str | None, says: str
) -> None:
    """With its place; the exit code is 2."""
    path = tmp_path / name
    if text is not None:
        path.write_text(text)
    assert main(["import", importer, str(path)]) == 2
    out, said = capsys.readouterr()
    assert out == ""
    assert said.startswith(says.format(path=path))
