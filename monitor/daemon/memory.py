"""What outlives a reload: counters and gauges, which would otherwise jump whenever a config is read anew."""

import asyncio
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any, Self

from monitor.calls.roster import routes
from monitor.config import Config
from monitor.habit import Habit
from monitor.metrics.gauges import Gauges
from monitor.metrics.health import Pulse, patience_s
from monitor.metrics.series import Series


@dataclass(frozen=True, slots=True)
class Memory:
    """Kept for as long as the process lives."""

    gauges: Gauges
    series: Series
    pulse: Pulse
    habits: dict[str, Habit] = field(default_factory=dict)

    @classmethod
    def begin(cls) -> Self:
        """Remember nothing yet."""
        return cls(Gauges(version=version("ownup")), Series(), Pulse(asyncio.get_running_loop().time()))

    def follow(self, config: Config[Any]) -> None:
        """Forget what a new config no longer has, and expect looks at its pace."""
        targets = [target for target in (*config.target, *config.anchor) if target.enabled]
        self.series.expect(targets)
        self.gauges.keep({channel.name for channel in config.channel}, {route.name for route in routes(config)})
        for name in self.habits.keys() - {target.name for target in targets}:
            del self.habits[name]
        self.pulse.last_result_s = asyncio.get_running_loop().time()
        self.pulse.patience_s = (
            patience_s(min(target.interval for target in targets), max(target.longest_s for target in targets))
            if targets
            else None
        )
