"""Components follow the config, and are never forgotten."""

from monitor.config import Component as Configured
from monitor.ledger import components
from monitor.ledger.store import Ledger
from tests.monitor.ledger.story import after

WEB = Configured(id="web", name="Website", group="Public")
MAIL = Configured(id="outgoing", name="Sending email")


async def test_rows_follow_the_config(ledger: Ledger) -> None:
    """Names, groups and order are those of the config; what it no longer names is retired once, and can come back."""
    async with ledger.write() as s:
        await components.sync(s, [WEB, MAIL], after(0))
        await components.sync(s, [MAIL.model_copy(update={"name": "Outgoing mail"})], after(1))
        await components.sync(s, [MAIL.model_copy(update={"name": "Outgoing mail"})], after(2))
    async with ledger.write() as s:
        rows = {row.id: row for row in await components.everything(s)}
        assert (rows["outgoing"].name, rows["outgoing"].group, rows["outgoing"].retired_at) == (
            "Outgoing mail",
            None,
            None,
        )
        assert (rows["web"].name, rows["web"].group, rows["web"].retired_at) == ("Website", "Public", after(1))
        await components.sync(s, [MAIL, WEB], after(3))
        assert [(row.id, row.retired_at) for row in await components.everything(s)] == [
            ("outgoing", None),
            ("web", None),
        ]
