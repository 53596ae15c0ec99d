"""Who can be called, as the config has it."""

from pathlib import Path

from monitor.calls import Kind
from monitor.calls.roster import roster, routes
from monitor.config import Hours, load
from monitor.publish import Kind as ChannelKind

CONFIG = """
[site]
timezone = "Europe/Riga"
[[component]]
id = "sending"
name = "Sending email"
[[route]]
kind = "email"
name = "ada-mail"
host = "127.0.0.1"
mail_from = "ownup@example.test"
to = "ada@example.test"
carried_by = ["sending"]
[[route]]
kind = "pagerduty"
name = "pager"
routing_key = "${KEY}"
[[person]]
name = "Ada"
routes = ["pager", "ada-mail"]
[[person]]
name = "Ben"
routes = ["pager"]
desk_user = "ben"
quiet_hours = "22:00-07:00"
timezone = "UTC"
language = "de"
"""


def test_the_roster_follows_the_config(tmp_path: Path) -> None:
    """People and their routes in the order of the file; who says nothing else signs in by their own name."""
    path = tmp_path / "config.toml"
    path.write_text(CONFIG)
    config = load(path, ChannelKind, Kind, environ={"KEY": "k"})
    ada, ben = roster(config)
    assert [way.name for way in ada.ways] == ["pager", "ada-mail"]
    assert [(way.keeps_books, way.carried_by) for way in ada.ways] == [(True, set()), (False, {"sending"})]
    assert (ada.desk_user, ada.quiet_hours, ada.timezone) == ("Ada", None, "Europe/Riga")
    assert (ben.desk_user, ben.quiet_hours, ben.timezone) == ("ben", Hours.parse("22:00-07:00"), "UTC")
    assert (ada.language, ben.language) == ("en", "de")
    assert [route.name for route in routes(config)] == ["ada-mail", "pager"]
