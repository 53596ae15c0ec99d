"""An invitation: a link that lets one person choose their password once."""

from datetime import datetime

from monitor.ledger.store import Ledger
from monitor.models import Role


async def first_admin(ledger: Ledger, *, url: str, now: datetime) -> str | None:
    """Invite the person "admin" as long as nobody can sign in, and return the link to print; None if somebody can."""
    raise NotImplementedError(ledger, url, now)


async def invite(ledger: Ledger, name: str, role: Role, *, url: str, now: datetime) -> str:
    """Add a person without a password and return the link that lets them choose one; it works once, for 7 days."""
    raise NotImplementedError(ledger, name, role, url, now)
