"""A session's result, read piece by piece: whatever its frame holds, the host is held by no piece for long.

A piece whose length says already that no session of ours wrote it is not read at all, and a hook's values
are read one by one. What is left is flat: a megabyte of it takes some milliseconds.
"""

from typing import Any

import msgspec
from msgspec import Raw

from actors.workers.credible import MOST_GAPS, objection
from actors.workers.sandbox.framing import ForgedFrame
from actors.workers.sandbox.keeping import MARK
from actors.workers.sandbox.plain import MAX_ANSWER
from events.frames import Limits, Result
from events.printed import Printed
from events.struct import Fact
from events.trace import CellResult, ErrorReport, HookRaised, SessionEnd, StatementRun, Submission
from events.values import Value

MAX_VALUE = 192 * 1024
"""Bytes of a hook's value at most: a mapping shows 64 pairs, and either part of a pair 200 characters."""
_BYTES_A_CHARACTER = 6
"""At most, where it has to be spelled out."""
_MAX_WHOLE = 200 * (MOST_GAPS + 1)
"""Bytes of what is told of a stream: each number takes at most 20, and each name some."""
_NULL, _NONE, _EMPTY = Raw(b"null"), Raw(b"[]"), Raw(b'""')


class _Hook(Fact, frozen=True):
    """A `HookRaised` whose parts were not looked at."""

    name: str
    code_line: str
    value: Raw
    depends_on: tuple[str, ...] = ()
    held: Raw = _NULL


class _Answer(Fact, frozen=True):
    """A `Submission` whose answer was not looked at."""

    answer: Raw
    digest: str
    problem: str = ""


class _Cell(Fact, frozen=True):
    """A `CellResult` of whose parts none was looked at."""

    number: int
    statements: Raw = _NONE
    display: Raw = _NULL
    stdout: Raw = _EMPTY
    stdout_cut: int = 0
    stderr: Raw = _EMPTY
    stderr_cut: int = 0
    hooks: Raw = _NONE
    submission: _Answer | None = None
    error: ErrorReport | None = None
    seconds: float = 0.0
    end: SessionEnd | None = None
    stdout_whole: Raw = _NULL
    stderr_whole: Raw = _NULL


class _Said(Fact, frozen=True):
    result: _Cell
    last: bool = False


_SAID = msgspec.json.Decoder(_Said)
_STATEMENTS = msgspec.json.Decoder(tuple[StatementRun, ...])
_HOOKS = msgspec.json.Decoder(tuple[_Hook, ...])
_VALUE = msgspec.json.Decoder(Value)
_HELD = msgspec.json.Decoder(Value | None)
_TEXT = msgspec.json.Decoder(str)
_WHOLE = msgspec.json.Decoder(Printed | None)
_DISPLAY = msgspec.json.Decoder(str | None)
_ANY = msgspec.json.Decoder(Any)


def result_of(body: bytes | bytearray, limits: Limits, statements: int) -> Result:
    """The result that a body holds, if a session of ours can have said it.

    Args:
        body: of a Result frame.
        limits: what the session may use.
        statements: how many the code that it was sent can hold at most.

    Raises:
        ForgedFrame: it is no result, or none that a session of ours makes.
    """
    try:
        said = _SAID.decode(body)
        result = _cell(said.result, limits)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        message = f"not a Result frame: {error}"
        raise ForgedFrame(message) from error
    if len(result.statements) > statements:
        raise ForgedFrame("more statements than its code holds")
    if why := objection(result, limits):
        raise ForgedFrame(why)
    return Result(result, said.last)


def _cell(said: _Cell, limits: Limits) -> CellResult:
    kept = _BYTES_A_CHARACTER * (limits.output_chars + MARK * MOST_GAPS) + 2
    return CellResult(
        number=said.number,
        statements=_STATEMENTS.decode(said.statements),
        display=_DISPLAY.decode(_within(kept, said.display, "a display longer than is kept")),
        stdout=_TEXT.decode(_within(kept, said.stdout, "more printed than is kept")),
        stdout_cut=said.stdout_cut,
        stderr=_TEXT.decode(_within(kept, said.stderr, "more printed than is kept")),
        stderr_cut=said.stderr_cut,
        hooks=tuple(map(_hook, _HOOKS.decode(said.hooks))),
        submission=None if said.submission is None else _submission(said.submission),
        error=said.error,
        seconds=said.seconds,
        end=said.end,
        stdout_whole=_whole(said.stdout_whole),
        stderr_whole=_whole(said.stderr_whole),
    )


def _whole(said: Raw) -> Printed | None:
    whole: Printed | None = _WHOLE.decode(
        _within(_MAX_WHOLE, said, "more gaps in what was printed than are left")
    )
    return whole


def _hook(said: _Hook) -> HookRaised:
    longer = "a hook whose value is longer than is shown"
    value = _VALUE.decode(_within(MAX_VALUE, said.value, longer))
    held = _HELD.decode(_within(MAX_VALUE, said.held, longer))
    return HookRaised(said.name, said.code_line, value, said.depends_on, held)


def _submission(said: _Answer) -> Submission:
    answer = _ANY.decode(_within(MAX_ANSWER, said.answer, "an answer longer than is taken"))
    return Submission(answer, said.digest, said.problem)


def _within(most: int, said: Raw, otherwise: str) -> Raw:
    """The piece, which is not read where it is too long.

    Raises:
        ForgedFrame: it is.
    """
    if len(memoryview(said)) > most:
        raise ForgedFrame(otherwise)
    return said
