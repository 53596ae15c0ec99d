"""What a good config file becomes."""

from datetime import UTC, datetime
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
    assert config.model_dump() == Config[Kind](path=path).model_dump()
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


def test_an_anchor_is_a_target_of_no_component(path: Path) -> None:
    """It takes the defaults over, and needs no component to belong to."""
    anchor = '[[anchor]]\nname = "north"\nkind = "http"\nurl = "https://north.example/"\n'
    config = read(path, '[defaults]\ninterval = "5s"', anchor)
    assert [(type(one), one.name, one.interval) for one in config.anchor] == [(Http, "north", 5.0)]
    assert config.target == ()


def test_planned_work_comes_once_or_again(path: Path) -> None:
    """With a moment's offset, or by cron in a zone."""
    once = '[[maintenance]]\nname = "move"\nstart = 2026-12-01T22:00:00+01:00\nend = 2026-12-02T02:00:00+01:00\n'
    again = '[[maintenance]]\nname = "updates"\ncron = "0 2 * * SUN"\nlasts = "90m"\ntimezone = "Europe/Riga"\n'
    move, updates = read(path, once, again).maintenance
    assert move.start == datetime(2026, 12, 1, 21, tzinfo=UTC)
    assert (updates.cron, updates.lasts, updates.timezone) == ("0 2 * * SUN", 5400.0, "Europe/Riga")


@pytest.mark.parametrize(
    ("table", "key", "why"),
    [
        ('[[maintenance]]\nname = "x"\n', "maintenance", 'needs either "start" and "end", or "cron"'),
        ('[[maintenance]]\nname = "x"\ncron = "61 * * * *"\n', "cron", "should be five fields"),
        (
            '[[maintenance]]\nname = "x"\ncron = "0 * * * *"\nend = 2026-12-01T22:00:00Z\n',
            "maintenance",
            "needs either",
        ),
        (
            '[[maintenance]]\nname = "x"\nstart = 2026-12-01T22:00:00Z\nend = 2026-12-01T21:00:00Z\n',
            "maintenance",
            "ends before it starts",
        ),
        ('[[maintenance]]\nname = "x"\ncron = "0 * * * *"\ntargets = ["wob"]\n', "targets", 'did you mean "web"?'),
        ('[[maintenance]]\nname = "x"\ncron = "0 * * * *"\ncomponents = ["mial"]\n', "components", "did you mean"),
        (
            '[[anchor]]\nname = "n"\nkind = "http"\nurl = "n.test"\ncomponent = "mail"\n',
            "component",
            "belongs to no component",
        ),
        ('[[anchor]]\nname = "web"\nkind = "http"\nurl = "n.test"\n', "name", 'another target has the name "web"'),
        ('[[component]]\nid = "x"\nname = "X"\ndepends_on = ["mial"]\n', "depends_on", "there is no [[component]]"),
    ],
)
def test_what_detection_needs_is_checked(path: Path, table: str, key: str, why: str) -> None:
    """Each mistake with its key, and in words."""
    with pytest.raises(ConfigError) as caught:
        read(path, COMPONENT, HTTP, table)
    (problem,) = caught.value.problems
    assert key in str(problem)
    assert why in str(problem)
