"""A company with real nginx, Postfix and Dovecot, a mail sink, a webhook sink, and Ownup to watch over it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Page, expect

from tests.e2e.ownup import HOUSE, Ownup
from tests.monitor.channels.sinks import HookSink, MailSink
from tests.peers.dovecot import PASSWORD, USERNAME, Dovecot
from tests.peers.nginx import Nginx
from tests.peers.postfix import Postfix

ADMIN = "Ada Lovelace"
ADMIN_PASSWORD = "correct horse battery staple"
HOOK_SECRET = "whsec_" + "c2VjcmV0IHRoYXQgaXMgbG9uZyBlbm91Z2ggZm9yIHVz"

CONFIG = (
    HOUSE
    + """[site]
name = "Example Mail"
public_url = "http://127.0.0.1:{page}"
signature = "the Example team"

[defaults]
{pace}

[notices]
watch_for = "45s"

[[component]]
id = "website"
name = "Website"
when_down = "you cannot open our website"

[[component]]
id = "sending"
name = "Sending email"
when_down = "you cannot send mail"
meanwhile = "Keep your drafts; you can send them when it works again."

[[component]]
id = "reading"
name = "Reading email"
when_down = "you cannot read your mail"

[[target]]
name = "web"
kind = "http"
component = "website"
url = "http://127.0.0.1:{nginx}/"
body_must_match = ["shops are open"]

[[target]]
name = "smtp"
kind = "smtp"
component = "sending"
host = "127.0.0.1"
port = {postfix}
tls.ca_file = "{authority}"

[[target]]
name = "imap"
kind = "imap"
component = "reading"
host = "127.0.0.1"
port = {dovecot}
username = "{username}"
password = "${{IMAP_PASSWORD}}"
tls.ca_file = "{authority}"

[[channel]]
name = "page"
kind = "page"

[[channel]]
name = "list"
kind = "email"
host = "127.0.0.1"
port = {mail_sink}
tls_mode = "none"
mail_from = "status@example.com"
to = ["customers@example.net"]

[[channel]]
name = "partners"
kind = "webhook"
url = "${{HOOK_URL}}"
secret = "${{HOOK_SECRET}}"
"""
)


@dataclass
class Company:
    """Everything that the story needs."""

    nginx: Nginx
    postfix: Postfix
    dovecot: Dovecot
    mails: MailSink
    hooks: HookSink
    ownup: Ownup
    tab: Page

    async def sign_in(self) -> None:
        """Use the one-time link, as the first admin does."""
        await self.tab.goto(self.ownup.link)
        await self.tab.fill("input[name=name]", ADMIN)
        await self.tab.fill("input[name=password]", ADMIN_PASSWORD)
        await self.tab.fill("input[name=again]", ADMIN_PASSWORD)
        await self.tab.click("button.primary")
        await expect(self.tab).to_have_url(self.ownup.desk)

    async def draft(self, words: str, *, within_s: float) -> None:
        """Wait until a draft with these words waits on the desk, and open it."""
        link = self.tab.locator("a[href^='/updates/']", has_text=words).first
        await self.until(link.is_visible, within_s=within_s)
        await link.click()
        await expect(self.tab.locator("h1")).to_contain_text(words)

    async def until(self, is_so: Callable[[], object], *, within_s: float) -> None:
        """Look at the desk again and again until it is so."""
        for _ in range(round(within_s / 0.25)):
            await self.tab.goto(self.ownup.desk)
            if await is_so():
                return
            await self.tab.wait_for_timeout(250)
        raise AssertionError(f"not within {within_s} s: {await self.tab.inner_text('body')}\n{self.ownup.log()}")

    async def approve(self) -> None:
        """Take up the draft that is open if it must be, and say yes, again if the desk shows that it changed."""
        address = self.tab.url.partition("?")[0]
        for _ in range(60):
            for deed in ("I am looking at it", "Approve and publish"):
                button = self.tab.get_by_role("button", name=deed)
                if await button.is_visible():
                    await button.click()
            if await self.tab.locator("#sent").is_visible():
                break
            await self.tab.wait_for_timeout(250)
            await self.tab.goto(address)
        await expect(self.tab.locator("#sent")).to_contain_text(f"Approved by {ADMIN}")


def config(
    directory: Path, *, peers: tuple[Nginx, Postfix, Dovecot], pace: str, authority: Path, **ports: int
) -> Ownup:
    """Ownup on a config for these servers; ``pace`` says how often it looks."""
    nginx, postfix, dovecot = peers
    text = CONFIG.format(
        nginx=nginx.http,
        postfix=postfix.smtp,
        dovecot=dovecot.imaps,
        username=USERNAME,
        pace=pace,
        authority=authority,
        **{name: port for name, port in ports.items() if name != "hook_sink"},
    )
    environ = {
        "IMAP_PASSWORD": PASSWORD,
        "HOOK_URL": f"http://127.0.0.1:{ports['hook_sink']}/hook",
        "HOOK_SECRET": HOOK_SECRET,
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }
    return Ownup(directory, text, environ)
