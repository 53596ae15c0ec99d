"""The list of channel kinds: a new kind is one file and one word here."""

from typing import Annotated, Final

from pydantic import Field

from monitor.channels.email import Email
from monitor.channels.page import Page
from monitor.channels.webhook import Webhook

KINDS: Final = (Page, Email, Webhook)

Kind = Annotated[Page | Email | Webhook, Field(discriminator="kind")]
