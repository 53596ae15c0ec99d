"""A company to tell stories about."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.monitor.scribe.company import CONFIG, Company, opened


@pytest.fixture
async def company(tmp_path: Path) -> AsyncIterator[Company]:
    """A company whose targets all pass their looks."""
    async with opened(tmp_path) as company:
        for one in CONFIG.target:
            await company.saw(one.name, "S")
        yield company
