"""The list of channel kinds: a new kind is one file and one word here."""

from typing import Annotated, Final

from pydantic import Field

from monitor.channels.apprise import Apprise
from monitor.channels.brief import Brief
from monitor.channels.email import Email
from monitor.channels.hooks import Hooks
from monitor.channels.mastodon import Mastodon
from monitor.channels.page import Page
from monitor.channels.slack import Slack
from monitor.channels.statuspage import Statuspage
from monitor.channels.subscribers import Subscribers
from monitor.channels.webhook import Webhook

KINDS: Final = (Page, Email, Subscribers, Webhook, Hooks, Slack, Mastodon, Statuspage, Brief, Apprise)

Kind = Annotated[
    Page | Email | Subscribers | Webhook | Hooks | Slack | Mastodon | Statuspage | Brief | Apprise,
    Field(discriminator="kind"),
]
