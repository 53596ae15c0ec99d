"""Run a command of the config, and take what it prints: bounded, without a shell, and never left running."""

import asyncio
import os
import signal
from collections.abc import Sequence
from contextlib import suppress


class CommandError(Exception):
    """Why a command gave nothing, as half a sentence that follows its name."""


async def output_of(command: Sequence[str], *, bytes_max: int) -> str:
    """What the command prints, at most so many bytes. Raises CommandError; cancelling ends the command."""
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as error:
        raise CommandError(f"cannot be run: {error.strerror}") from error
    try:
        text = await _read(process, bytes_max)
        code = await process.wait()
    finally:
        with suppress(ProcessLookupError):  # all of it has ended, as it should
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
    if code:
        raise CommandError(f"failed with exit code {code}")
    return text


async def _read(process: asyncio.subprocess.Process, bytes_max: int) -> str:
    if process.stdout is None:
        raise CommandError("has no output")
    try:
        await process.stdout.readexactly(bytes_max + 1)
    except asyncio.IncompleteReadError as whole:
        return whole.partial.decode("utf-8", "replace")
    raise CommandError(f"printed more than {bytes_max} bytes")
