"""Runs the actors until nothing is owed, or for ever, until it is asked to drain."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Literal

import anyio
from anyio.abc import TaskGroup, TaskStatus

from actors.runtime.actor import Actor
from actors.runtime.admission import Admission
from actors.runtime.bus import Bus
from actors.runtime.crew import Crew
from actors.runtime.failures import first_of
from actors.runtime.host import Host
from actors.runtime.journal import Journal
from actors.runtime.settings import Backoff, Settings, Timing
from actors.runtime.stats import ActorStats
from actors.runtime.work import settled_by
from events.runtime import RunStarted
from events.wire import AnyRecorded
from store.log.append import LogWriter

Until = Literal["idle", "drained"]
"""Once nothing is owed; or only when asked, so that what is appended later is done as well."""
Ended = Literal["idle", "drained", "cut_off"]
"""Nothing is owed; asked to stop and all running work ended; asked to stop and some had to be cancelled."""


class Supervisor:
    """Runs each actor as a supervised child and its work as supervised children beside it.

    What is owed follows from the log, so to run again after any death is to go on.
    """

    def __init__(  # noqa: PLR0913  all but two have defaults
        self,
        writer: LogWriter,
        actors: Sequence[Actor[Any]],
        *,
        limits: Mapping[str, int] | None = None,
        sources: Mapping[str, int] | None = None,
        settings: Settings | None = None,
        timing: Timing | None = None,
    ) -> None:
        """Take charge of these actors.

        Args:
            writer: the open log.
            actors: each with its own name.
            limits: by actor name, how much of its work may run at once; at least 1.
            sources: by name of an actor that brings new work, how many pieces may be owed behind it when it
                begins one more; at least 1.
            settings: the numbers of supervision.
            timing: what tells and passes the time.

        Raises:
            ValueError: two actors have one name, a limit is below 1 or for nobody.
        """
        self._writer = writer
        self._actors = tuple(actors)
        self._settings = settings or Settings()
        self._backoff = Backoff(self._settings, timing or Timing())
        _check(self._actors, limits or {}, sources or {})
        self._limits = dict(limits or {})
        self._admission = Admission(sources or {})
        self._crewed: list[tuple[Host, Crew]] = []
        self._until: Until = "idle"
        self._ready = False
        self._draining = False
        self._ending = anyio.Event()
        self._still = anyio.Event()

    def drain(self) -> None:
        """Start nothing new; running work may end within the settings' time. Again changes nothing."""
        self._draining = True
        self._ending.set()
        self._report()

    def stats(self) -> tuple[ActorStats, ...]:
        """How each actor stands now, in the order given; empty while nothing is run."""
        return tuple(host.stats(crew) for host, crew in self._crewed)

    @property
    def at_rest(self) -> bool:
        """Whether every actor has folded all that is durable, and nothing is owed or running."""
        return self._ready and all(host.at_rest(crew) for host, crew in self._crewed)

    async def run_until_idle(self) -> Ended:
        """Run until every actor has folded all that is durable and nothing is owed, or until drained."""
        return await self.run("idle")

    async def run(self, until: Until, *, task_status: TaskStatus[None] = anyio.TASK_STATUS_IGNORED) -> Ended:
        """Run the actors and what they owe; whoever appends to the log meanwhile is heard.

        Work that is parked or put aside is not owed.

        Args:
            until: what ends it. A drain always does.
            task_status: told when all actors are ready, before any work is started.

        Raises:
            TooManyRestarts: an actor crashes again and again.
            NoSpace, LogPoisoned, LogCorrupt, HomeUnwritable: the machine failed.
        """
        bus = Bus(self._writer, self._settings.keep)
        self._until, self._ready = until, False
        self._ending, self._still = anyio.Event(), anyio.Event()
        try:
            return await self._supervise(bus, task_status)
        finally:
            self._crewed, self._ready = [], False
            bus.close()

    async def _supervise(self, bus: Bus, task_status: TaskStatus[None]) -> Ended:
        """The one task group; the first failure that no restart mends ends it and is raised by itself."""
        try:
            async with anyio.create_task_group() as group:
                group.start_soon(self._hire, group, bus, task_status)
                ended = await self._end()
                group.cancel_scope.cancel()
        except BaseExceptionGroup as failures:
            raise first_of(failures) from failures
        if not self._ready:
            task_status.started()
        return ended

    async def _hire(self, group: TaskGroup, bus: Bus, task_status: TaskStatus[None]) -> None:
        """Read the log once for all, and start the actors one by one; none works before all are ready."""
        journal = Journal(self._writer, self._settings)
        hosts = [Host(actor, bus, journal, self._backoff) for actor in self._actors]
        self._crewed = [(host, self._crew(host, group, journal)) for host in hosts]
        for host in hosts:
            await host.begin()
        await journal.catch_up(bus, *(host.hear for host in hosts))
        bus.listen(self._hear)
        for host, crew in self._crewed:
            await group.start(
                host.run, crew, partial(self._may_start, host.name), self._report, name=host.name
            )
        self._ready = True
        task_status.started()
        self._report()

    def _crew(self, host: Host, group: TaskGroup, journal: Journal) -> Crew:
        def changed() -> None:
            host.wake()
            self._report()

        limit = self._limits.get(host.name, self._settings.concurrency)
        return Crew(limit, journal, group, changed, self._backoff)

    def _hear(self, recorded: Sequence[AnyRecorded]) -> None:
        """Let everybody know what is new, and forget what is settled."""
        settled = [key for one in recorded if (key := settled_by(one)) is not None]
        begun = any(isinstance(one.event, RunStarted) for one in recorded)
        for host, _ in self._crewed:
            host.news(settled, ask_again=begun)

    async def _end(self) -> Ended:
        if self._draining:
            self._ending.set()
        self._report()
        await self._ending.wait()
        if not self._draining:
            return "idle"
        with anyio.move_on_after(self._settings.drain_seconds):
            await self._still.wait()
            return "drained"
        return "cut_off"

    def _may_start(self, name: str) -> bool:
        return self._ready and not self._draining and self._admission.admits(name, self._crewed)

    def _report(self) -> None:
        """See what follows; called whenever an actor or its work has done what it can."""
        if self._until == "idle" and self.at_rest:
            self._ending.set()
        if self._draining and not any(crew.running for _, crew in self._crewed):
            self._still.set()
        for host, _ in self._crewed:
            if host.held and self._may_start(host.name):
                host.wake()


def _check(actors: Sequence[Actor[Any]], *numbers: Mapping[str, int]) -> None:
    names = [actor.name for actor in actors]
    if len(set(names)) < len(names):
        message = f"two actors have one name: {names}"
        raise ValueError(message)
    for given in numbers:
        wrong = {name: limit for name, limit in given.items() if name not in names or limit < 1}
        if wrong:
            message = f"limits must be at least 1 and for one of {names}: {wrong}"
            raise ValueError(message)
