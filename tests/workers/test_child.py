"""What a supervisor takes of a session that ended is what it owed; one that it stopped has its time all the same."""

import os
import socket
from pathlib import Path
from typing import cast

import pytest

from actors.workers.sandbox.child import Child, State
from actors.workers.sandbox.confine import BEGUN
from actors.workers.sandbox.family import Family
from actors.workers.sandbox.framing import MAX_RECORD, RawFrame, pack
from events.frames import Limits, New, Opened, Result
from events.trace import CellResult

NOBODY = 2**22 + 1
"""A number that no process has."""
RESULT = pack(7, Result(result=CellResult(number=0)))
DESCRIPTORS = Path("/proc/self/fd")
TOO_MANY = 2 * MAX_RECORD // 65536


class Endless:
    """A channel that somebody else pours into for ever."""

    def __init__(self, said: bytes, poured: bytes) -> None:
        self._said = said
        self._poured = poured
        self.times = 0

    def recv_into(self, buffer: bytearray) -> int:
        self.times += 1
        assert self.times < TOO_MANY, "there is no end of it"
        said = (self._said if self.times == 1 else self._poured)[: len(buffer)]
        buffer[: len(said)] = said
        return len(said)


def rest(said: bytes, poured: bytes, state: State = State.BUSY) -> tuple[Child, list[RawFrame]]:
    child = Child(NOBODY, cast("socket.socket", Endless(said, poured)), state=state)
    return child, child.rest()


@pytest.mark.parametrize(
    ("said", "poured"),
    [
        (b"z" * 100, b"z" * 65536),
        (RESULT, RESULT * 100),
        (pack(1, Opened()), pack(1, Opened()) * 1000),
        (RESULT[:5] + MAX_RECORD.to_bytes(4, "big"), b" " * 65536),
        (RESULT[:5] + (MAX_RECORD + 1).to_bytes(4, "big"), b" " * 65536),
    ],
    ids=["noise", "what it owed", "what it did not owe", "a long frame", "a frame that is too long"],
)
@pytest.mark.parametrize("state", State)
def test_no_more_is_read_of_one_that_ended_than_it_owed(said: bytes, poured: bytes, state: State) -> None:
    _, frames = rest(said, poured, state)
    assert len(frames) <= 1


def test_what_it_owed_is_taken_in_pieces_too() -> None:
    child, frames = rest(RESULT[:20], RESULT[20:])
    assert [frame.kind for frame in frames] == [Result]
    assert child.doom is None


def still(state: State = State.SPARE) -> Child:
    return Child(NOBODY, cast("socket.socket", Endless(b"", b"")), state=state)


def test_a_session_that_stood_still_has_its_time_all_the_same() -> None:
    child = still()
    child.begin_opening(1, child.limits, "lost")
    assert (before := child.deadline()) is not None
    child.stop()
    child.go_on(2.5)
    assert child.deadline() == before + 2.5


def test_a_cell_that_is_interrupted_has_its_time_all_the_same() -> None:
    child = still(State.BUSY)
    child.interrupt(0)
    assert (before := child.deadline()) is not None
    child.go_on(1.5)
    assert child.deadline() == before + 1.5


@pytest.mark.skipif(not DESCRIPTORS.exists(), reason="this system does not tell what is open")
@pytest.mark.parametrize("state", [State.BUSY, State.OPENING])
def test_a_descriptor_that_is_not_awaited_is_not_taken(state: State) -> None:
    """Of a twin, and of whoever has run somebody's code; behind a wall none can be sent."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        child = Child(NOBODY, ours, family=Family(Path("nowhere")), state=state)
        before = set(DESCRIPTORS.iterdir())
        frame = RESULT if state is State.BUSY else pack(7, Opened())
        socket.send_fds(theirs, [frame], [theirs.fileno()])
        assert len(child.receive()) == 1
        assert child.listeners == []
        assert set(DESCRIPTORS.iterdir()) == before


def test_what_says_who_may_fork_comes_with_the_beginning_of_the_first_frame() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        child = Child(NOBODY, ours, family=Family(Path("nowhere")), state=State.OPENING)
        child.asked = RawFrame(7, New, b""), New(dataset="d", limits=Limits())
        opened = pack(0, Opened())
        assert opened.startswith(BEGUN)
        socket.send_fds(theirs, [BEGUN], [theirs.fileno()])
        assert child.receive() == []
        (listener,) = child.listeners
        os.close(listener)
        theirs.sendall(opened[len(BEGUN) :])
        assert [raw.kind for raw in child.receive()] == [Opened]
