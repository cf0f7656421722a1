"""What a command prints: one JSON object or a view for a person on stdout, progress on stderr."""

import logging
import os
import sys
from collections import Counter
from typing import Any

import click
import msgspec
import structlog
from rich.console import Console, RenderableType
from rich.status import Status
from rich.text import Text

from events.episode import EpisodeJudged
from events.question import QuestionAccepted, QuestionRejected
from events.trace import AttemptEnded, HooksGraded
from events.wire import AnyRecorded

WIDTH_ELSEWHERE = 160
"""Columns of a table that goes to a file or a pipe."""


def configure() -> None:
    """Make the standard streams take any text, and send the program's own log to stderr.

    Under the C locale the streams are ASCII: what they cannot hold is escaped, not an error. The level is
    TRACEGATE_LOG, by default warnings.
    """
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")
    logging.getLogger("asyncio").addFilter(_tells_something)
    level = getattr(logging, os.environ.get("TRACEGATE_LOG", "warning").upper(), logging.WARNING)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"]),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def _tells_something(record: logging.LogRecord) -> bool:
    """Not that a process which was killed at the end was reaped before asyncio could ask how it ended."""
    return not str(record.msg).startswith("Unknown child process pid")


class GivenPath(click.Path):
    """A path that was given: an empty one, such as an unset variable, is not the current folder."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path; refused when it is empty."""
        if not str(value):
            self.fail("an empty path names nothing; write . for the current folder", param, ctx)
        return super().convert(value, param, ctx)


class Output:
    """Where one command's results and progress go.

    Args:
        as_json: the result is one JSON object.
        quiet: no progress.
    """

    def __init__(self, as_json: bool, quiet: bool) -> None:
        self.as_json = as_json
        self.quiet = quiet
        self.counts: Counter[str] = Counter()
        self._console = _console(sys.stdout)
        self._progress = _console(sys.stderr)
        self._live: Status | None = None

    def result(self, data: dict[str, Any], view: RenderableType) -> None:
        """The command's result: `data` for a program, `view` for a person."""
        self._still()
        if self.as_json:
            sys.stdout.buffer.write(msgspec.json.encode(data) + b"\n")
            sys.stdout.buffer.flush()
        else:
            self.show(view)

    def show(self, view: RenderableType) -> None:
        """Something more for a person; nothing for a program."""
        if not self.as_json:
            whole = isinstance(view, str)  # a line for a person or a script: never wrapped
            self._console.print(Text(view) if isinstance(view, str) else view, soft_wrap=whole)

    def stage(self, told: str) -> None:
        """One line of progress."""
        if not self.quiet:
            self._progress.print(Text(told), soft_wrap=True)

    def heard(self, recorded: AnyRecorded) -> None:
        """Count an event; on a terminal the counts are shown as they grow."""
        word = _WORDS.get(type(recorded.event))
        if isinstance(recorded.event, EpisodeJudged):
            word = "verified" if recorded.event.verdict == "verified" else "refused"
        if word is None:
            return
        self.counts[word] += 1
        if self._progress.is_terminal and not self.quiet:
            if self._live is None:
                self._live = self._progress.status("")
                self._live.start()
            self._live.update(Text(self.tally()))

    def tally(self) -> str:
        """The counts in a line."""
        words = (*_WORDS.values(), "verified", "refused")
        return ", ".join(f"{word} {self.counts[word]}" for word in words)

    def _still(self) -> None:
        if self._live is not None:
            self._live.stop()
            self._live = None


_WORDS: dict[type, str] = {
    QuestionAccepted: "accepted",
    QuestionRejected: "rejected",
    AttemptEnded: "traces",
    HooksGraded: "graded",
}


def _console(stream: Any) -> Console:
    console = Console(file=stream, highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        console = Console(file=stream, highlight=False, markup=False, emoji=False, width=WIDTH_ELSEWHERE)
    return console
