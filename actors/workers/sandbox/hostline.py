"""The supervisor's end of the channel to its host: two descriptors, neither of which ever blocks."""

import fcntl
import os
import selectors
from collections.abc import Callable
from functools import partial

from actors.workers.sandbox.framing import FrameReader, RawFrame, raw_frame, wipe
from actors.workers.sandbox.outbox import Outbox
from events.frames import Frame

_PIECE = 1 << 18


class HostLine:
    """Reads frames from one descriptor and queues them for another.

    The host is owed one frame for each it sent, so a host that stops reading bounds the queue itself.

    Args:
        inlet: descriptor that the host's frames come in on.
        outlet: descriptor that frames to the host go out on.
        selector: where both are registered.
        obey: called with each frame.
    """

    def __init__(
        self,
        inlet: int,
        outlet: int,
        selector: selectors.BaseSelector,
        obey: Callable[[RawFrame], None],
    ) -> None:
        self.is_open = True
        self._inlet = inlet
        self._outlet = outlet
        self._selector = selector
        self._obey = obey
        self._reader = FrameReader()
        self._piece = bytearray(_PIECE)
        self._outgoing = Outbox(partial(os.writev, outlet))
        for descriptor in (inlet, outlet):
            flags = fcntl.fcntl(descriptor, fcntl.F_GETFL)
            fcntl.fcntl(descriptor, fcntl.F_SETFL, flags | os.O_NONBLOCK)
        selector.register(inlet, selectors.EVENT_READ, self._read)

    def send(self, session: int, frame: Frame) -> None:
        """Queue a frame, and send what goes at once."""
        self.pass_on(raw_frame(session, frame))

    def pass_on(self, raw: RawFrame) -> None:
        """Queue a frame that was not looked at."""
        was_empty = not self._outgoing
        self._outgoing.add(raw)
        if was_empty and not self._flush():
            self._selector.register(self._outlet, selectors.EVENT_WRITE, self._go_on)

    def forget(self) -> None:
        """Overwrite what was said and heard; for the copy of this object that a fork makes."""
        self._reader.wipe()
        self._outgoing.clear()

    def _read(self, _events: int) -> None:
        try:
            size = os.readv(self._inlet, [self._piece])
        except BlockingIOError:
            return
        except ConnectionError:  # a socket whose host left what it was sent unread
            size = 0
        if not size:
            self.is_open = False
            return
        data = memoryview(self._piece)[:size]
        frames = self._reader.feed(data)
        wipe(data)
        for raw in frames:
            self._obey(raw)

    def _go_on(self, _events: int) -> None:
        if self._flush():
            self._selector.unregister(self._outlet)

    def _flush(self) -> bool:
        try:
            return self._outgoing.flush()
        except ConnectionError:
            self._outgoing.clear()
            self.is_open = False
        return True
