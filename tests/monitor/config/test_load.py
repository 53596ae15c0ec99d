"""What a good config file becomes."""

from pathlib import Path

import pytest

from monitor.config import Config, ConfigError, Listen, load
from monitor.publish import Kind
from probes.http import Http
from probes.imap import Imap

COMPONENT = '[[component]]\nid = "mail"\nname = "Reading email"\n'
IMAP = '[[target]]\nname = "imap"\nkind = "imap"\ncomponent = "mail"\nhost = "mail.example"\n'
HTTP = '[[target]]\nname = "web"\nkind = "http"\ncomponent = "mail"\nurl = "https://mail.example/"\n'


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the file under test is."""
    return tmp_path / "config.toml"


def read(path: Path, *tables: str, **environ: str) -> Config[Kind]:
    """Load the tables as one file."""
    path.write_text("\n".join(tables))
    return load(path, Kind, environ=environ)


def test_an_empty_file_is_a_config_of_defaults(path: Path) -> None:
    """Nothing but targets has to be written."""
    config = read(path)
    assert config == Config[Kind](path=path)
    assert config.page.listen == Listen("127.0.0.1", 8480)


def test_targets_become_their_kinds_and_keep_their_order(path: Path) -> None:
    """The kind decides the class."""
    assert [type(target) for target in read(path, COMPONENT, HTTP, IMAP).target] == [Http, Imap]


def test_defaults_reach_every_target_that_does_not_say_otherwise(path: Path) -> None:
    """Of the tls table each key counts for itself."""
    defaults = '[defaults]\ninterval = "5s"\ntimeout = "2s"\ntls = { verify = false, min_version = "1.3" }'
    own = 'timeout = "4s"\ntls.min_version = "1.2"'
    web, imap = read(path, defaults, COMPONENT, HTTP, IMAP, own).target
    assert (web.interval, web.timeout, web.tls.verify, web.tls.min_version) == (5.0, 2.0, False, "1.3")
    assert (imap.interval, imap.timeout, imap.tls.verify, imap.tls.min_version) == (5.0, 4.0, False, "1.2")


def test_a_secret_comes_from_the_environment(path: Path) -> None:
    """And shows itself nowhere."""
    config = read(path, COMPONENT, IMAP, 'username = "a"\npassword = "${SECRET}"', SECRET="hunter2")
    (imap,) = config.target
    assert isinstance(imap, Imap)
    assert imap.password
    assert imap.password.get_secret_value() == "hunter2"
    assert "hunter2" not in repr(config)
    assert "hunter2" not in config.model_dump_json()


@pytest.mark.parametrize("ending", ["", "\n", "\r\n"])
def test_a_secret_comes_from_a_file_without_its_last_newline(path: Path, ending: str) -> None:
    """The path begins at the config file; spaces and inner newlines belong to the secret."""
    path.with_name("secret").write_bytes(b" hunter\n2 " + ending.encode())
    (imap,) = read(path, COMPONENT, IMAP, 'username = "a"\npassword_file = "secret"').target
    assert isinstance(imap, Imap)
    assert imap.password
    assert imap.password.get_secret_value() == " hunter\n2 "


def test_a_text_that_is_no_secret_comes_from_a_file_as_it_stands(path: Path) -> None:
    """A body is posted to the last byte."""
    path.with_name("body.json").write_text("{}\n")
    (web,) = read(path, COMPONENT, HTTP, 'method = "POST"\nbody_file = "body.json"').target
    assert isinstance(web, Http)
    assert web.body == "{}\n"


def test_a_path_begins_at_the_config_file(path: Path, authority_file: Path) -> None:
    """So the file means the same wherever the command is started."""
    path.with_name("ca.pem").write_bytes(authority_file.read_bytes())
    (imap,) = read(path, COMPONENT, IMAP, 'tls.ca_file = "ca.pem"').target
    assert isinstance(imap, Imap)
    assert imap.tls.ca_file == path.with_name("ca.pem")


def test_a_number_may_come_from_the_environment(path: Path) -> None:
    """A port in a container is a variable as a rule."""
    (imap,) = read(path, COMPONENT, IMAP, 'port = "${PORT}"', PORT="1143").target
    assert isinstance(imap, Imap)
    assert imap.port == 1143


def test_a_byte_order_mark_is_forgiven(path: Path) -> None:
    """Editors on Windows write one."""
    path.write_bytes(b'\xef\xbb\xbf[site]\nname = "Example"\n')
    assert load(path, Kind).site.name == "Example"


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"x = " + b"[" * 20_000, "nested too deeply"),
        (b"#" * (16 * 1024 * 1024 + 1), "cannot be read: larger than 16,777,216 bytes"),
    ],
)
def test_a_file_too_big_or_too_deep_is_refused(path: Path, content: bytes, error: str) -> None:
    """A wrong file, such as a log, costs neither the memory nor the stack."""
    path.write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        load(path, Kind)
    assert str(caught.value) == f"{path}: {error}"


def test_a_directory_is_no_config_file(tmp_path: Path) -> None:
    """The system's own words, in one line."""
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, Kind)
    assert str(caught.value) == f"{tmp_path}: cannot be read: is a directory"
