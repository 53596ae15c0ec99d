"""The command line: one file a command, and one word in a list."""

import argparse
import io
import os
import sys
from collections.abc import Sequence
from typing import Final, NoReturn

from monitor.commands import (
    approve,
    audit,
    check,
    drafts,
    drill,
    explain,
    export,
    import_,
    incidents,
    lint,
    look,
    replay,
    run,
    sample,
    subscribers,
    token,
    user,
)
from monitor.commands.command import Command, Trouble, name_of
from monitor.commands.remote import RefusedThere
from monitor.config import ConfigError
from monitor.ledger.store import StorageError

COMMANDS: Final[tuple[Command, ...]] = (
    run,
    look,
    check,
    explain,
    replay,
    export,
    import_,
    lint,
    drill,
    incidents,
    drafts,
    approve,
    user,
    token,
    subscribers,
    audit,
    sample,
)

EXIT_REFUSED: Final = 1
EXIT_USAGE: Final = 2
EXIT_INTERRUPTED: Final = 130  # 128 + SIGINT, as shells count
EXIT_BROKEN_PIPE: Final = 141  # 128 + SIGPIPE


class OneLineParser(argparse.ArgumentParser):
    """Says what is wrong in one line instead of printing the whole usage."""

    def error(self, message: str) -> NoReturn:
        """Leave with exit code 2."""
        self.exit(EXIT_USAGE, f"{self.prog}: {message} (see {self.prog} --help)\n")


def main(words: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code; usage and config errors are one line each and exit code 2."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a server may say what the terminal cannot show
    arguments = _parser().parse_args(words)
    command: Command = arguments.command
    try:
        code = command.run(arguments)
        sys.stdout.flush()
    except (ConfigError, StorageError, Trouble) as trouble:
        print(trouble, file=sys.stderr)
        return EXIT_USAGE
    except RefusedThere as refused:
        print(refused, file=sys.stderr)
        return EXIT_REFUSED
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # The reader went away (`ownup look | head`); Python flushes once more at exit, and that must find a sink.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_BROKEN_PIPE
    return code


def _parser() -> argparse.ArgumentParser:
    parser = OneLineParser(prog="ownup", description="Own up before you are found out.", allow_abbrev=False)
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for command in COMMANDS:
        text = (command.__doc__ or "").strip()
        one = commands.add_parser(name_of(command), help=text.partition("\n")[0], description=text, allow_abbrev=False)
        one.set_defaults(command=command)
        command.arguments(one)
    return parser
