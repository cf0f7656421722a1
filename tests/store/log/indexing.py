"""Logs with hostile words to index, and what an index of them has to give."""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import anyio
from hypothesis import strategies as st

from events.dataset import DatasetRefused
from events.runtime import HomeOpened, RunStarted, SettingsRead, WorkFailed, WorkStamp
from events.struct import Event
from store.home import Home
from store.log.append import Draft, LogWriter
from store.log.closing import compress_segment
from store.log.index import LogIndex
from store.log.read import read_events
from store.log.segment_index import FOLDER
from store.log.segments import is_compressed, segments
from tests.store.log.conftest import clock, refused
from tests.store.log.disks import QuickDisk

SEGMENT_BYTES = 2500
HOSTILE = (
    "q",
    "Größe \u2028 \U0001f600",
    'a "quoted" one',
    "ends with a backslash \\",
    '\\"',
    ',"correlation":"q"',
    '","correlation":"q","work":null}\n',
    "\t\r\n\0",
    "",
)
KINDS: tuple[type[Event], ...] = (HomeOpened, DatasetRefused, RunStarted, SettingsRead, WorkFailed)

words = st.sampled_from(HOSTILE) | st.text(max_size=8)


@st.composite
def drafts(draw: st.DrawFn) -> Draft:
    """An event with hostile words wherever one may stand."""
    word, other = draw(words), draw(words)
    event: Event = draw(
        st.sampled_from(
            [
                DatasetRefused(path=word, reason="empty", detail=f'x","correlation":"{other}","y":"'),
                RunStarted(command=word, seed=1, sources=("template",)),
                SettingsRead(origin=other, settings={"correlation": word}),
                WorkFailed(key=word, attempt=1, error=other, infrastructure=False),
            ]
        )
    )
    stamp = draw(st.none() | st.builds(WorkStamp, key=words, attempt=st.just(1)))
    return Draft(event, correlation=draw(st.none() | words), work=stamp)


def write(home: Home, appends: Sequence[Sequence[Draft]], *, compress: bool = False) -> None:
    """Append these, several small segments full, and compress all that are closed if wanted."""

    async def append() -> None:
        opening = LogWriter.open(
            home, clock=clock, segment_bytes=SEGMENT_BYTES, compress=False, disk=QuickDisk()
        )
        async with opening as writer:
            for one in appends:
                await writer.append(one)

    anyio.run(append)
    for path in segments(home.log)[:-1] if compress else ():
        if not is_compressed(path):
            compress_segment(path, QuickDisk())


def many(count: int, correlations: Sequence[str | None] = ("a", "b", None)) -> list[list[Draft]]:
    """So many appends of one event, of two types in turn, that belong to these in turn."""
    return [
        [
            Draft(
                refused(number) if number % 2 else RunStarted(command=str(number), seed=0, sources=()),
                correlation=correlations[number % len(correlations)],
            )
        ]
        for number in range(count)
    ]


def same(index: LogIndex, home: Home) -> None:
    """The index gives what a full reading gives, however it is asked."""
    every = list(read_events(home))
    assert index.seq == len(every)
    assert [index.at(place) for place in range(len(every) + 3)] == [None, *every, None, None]
    for types in (None, *((kind,) for kind in KINDS), KINDS, ()):
        for after in (0, len(every) // 2, len(every)):
            wanted = [one for one in every if one.seq > after and (types is None or type(one.event) in types)]
            assert list(index.of_types(types, after)) == wanted
            assert (
                index.last(3, types)
                == [one for one in every if types is None or type(one.event) in types][-3:]
            )
    for word in {*HOSTILE, *(one.correlation or "" for one in every)}:
        wanted = [one for one in every if one.correlation == word]
        assert list(index.stream(word)) == wanted
        assert index.last(2, correlation=word) == wanted[-2:]
        assert list(index.stream(word, (RunStarted,), 4)) == [
            one for one in wanted if one.seq > 4 and isinstance(one.event, RunStarted)
        ]


def build(home: Home) -> None:
    """Have every part of the index built and kept."""
    with closing(LogIndex(home)) as index:
        assert list(index.stream("of nothing")) == []


def kept(home: Home) -> list[Path]:
    return sorted((home.log / FOLDER).iterdir())
