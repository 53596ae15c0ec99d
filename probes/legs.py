"""The two legs of a round trip: a server to send by, and one to receive by, each as a target would be looked at."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final, TypeVar

from probes.finding import Finding, Side
from probes.notebook import Notebook
from probes.target import Manner, Target
from probes.tls import Secured

Server = TypeVar("Server", bound=Secured)

_SHARED: Final = ("timeout", "stage_timeout", "ip_family", "resolver", "tls", "cert_warn", "cert_fail")
_MEANINGLESS: Final = (
    {*Manner.model_fields, *Target.model_fields} | {"mail_from", "rcpt_to", "expect_rcpt", "expect_greeting"}
) - {
    *_SHARED,
    "connect_to",
}


def completed(server: Mapping[str, Any], trip: Mapping[str, Any]) -> dict[str, Any]:
    """The options of a server, with all that the trip has said for both and this one did not say itself.

    Raises ValueError for an option that makes no sense here.
    """
    if useless := sorted(server.keys() & _MEANINGLESS):
        raise ValueError(f'"{useless[0]}" has no meaning for a server of a round trip')
    shared = {key: trip[key] for key in _SHARED if key in trip}
    who = {key: trip.get(key, "roundtrip") for key in ("name", "component")}
    tls = {**_table(shared.get("tls")), **_table(server.get("tls"))}
    return {**shared, **server, **({"tls": tls} if tls else {}), **who}


def _table(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def patient(server: Server, longest_s: float) -> Server:
    """A server as it is talked to within a longer look: each stage has the time that a whole talk would have."""
    return server.model_copy(update={"stage_timeout": server.stage_timeout or server.timeout, "timeout": longest_s})


@asynccontextmanager
async def side(name: Side, notes: Notebook) -> AsyncIterator[Notebook]:
    """A page of the notebook for one server: its phases bear the side's name, and so does what is found there."""
    page = Notebook(notes.transcript, notes.began)
    try:
        yield page
    except Finding as found:
        found.side = name
        raise
    finally:
        for concern in page.concerns:
            concern.side = name
        notes.concerns += page.concerns
        notes.numbers = {**page.numbers, **notes.numbers}
        notes.phases |= {f"{name}_{phase}": lasted_s for phase, lasted_s in page.phases.items()}
        shown = [one for one in (notes.certificate, page.certificate) if one]
        notes.certificate = min(shown, key=lambda one: one.earliest_not_after, default=None)
