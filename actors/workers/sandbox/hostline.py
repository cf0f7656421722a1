"""The supervisor's end of the channel to its host: two descriptors, neither of which ever blocks."""

import fcntl
import os
import selectors
from collections.abc import Callable

from actors.workers.sandbox.framing import FrameReader, RawFrame, pack, repack
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
        self._outgoing = bytearray()
        for descriptor in (inlet, outlet):
            flags = fcntl.fcntl(descriptor, fcntl.F_GETFL)
            fcntl.fcntl(descriptor, fcntl.F_SETFL, flags | os.O_NONBLOCK)
        selector.register(inlet, selectors.EVENT_READ, self._read)

    def send(self, session: int, frame: Frame) -> None:
        """Queue a frame, and send what goes at once."""
        self._write(pack(session, frame))

    def pass_on(self, raw: RawFrame) -> None:
        """Queue a frame that was not looked at."""
        self._write(repack(raw))

    def forget(self) -> None:
        """Drop what was said and heard; for the copy of this object that a fork makes."""
        self._reader = FrameReader()
        self._outgoing.clear()

    def _read(self, _events: int) -> None:
        try:
            data = os.read(self._inlet, _PIECE)
        except BlockingIOError:
            return
        except ConnectionError:  # a socket whose host left what it was sent unread
            data = b""
        if not data:
            self.is_open = False
            return
        for raw in self._reader.feed(data):
            self._obey(raw)

    def _write(self, data: bytes) -> None:
        was_empty = not self._outgoing
        self._outgoing += data
        if was_empty and not self._flush():
            self._selector.register(self._outlet, selectors.EVENT_WRITE, self._go_on)

    def _go_on(self, _events: int) -> None:
        if self._flush():
            self._selector.unregister(self._outlet)

    def _flush(self) -> bool:
        try:
            while self._outgoing:
                del self._outgoing[: os.write(self._outlet, self._outgoing[:_PIECE])]
        except BlockingIOError:
            return False
        except ConnectionError:
            self._outgoing.clear()
            self.is_open = False
        return True
