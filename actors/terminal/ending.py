"""How a command ends: a known problem becomes a message and an exit code, nothing else is caught."""

import os
import signal
import sys
from collections.abc import Callable, Mapping
from functools import partial
from typing import Never

import click

from actors.runtime.failures import first_of
from actors.terminal.output import configure, hush, json_object, write_lines
from store.durable import NoFileError, what_to_do
from store.log.drafts import EventTooLargeError, UnreadableEventError

INTERRUPTED = 130
PATH_ERRORS = (NoFileError, FileNotFoundError, IsADirectoryError, NotADirectoryError, PermissionError)
"""What is wrong with a path that somebody named, and not with the machine."""
UNRECORDED = (EventTooLargeError, UnreadableEventError)
"""What is wrong with words that somebody would have recorded."""


def ended(app: click.Group, exits: Mapping[int, tuple[type[Exception], ...]]) -> None:
    """Run one command to its end.

    Args:
        app: the commands.
        exits: known problems by exit code, the first that fits; anything else is our fault and is raised.

    Raises:
        SystemExit: with the code.
    """
    configure()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        _run(app)
    except click.ClickException as problem:
        sys.exit(_failed(problem.format_message(), 2, problem.show))
    except click.Abort:
        tell = partial(click.echo, "Error: interrupted; the same command goes on here", err=True)
        sys.exit(_failed("interrupted", INTERRUPTED, tell))
    except sum(exits.values(), ()) as problem:
        code = next(code for code, kinds in exits.items() if isinstance(problem, kinds))
        told = what_to_do(problem) if isinstance(problem, OSError) else str(problem)
        sys.exit(_failed(told, code, partial(click.echo, f"Error: {told}", err=True)))


def _run(app: click.Group) -> None:
    """Run a command; where tasks side by side failed, the failure that came first is raised."""
    try:
        app.main(standalone_mode=False, prog_name="tracegate")
    except BaseExceptionGroup as failures:
        raise first_of(failures) from failures


def while_nobody_listens() -> None:
    """Have a daemon that loads, or is at its end, end at once when asked to, and not when told to read again.

    A function of ours, unlike a signal that is ignored, is not handed down to processes that are started.
    """
    signal.signal(signal.SIGINT, lambda *_: os._exit(INTERRUPTED))
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    signal.signal(signal.SIGHUP, lambda *_: None)


def leave(code: int) -> Never:
    """End a daemon that has nothing more to do; a signal that comes now changes nothing.

    What is ignored stays so while the interpreter ends; a function of ours is forgotten before, and then a
    signal kills.

    Raises:
        SystemExit: with the code.
    """
    for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(one, signal.SIG_IGN)
    sys.exit(code)


def _failed(message: str, code: int, tell: Callable[[], None]) -> int:
    try:
        tell()
    except OSError:  # nobody hears of it on stderr; the code still says it
        hush(sys.stderr)
    if "--json" in sys.argv:
        try:
            write_lines([json_object({"error": message, "exit_code": code})])
        except OSError:  # what stdout cannot take was told on stderr
            hush(sys.stdout)
    return code
