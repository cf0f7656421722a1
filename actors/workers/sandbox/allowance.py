"""How long a cell may go on: what it waited for processors that others had does not count.

Whoever computes is over its time when it has had as much of the processors as one that is alone has within
the limit, however long that took: it is its own doing then. Whoever sleeps waits for nobody's processors, and
is over its time at its limit. One that others starve for very long is ended all the same, and not to blame.
"""

from collections.abc import Callable
from dataclasses import dataclass

from actors.workers.sandbox.shares import Share, is_waiting

BRANCH_SECONDS = 10.0
"""So long at most a session may take to become two, copying its files; then the other to speak."""
FIRST_LOOK_SECONDS = 0.2
"""So long after its beginning a cell is looked at for the first time; most are over by then."""
LOOK_SECONDS = 0.05
"""Less than so much is not given back: everybody waits a little."""
MOST_TIMES = 16
"""A pool has two sessions a core: where all of them compute each has had its time after twice its limit, and
after this where seven times as many others compute beside it; or, where a container has no larger share than
each of them, three times as many. To go on costs less than to begin anew."""
MORE_SECONDS = 5.0
"""So much beside that, for short limits: others come in bursts."""


def longest(cell_seconds: float) -> float:
    """Seconds that a cell of this limit goes on at most, starved by others all the while."""
    return MOST_TIMES * cell_seconds + MORE_SECONDS


@dataclass
class Allowance:
    """The time of one cell, which is asked for twice, and again where others had processors."""

    pid: int
    """Of the session's process."""
    limit: float
    """Seconds."""
    began: float
    """By the monotonic clock."""
    look: Callable[[int], Share | None] = Share.of
    """Tells what a process had of the processors."""
    waits: Callable[[int], bool] = is_waiting
    """Tells whether it waits for one at this moment: since when, no figure says before it has one."""
    waited: float = 0.0
    """So many seconds others had what it waited for, when last asked."""
    _first: Share | None = None
    _ran: float | None = None
    """What it had when it last waited at the end of its time; None where it did not."""
    _interrupted: Share | None = None

    @property
    def due(self) -> float:
        """When to ask for the first time."""
        return self.began + min(FIRST_LOOK_SECONDS, self.limit / 2)

    def again(self, now: float) -> float | None:
        """When to ask again; None when the time is over."""
        end = self.began + self.limit
        if now < end:
            self._first = self.look(self.pid)
            return end
        share = self.look(self.pid)
        self.waited = self._first.waited_until(share) if self._first else 0.0
        last = self.began + longest(self.limit)
        if now >= last:
            return None
        if self.is_starved(now):
            return min(end + self.waited, last)
        return min(now + LOOK_SECONDS, last) if share and self._is_in_doubt(share) else None

    def stood(self, seconds: float) -> None:
        """Leave out so many, in which it was made to stand still."""
        self.began += seconds

    def interrupted(self) -> None:
        """Note what it has when it is interrupted."""
        self._interrupted = self.look(self.pid)

    def could_not_heed(self, now: float) -> bool:
        """Whether others had the processors ever since it was interrupted, and it may be waited for."""
        share = self._interrupted and self.look(self.pid)
        if not share or not self._interrupted or now >= self.began + longest(self.limit):
            return False
        return share.together - self._interrupted.together < LOOK_SECONDS and self.waits(self.pid)

    def is_starved(self, now: float) -> bool:
        """Whether others had what is left of its time."""
        return now - self.began - self.waited <= self.limit - LOOK_SECONDS

    def _is_in_doubt(self, share: Share) -> bool:
        """Whether it waits now, and has all the time since it was last seen to, if it was."""
        has_run = self._ran is not None and share.ran > self._ran
        self._ran = share.ran
        return not has_run and self.waits(self.pid)
