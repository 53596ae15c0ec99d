"""The public page as a channel: delivered means visible, since the page shows what is delivered to it."""

from datetime import datetime
from http import HTTPStatus
from typing import Any, ClassVar, Final, Literal

from monitor.channels.channel import Channel, Guarantee, Limits, Message, Trial, Unproven
from monitor.sending.post import Post
from monitor.sending.sender import Permanent, Undelivered

# Whoever stands before the page may keep programs out, and let people in.
_KEPT_OUT: Final = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS})


class Page(Channel, Post):
    """The status page. It reads the record itself, so sending is no more than saying so.

    It shows every language that was approved, so it has none of its own. ``tls`` is whom its canary trusts.
    """

    summary: ClassVar = "Shows the update on the public status page."
    proof: ClassVar = "reads `/api/v2/status.json` at `[site] public_url`: it is ours, and not too old"
    guarantee: ClassVar = Guarantee.EXACTLY_ONCE
    limits: ClassVar = Limits("title and body", None, "HTML")

    kind: Literal["page"] = "page"
    name: Literal["page"] = "page"
    language: None = None

    async def send(self, message: Message) -> str:
        """Succeed at once."""
        return f"visible at {message.page_url}"

    async def prove(self, trial: Trial) -> str:
        """Read the page where customers do. That it cannot be reached from here says nothing of them."""
        url = f"{trial.site.public_url}/api/v2/status.json"
        try:
            answer = await self.ask("GET", url, {}, now=trial.now, bytes_max=1 << 16)
        except Undelivered as undelivered:
            if undelivered.status is None or undelivered.status in _KEPT_OUT:
                raise Unproven(f"we cannot read it from here ({undelivered.detail}); customers may") from None
            raise Permanent(f"{trial.site.public_url} shows no page of ours: {undelivered.detail}") from None
        return _fresh(answer.json(), trial)


def _fresh(told: Any, trial: Trial) -> str:  # noqa: ANN401 - whatever stands there
    """What was read is this page, and young enough."""
    page, as_of = (told.get("page"), told.get("as_of")) if isinstance(told, dict) else (None, None)
    if not isinstance(page, dict) or page.get("url") != trial.site.public_url or not isinstance(as_of, str):
        raise Permanent(f"another page than ours stands at {trial.site.public_url}")
    try:
        age_s = (trial.now - datetime.fromisoformat(as_of)).total_seconds()
    except (ValueError, TypeError):
        raise Permanent(f"the page at {trial.site.public_url} does not say how old it is") from None
    if age_s > trial.page_age_s_max:
        raise Permanent(f"the page at {trial.site.public_url} is as of {age_s / 60:.0f} minutes ago")
    return f"{trial.site.public_url} shows the page as of {max(0.0, age_s):.0f} s ago"
