"""The sample host from outside: break a part, repair it, ask how all of them stand."""

import json
from dataclasses import dataclass
from typing import Final

import aiohttp

from monitor.sample.parts import HOST, Part, Ports, Standing

ANSWER_S: Final = 5.0


class SampleError(Exception):
    """The sample host did not answer as it should; the message is one sentence for a human."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A running sample host, spoken to through its control port."""

    ports: Ports

    async def break_(self, part: Part) -> None:
        """Stop a part: its port refuses, and its open connections are dropped."""
        await self._ask("POST", f"/break/{part}")

    async def repair(self, part: Part) -> None:
        """Let a part listen again on the same port."""
        await self._ask("POST", f"/repair/{part}")

    async def state(self) -> dict[Part, Standing]:
        """How every part stands now."""
        return {
            Part(part): Standing(standing) for part, standing in json.loads(await self._ask("GET", "/state")).items()
        }

    async def _ask(self, method: str, path: str) -> str:
        where = f"http://{HOST}:{self.ports.control}{path}"
        try:
            async with (
                aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=ANSWER_S), raise_for_status=True) as session,
                session.request(method, where) as answer,
            ):
                return await answer.text()
        except (aiohttp.ClientError, TimeoutError) as error:
            raise SampleError(
                f"no sample host answers at {HOST}:{self.ports.control} (start it with: ownup sample serve)"
            ) from error
