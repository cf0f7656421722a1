"""The supervisor's say in who may fork: a session that tries waits in the kernel until it is told yes or no.

Structures and numbers are those of `linux/seccomp.h`. Nothing but the number of the asking thread is looked
at: the filter let nothing else come this far than the one way to make a twin.
"""

import errno
import fcntl
import os
import select
import struct
from contextlib import suppress

_RECEIVE, _SEND = 0xC0502100, 0xC0182101
_CONTINUE = 1
_NOTICE = struct.Struct("=QIIiIQ6Q")
_VERDICT = struct.Struct("=QqiI")
_LISTENER = "anon_inode:seccomp notify"
"""The kernel's name for what a filter comes with."""


def is_listener(descriptor: int) -> bool:
    """Whether a descriptor, whoever it came from, is one that a filter came with."""
    return os.readlink(f"/proc/self/fd/{descriptor}") == _LISTENER  # noqa: PTH115  its text counts


class Gate:
    """Lets a session, or a twin of it, fork once for each time that it was asked to, and never else.

    Args:
        listener: the descriptor that its filter came with.
    """

    def __init__(self, listener: int) -> None:
        self._listener = listener
        self._granted: set[int] = set()

    def fileno(self) -> int:
        """What to wait at."""
        return self._listener

    def grant(self, pid: int) -> None:
        """Let the main thread of a process fork once."""
        self._granted.add(pid)

    def revoke(self, pid: int) -> None:
        """It may not any more, if it has not yet."""
        self._granted.discard(pid)

    def answer(self) -> bool:
        """Answer one that waits; whether there is anybody left who could ask."""
        asked = select.poll()
        asked.register(self._listener, select.POLLIN)
        events = dict(asked.poll(0)).get(self._listener, 0)
        if events & select.POLLIN:
            with suppress(OSError):  # it was killed, or interrupted, and asks again
                self._decide()
        return not events & select.POLLHUP

    def close(self) -> None:
        """Nobody is let through from here on."""
        os.close(self._listener)

    def _decide(self) -> None:
        notice = bytearray(_NOTICE.size)
        fcntl.ioctl(self._listener, _RECEIVE, notice)
        number, thread, *_ = _NOTICE.unpack(notice)
        verdict = (0, _CONTINUE) if thread in self._granted else (-errno.EPERM, 0)
        fcntl.ioctl(self._listener, _SEND, _VERDICT.pack(number, 0, *verdict))
        # It was told; else it was interrupted, as by being stopped, and will ask again.
        self._granted.discard(thread)
