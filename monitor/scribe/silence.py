"""Silence: for how long, at least, we have said nothing of a failure that we could have told of."""

from datetime import datetime, timedelta

from drafts.facts import UpdateKind
from monitor.scribe.scene import Scene


def silence(scene: Scene, kind: UpdateKind, since: datetime, late_after_s: float, *, now: datetime) -> datetime | None:
    """The last whole step of it: a first notice this late admits it, and is rewritten at each step."""
    step = timedelta(seconds=late_after_s)
    if kind is not UpdateKind.FIRST or scene.published or now - since < step:
        return None
    return since + (now - since) // step * step
