"""Logs: one line an event, in words for a human at a terminal, as JSON for a container."""

import logging
import sys
from typing import TextIO

import structlog
from structlog.typing import EventDict, Processor


def begin(stream: TextIO = sys.stderr, *, level: int = logging.INFO) -> None:
    """Write every log line of ours and of the libraries to this stream, in the form that suits it."""
    shared: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.ExtraAdder(),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=_last(stream)))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for chatty in ("aiohttp.access", "alembic", "sqlalchemy.engine"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def _last(stream: TextIO) -> list[Processor]:
    if stream.isatty():
        return [structlog.stdlib.ProcessorFormatter.remove_processors_meta, structlog.dev.ConsoleRenderer()]
    return [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.format_exc_info,
        _first_things_first,
        structlog.processors.JSONRenderer(),
    ]


def _first_things_first(_logger: object, _method: str, event: EventDict) -> EventDict:
    """When, how grave, where and what stand first in a line of JSON, for the eye that scans it."""
    first = ("timestamp", "level", "logger", "event")
    return {key: event[key] for key in first if key in event} | dict(event)
