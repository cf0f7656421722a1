"""A session that ends before it stood is opened once more, and nothing is kept of one that is over."""

import socket
from pathlib import Path
from typing import cast

import pytest

from actors.workers.sandbox.child import Child, State
from actors.workers.sandbox.framing import RawFrame
from actors.workers.sandbox.nursery import Nursery
from actors.workers.sandbox.waiting import Waiting
from events.frames import Limits, New
from events.trace import SessionEnd

SESSION = 7
NEW = New(dataset="d", limits=Limits())
NOBODY = 2**22 + 1


class Opened:
    """As much of a nursery as says that there is room, and who was opened in it."""

    def __init__(self) -> None:
        self.told: list[SessionEnd] = []
        self.opened: list[int] = []
        self.waiting = Waiting(cast("Nursery", self), self.open, lambda _, end: self.told.append(end))

    def has_spare_for(self, _: New) -> bool:
        return True

    def open(self, raw: RawFrame, _: New) -> None:
        self.opened.append(raw.session)


@pytest.fixture
def opened() -> Opened:
    return Opened()


def ended(opened: Opened, state: State) -> bool:
    """Whether a session that ended in this state is opened once more."""
    child = Child(NOBODY, cast("socket.socket", None), Path(), session=SESSION, state=state)
    child.asked = RawFrame(SESSION, New, b""), NEW
    return opened.waiting.has_again(child)


def test_one_that_had_not_stood_is_opened_once_more_and_then_told(opened: Opened) -> None:
    assert ended(opened, State.OPENING)
    opened.waiting.work(0.0)
    assert opened.opened == [SESSION]
    assert not ended(opened, State.OPENING)
    assert not opened.waiting


@pytest.mark.parametrize("state", [State.OPENING, State.IDLE, State.BUSY])
def test_of_one_that_ended_for_good_nothing_is_kept(opened: Opened, state: State) -> None:
    assert ended(opened, State.OPENING)
    assert not ended(opened, state)
    assert ended(opened, State.OPENING), "another one of this number has its two tries"


def test_of_one_that_its_host_closed_meanwhile_nothing_is_kept(opened: Opened) -> None:
    assert ended(opened, State.OPENING)
    opened.waiting.drop(SESSION)
    opened.waiting.work(0.0)
    assert opened.opened == []
    assert ended(opened, State.OPENING)
