"""A twin of which nothing was heard yet, as its supervisor sees it: who it may be, and how long it has."""

import socket
import time
from dataclasses import dataclass, field
from pathlib import Path

from actors.workers.sandbox.allowance import BRANCH_SECONDS, Allowance
from actors.workers.sandbox.child import Child, State
from actors.workers.sandbox.deaths import Doom, Reason
from actors.workers.sandbox.family import Family
from actors.workers.sandbox.nursery import Nursery
from actors.workers.sandbox.room import Use

NEVER = float("inf")


@dataclass(eq=False)
class Unborn:
    """One twin.

    It has its time from when the one that it comes from was done; until then that one's time counts.
    """

    session: int
    prefix: Child
    family: Family
    link: socket.socket
    nursery: Nursery
    before: frozenset[int]
    """Those who were there and had not spoken when it was asked for: it is none of them."""
    spent: float = 0.0
    """CPU time, in seconds, of those that it comes from."""
    due: float = NEVER
    """When `enforce` has something to do, by the monotonic clock."""
    doom: Doom | None = None
    is_closed: bool = False
    """Whether its host closed it already."""
    is_suspected: bool = False
    """Whether it is being found out what it held; nobody else is to be told of it meanwhile."""
    ended: frozenset[int] = frozenset()
    """Its processes, where they were ended."""
    seen: Use = field(default_factory=Use)
    """What lay in its place when that was last looked at."""
    _allowance: Allowance | None = None

    @property
    def place(self) -> Path:
        """Where its files are to lie."""
        return self.prefix.place / str(self.session)

    @property
    def processes(self) -> frozenset[int]:
        """Those of which one may be it."""
        return self.nursery.unheard(self.family) - self.before

    def begin(self) -> None:
        """Let its time run, once."""
        if self._allowance is None:
            self._allowance = Allowance(min(self.processes, default=0), BRANCH_SECONDS, time.monotonic())
            self.due = self._allowance.due

    def stood(self, seconds: float) -> None:
        """It was made to stand still for so long, which is not counted against it."""
        if self._allowance is not None:
            self._allowance.stood(seconds)
            self.due += seconds

    def enforce(self, now: float) -> None:
        """Doom it where it is over its time; one that never had it is nobody's fault."""
        if self._allowance is None or now < self.due or self.doom is not None:
            return
        if (again := self._allowance.again(now)) is not None:
            self.due = again
        elif self._allowance.is_starved(now):
            waited = self._allowance.waited
            self.doom = ("lost", f"the branch waited {waited:.1f} s for processors that others had")
        else:
            self.doom = ("crashed", "it did not speak in time")

    def kill(self, reason: Reason, detail: str = "") -> None:
        """It is not to be: end it, and who is at work on it; the first reason given stands."""
        if self.doom is not None:
            return  # or it was heard meanwhile
        self.doom, self.due = (reason, detail), 0.0
        self.end()
        if self.prefix.state is State.BRANCHING:
            self.prefix.kill(reason, detail)

    def end(self) -> None:
        """End the process that it is, and those that may be it."""
        self.ended = self.processes
        self.nursery.signal_strays(self.ended)
