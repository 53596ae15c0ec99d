"""From a path to a Config, or to all the problems at once."""

import tomllib
from pathlib import Path
from typing import Any

from monitor.config.schema import Config


def load(path: Path, channel: Any) -> Config[Any]:  # noqa: ANN401 - a union of channel kinds has no type of its own
    """Read a config file whose channels are of the given kind, or union of kinds.

    ``${VARIABLE}`` and ``*_file`` are resolved here, once. Raises ConfigError with every problem of the file.
    """
    document = tomllib.loads(path.read_text())
    return Config[channel].model_validate({**document, "path": path})
