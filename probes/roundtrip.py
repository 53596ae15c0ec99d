"""Sends one message, and watches its mailbox until it has arrived: whether mail gets through, and how fast."""

from collections.abc import Iterator
from datetime import UTC, datetime
from time import monotonic
from typing import Annotated, Any, ClassVar, Final, Literal, Self

from pydantic import Field, model_validator

from probes.envelope import Address
from probes.finding import Degraded, Failed, Finding, Side
from probes.imap import Imap
from probes.legs import completed, patient, side
from probes.letter import authentication, letter, not_passed
from probes.notebook import Notebook
from probes.patience import in_time
from probes.reason import Reason
from probes.reception import Reception, Wanted
from probes.smtp import Smtp
from probes.stamp import Seal, Stamp
from probes.submission import submit
from probes.target import Seconds, Target
from probes.tls import SecuredManner

_DAY_S: Final = 86400.0

# How many times ``timeout`` each part may take at most.
SENDING: Final = 5  # resolve, connect, TLS; the envelope; the answer to the message
RECEIVING: Final = 3  # signing in, once more if the server ended the session, and removing


class Roundtrip(SecuredManner, Target):
    """Mail that must arrive. ``timeout`` is for each talk with a server; the waiting is bounded by ``deliver_fail``."""

    kind: Literal["roundtrip"] = "roundtrip"
    smtp: Smtp
    imap: Imap
    mail_from: Annotated[Address, Field(min_length=3)]
    mail_to: Annotated[Address, Field(min_length=3)]
    deliver_warn: Annotated[Seconds, Field(gt=0)] = 60.0
    deliver_fail: Annotated[Seconds, Field(gt=0)] = 300.0
    junk_mailboxes: tuple[str, ...] = ()
    sweep_after: Annotated[Seconds, Field(ge=60)] = _DAY_S
    expect_auth: tuple[Literal["spf", "dkim", "dmarc"], ...] = ()

    summary: ClassVar[str] = "sends a message and waits for it (SMTP and IMAP)"
    waits: ClassVar[bool] = True

    @model_validator(mode="before")
    @classmethod
    def _servers_are_targets_too(cls, given: Any) -> Any:  # noqa: ANN401 - whatever the config holds
        """Give each server who it is, and how it is looked at, unless it says so itself."""
        if not isinstance(given, dict):
            return given
        return given | {
            one: completed(given[one], given) for one in ("smtp", "imap") if isinstance(given.get(one), dict)
        }

    @model_validator(mode="after")
    def _can_be_done(self) -> Self:
        if self.deliver_warn > self.deliver_fail:
            raise ValueError("deliver_warn should not be longer than deliver_fail")
        if self.sweep_after <= self.longest_s:
            raise ValueError(f"sweep_after should be longer than one look, which may take {self.longest_s:g} s")
        if not self.imap.signs_in:
            raise ValueError("imap needs a username, and a password or oauth: else no mailbox can be watched")
        return self

    @property
    def longest_s(self) -> float:
        """The waiting, and the talks before and after it."""
        return self.deliver_fail + (SENDING + RECEIVING) * max(self.timeout, self.smtp.timeout, self.imap.timeout)

    @property
    def host_name(self) -> str:
        """Where the message is handed over."""
        return self.smtp.host_name

    def secrets(self) -> Iterator[str]:
        """Those of both servers."""
        yield from self.smtp.secrets()
        yield from self.imap.secrets()

    async def look(self, notes: Notebook) -> None:
        """Send, wait, remove. What is found is put down to the side that it is found on."""
        seal = Seal(f"{self.name}\0{self.mail_to}", "\0".join((self.name, *self.secrets())).encode())
        stamp = seal.stamp(datetime.now(UTC))
        notes.say("note", f"our message is {stamp.text}")
        async with side(Side.SMTP, notes) as page:
            sent_s, wait_s = await self._send(stamp, page)
        wanted = Wanted(
            stamp,
            sent_s,
            sent_s + wait_s,
            self.longest_s,
            sweep_after_s=self.sweep_after,
            late_after_s=self.deliver_warn,
        )
        imap = patient(self.imap, self.longest_s)
        reception = Reception(imap, seal, wanted, self.junk_mailboxes, removal_s=self.imap.timeout)
        limit_s = wait_s + RECEIVING * self.imap.timeout
        async with side(Side.IMAP, notes) as page, in_time(limit_s, page, "the IMAP server"):
            await reception.watch(page)
        self._report(reception, notes)

    async def _send(self, stamp: Stamp, notes: Notebook) -> tuple[float, float]:
        """When the message was taken, and how long it is worth waiting for it."""
        message = letter(stamp, sender=self.mail_from, recipient=self.mail_to)
        smtp, limit_s = patient(self.smtp, self.longest_s), self.smtp.timeout
        try:
            taken_s = await submit(smtp, notes, message, sender=self.mail_from, recipient=self.mail_to, limit_s=limit_s)
        except Degraded as found:
            if found.reason is not Reason.DATA_UNCERTAIN:
                raise
            notes.concern(found)
            return monotonic(), 0.0  # one look at the mailbox tells whether it came nevertheless
        return taken_s, self.deliver_fail

    def _report(self, reception: Reception, notes: Notebook) -> None:
        notes.numbers.update(reception.numbers())
        if reception.late_s:
            notes.say("note", f"{len(reception.late_s)} earlier messages had arrived late")
        uncertain = any(concern.reason is Reason.DATA_UNCERTAIN for concern in notes.concerns)
        for found in self._findings(reception, uncertain=uncertain):
            found.side = Side.IN_BETWEEN
            notes.concern(found)
        if reception.arrival:
            told = authentication(reception.arrival.mail.header)
            where = f"our message arrived in {reception.arrival.folder.name}"
            checks = ", ".join(f"{check}={result}" for check, result in told.items())
            notes.say("note", f"{where}; the server's checks of the sender: {checks or 'none told'}")

    def _findings(self, reception: Reception, *, uncertain: bool) -> Iterator[Finding]:
        arrival, bounce, delay = reception.arrival, reception.bounce, reception.delay
        if bounce:
            told = " ".join(filter(None, (bounce.status, f"'{bounce.why}'" if bounce.why else "")))
            yield Failed(Reason.BOUNCED, f"our message came back{f': {told}' if told else ''}")
        elif arrival is None and not uncertain:
            late = f"; a report says it is delayed: {delay.status} '{delay.why}'" if delay else ""
            sentence = f"the mail server took our message, but it did not arrive within {self.deliver_fail:g} s{late}"
            yield Failed(Reason.DELIVERY_TIMEOUT, sentence)
        if arrival and arrival.folder.junk:
            yield Degraded(Reason.SPAM_FOLDER, f"our message arrived in the spam folder '{arrival.folder.name}'")
        if arrival and arrival.after_s > self.deliver_warn:
            sentence = f"our message took {arrival.after_s:.1f} s to arrive, longer than {self.deliver_warn:g} s"
            yield Degraded(Reason.DELIVERY_LATE, sentence)
        if arrival and (missed := not_passed(arrival.mail.header, self.expect_auth)):
            yield Degraded(Reason.HEADER_MISMATCH, f"the receiving server tells of our message: {missed}")
