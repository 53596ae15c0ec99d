"""Run the daemon: look, judge, draft, serve the desk and the public page, and publish what a human approved."""

import argparse
import asyncio
import logging
import sys
from functools import partial
from typing import Any

import uvloop

from monitor import daemon, log
from monitor.commands.command import Trouble
from monitor.commands.settings import add_config, read
from monitor.config import Config
from monitor.daemon import CannotListen
from monitor.ledger.store import StorageError
from monitor.sample import SampleError


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add_config(parser)
    parser.add_argument("--sample", action="store_true", help="also run sample servers, to be broken and repaired")


def run(options: argparse.Namespace) -> int:
    """Live until SIGTERM; 0 then, 1 if a task died, 2 if it could not begin."""
    log.begin()
    read_config = partial(read, options.config)
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(daemon.run(read_config, sampled=options.sample, greet=greet))
    except (CannotListen, StorageError, SampleError) as why:
        raise Trouble(str(why)) from why
    except ExceptionGroup:
        logging.getLogger("ownup.daemon").critical("a task died, and the daemon with it", exc_info=sys.exc_info())
        return 1
    return 0


def greet(config: Config[Any], link: str | None) -> None:
    """Say where everything is, and how the first admin gets in."""
    print(f"public page   http://{config.page.listen}/")
    print(f"desk          {config.desk.url}/")
    if link:
        print(f"first admin   {link}  (works once: say who you are, and choose a password)")
    print(f"metrics       {config.metrics.url}/metrics")
    sys.stdout.flush()
