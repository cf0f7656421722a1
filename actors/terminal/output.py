"""What a command prints: one JSON object or a view for a person on stdout, progress on stderr."""

import logging
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import IO, Any, TextIO, cast

import click
import msgspec
import structlog
from rich.console import Console, RenderableType
from rich.status import Status
from rich.text import Text

from actors.terminal.costs import cost_line
from events.episode import EpisodeJudged
from events.evaluation import AnswerScored
from events.question import QuestionAccepted, QuestionRejected
from events.rewording import RewordingRefused
from events.runtime import WorkParked
from events.trace import AttemptEnded, HooksGraded
from events.wire import AnyRecorded
from store.projections.calls import HEARS, Calls, apply

WIDTH_ELSEWHERE = 160
"""Columns of a table that goes to a file or a pipe."""


def configure() -> None:
    """Make the standard streams take any text, and send the program's own log to stderr.

    One that was closed is as one to which nobody listens. What is told on stderr is told in passing: that it
    cannot be written ends nothing. On stdout stands the result: there it is a failure like any other.
    Under the C locale the streams are ASCII: what they cannot hold is escaped, not an error.
    """
    _have_streams()
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")
    if not isinstance(sys.stderr, _InPassing):
        sys.stderr = cast("TextIO", _InPassing(sys.stderr))
    logging.getLogger("asyncio").addFilter(_tells_something)
    configure_log()


def configure_log() -> None:
    """Send the program's own log to stderr; the level is TRACEGATE_LOG, by default warnings."""
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
        logger_factory=structlog.PrintLoggerFactory(cast("TextIO", sys.stderr)),
    )


def _have_streams() -> None:
    """Put one that hears nothing in place of each standard stream that was closed.

    The lowest number that is free is its own: else the next file would have that, and hear what a child says.
    """
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:
            descriptor = os.open(os.devnull, os.O_RDWR)
            os.set_inheritable(descriptor, True)
            setattr(sys, name, os.fdopen(descriptor, "r" if name == "stdin" else "w"))


def _tells_something(record: logging.LogRecord) -> bool:
    """Not that a process which was killed at the end was reaped before asyncio could ask how it ended."""
    return not str(record.msg).startswith("Unknown child process pid")


def json_object(data: Any) -> bytes:
    """JSON of plain values; the name of a file that is no UTF-8 stands in it with its bytes escaped."""
    try:
        return msgspec.json.encode(data)
    except UnicodeEncodeError:
        return msgspec.json.encode(_escaped(msgspec.to_builtins(data)))


def _escaped(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode("utf-8")
    if isinstance(value, Mapping):
        return {_escaped(key): _escaped(one) for key, one in value.items()}
    return [_escaped(one) for one in value] if isinstance(value, Sequence) else value


def write_lines(lines: Iterable[bytes]) -> bool:
    """Lines on stdout, seen at once; False when whoever read it has seen enough, and no more is written."""
    try:
        for line in lines:
            sys.stdout.buffer.write(line + b"\n")
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        hush(sys.stdout)
        return False
    return True


def hush(stream: IO[Any]) -> None:
    """Have nobody hear what is written from here on; the command goes on to the code that is due."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


class _InPassing:
    """A stream for what is told in passing: that it cannot be written must not decide what goes on.

    Its disk may be full, its terminal gone, its pipe full or closed. What a full disk refused the stream
    itself keeps, as far as its buffer holds it, and it is written when there is room again.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        """All else is as the stream itself has it."""
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        """Write, if it can be."""
        try:
            return self._stream.write(text)
        except OSError as problem:
            self._give_way(problem)
            return len(text)

    def flush(self) -> None:
        """Have it seen, if it can be."""
        try:
            self._stream.flush()
        except OSError as problem:
            self._give_way(problem)

    def _give_way(self, problem: OSError) -> None:
        """There is nobody to tell of it; and who closed a pipe will never read again."""
        if isinstance(problem, BrokenPipeError):
            hush(self._stream)


class GivenPath(click.Path):
    """A path that was given: an empty one, such as an unset variable, is not the current folder."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path; refused when it is empty."""
        if not str(value):
            self.fail("an empty path names nothing; write . for the current folder", param, ctx)
        return super().convert(value, param, ctx)


class GivenText(click.types.StringParamType):
    """A text that was given, and that a log can hold: bytes that are no UTF-8 are none.

    Args:
        amiss: why a text cannot serve; None when it can.
    """

    def __init__(self, amiss: Callable[[str], str | None] | None = None) -> None:
        self._amiss = amiss

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The text; refused when it is none, or cannot serve."""
        text = str(value)
        try:
            text.encode()
        except UnicodeEncodeError:
            self.fail(f"{text!r} is no UTF-8; write it anew", param, ctx)
        if self._amiss is not None and (amiss := self._amiss(text)) is not None:
            self.fail(amiss, param, ctx)
        return text


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
        self.calls = Calls()
        self._waits: set[str] = set()
        self._console = _console(sys.stdout)
        self._progress = _console(sys.stderr)
        self._live: Status | None = None

    def result(self, data: dict[str, Any], view: RenderableType) -> None:
        """The command's result: `data` for a program, `view` for a person."""
        self._still()
        if self.calls.total.sent:
            self.stage(f"model: {cost_line(self.calls.total)}")
        if self.as_json:
            write_lines([json_object(data)])
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
        """Count an event; on a terminal the counts, and what models cost, are shown as they grow."""
        apply(self.calls, recorded)
        if isinstance(recorded.event, WorkParked) and recorded.event.error not in self._waits:
            self._waits.add(recorded.event.error)
            self.stage(f"waits: {recorded.event.error.splitlines()[0]}")
        word = _WORDS.get(type(recorded.event))
        if isinstance(recorded.event, EpisodeJudged):
            word = "verified" if recorded.event.verdict == "verified" else "refused"
        if word is None and type(recorded.event) not in HEARS:
            return
        if word is not None:
            self.counts[word] += 1
        if self._progress.is_terminal and not self.quiet:
            if self._live is None:
                self._live = self._progress.status("")
                self._live.start()
            self._live.update(Text(self.tally()))

    def tally(self) -> str:
        """The counts in a line."""
        words = (*dict.fromkeys(_WORDS.values()), "verified", "refused")
        counts = ", ".join(f"{word} {self.counts[word]}" for word in words)
        return "; ".join(filter(None, (counts, cost_line(self.calls.total))))

    def _still(self) -> None:
        if self._live is not None:
            self._live.stop()
            self._live = None


_WORDS: dict[type, str] = {
    QuestionAccepted: "accepted",
    QuestionRejected: "rejected",
    RewordingRefused: "rejected",
    AttemptEnded: "traces",
    HooksGraded: "graded",
    AnswerScored: "answered",
}


class _Console(Console):
    """Does not end the program when whoever read it has seen enough."""

    def on_broken_pipe(self) -> None:
        """Say nothing more."""
        self.quiet = True
        hush(self.file)


def _console(stream: Any) -> Console:
    console = _Console(file=stream, highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        console = _Console(file=stream, highlight=False, markup=False, emoji=False, width=WIDTH_ELSEWHERE)
    return console
