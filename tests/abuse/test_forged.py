"""Whatever is said in place of an honest frame harms its author alone, on either side of the supervisor."""

import os
import socket
from collections.abc import Sequence
from contextlib import closing, suppress

import anyio
import msgspec
import pytest
from hypothesis import given, settings, strategies as st

from actors.ports import InfrastructureError
from actors.workers.channel import MOST_WAITING, Channel
from actors.workers.credible import objection
from actors.workers.link import WorkerGone
from actors.workers.offered import Table, TableUnreadable
from actors.workers.sandbox.child import Child, State
from actors.workers.sandbox.deaths import Reason
from actors.workers.sandbox.framing import MAX_RECORD, FrameReader, RawFrame, pack, unpack
from actors.workers.sandbox.version import program_version
from actors.workers.session import opened
from actors.workers.worker import Worker
from events.dataset import ReaderSettings
from events.frames import Branched, Frame, Limits, Load, New, Opened, Ready, Result, RunCell
from events.trace import CellResult
from tests.abuse.forgery import FORGED, PLACES, SAMPLES, body

QUICK = 100
BULK = 1_000
A_RUN = 5
"""Frames of one example: the bulk is of 5,000 to a supervisor and 5,000 to a host."""
RUNS = st.lists(FORGED, min_size=A_RUN, max_size=A_RUN)
READER = ReaderSettings(encoding="utf-8", delimiter=",", header=0, missing=())


class Marked(Child):
    """A child whose process nobody ends."""

    def kill(self, reason: Reason, detail: str = "") -> None:
        self.doom = self.doom or (reason, detail)


def heard(child: Child) -> list[RawFrame]:
    """What of all that a child says now is passed on."""
    passed: list[RawFrame] = []
    with suppress(BlockingIOError):
        while True:
            passed += child.receive()
    return passed


def said_to_a_supervisor(state: State, said: bytes) -> None:
    """Whatever a session says, what it owes is passed on, once, and anything else dooms it."""
    ours, theirs = socket.socketpair()
    with closing(ours), closing(theirs):
        ours.setblocking(False)
        theirs.setblocking(False)
        child = Marked(-1, ours, session=1, state=state)
        passed: list[RawFrame] = []
        while said:
            with suppress(BlockingIOError):
                said = said[theirs.send(said) :]
            passed += heard(child)
        owed = {State.OPENING: Opened, State.BUSY: Result, State.BRANCHING: Branched}.get(state)
        assert [raw.kind for raw in passed] in ([], [owed])
        assert child.doom is None or child.doom[0] == "crashed"
        assert len(passed) == 0 or child.state is State.IDLE


class Scripted:
    """A worker that is ready, and answers whatever it is sent with what was written down for it."""

    worker = "scripted"

    def __init__(self, answers: Sequence[bytes], *, honest: int) -> None:
        self._answers = list(answers)
        self._honest = honest
        self._reader = FrameReader()
        self._post, self._out = anyio.create_memory_object_stream[bytes](1000)
        self._post.send_nowait(pack(0, Ready("f", {}, version=program_version())))

    async def send(self, data: bytes) -> None:
        for raw in self._reader.feed(data):
            if self._honest and raw.kind in (New, Load):
                self._honest -= 1
                self._post.send_nowait(pack(raw.session, honest(unpack(raw))))
            elif self._answers:
                self._end(b"".join(self._answers))
            else:
                raise WorkerGone("it ended")

    def _end(self, last: bytes) -> None:
        """Say the last, and end."""
        self._answers.clear()
        self._post.send_nowait(last)
        self._post.close()

    async def receive(self) -> bytes:
        try:
            return await self._out.receive()
        except anyio.EndOfStream:
            raise WorkerGone("it ended") from None

    async def held(self) -> str:
        return ""

    def last_words(self) -> str:
        return ""

    def close(self) -> None:
        self._post.close()
        self._out.close()


def honest(frame: Frame) -> Frame:
    return (
        Opened() if isinstance(frame, New) else msgspec.structs.replace(SAMPLES[6], dataset="d", problem="")
    )


async def said_to_a_host(answers: Sequence[bytes], honestly: int) -> None:
    """Whatever a worker says, its host gives a credible result, or loses the session or the worker in words."""
    link = Scripted(answers, honest=honestly)
    worker, known = Worker(link, 10**9), Table(READER, b"a,b")
    words = "a result that can be believed"
    with closing(link):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(worker.run)
            try:
                await worker.ready()
                await worker.hold("d", known)
                async with worker.session(New("d", Limits()), known) as session:
                    result = await session.run("1")
                assert result.number == 0
                assert result.end is not None or not objection(result, Limits())
                assert result.end is None or result.end.reason != "lost"
            except (InfrastructureError, WorkerGone, TableUnreadable) as told:
                words = str(told)
            assert words
            tasks.cancel_scope.cancel()


@settings(max_examples=QUICK, deadline=None)
@given(state=st.sampled_from(State), run=RUNS)
def test_a_session_that_forges_dooms_itself_alone(state: State, run: list[bytes]) -> None:
    said_to_a_supervisor(state, b"".join(run))


@settings(max_examples=QUICK, deadline=None)
@given(run=RUNS, honestly=st.integers(0, 2))
def test_a_worker_that_forges_is_lost_or_its_session_is_in_words(run: list[bytes], honestly: int) -> None:
    anyio.run(said_to_a_host, run, honestly)


@pytest.mark.full
@settings(max_examples=BULK, deadline=None)
@given(state=st.sampled_from([State.OPENING, State.BUSY, State.BRANCHING]), run=RUNS)
def test_five_thousand_frames_to_a_supervisor(state: State, run: list[bytes]) -> None:
    said_to_a_supervisor(state, b"".join(run))


@pytest.mark.full
@settings(max_examples=BULK, deadline=None)
@given(run=RUNS, honestly=st.integers(0, 2))
def test_five_thousand_frames_to_a_host(run: list[bytes], honestly: int) -> None:
    anyio.run(said_to_a_host, run, honestly)


@pytest.mark.parametrize(
    "hostile", ["null", "-1", "1" * 400, '"\\ud800"', "[" * 900 + "]" * 900, "{}", '"x"']
)
def test_no_field_of_any_message_ends_a_host(hostile: str) -> None:
    for place in PLACES:
        said = body(place, hostile)
        header = pack(1, SAMPLES[place[0]])[:5] + len(said).to_bytes(4, "big")
        anyio.run(said_to_a_host, [header + said], 2)


async def test_a_worker_that_says_more_than_it_was_asked_is_lost_before_it_fills_the_memory() -> None:
    flood = [pack(1, Result(result=CellResult(number=0)))] * (2 * MOST_WAITING)
    link = Scripted(flood, honest=1)
    channel = Channel(link)
    with closing(link):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(channel.pump)
            async with opened(channel, New("d", Limits())):
                await channel.send(1, RunCell(number=0, code="1"))
                await channel.lost.wait()
            tasks.cancel_scope.cancel()
    assert channel.reason == "the worker says more than it was asked"


def test_what_a_supervisor_holds_of_a_session_is_one_frame() -> None:
    ours, theirs = socket.socketpair()
    with closing(ours), closing(theirs):
        ours.setblocking(False)
        theirs.setblocking(False)
        child = Marked(-1, ours, session=1, state=State.BUSY)
        theirs.send(b"\0\0\0\1\x0a" + MAX_RECORD.to_bytes(4, "big"))
        for _ in range(3 * MAX_RECORD // 65536):
            with suppress(BlockingIOError):
                theirs.send(os.urandom(65536))
            heard(child)
        assert child.doom is not None
        assert child._reader.held <= MAX_RECORD
