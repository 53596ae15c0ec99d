"""A page at Atlassian Statuspage: one incident there for one of ours, found again by what we wrote into its metadata.

The write API v1 stands at developer.statuspage.io. It knows no idempotency key, so we look first what is there:
metadata holds the thread of the incident and the key of the newest update, and is written in the same request.
"""

import json
import re
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import Field, SecretStr

from drafts.facts import Planned
from monitor.channels.channel import Channel, Guarantee, Limits, Message, Trial
from monitor.config import HttpUrl
from monitor.markdown import plain, visible
from monitor.models import Stage
from monitor.sending.post import Answer, Post
from monitor.sending.sender import Permanent, Temporary

NAME_CHARS_MAX: Final = 255
BODY_CHARS_MAX: Final = 25_000
LIST_BYTES_MAX: Final = 8 << 20
_ID: Final = re.compile(r"incident (\w+)")
_WORK: Final = {
    Stage.SCHEDULED: "scheduled",
    Stage.IN_PROGRESS: "in_progress",
    Stage.MONITORING: "verifying",
    Stage.RESOLVED: "completed",
}
# Else the page would speak by itself when a time comes, and no word goes out without a human. Left out, some mean yes.
_BY_ITSELF: Final = dict.fromkeys(
    (
        "scheduled_remind_prior",
        "scheduled_auto_in_progress",
        "scheduled_auto_completed",
        "auto_transition_to_maintenance_state",
        "auto_transition_to_operational_state",
        "auto_transition_deliver_notifications_at_start",
        "auto_transition_deliver_notifications_at_end",
    ),
    False,
)


class Statuspage(Channel, Post):
    """One page, by its id and a key of its organisation."""

    summary: ClassVar = "Keeps an incident at Atlassian Statuspage."
    proof: ClassVar = "reads the page with the key"
    guarantee: ClassVar = Guarantee.EXACTLY_ONCE
    limits: ClassVar = Limits("title and body", BODY_CHARS_MAX, "plain text")

    kind: Literal["statuspage"] = "statuspage"
    page_id: Annotated[str, Field(pattern=r"^[a-z0-9]{1,64}$")]
    api_key: Annotated[SecretStr, Field(min_length=1)]
    url: HttpUrl = "https://api.statuspage.io"
    deliver_notifications: bool = False

    async def send(self, message: Message) -> str:
        """Make the incident or add the update, unless it is there already; the receipt holds its id and address."""
        there = await self._there(message)
        if there is None:
            return _receipt(await self._ask("POST", "", message, self._body(message)))
        if _mark(there).get("key") == message.key:
            return _told(there)
        return _receipt(await self._ask("PATCH", f"/{there['id']}", message, self._body(message)))

    async def prove(self, trial: Trial) -> str:
        """Read the page, as only a key of its organisation may."""
        answer = await self.ask("GET", self._page, self._signed(), now=trial.now, bytes_max=1 << 20)
        told = answer.json()
        if not isinstance(told, dict) or told.get("id") != self.page_id:
            raise Permanent("it answered with something that is not this page")
        return f"the key opens the page {visible(str(told.get('name', self.page_id)))[:NAME_CHARS_MAX]}"

    @property
    def _page(self) -> str:
        return f"{self.url.rstrip('/')}/v1/pages/{self.page_id}"

    def _signed(self) -> dict[str, str]:
        return {"Authorization": f"OAuth {self.api_key.get_secret_value()}"}

    async def _there(self, message: Message) -> dict[str, Any] | None:
        """The incident as it stands there; None if it is not there yet."""
        for receipt in message.earlier:
            if match := _ID.match(receipt):
                answer = await self._ask("GET", f"/{match[1]}", message, bytes_max=LIST_BYTES_MAX)
                return _incident(answer)
        answer = await self._ask("GET", "?limit=100", message, bytes_max=LIST_BYTES_MAX)
        found = answer.json()
        if not isinstance(found, list):  # To go on would risk a second incident for one outage.
            raise Temporary("it answered with something that is no list of incidents")
        return next((one for one in found if _mark(one).get("thread") == message.thread), None)

    async def _ask(
        self, method: str, path: str, message: Message, body: bytes | None = None, *, bytes_max: int = 1 << 20
    ) -> Answer:
        url = f"{self._page}/incidents{path}"
        return await self.ask(method, url, self._signed(), body=body, now=message.sent_at, bytes_max=bytes_max)

    def _body(self, message: Message) -> bytes:
        title, body = visible(message.title), plain(message.body)
        incident = {
            "name": title if len(title) <= NAME_CHARS_MAX else f"{title[: NAME_CHARS_MAX - 1]}…",
            **(_scheduled(message.planned, message.stage) if message.planned else {"status": message.stage}),
            "body": body if len(body) <= BODY_CHARS_MAX else f"{visible(message.short)}\n\n{message.page_url}",
            # Never left out: its default mails every subscriber.
            "deliver_notifications": self.deliver_notifications,
            "metadata": {"ownup": {"thread": message.thread, "key": message.key}},
        }
        return json.dumps({"incident": incident}, ensure_ascii=False, separators=(",", ":")).encode()


def _scheduled(planned: Planned, stage: Stage) -> dict[str, Any]:
    """Planned work as scheduled maintenance; what was put off and has no new time is over there until it has one."""
    if planned.start is None or planned.end is None:
        return {"status": _WORK[Stage.RESOLVED]}
    times = {"scheduled_for": _time(planned.start), "scheduled_until": _time(planned.end)}
    return {"status": _WORK.get(stage, "in_progress"), **times, **_BY_ITSELF}


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _mark(incident: object) -> dict[str, Any]:
    """What we wrote into an incident's metadata; nothing, if it is not ours."""
    metadata = incident.get("metadata") if isinstance(incident, dict) else None
    mark = metadata.get("ownup") if isinstance(metadata, dict) else None
    return mark if isinstance(mark, dict) else {}


def _incident(answer: Answer) -> dict[str, Any]:
    told = answer.json()
    if not isinstance(told, dict) or not re.fullmatch(r"\w+", str(told.get("id", ""))):
        raise Temporary("it answered with something that is no incident")
    return told


def _receipt(answer: Answer) -> str:
    """A repeat finds what it made, so an answer that broke off is asked for again."""
    return _told(_incident(answer))


def _told(incident: dict[str, Any]) -> str:
    return f"incident {incident['id']} {incident.get('shortlink') or ''}".rstrip()
