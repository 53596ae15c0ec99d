"""The file for Kubernetes: its parts fit together, its config is good, and what it probes is answered."""

import re
import tomllib
import urllib.request
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from monitor.commands import main
from tests.deploy.daemon import Daemon
from tests.peers.ports import Block

ROOT: Final = Path(__file__).parents[2]
PARTS: Final[dict[str, dict[str, Any]]] = {
    part["kind"]: part for part in yaml.safe_load_all((ROOT / "deploy" / "kubernetes.yaml").read_text())
}
POD: Final = PARTS["Deployment"]["spec"]["template"]
(BOX,) = POD["spec"]["containers"]
LISTENERS: Final = {port["name"]: port["containerPort"] for port in BOX["ports"]}
CONFIG: Final = PARTS["ConfigMap"]["data"]["config.toml"]
PROBES: Final = {name: BOX[f"{name}Probe"]["httpGet"] for name in ("startup", "liveness", "readiness")}


def test_everything_is_in_one_namespace_and_bears_one_name() -> None:
    """Nothing lands in whatever namespace is the default."""
    kinds = ["Namespace", "ConfigMap", "Secret", "PersistentVolumeClaim", "Deployment", "Service"]
    assert list(PARTS) == kinds
    assert {part["metadata"]["name"] for part in PARTS.values()} == {"ownup"}
    assert {part["metadata"].get("namespace") for part in PARTS.values()} == {"ownup", None}
    assert [kind for kind, part in PARTS.items() if "namespace" not in part["metadata"]] == ["Namespace"]


def test_what_selects_finds_what_it_selects() -> None:
    """The labels of the pod are those that the Deployment and the Service look for."""
    labels = POD["metadata"]["labels"].items()
    assert PARTS["Deployment"]["spec"]["selector"]["matchLabels"].items() <= labels
    assert PARTS["Service"]["spec"]["selector"].items() <= labels


def test_the_record_has_one_writer() -> None:
    """One pod, which ends before the next one begins, and has the time for an orderly end."""
    told = PARTS["Deployment"]["spec"]
    assert (told["replicas"], told["strategy"]) == (1, {"type": "Recreate"})
    assert POD["spec"]["terminationGracePeriodSeconds"] >= 10
    assert PARTS["PersistentVolumeClaim"]["spec"]["accessModes"] == ["ReadWriteOnce"]


def test_it_fits_the_restricted_profile() -> None:
    """All that Kubernetes' strictest Pod Security Standard asks for, which the namespace enforces."""
    assert PARTS["Namespace"]["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    whole, own = POD["spec"]["securityContext"], BOX["securityContext"]
    assert (whole["runAsNonRoot"], whole["seccompProfile"]) == (True, {"type": "RuntimeDefault"})
    assert own == {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}}
    assert {one["name"] for one in whole["sysctls"]} <= {"net.ipv4.ping_group_range"}
    user = int(re.search(r"^USER (\d+):", (ROOT / "Dockerfile").read_text(), re.MULTILINE)[1])  # type: ignore[index]
    assert whole["runAsUser"] == whole["runAsGroup"] == whole["fsGroup"] == user


def test_every_port_is_one_that_it_listens_on() -> None:
    """The container's ports are those of the config; the Service and the annotation name them."""
    told = tomllib.loads(CONFIG)
    assert {part: int(told[part]["listen"].rpartition(":")[2]) for part in LISTENERS} == LISTENERS
    assert {port["targetPort"] for port in PARTS["Service"]["spec"]["ports"]} == LISTENERS.keys()
    assert POD["metadata"]["annotations"]["prometheus.io/port"] == f"{LISTENERS['metrics']}"
    assert {probe["port"] for probe in PROBES.values()} == {"metrics"}


def test_every_volume_is_there_and_mounted() -> None:
    """The record lies where the config keeps it, the config where the command looks, secrets where options point."""
    volumes = {one["name"]: one for one in POD["spec"]["volumes"]}
    mounted = {one["name"]: one["mountPath"] for one in BOX["volumeMounts"]}
    assert volumes.keys() == mounted.keys()
    assert mounted["record"] == tomllib.loads(CONFIG)["storage"]["directory"]
    assert f"{mounted['config']}/config.toml" == BOX["args"][-1]
    assert set(re.findall(r'_file = "(.+)/[\w-]+"', CONFIG)) == {mounted["secrets"]}
    assert volumes["record"]["persistentVolumeClaim"]["claimName"] == "ownup"
    assert (volumes["config"]["configMap"]["name"], volumes["secrets"]["secret"]["secretName"]) == ("ownup", "ownup")


def test_its_config_is_good(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """``ownup check``; the example in it is good too, once it is one."""
    secret = tmp_path / "imap-password"
    secret.write_text("only for this test\n")
    example = re.sub(r"^# (?=\[\[|[a-z_]+ = )", "", CONFIG, flags=re.MULTILINE)
    for text in (CONFIG, example.replace("/run/secrets/ownup/imap-password", str(secret))):
        config = tmp_path / "config.toml"
        config.write_text(text)
        assert main(["check", str(config)]) == 0, capsys.readouterr()
    assert "[[target]]\nname" in example


def test_what_is_probed_is_answered(ports: Block) -> None:
    """A daemon on this very config, on addresses of the test's, answers each probe at the listener that it names."""
    given = {name: ports.port() for name in LISTENERS}
    text = CONFIG.replace("/var/lib/ownup", "record")
    for name, port in LISTENERS.items():
        text = text.replace(f"0.0.0.0:{port}", f"127.0.0.1:{given[name]}")
    with Daemon(text, given["metrics"]):
        for probe in PROBES.values():
            with urllib.request.urlopen(f"http://127.0.0.1:{given[probe['port']]}{probe['path']}") as answer:
                assert answer.status == 200
