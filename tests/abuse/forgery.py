"""Frames that nobody honest sends: each field of each message, and each part of a header, made up."""

import json
import struct
from collections.abc import Iterator
from typing import Any

import msgspec
from hypothesis import strategies as st

from actors.workers.sandbox.framing import pack
from events.dataset import ReaderSettings
from events.frames import (
    Branch,
    Branched,
    Close,
    Drop,
    Dropped,
    Exit,
    Frame,
    Interrupt,
    Limits,
    Load,
    Loaded,
    New,
    Opened,
    Ping,
    Pong,
    Ready,
    Result,
    RunCell,
    Watch,
)
from events.printed import Gap, Printed
from events.trace import (
    CellResult,
    ErrorReport,
    HookRaised,
    Perturbation,
    SessionEnd,
    StatementRun,
    Submission,
)
from events.values import value_of

VALUES = (None, True, 1.5, 10**20, "a text", [1, [2]], {3}, {"k": [4]})
WHOLE = Printed(lines=9, bytes=99, digest="0" * 32, gaps=(Gap(at=1, lines=2, bytes=3, within=True),))
HONEST = CellResult(
    number=0,
    statements=(StatementRun("x = 1", seconds=0.1), StatementRun("y", nested=True, error=True)),
    display="1",
    stdout="o\n[cut]\nt",
    stdout_cut=1,
    stderr="e\n[cut]\nr",
    stderr_cut=2,
    hooks=tuple(HookRaised("x", "x = 1", value_of(one), ("y",), value_of(one)) for one in VALUES),
    submission=Submission(answer={"a": [1, 2.5, "b", None]}, digest="0" * 32, problem=""),
    error=ErrorReport("ValueError", "no", ("cell 0, line 1",)),
    seconds=0.2,
    end=None,
    stdout_whole=WHOLE,
    stderr_whole=WHOLE,
)
READER = ReaderSettings(encoding="utf-8", delimiter=",", header=0, missing=("NA",))
SAMPLES: tuple[Frame, ...] = (
    Load(dataset="d", reader=READER, chunk=b"a,b", last=True, room=9),
    New("d", Limits(), Perturbation(kind="spiked", seed=1), (Watch("x = 1", "x"),)),
    RunCell(number=0, code="1"),
    Close(),
    Ping(number=1),
    Ready(fingerprint="f", environment={"python": "3"}, unwalled="why", version="v"),
    Loaded(dataset="d", problem="none", memory=3),
    Pong(number=1),
    Opened(problem="why"),
    Result(result=HONEST, last=True),
    Exit(end=SessionEnd(reason="lost", detail="d", cpu_seconds=1.0, peak_memory=2)),
    Branch(twin=2),
    Branched(problem="why"),
    Interrupt(number=3),
    Drop(dataset="d"),
    Dropped(dataset="d"),
)
"""One of each kind, every field of which is filled."""

_DEEP = [10, 50, 100, 900, 3000]


def nested(depth: int, opening: str = "[", closing: str = "]") -> str:
    return opening * depth + closing * depth


HOSTILE = st.one_of(
    st.sampled_from(
        ["null", "true", "-1", "0", "1", str(2**63), "1" * 400, "1e308", "1e999", "-0.0", "NaN", "Infinity",
         '""', '"\\ud800"', '"\\u0000"', '"\xff"', '"lost"', '"0"', "{}", "[]", '{"a":1,"a":2}', '["number","x"]',
         '["number"]', '{"rows":1}', '"' + "0" * 32 + '"', '"' + "x" * 5000 + '"', ""]
    ),
    st.sampled_from(_DEEP).map(nested),
    st.sampled_from(_DEEP).map(lambda depth: nested(depth, '{"a":', "}").replace(":}", ":1}")),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
        max_leaves=6,
    ).map(json.dumps),
)  # fmt: skip
"""JSON, or nearly, that a field may not hold or may not mean."""


def places(value: Any, above: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Where in a message something can be put in place of what is there, the whole of it included."""
    yield above
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from places(item, (*above, key))


def replaced(value: Any, place: tuple[str | int, ...], mark: str) -> Any:
    if not place:
        return mark
    first, *rest = place
    copy: Any = dict(value) if isinstance(value, dict) else list(value)
    copy[first] = replaced(copy[first], tuple(rest), mark)
    return copy


_MARK = "the place that is forged"
_BODIES = [json.loads(msgspec.json.encode(sample)) for sample in SAMPLES]
PLACES = [(number, place) for number, body in enumerate(_BODIES) for place in places(body)]
"""Every field of every message: the message's type less one, and the way to the field."""


def body(place: tuple[int, tuple[str | int, ...]], hostile: str) -> bytes:
    """A message in whose place something hostile stands."""
    number, way = place
    text = json.dumps(replaced(_BODIES[number], way, _MARK))
    return text.replace(json.dumps(_MARK), hostile, 1).encode("latin-1", "backslashreplace")


@st.composite
def frames(draw: st.DrawFn) -> bytes:
    """One frame: a field of its message is forged, and perhaps its session, its type or its length."""
    place = draw(st.sampled_from(PLACES))
    said = body(place, draw(HOSTILE))
    session = draw(st.sampled_from([0, 1, 2, 7, 2**32 - 1]))
    code = draw(st.just(place[0] + 1) | st.integers(0, 255))
    length = draw(st.just(len(said)) | st.sampled_from([0, len(said) + 1, 2**22 + 1, 2**32 - 1]))
    return struct.pack(">IBI", session, code, length) + said


FORGED = st.one_of(
    frames(),
    st.binary(max_size=60),
    st.sampled_from(SAMPLES).map(lambda frame: pack(1, frame)),
    st.sampled_from(SAMPLES).map(lambda frame: pack(1, frame)[:-3]),
)
"""What comes instead of an honest frame."""
