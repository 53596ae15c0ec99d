"""The list of route kinds: a new kind is one file and one word here."""

from typing import Annotated, Final

from pydantic import Field

from monitor.calls.apprise import Apprise
from monitor.calls.email import Email
from monitor.calls.pagerduty import PagerDuty
from monitor.calls.webhook import Webhook

KINDS: Final = (Email, Webhook, PagerDuty, Apprise)

Kind = Annotated[Email | Webhook | PagerDuty | Apprise, Field(discriminator="kind")]
