"""The stage: a config of its own, with sample targets and sandbox channels, and your words on who speaks.

Everything that could reach a customer is made anew for the drill; only who is called is taken over, and only if asked.
"""

import json
import secrets
import socket
from base64 import b64encode
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

from monitor import calls, publish
from monitor.config import Config, load
from monitor.sample import Ports
from monitor.sample.parts import PASSWORD, USERNAME

MARK: Final = "DRILL"
_CONFIG: Final = """# Written by `ownup drill`: sample servers, and channels that end in a sandbox.
[site]
name = {name}
public_url = "http://127.0.0.1:{page}"
timezone = {zone}
signature = "This is a drill. Nothing is wrong."
[defaults]
interval = "2s"
[[component]]
id = "website"
name = "Website"
when_down = "you cannot reach our website"
meanwhile = "Email works without the website."
[[component]]
id = "sending"
name = "Sending email"
when_down = "you cannot send mail"
meanwhile = "Keep your mail in the outbox: it goes out as soon as sending works again."
[[component]]
id = "reading"
name = "Reading email"
when_down = "you cannot read your mail"
meanwhile = "Mail to you is kept, and will be there as soon as reading works again."
[[target]]
name = "web"
kind = "http"
component = "website"
url = "http://127.0.0.1:{ports.web}/"
[[target]]
name = "smtp"
kind = "smtp"
component = "sending"
host = "127.0.0.1"
port = {ports.smtp}
tls_mode = "none"
username = "{username}"
password = "${{PASSWORD}}"
[[target]]
name = "imap"
kind = "imap"
component = "reading"
host = "127.0.0.1"
port = {ports.imap}
tls_mode = "none"
username = "{username}"
password = "${{PASSWORD}}"
[[channel]]
kind = "page"
name = "page"
[[channel]]
kind = "email"
name = "customers"
host = "127.0.0.1"
port = {ports.sink_smtp}
tls_mode = "none"
mail_from = "support@drill.test"
to = ["customers@drill.test"]
[[channel]]
kind = "webhook"
name = "chat"
url = "${{HOOK}}"
secret = "${{SECRET}}"
[notices]
watch_for = "{watch_s}s"
[desk]
listen = "127.0.0.1:{desk}"
url = {url}
[page]
listen = "127.0.0.1:{page}"
[metrics]
listen = "127.0.0.1:{metrics}"
[storage]
directory = "record"
"""


def set_stage(  # noqa: PLR0913 - a stage has many parts
    yours: Config[Any], directory: Path, ports: Ports, *, desk: int, url: str, watch_s: int, call: bool
) -> Config[Any]:
    """Write the drill's config into its directory, and read it as any other. ``desk`` 0 takes a free port."""
    page, metrics, free = _free_ports(3)
    port = desk or free
    told = {
        "name": json.dumps(f"{MARK}: {yours.site.name}"[:80], ensure_ascii=False),
        "zone": json.dumps(yours.site.timezone),
        "url": json.dumps(url or f"http://127.0.0.1:{port}"),
    }
    text = _CONFIG.format(
        ports=ports, desk=port, page=page, metrics=metrics, username=USERNAME, watch_s=watch_s, **told
    )
    path = directory / "drill.toml"
    path.write_text(text, encoding="utf-8")
    environ = {
        "PASSWORD": PASSWORD,
        "HOOK": f"http://127.0.0.1:{ports.sink_web}/webhook",
        "SECRET": f"whsec_{b64encode(secrets.token_bytes(32)).decode()}",
    }
    stage = load(path, publish.Kind, calls.Kind, environ=environ)
    people = {"person": yours.person, "route": _uncarried(yours)} if call else {}
    four_eyes = stage.desk.model_copy(update={"four_eyes": yours.desk.four_eyes, "brief_first": yours.desk.brief_first})
    return stage.model_copy(update={"calls": yours.calls, "desk": four_eyes, **people})


def _uncarried(yours: Config[Any]) -> tuple[Any, ...]:
    """Your routes to people; what carries them is not on this stage."""
    return tuple(route.model_copy(update={"carried_by": ()}) for route in yours.route)


def _free_ports(number: int) -> list[int]:
    with ExitStack() as stack:
        held = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(number)]
        return [one.getsockname()[1] for one in held]
