"""Everything that Apprise can reach and no kind of ours does: Teams, Discord, Telegram, Matrix, text messages."""

from typing import ClassVar, Final, Literal

from drafts.facts import UpdateKind
from monitor.channels.channel import Channel, Guarantee, Limits, Message, Trial, Unproven
from monitor.markdown import visible
from monitor.models import Stage
from monitor.sending.notifier import Notifier

_SETTLED: Final = frozenset({Stage.RESOLVED, Stage.MONITORING})


class Apprise(Channel, Notifier):
    """One address in Apprise's own form, which is told the short form: no service is too small for it."""

    summary: ClassVar = "Hands the short form to Apprise, which speaks to Teams, Discord, Telegram and many more."
    proof: ClassVar = "nothing: these services take no question, only a message"
    guarantee: ClassVar = Guarantee.AT_LEAST_ONCE
    limits: ClassVar = Limits("the short form", 280, "plain text")

    kind: Literal["apprise"] = "apprise"

    async def send(self, message: Message) -> str:
        """Hand it over once."""
        text = f"{visible(message.short)}\n{message.page_url}"
        return await self.notify(title=visible(message.title), text=text, grave=_grave(message))

    async def prove(self, trial: Trial) -> str:
        """Prove nothing: whatever Apprise sends, somebody sees."""
        del trial
        raise Unproven("nothing can be asked there without telling somebody")


def _grave(message: Message) -> str:
    """How grave it looks, in Apprise's words: an outage warns, its end is good news, all else is to know."""
    if message.kind is UpdateKind.REVIEW:
        return "info"
    return "success" if message.stage in _SETTLED else "warning"
