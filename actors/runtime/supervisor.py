"""Runs the actors until nothing is owed, or for ever, until it is asked to drain."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import anyio
from anyio.abc import TaskGroup

from actors.runtime.actor import Actor
from actors.runtime.bus import Bus
from actors.runtime.crew import Crew
from actors.runtime.host import Host
from actors.runtime.journal import Journal
from actors.runtime.settings import Backoff, Settings, Timing
from store.log.append import LogWriter

Until = Literal["idle", "drained"]
"""Once nothing is owed; or only when asked, so that what is appended later is done as well."""
Ended = Literal["idle", "drained", "cut_off"]
"""Nothing is owed; asked to stop and all running work ended; asked to stop and some had to be cancelled."""


class Supervisor:
    """Runs each actor as a supervised child and its work as supervised children beside it.

    What is owed follows from the log, so to run again after any death is to go on.
    """

    def __init__(
        self,
        writer: LogWriter,
        actors: Sequence[Actor[Any]],
        *,
        limits: Mapping[str, int] | None = None,
        settings: Settings | None = None,
        timing: Timing | None = None,
    ) -> None:
        """Take charge of these actors.

        Args:
            writer: the open log.
            actors: each with its own name.
            limits: by actor name, how much of its work may run at once; at least 1.
            settings: the numbers of supervision.
            timing: what tells and passes the time.

        Raises:
            ValueError: two actors have one name, a limit is below 1 or for nobody.
        """
        self._writer = writer
        self._actors = tuple(actors)
        self._settings = settings or Settings()
        self._backoff = Backoff(self._settings, timing or Timing())
        self._limits = _limits(self._actors, limits or {}, self._settings.concurrency)
        self._crewed: list[tuple[Host, Crew]] = []
        self._draining = False
        self._until: Until = "idle"
        self._ending = anyio.Event()
        self._still = anyio.Event()

    def drain(self) -> None:
        """Start nothing new; running work may end within the settings' time. Again changes nothing."""
        self._draining = True
        self._ending.set()
        self._report()

    async def run_until_idle(self) -> Ended:
        """Run until every actor has folded all that is durable and nothing is owed, or until drained."""
        return await self.run("idle")

    async def run(self, until: Until) -> Ended:
        """Run the actors and what they owe; whoever appends to the log meanwhile is heard.

        Work that is parked or put aside is not owed.

        Args:
            until: what ends it. A drain always does.

        Raises:
            TooManyRestarts: an actor crashes again and again.
            NoSpace, LogPoisoned, LogCorrupt, HomeUnwritable: the machine failed.
        """
        bus = Bus(self._writer)
        self._until = until
        try:
            journal = Journal(self._writer, self._settings)
            await journal.catch_up(bus)
            return await self._supervise(bus, journal)
        finally:
            self._crewed = []
            bus.close()

    async def _supervise(self, bus: Bus, journal: Journal) -> Ended:
        """The one task group; the first failure that no restart mends ends it and is raised by itself."""
        try:
            async with anyio.create_task_group() as group:
                self._hire(group, bus, journal)
                ended = await self._end()
                group.cancel_scope.cancel()
        except BaseExceptionGroup as failures:
            raise _first(failures) from failures
        return ended

    def _hire(self, group: TaskGroup, bus: Bus, journal: Journal) -> None:
        self._ending = anyio.Event()
        self._still = anyio.Event()
        for actor in self._actors:
            host = Host(actor, bus, journal, self._backoff)
            bus.listen(host.wake)
            self._crewed.append((host, self._crew(host, group, journal)))
        for host, crew in self._crewed:
            group.start_soon(host.run, crew, self._may_start, self._report, name=host.name)

    def _crew(self, host: Host, group: TaskGroup, journal: Journal) -> Crew:
        def changed() -> None:
            host.wake()
            self._report()

        return Crew(self._limits[host.name], journal, group, changed, self._backoff)

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

    def _may_start(self) -> bool:
        return not self._draining

    def _report(self) -> None:
        """See whether the end has come; called whenever an actor or its work has done what it can."""
        if self._until == "idle" and all(host.at_rest(crew) for host, crew in self._crewed):
            self._ending.set()
        if self._draining and not any(crew.running for _, crew in self._crewed):
            self._still.set()


def _first(failures: BaseExceptionGroup[BaseException]) -> BaseException:
    """The failure that came first; the others lie in the group that is its cause."""
    first = failures.exceptions[0]
    return _first(first) if isinstance(first, BaseExceptionGroup) else first


def _limits(actors: Sequence[Actor[Any]], given: Mapping[str, int], otherwise: int) -> dict[str, int]:
    names = [actor.name for actor in actors]
    if len(set(names)) < len(names):
        message = f"two actors have one name: {names}"
        raise ValueError(message)
    wrong = {name: limit for name, limit in given.items() if name not in names or limit < 1}
    if wrong:
        message = f"limits must be at least 1 and for one of {names}: {wrong}"
        raise ValueError(message)
    return {name: given.get(name, otherwise) for name in names}
