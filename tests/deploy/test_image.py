"""The image: made of what is locked, and guarded as it is started."""

import re
import tomllib
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
DOCKERFILE: Final = (ROOT / "Dockerfile").read_text()
BUILD, IMAGE = DOCKERFILE.split("FROM ${BASE}")[1:]


def test_only_what_is_locked_goes_in() -> None:
    """Every package comes with its hash and as a wheel, or is our own; nothing builds in the image that runs."""
    installs = re.findall(r"pip(?: --python \S+)? install (.+)", BUILD)
    assert installs
    assert all("--require-hashes --only-binary :all:" in one or "--no-deps /wheels/ownup" in one for one in installs)
    assert "pip install" not in IMAGE
    assert "apt" not in DOCKERFILE


def test_it_runs_as_a_user_that_owns_its_record_alone() -> None:
    """By number, so that an orchestrator can check that it is not root; health and its end are told."""
    assert re.search(r"^USER 10001:10001$", IMAGE, re.MULTILINE)
    assert "--owner ownup --group ownup --mode 0750 /var/lib/ownup" in IMAGE
    assert re.search(r"^STOPSIGNAL SIGTERM$", IMAGE, re.MULTILINE)
    assert "/-/healthy" in IMAGE.partition("HEALTHCHECK")[2]


def test_its_ports_are_those_of_the_config_it_starts_on() -> None:
    """And so are the port of the health check, and the directory of the record."""
    config = tomllib.loads((ROOT / "deploy" / "config.toml").read_text())
    ports = [config[part]["listen"].rpartition(":")[2] for part in ("page", "desk", "metrics")]
    assert re.search(r"^EXPOSE (.+)$", IMAGE, re.MULTILINE)[1].split() == ports  # type: ignore[index]
    assert f"http://127.0.0.1:{ports[-1]}/-/healthy" in IMAGE
    assert f'VOLUME ["{config["storage"]["directory"]}"]' in IMAGE


def test_whatever_is_copied_is_let_in() -> None:
    """.dockerignore shuts everything out but what the Dockerfile asks for, so no secret and no record goes along."""
    ignored = (ROOT / ".dockerignore").read_text().split("\n")
    assert "*" in ignored
    let_in = {line[1:] for line in ignored if line.startswith("!")}
    words = (line.split()[1:-1] for line in re.findall(r"^COPY (?!--from).*$", DOCKERFILE, re.MULTILINE))
    assert {word.rstrip("/") for line in words for word in line} == let_in
