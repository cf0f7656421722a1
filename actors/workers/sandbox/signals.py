"""The signals that a supervisor heeds: that of a child's end, and its engine's. They wake its loop."""

import contextlib
import selectors
import signal
import socket
from collections.abc import Callable


class Signals:
    """A channel into which the system writes a byte for each signal.

    Args:
        selector: where it is to be registered.
        heed: called when there was one.
    """

    def __init__(self, selector: selectors.BaseSelector, heed: Callable[[], None]) -> None:
        self._selector = selector
        self._heed = heed
        self._told, self._writer = socket.socketpair()

    def take(self, terminate: Callable[[], None] | None) -> None:
        """Have all signals come in here from now on.

        Args:
            terminate: what to do about SIGTERM; None where it is nobody's to send.
        """
        self._told.setblocking(False)
        self._writer.setblocking(False)
        signal.set_wakeup_fd(self._writer.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        # Whoever stops a service may signal all that it started: what runs is to end as its host drains. A
        # container is stopped by its engine; any other host ends the channel, or kills.
        for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        if terminate is not None:
            signal.signal(signal.SIGTERM, lambda _number, _frame: terminate())
        self._selector.register(self._told, selectors.EVENT_READ, self._hear)

    def _hear(self, _events: int) -> None:
        with contextlib.suppress(BlockingIOError):
            while self._told.recv(4096):
                pass
        self._heed()
