"""The support brief: what the phone and the chat should say of it, before customers read of it and call."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from monitor.channels.channel import Channel, Guarantee, Limits, Message, Trial
from monitor.channels.letter import compose
from monitor.sending.hook import Hook, envelope
from monitor.sending.sender import Permanent, Temporary
from monitor.sending.submission import REFUSED_FOR_GOOD, Mailbox, Submission, shown, words


class Post(Submission):
    """The mail server that takes the brief, and who gets it."""

    to: Annotated[tuple[Mailbox, ...], Field(min_length=1, max_length=20)]


class Brief(Channel):
    """The brief of an approved update, by mail or to a web address; other channels wait for it, up to three minutes."""

    summary: ClassVar = "Sends the support desk what to say, before the other channels send anything."
    proof: ClassVar = "as `email` or `webhook`, by the way that it goes"
    guarantee: ClassVar = Guarantee.AT_LEAST_ONCE
    limits: ClassVar = Limits("the brief", None, "plain text and HTML, or JSON")
    goes_first: ClassVar = True

    kind: Literal["brief"] = "brief"
    mail: Post | None = None
    hook: Hook | None = None
    ping: bool = False

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.mail is None) == (self.hook is None):
            raise ValueError("a brief goes by mail or to a hook: say one of them")
        return self

    def secrets(self) -> Iterator[str]:
        """Those of its way."""
        for way in (self.mail, self.hook):
            yield from way.secrets() if way else ()

    async def send(self, message: Message) -> str:
        """Send once; where there is no brief, since nothing fails, what is said on the telephone stands for it."""
        lines = message.brief or (message.spoken,)
        if self.hook:
            return await self.hook.deliver(message.key, payload(message, lines), now=message.sent_at)
        return await self._mail(replace(message, title=f"Brief: {message.title}", body=_text(message, lines)))

    async def prove(self, trial: Trial) -> str:
        """As its way proves itself."""
        if self.hook:
            return await self.hook.knock(ping=self.ping, now=trial.now)
        assert self.mail is not None  # noqa: S101 - the options allow nothing else
        return await self.mail.rehearse(self.mail.to)

    async def _mail(self, message: Message) -> str:
        assert self.mail is not None  # noqa: S101 - the options allow nothing else
        sender = self.mail
        letter = compose(message, sender=sender.mail_from, reply_to=sender.reply_to, list_name=self.name)
        refused, answer = await sender.submit(list(sender.to), letter.as_bytes())
        if len(refused) < len(sender.to):
            return shown(answer)
        for code, why in refused.values():
            raise (Permanent if code >= REFUSED_FOR_GOOD else Temporary)(words(code, why))
        raise Temporary(shown(answer))


def payload(message: Message, lines: tuple[str, ...]) -> bytes:
    """The body of a post: whose brief it is, what to say, and the sentence for those who wait."""
    data = {
        "incident_id": message.incident_id,
        "update_id": message.update_id,
        "stage": message.stage,
        "language": message.language,
        "title": message.title,
        "say": list(lines),
        "waiting_line": message.waiting_line,
        "approved_by": message.approver,
        "approved_at": message.approved_at.isoformat(),
        "site": message.site,
        "url": message.page_url,
    }
    return envelope("incident.brief", message.approved_at, data)


def _text(message: Message, lines: tuple[str, ...]) -> str:
    waiting = (f"> {message.waiting_line}",) if message.waiting_line else ()
    return "\n\n".join((*lines, *waiting))
