"""Whatever is done to a log in whatever order, it reads as the plain list of what was appended."""

import asyncio
import shutil
from contextlib import AbstractAsyncContextManager, closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import settings, strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from events.dataset import DatasetRefused
from events.identity import digest_of
from events.runtime import HomeOpened, TailCut, WorkFailed, WorkStamp
from events.wire import AnyRecorded
from store.blobs import Blobs
from store.home import Home
from store.log.append import Draft, LogWriter
from store.log.closing import compress_segment
from store.log.index import LogIndex
from store.log.judged import BEGINNING, Batch, Point
from store.log.published import NAME
from store.log.read import log_head, read_events
from store.log.scan import scan
from store.log.segments import is_compressed, segments
from store.log.verify import verify_log
from tests.store.log.conftest import clock
from tests.store.log.disks import QuickDisk

TEXT = st.text(st.characters(codec="utf-8"), max_size=30)
REFUSED = st.builds(DatasetRefused, path=TEXT, reason=st.just("empty"), detail=TEXT)
FAILED = st.builds(
    WorkFailed, key=TEXT, attempt=st.integers(1, 3), error=st.text(max_size=300), infrastructure=st.booleans()
)
STAMP = st.builds(WorkStamp, key=TEXT, attempt=st.integers(1, 3), finishes=st.booleans())
DRAFT = st.builds(
    Draft,
    st.one_of(REFUSED, FAILED),
    cause=st.none() | TEXT,
    correlation=st.none() | TEXT,
    work=st.none() | STAMP,
)
APPEND = st.lists(DRAFT, min_size=1, max_size=5)
TYPES = st.sampled_from([None, [], [DatasetRefused], [WorkFailed, TailCut], [HomeOpened]])


class LogMachine(RuleBasedStateMachine):
    """A home, its writer if there is one, and the list of everything that was appended."""

    @initialize(segment_bytes=st.integers(500, 5000))
    def begin(self, segment_bytes: int) -> None:
        """An empty home."""
        self.folder = TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None)
        self.runner = asyncio.Runner()
        self.segment_bytes = segment_bytes
        self.homes = 0
        self.home = Home(Path(self.folder.name) / "0")
        self.model: list[AnyRecorded] = []
        self.blobs: dict[str, bytes] = {}
        self.torn = False
        self.writer: LogWriter | None = None
        self.opening: AbstractAsyncContextManager[LogWriter] | None = None

    def teardown(self) -> None:
        """Let go of everything."""
        if hasattr(self, "runner"):
            self._close()
            self.runner.close()
            self.folder.cleanup()

    @precondition(lambda self: self.writer is None)
    @rule()
    def open(self) -> None:
        """Open a writer: a new log tells of its home, a torn one of the tear."""
        self.opening = LogWriter.open(
            self.home,
            clock=clock,
            draw=lambda: "ab" * 16,
            segment_bytes=self.segment_bytes,
            compress=False,
            disk=QuickDisk(),
        )
        self.writer = self.runner.run(self.opening.__aenter__())
        told = list(read_events(self.home, after=len(self.model)))
        expected = [HomeOpened] * (not self.model) + [TailCut] * self.torn
        assert [type(recorded.event) for recorded in told] == expected
        self.model += told
        self.torn = False

    @precondition(lambda self: self.writer is not None)
    @rule(appends=st.lists(APPEND, min_size=1, max_size=4), blob=st.none() | st.binary(max_size=50))
    def append(self, appends: list[list[Draft]], blob: bytes | None) -> None:
        """Several at once: each is whole, and they stand in their order."""
        blobs = {} if blob is None else {digest_of(blob): blob}
        recorded = self.runner.run(self._append(appends, blobs))
        for drafts, found in zip(appends, recorded, strict=True):
            assert [(one.event, one.cause, one.correlation, one.work) for one in found] == [
                (draft.event, draft.cause, draft.correlation, draft.work) for draft in drafts
            ]
            self.model += found
        self.blobs |= blobs

    @precondition(lambda self: self.writer is not None)
    @rule()
    def close(self) -> None:
        """End cleanly."""
        self._close()

    @precondition(lambda self: self.model)
    @rule(power=st.booleans(), length=st.integers(0, 2000), zeros=st.integers(0, 600), drafts=APPEND)
    def kill(self, power: bool, length: int, zeros: int, drafts: list[Draft]) -> None:
        """End at once, in the middle of an append or between two; with or without the power."""
        left, tail = self._copy(), b""
        if self.writer is not None:
            before = {path: path.read_bytes() for path in segments(self.home.log)}
            self.runner.run(self.writer.append(drafts))
            after = {path: path.read_bytes() for path in segments(self.home.log)}
            newest = max(after)
            written = after[newest][len(before.get(newest, b"")) :]
            tail = written[: min(length, len(written) - 1)] + bytes(zeros)
            with (left.log / newest.name).open("ab") as file:
                file.write(tail)
        if power:
            (left.log / NAME).unlink(missing_ok=True)
        self._close()
        self.home, self.torn = left, self.torn or bool(tail)

    @precondition(lambda self: self.model)
    @rule(which=st.integers(0, 20))
    def compress(self, which: int) -> None:
        """Compress a closed segment, beside a writer or not."""
        plain = [path for path in segments(self.home.log)[:-1] if not is_compressed(path)]
        plain = [path for path in plain if path.stat().st_size]
        if plain and any(path.stat().st_size for path in segments(self.home.log)[-1:]):
            compress_segment(plain[which % len(plain)], QuickDisk())

    @precondition(lambda self: self.model)
    @rule(
        after=st.integers(0, 60), upto=st.none() | st.integers(0, 60), types=TYPES, point=st.integers(0, 60)
    )
    def read(self, after: int, upto: int | None, types: list[type] | None, point: int) -> None:
        """A part of it, from a place between two batches on."""
        whole = [found for found in scan(self.home.log) if isinstance(found, Batch)]
        points = [BEGINNING, *(Point(found.place, found.head) for found in whole)]
        since = [one for one in points if one.head.seq <= min(after, point)][-1]
        found = list(read_events(self.home, after, types, upto, since))
        assert found == [
            recorded for recorded in self.model[after:upto] if types is None or type(recorded.event) in types
        ]

    @precondition(lambda self: self.model)
    @rule(place=st.integers(1, 60), stream=st.none() | TEXT, types=TYPES)
    def look_up(self, place: int, stream: str | None, types: list[type] | None) -> None:
        """Single events, a stream and some types, by the index."""
        streams = [one.correlation for one in self.model if one.correlation is not None]
        asked = stream if stream is not None else (streams or [""])[place % (len(streams) or 1)]
        with closing(LogIndex(self.home)) as index:
            assert index.at(place) == (self.model[place - 1] if place <= len(self.model) else None)
            assert list(index.stream(asked)) == [one for one in self.model if one.correlation == asked]
            assert list(index.of_types(types or [], place)) == [
                one for one in self.model[place:] if type(one.event) in (types or [])
            ]

    @invariant()
    def all_is_there(self) -> None:
        """Any reader finds all of it, at any moment, and nothing is wrong with it."""
        if not hasattr(self, "model") or not self.home.root.exists():
            return
        assert list(read_events(self.home)) == self.model
        assert log_head(self.home).seq == len(self.model)
        assert [problem.torn for problem in verify_log(self.home).problems] in ([], [True] * self.torn)
        assert all(Blobs(self.home).get(digest) == data for digest, data in self.blobs.items())

    async def _append(
        self, appends: list[list[Draft]], blobs: dict[str, bytes]
    ) -> list[tuple[AnyRecorded, ...]]:
        assert self.writer is not None
        # Bytes are checked in threads, so those that come with some may overtake each other: one does.
        first = await self.writer.append(appends[0], blobs)
        return [first, *await asyncio.gather(*(self.writer.append(drafts) for drafts in appends[1:]))]

    def _close(self) -> None:
        if self.opening is not None:
            self.runner.run(self.opening.__aexit__(None, None, None))
        self.writer = self.opening = None

    def _copy(self) -> Home:
        self.homes += 1
        copy = Home(Path(self.folder.name) / str(self.homes))
        shutil.copytree(self.home.root, copy.root)
        return copy


def test_a_log_is_a_list() -> None:
    run_state_machine_as_test(
        LogMachine, settings=settings(max_examples=25, stateful_step_count=15, deadline=None)
    )


@pytest.mark.full
def test_a_log_is_a_list_whatever_is_done_to_it() -> None:
    run_state_machine_as_test(
        LogMachine, settings=settings(max_examples=200, stateful_step_count=30, deadline=None)
    )
