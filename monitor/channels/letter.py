"""The letter that carries an update by mail: plain text and HTML, threaded by incident, safe in every header."""

from email.headerregistry import Address, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import format_datetime
from html import escape
from typing import Final
from urllib.parse import urlsplit

from monitor.channels.channel import Message, Reader
from monitor.markdown import html, plain, visible
from monitor.words import Words, spoken


class _Whole(UnstructuredHeader):
    """A header whose words are for programs: a line that is long stays one line, where else it would be encoded."""

    def fold(self, *, policy: Policy) -> str:
        """As it stands; RFC 5322 section 2.1.1 asks for less than 998 characters, and no more."""
        return f"{self.name}: {self}{policy.linesep}"  # type: ignore[attr-defined]  # the registry mixes it in


_REGISTRY: Final = HeaderRegistry()
for _name in ("list-unsubscribe", "list-id", "message-id", "in-reply-to", "references"):
    _REGISTRY.map_to_type(_name, _Whole)  # type: ignore[arg-type]  # the registry mixes the base in

POLICY: Final = SMTP.clone(header_factory=_REGISTRY)
"""How a letter becomes bytes."""

_HTML = """\
<!doctype html>
<html lang="{language}"><head><meta charset="utf-8"><title>{title}</title></head>
<body style="font-family: system-ui, sans-serif; line-height: 1.5; max-width: 38em">
<h1 style="font-size: 1.25em">{title}</h1>
{body}
<p style="border-top: 1px solid #bbb; padding-top: .75em">{site} · <a href="{url}">{url}</a></p>
{ways}</body></html>
"""

_WAYS = """\
<p style="font-size: .875em">{why}<br><a href="{change_url}">{change}</a> · <a href="{leave_url}">{leave}</a></p>
"""


def compose(message: Message, *, sender: str, reply_to: str | None, list_name: str) -> EmailMessage:
    """The letter, the same in every attempt: its Message-ID is the message's key, its Date the approval's."""
    domain = sender.partition("@")[2]
    thread = f"<{message.thread}@{domain}>"
    letter = EmailMessage(policy=POLICY)
    letter["From"] = Address(line(message.site), addr_spec=sender)
    letter["To"] = message.reader.address if message.reader else "undisclosed-recipients:;"
    letter["Subject"] = f"[{line(message.site)}] {line(message.title)}"
    letter["Date"] = format_datetime(message.approved_at)
    letter["Message-ID"] = f"<{message.key}@{domain}>"
    # All updates of an incident answer one letter that was never sent, so none of them has to have arrived.
    letter["In-Reply-To"] = letter["References"] = thread
    letter["Auto-Submitted"] = "auto-generated"
    letter["List-Id"] = f"<{list_name}.{urlsplit(message.page_url).hostname}>"
    if reply_to:
        letter["Reply-To"] = reply_to
    if message.reader:
        # RFC 8058: a mail program may offer one button that leaves, by a POST without a question.
        letter["List-Unsubscribe"] = f"<{message.reader.leave_url}>"
        letter["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    letter.set_content(_text(message), cte="quoted-printable")
    letter.add_alternative(_page(message), subtype="html", cte="quoted-printable")
    return letter


def _text(message: Message) -> str:
    text = f"{line(message.title)}\n\n{plain(message.body)}\n\n-- \n{line(message.site)}\n{message.page_url}\n"
    return text + _ways(message, message.reader) if message.reader else text


def _ways(message: Message, reader: Reader) -> str:
    w = _words(message)
    why = w("why", site=line(message.site))
    return f"\n{why}\n{w('change')}: {reader.change_url}\n{w('leave')}: {reader.leave_url}\n"


def _ways_page(message: Message, reader: Reader) -> str:
    w = _words(message)
    return _WAYS.format(
        why=escape(w("why", site=line(message.site))),
        change=escape(w("change")),
        leave=escape(w("leave")),
        change_url=escape(reader.change_url),
        leave_url=escape(reader.leave_url),
    )


def _words(message: Message) -> Words:
    return spoken("monitor.channels", message.language)


def _page(message: Message) -> str:
    return _HTML.format(
        language=message.language,
        title=escape(line(message.title)),
        body=html(message.body),
        site=escape(line(message.site)),
        url=escape(message.page_url),
        ways=_ways_page(message, message.reader) if message.reader else "",
    )


def line(text: str) -> str:
    """One line of visible characters: nothing in it can begin another header."""
    return visible(" ".join(text.split()))
