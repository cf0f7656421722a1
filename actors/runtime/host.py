"""Where one actor lives: its state is folded, what is owed is started, and a crash begins it anew."""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NoReturn

import anyio
import structlog
from anyio.abc import TaskStatus

from actors.runtime.actor import Actor
from actors.runtime.backlog import Backlog
from actors.runtime.bus import Bus
from actors.runtime.crew import Crew
from actors.runtime.failures import first_of
from actors.runtime.faults import describe
from actors.runtime.fold import Crash, Fold
from actors.runtime.journal import Journal
from actors.runtime.settings import Backoff
from actors.runtime.stats import ActorStats
from events.runtime import ActorCrashed, ActorEscalated, ActorRestarted
from events.struct import Event
from events.wire import AnyRecorded

NEWS_SECONDS = 10.0
"""How long the news of a crash still waits when all is stopped: not for as long as a disk may be full."""

log = structlog.get_logger(__name__)


class TooManyRestarts(Exception):
    """An actor crashes again and again; the run ends."""

    def __init__(self, actor: str, restarts: int, error: str) -> None:
        super().__init__(
            f"the actor {actor} crashed again after {restarts} restarts in a short time; nothing that "
            f"was recorded is lost. This is a fault of tracegate, please report it: {error}"
        )
        self.actor = actor


class Host:
    """One actor under supervision."""

    def __init__(self, actor: Actor[Any], bus: Bus, journal: Journal, backoff: Backoff) -> None:
        """Take the actor in; `begin` comes first, then it folds what `hear` is given until it is run."""
        self.name = actor.name
        self.backlog = Backlog(journal.ledger, backoff.timing.now)
        """What it owes, as far as it knows."""
        self.held = False
        """Whether it had room for work that might not be started."""
        self._journal = journal
        self._backoff = backoff
        self._fold = Fold(actor, bus, backoff.settings.window)
        self._wake = anyio.Event()
        self._asked = False
        self._crashes: deque[float] = deque()
        self._down = 0

    async def begin(self) -> None:
        """Know nothing yet.

        Raises:
            TooManyRestarts: it crashed more often than is borne.
        """
        await self._bear(self._fold.begin)

    async def hear(self, recorded: Sequence[AnyRecorded]) -> None:
        """Fold what is read for everybody at the start; who crashes in it folds by itself once it is run.

        Raises:
            TooManyRestarts: it crashed more often than is borne.
        """
        if not self._down:
            await self._bear(self._fold.take, recorded)

    def news(self, settled: Iterable[str], *, ask_again: bool) -> None:
        """Something became durable.

        Args:
            settled: keys for which nothing is left to be done.
            ask_again: whether work may be owed again that was settled.
        """
        for key in settled:
            self.backlog.settle(key)
        self.backlog.stale |= ask_again
        self.wake()

    def wake(self) -> None:
        """Have it look again at what there is to fold and to start."""
        self._wake.set()

    @property
    def current(self) -> bool:
        """Whether it has folded everything durable and said what follows."""
        return self._asked and not self._fold.behind

    def at_rest(self, crew: Crew) -> bool:
        """Whether it has folded everything durable, and nothing is owed or running."""
        return self.current and not self.backlog and not crew.running

    def stats(self, crew: Crew) -> ActorStats:
        """How it stands now."""
        return ActorStats(
            name=self.name,
            behind=self._fold.behind,
            owed=len(self.backlog),
            running=len(crew.running),
            cooling=len(crew.cooling),
            oldest=self.backlog.oldest(),
            crashes=self._recent_crashes(),
        )

    async def run(
        self,
        crew: Crew,
        may_start: Callable[[], bool],
        report: Callable[[], None],
        *,
        task_status: TaskStatus[None] = anyio.TASK_STATUS_IGNORED,
    ) -> None:
        """Live until cancelled; started once it has folded everything durable.

        Args:
            crew: does the work.
            may_start: whether one more piece of work may begin.
            report: called whenever it has done all it can for now.
            task_status: told when it is ready.

        Raises:
            TooManyRestarts: it crashed more often than is borne.
            NoSpace, LogPoisoned, LogCorrupt: the machine failed.
        """
        ready = False
        while True:
            try:
                if self._down:
                    await self._return()
                if not ready:
                    task_status.started()
                    ready = True
                await self._live(crew, may_start, report)
            except Crash as crash:
                self._down = await self._mourn(crash.error)

    async def _live(self, crew: Crew, may_start: Callable[[], bool], report: Callable[[], None]) -> NoReturn:
        while True:
            self._wake = anyio.Event()
            self._asked = False
            if await self._fold.catch_up():
                self.backlog.stale = True
            if self.backlog.stale:
                self.backlog.name(self._fold.todo())
            self._asked = True
            self._start_owed(crew, may_start)
            report()
            await self._wake.wait()

    def _start_owed(self, crew: Crew, may_start: Callable[[], bool]) -> None:
        """Start what is owed, in its order, as far as there is room."""
        self.held = False
        for work in self.backlog:
            if crew.full:
                return
            if work.key in crew.running or work.key in crew.cooling:
                continue
            if not may_start():
                self.held = True
                return
            crew.start(work)

    async def _bear(self, call: Callable[..., None], *arguments: object) -> None:
        try:
            call(*arguments)
        except Crash as crash:
            self._down = await self._mourn(crash.error)

    async def _return(self) -> None:
        """Wait a little, and fold everything again.

        Raises:
            Crash: it crashed again.
        """
        await self._backoff.pause(self._down)
        self._fold.begin()
        await self._fold.catch_up()
        await self._journal.note(ActorRestarted(self.name, self._down))
        self._down = 0

    async def _mourn(self, error: Exception) -> int:
        """Tell of a crash; how many there were within the window.

        Raises:
            TooManyRestarts: they are more than is borne.
        """
        self._asked, self.backlog.stale = False, True
        self._fold.forget()
        told, settings = describe(error), self._backoff.settings
        log.error("actor crashed", actor=self.name, error=told)
        self._crashes.append(self._backoff.timing.now())
        crashes = self._recent_crashes()
        borne = crashes <= settings.max_restarts
        escalated = ActorEscalated(self.name, crashes - 1, settings.restart_seconds)
        await self._announce(ActorCrashed(self.name, told), *(() if borne else (escalated,)))
        if not borne:
            raise TooManyRestarts(self.name, crashes - 1, told) from error
        return crashes

    async def _announce(self, *news: Event) -> None:
        """Record news, however long there is no room; whoever is stopped meanwhile waits only so long."""
        told, shield = anyio.Event(), anyio.CancelScope(shield=True)

        async def note() -> None:
            with shield:
                await self._journal.note(*news)
            told.set()

        try:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(note)
                try:
                    await told.wait()
                except anyio.get_cancelled_exc_class():
                    shield.deadline = anyio.current_time() + NEWS_SECONDS
                    raise
        except BaseExceptionGroup as failures:
            raise first_of(failures) from failures

    def _recent_crashes(self) -> int:
        """How many crashes lie in the window that ends now."""
        since = self._backoff.timing.now() - self._backoff.settings.restart_seconds
        while self._crashes and self._crashes[0] < since:
            self._crashes.popleft()
        return len(self._crashes)
