"""How long a host waits for what a session owes it."""

from typing import cast

import pytest

from actors.workers.channel import Channel, Inbox
from actors.workers.listener import Listener
from actors.workers.sandbox.allowance import longest
from actors.workers.sandbox.child import GRACE
from actors.workers.sandbox.framing import FrameReader, RawFrame, pack
from events.frames import Limits, Result
from events.trace import CellResult


class Patient:
    """A channel that answers at once, and keeps how long it would have been waited for."""

    seconds = 0.0

    async def receive(self, inbox: Inbox, seconds: float) -> RawFrame | None:
        self.seconds = seconds
        (frame,) = FrameReader().feed(pack(inbox.session, Result(result=CellResult(number=0))))
        return frame


@pytest.mark.parametrize("limit", [0.5, 10.0, 600.0])
async def test_a_host_waits_longer_than_a_supervisor_lets_a_cell_go_on(limit: float) -> None:
    channel = Patient()
    listener = Listener(cast("Channel", channel), Inbox(7), Limits(cell_seconds=limit))
    assert (await listener.answer(0)).end is None
    assert channel.seconds > longest(limit) + 2 * GRACE
