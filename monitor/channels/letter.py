"""The letter that carries an update by mail: plain text and HTML, threaded by incident, safe in every header."""

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape
from urllib.parse import urlsplit

from monitor.channels.channel import Message
from monitor.markdown import html, plain, visible

_HTML = """\
<!doctype html>
<html lang="{language}"><head><meta charset="utf-8"><title>{title}</title></head>
<body style="font-family: system-ui, sans-serif; line-height: 1.5; max-width: 38em">
<h1 style="font-size: 1.25em">{title}</h1>
{body}
<p style="border-top: 1px solid #bbb; padding-top: .75em">{site} · <a href="{url}">{url}</a></p>
</body></html>
"""


def compose(message: Message, *, sender: str, reply_to: str | None, list_name: str) -> EmailMessage:
    """The letter, the same in every attempt: its Message-ID is the message's key, its Date the approval's."""
    domain = sender.partition("@")[2]
    thread = f"<{message.thread}@{domain}>"
    letter = EmailMessage(policy=SMTP)
    letter["From"] = Address(_line(message.site), addr_spec=sender)
    letter["To"] = "undisclosed-recipients:;"
    letter["Subject"] = f"[{_line(message.site)}] {_line(message.title)}"
    letter["Date"] = format_datetime(message.approved_at)
    letter["Message-ID"] = f"<{message.key}@{domain}>"
    # All updates of an incident answer one letter that was never sent, so none of them has to have arrived.
    letter["In-Reply-To"] = letter["References"] = thread
    letter["Auto-Submitted"] = "auto-generated"
    letter["List-Id"] = f"<{list_name}.{urlsplit(message.page_url).hostname}>"
    if reply_to:
        letter["Reply-To"] = reply_to
    letter.set_content(_text(message), cte="quoted-printable")
    letter.add_alternative(_page(message), subtype="html", cte="quoted-printable")
    return letter


def _text(message: Message) -> str:
    return f"{_line(message.title)}\n\n{plain(message.body)}\n\n-- \n{_line(message.site)}\n{message.page_url}\n"


def _page(message: Message) -> str:
    return _HTML.format(
        language=message.language,
        title=escape(_line(message.title)),
        body=html(message.body),
        site=escape(_line(message.site)),
        url=escape(message.page_url),
    )


def _line(text: str) -> str:
    """One line of visible characters: nothing in it can begin another header."""
    return visible(" ".join(text.split()))
