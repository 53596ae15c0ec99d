"""What compose starts: guarded, pinned, and made of files that each program in it accepts."""

import json
import re
import shutil
import subprocess
import tomllib
import urllib.request
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from monitor.commands import main
from tests.deploy.daemon import Daemon
from tests.deploy.world import until
from tests.peers.alertmanager import Alertmanager
from tests.peers.peer import unpacked
from tests.peers.ports import Block

ROOT: Final = Path(__file__).parents[2]
DEPLOY: Final = ROOT / "deploy"
COMPOSE: Final = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
SERVICES: Final[dict[str, dict[str, Any]]] = COMPOSE["services"]
OWNUP: Final = tomllib.loads((DEPLOY / "compose" / "ownup.toml").read_text())
PORTS: Final = {
    "ownup": {OWNUP[part]["listen"].rpartition(":")[2] for part in ("page", "desk", "metrics")},
    "prometheus": {"9090"},
    "alertmanager": {"9093"},
    "grafana": {"3000"},
}
COMPONENTS: Final = """
[[component]]
id = "website"
name = "Website"
when_down = "you cannot open our website"
[[component]]
id = "mail"
name = "Mail"
when_down = "you cannot read your mail"
"""
TOKEN: Final = "only for this test, and long enough"


def mounts(service: str) -> list[tuple[str, str]]:
    """From where to where its volumes are mounted."""
    return [(one.split(":")[0], one.split(":")[1]) for one in SERVICES[service]["volumes"]]


def as_mounted(service: str, root: Path) -> Path:
    """The files of a service, laid out as in its container."""
    for source, place in mounts(service):
        if source.startswith("./"):
            inside = root / place.lstrip("/")
            inside.parent.mkdir(parents=True, exist_ok=True)
            (shutil.copytree if (DEPLOY / source).is_dir() else shutil.copy)(DEPLOY / source, inside)
    return root


def run(*command: str | Path) -> str:
    """Run a tool, which must accept what it is given."""
    tool = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert tool.returncode == 0, tool.stdout + tool.stderr
    return tool.stdout


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_is_guarded(service: str) -> None:
    """It writes to its volume alone, gains no right, is asked for its health, and is reached from this machine only."""
    told = SERVICES[service]
    assert told["read_only"] is True
    assert told["cap_drop"] == ["ALL"]
    assert told["security_opt"] == ["no-new-privileges:true"]
    assert "healthcheck" in told or ("build" in told and "HEALTHCHECK" in (ROOT / "Dockerfile").read_text())
    for port in told["ports"]:
        assert re.fullmatch(r"127\.0\.0\.1:(\d+):\1", port)
        assert port.rpartition(":")[2] in PORTS[service]


@pytest.mark.parametrize("service", sorted(SERVICES.keys() - {"ownup"}))
def test_an_image_is_pinned(service: str) -> None:
    """By its whole version: what runs today runs tomorrow."""
    assert re.fullmatch(r"[\w/]+:v?\d+\.\d+\.\d+", SERVICES[service]["image"])


def test_whatever_is_mounted_is_there() -> None:
    """Files and directories exist, volumes and secrets are declared, and no secret can be committed."""
    used = [source for service in SERVICES for source, _ in mounts(service)]
    assert all((DEPLOY / source).exists() for source in used if source.startswith("./"))
    assert {source for source in used if not source.startswith("./")} == COMPOSE["volumes"].keys()
    asked = {secret for told in SERVICES.values() for secret in told.get("secrets", ())}
    assert asked == COMPOSE["secrets"].keys()
    assert all(one["file"].startswith("./secrets/") for one in COMPOSE["secrets"].values())
    assert "/deploy/secrets/" in (ROOT / ".gitignore").read_text().split()
    docs = (ROOT / "docs" / "run.md").read_text()
    assert all(f"deploy/secrets/{secret}" in docs for secret in asked)


def test_a_file_of_secrets_is_in_its_place() -> None:
    """Who is told to read a secret from a file has that secret."""
    for service, path in (
        ("ownup", DEPLOY / "compose" / "ownup.toml"),
        ("alertmanager", DEPLOY / "compose" / "alertmanager.yaml"),
    ):
        asked = set(re.findall(r"/run/secrets/([\w-]+)", path.read_text()))
        assert asked == set(SERVICES[service]["secrets"])
    assert SERVICES["grafana"]["environment"]["GF_SECURITY_ADMIN_PASSWORD__FILE"] == "/run/secrets/grafana-password"
    assert SERVICES["grafana"]["secrets"] == ["grafana-password"]


def test_prometheus_accepts_its_config_and_finds_its_rules(tmp_path: Path) -> None:
    """``promtool check config`` on the files as they are mounted."""
    as_mounted("prometheus", tmp_path)
    (config,) = [word.partition("=")[2] for word in SERVICES["prometheus"]["command"] if "config.file" in word]
    said = run("promtool", "check", "config", tmp_path / config.lstrip("/"))
    assert "2 rule files found" in said


def test_alertmanager_accepts_its_config_and_tells_ownup_no_news_of_its_own(tmp_path: Path) -> None:
    """``amtool``: our own alerts go to people, what others notice goes to Ownup."""
    as_mounted("alertmanager", tmp_path)
    (config,) = [word.partition("=")[2] for word in SERVICES["alertmanager"]["command"] if "config.file" in word]
    file, amtool = tmp_path / config.lstrip("/"), unpacked("usr/bin/amtool")
    assert "SUCCESS" in run(amtool, "check-config", file)
    for alert, receiver in (("OwnupComponentDown", "people"), ("OwnupAbsent", "people"), ("DiskFull", "ownup")):
        told = run(
            amtool, "config", "routes", "test", f"--config.file={file}", f"alertname={alert}", "component=website"
        )
        assert told.split() == [receiver]


def test_ownup_accepts_its_config(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """``ownup check``, with the secret where compose puts it."""
    secret = tmp_path / "alerts-token"
    secret.write_text(f"{TOKEN}\n")
    config = tmp_path / "config.toml"
    config.write_text((DEPLOY / "compose" / "ownup.toml").read_text().replace("/run/secrets/alerts-token", str(secret)))
    assert main(["check", str(config)]) == 0, capsys.readouterr()


def test_they_reach_each_other() -> None:
    """Every address in their files names a service, and a port that it listens on."""
    files = [*(DEPLOY / "compose").iterdir(), DEPLOY / "grafana" / "provisioning" / "datasources" / "prometheus.yaml"]
    found = {address for path in files for address in re.findall(r"\b([a-z]+):(\d{4})\b", path.read_text())}
    assert {name for name, _ in found} == {"ownup", "prometheus", "alertmanager"}
    assert all(port in PORTS[name] for name, port in found)


def test_alertmanager_tells_ownup_what_others_notice(tmp_path: Path, ports: Block) -> None:
    """A real one on the config of compose shows the token, and Ownup on its own opens an incident, and one only."""
    secret = tmp_path / "alerts-token"
    secret.write_text(f"{TOKEN}\n")
    given = {part: ports.port() for part in ("page", "desk", "metrics")}
    text = (DEPLOY / "compose" / "ownup.toml").read_text().replace("/run/secrets/alerts-token", str(secret))
    for part, port in given.items():
        text = text.replace(f"0.0.0.0:{OWNUP[part]['listen'].rpartition(':')[2]}", f"127.0.0.1:{port}")
    with (
        Daemon(text.replace("/var/lib/ownup", "record") + COMPONENTS, given["metrics"]) as ownup,
        Alertmanager(ports, _routes(secret, given["desk"])) as alertmanager,
    ):
        _fire(alertmanager, alertname="OwnupComponentDown", component="mail")
        _fire(alertmanager, alertname="CheckoutIsSlow", component="website")
        until(lambda: "draft written" in ownup.log.read_text(), within_s=30, why=ownup.log.read_text)
        titles = re.findall(r'"title": "(.+?)"', ownup.log.read_text())
    assert titles == ["Website: trouble reported"]


def _routes(secret: Path, desk: int) -> dict[str, Any]:
    """The config of compose, at addresses of the test's, and at once."""
    text = (DEPLOY / "compose" / "alertmanager.yaml").read_text()
    told = text.replace("/run/secrets/alerts-token", str(secret)).replace("ownup:8481", f"127.0.0.1:{desk}")
    return yaml.safe_load(told.replace("group_wait: 10s", "group_wait: 0s"))


def _fire(alertmanager: Alertmanager, **labels: str) -> None:
    """Tell of an alert as Prometheus does."""
    where = f"http://127.0.0.1:{alertmanager.port}/api/v2/alerts"
    body = json.dumps([{"labels": labels}]).encode()
    headers = {"Content-Type": "application/json"}
    with urllib.request.urlopen(urllib.request.Request(where, body, headers)) as answer:
        assert answer.status == 200
