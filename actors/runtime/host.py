"""Where one actor lives: its state is folded, what is owed is started, and a crash begins it anew."""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import anyio
import structlog

from actors.runtime.actor import Actor
from actors.runtime.bus import Bus, Cursor
from actors.runtime.crew import Crew
from actors.runtime.faults import describe
from actors.runtime.journal import Journal
from actors.runtime.settings import Backoff
from actors.runtime.work import Work
from events.runtime import ActorCrashed, ActorRestarted
from events.wire import AnyRecorded

ResultT = TypeVar("ResultT")

log = structlog.get_logger(__name__)


class TooManyRestarts(Exception):
    """An actor crashes again and again; the run ends."""

    def __init__(self, actor: str, restarts: int, error: str) -> None:
        super().__init__(
            f"the actor {actor} crashed again after {restarts} restarts in a short time; nothing that "
            f"was recorded is lost. This is a fault of tracegate, please report it: {error}"
        )
        self.actor = actor


class _Crash(Exception):
    """A fold or a `todo` raised."""

    def __init__(self, error: Exception) -> None:
        super().__init__(str(error))
        self.error = error


class Host:
    """One actor under supervision."""

    def __init__(self, actor: Actor[Any], bus: Bus, journal: Journal, backoff: Backoff) -> None:
        self.name = actor.name
        self._actor = actor
        self._bus = bus
        self._journal = journal
        self._backoff = backoff
        self._wake = anyio.Event()
        self._crashes: deque[float] = deque()
        self._state: Any = None
        self._begin()

    def wake(self, _recorded: Sequence[AnyRecorded] = ()) -> None:
        """Have it look again at what there is to fold and to start."""
        self._wake.set()

    def at_rest(self, crew: Crew) -> bool:
        """Whether it has folded everything durable, and nothing is owed or running."""
        return self._nothing_owed and not crew.running and not self._cursor.behind

    async def run(self, crew: Crew, may_start: Callable[[], bool], report: Callable[[], None]) -> None:
        """Live until cancelled.

        Args:
            crew: does the work.
            may_start: whether new work may begin.
            report: called whenever it has done all it can for now.

        Raises:
            TooManyRestarts: it crashed more often than is borne.
            NoSpace, LogPoisoned, LogCorrupt: the machine failed.
        """
        restarts = 0
        while True:
            try:
                await self._live(restarts, crew, may_start, report)
            except _Crash as crash:
                restarts = await self._mourn(crash.error)

    async def _live(
        self, restarts: int, crew: Crew, may_start: Callable[[], bool], report: Callable[[], None]
    ) -> None:
        self._begin()
        self._state = self._guarded(self._actor.initial)
        await self._fold()
        if restarts:
            await self._journal.note(ActorRestarted(self.name, restarts))
        while True:
            self._wake = anyio.Event()
            self._nothing_owed = False
            await self._fold()
            self._start_owed(crew, may_start())
            report()
            await self._wake.wait()

    def _begin(self) -> None:
        """Know nothing yet."""
        self._cursor = Cursor(self._bus, self._actor.hears)
        self._owed: Mapping[str, Work] = {}
        self._asked = False
        self._nothing_owed = False

    async def _fold(self) -> None:
        while self._cursor.behind:
            for recorded in await self._cursor.next():
                self._guarded(self._actor.apply, self._state, recorded)
                self._asked = False

    def _start_owed(self, crew: Crew, may_start: bool) -> None:
        """Start what is owed, in its order, as far as there is room."""
        if crew.full:
            return
        if not self._asked:
            self._owed = self._guarded(self._todo)
            self._asked = True
        self._nothing_owed = True
        for key, work in self._owed.items():
            if self._journal.ledger.settled(key):
                continue
            self._nothing_owed = False
            if crew.full:
                break
            if may_start and key not in crew.running and key not in crew.cooling:
                crew.start(work)

    def _todo(self) -> Mapping[str, Work]:
        owed = self._actor.todo(self._state)
        misnamed = next((key for key, work in owed.items() if work.key != key), None)
        if misnamed is not None:
            message = f"todo names {owed[misnamed].key!r} under the key {misnamed!r}"
            raise ValueError(message)
        return owed

    async def _mourn(self, error: Exception) -> int:
        """Tell of a crash and wait a little; the number of crashes within the window.

        Raises:
            TooManyRestarts: they are more than is borne.
        """
        self._nothing_owed = False
        told = describe(error)
        log.error("actor crashed", actor=self.name, error=told)
        await self._journal.note(ActorCrashed(self.name, told))
        restarts = self._recent_crashes()
        if restarts > self._backoff.settings.max_restarts:
            raise TooManyRestarts(self.name, restarts - 1, told) from error
        await self._backoff.pause(restarts)
        return restarts

    def _recent_crashes(self) -> int:
        """How many crashes lie in the window that ends now, this one included."""
        now = self._backoff.timing.now()
        self._crashes.append(now)
        while self._crashes[0] < now - self._backoff.settings.restart_seconds:
            self._crashes.popleft()
        return len(self._crashes)

    def _guarded(self, call: Callable[..., ResultT], *arguments: object) -> ResultT:
        try:
            return call(*arguments)
        except Exception as error:
            raise _Crash(error) from error
