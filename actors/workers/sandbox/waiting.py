"""Who waits to be opened: sessions for which there is no process yet, or no room for their folders."""

import time
from collections import deque
from collections.abc import Callable

from actors.workers.sandbox.child import Child, State
from actors.workers.sandbox.framing import RawFrame
from actors.workers.sandbox.nursery import Nursery
from events.frames import New
from events.trace import SessionEnd

ROOM_SECONDS = 1.0
"""So long at most a session that is yet to be forked waits for room that is being cleared, or a process."""
AGAIN_SECONDS = 0.05
"""After so long it is tried again to fork one for which there was no process."""


class Waiting:
    """A line of sessions.

    Args:
        nursery: where they are forked.
        begin: opens one; raises OSError where the system has no process for it.
        tell: told of the end of one that cannot be opened.
    """

    def __init__(
        self,
        nursery: Nursery,
        begin: Callable[[RawFrame, New], None],
        tell: Callable[[int, SessionEnd], None],
    ) -> None:
        self._nursery = nursery
        self._begin = begin
        self._tell = tell
        self._line: deque[tuple[float, RawFrame, New]] = deque()
        self._again: set[int] = set()

    def __bool__(self) -> bool:
        return bool(self._line)

    def add(self, raw: RawFrame, new: New) -> None:
        """One more."""
        self._line.append((time.monotonic(), raw, new))

    def drop(self, session: int) -> None:
        """One is not wanted any more."""
        self._line = deque(one for one in self._line if one[1].session != session)
        self._again.discard(session)

    def clear(self) -> None:
        """Nobody is wanted any more."""
        self._line.clear()

    def has_again(self, child: Child) -> bool:
        """Whether one that ended is opened once more: it had not stood yet, as where the disk was full."""
        if child.asked is None or child.session is None:
            return False  # a twin: nobody could make it again
        if child.state is State.OPENING and child.session not in self._again:
            self._again.add(child.session)
            self.add(*child.asked)
            return True
        self._again.discard(child.session)
        return False

    def work(self, now: float) -> None:
        """Open those that can be opened now, in order."""
        while self._line and self._has_room(now) and self._open_next(now):
            pass

    def _has_room(self, now: float) -> bool:
        """Whether the next session can be opened: one whose folder cannot be made would be lost."""
        since, _, new = self._line[0]
        has_folder = self._nursery.has_spare_for(new)
        return has_folder or not self._nursery.litter.waits() or now - since > ROOM_SECONDS

    def _open_next(self, now: float) -> bool:
        """Open the one that waits longest; whether it waits no longer."""
        since, raw, new = self._line.popleft()
        try:
            self._begin(raw, new)
        except OSError as error:
            # Out of processes or memory: who took them all is being ended, or else this session is lost.
            if now - since <= ROOM_SECONDS:
                self._line.appendleft((since, raw, new))
                return False
            self._tell(raw.session, SessionEnd(reason="lost", detail=f"no process for the session: {error}"))
        return True
