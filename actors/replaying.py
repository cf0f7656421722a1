"""Recorded episodes run again in fresh sessions, and where they came out otherwise than the log says."""

import signal
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import anyio
import msgspec
import structlog
from anyio import to_thread

from actors.job import Job, Progress
from actors.ports import Workers
from actors.tracing.reexecution import Divergence, re_execute
from actors.workers.containers import Owner, owner_of
from actors.workers.opening import opened_workers
from events.identity import identify
from events.struct import Event
from events.trace import AttemptEnded, CellResult, Executed
from store.blobs import Blobs
from store.home import Home
from store.log.lock import hold_lock
from store.log.recover import home_id
from store.projections.state import State

AT_ONCE = 8
"""Traces that are run again side by side."""

_log = structlog.get_logger()


@dataclass(frozen=True)
class Found:
    """One trace that came out otherwise."""

    episode: str
    """Id of the episode."""
    trace: str
    """Id of the trace."""
    role: str
    """Gold or consistency."""
    index: int
    """Its index in its role."""
    differs: Divergence
    """Where, and both sides."""


@dataclass
class Replayed:
    """What came of running episodes again."""

    seq: int
    """The log position whose episodes were run."""
    workers: str
    """What ran them."""
    episodes: int = 0
    """Episodes run again."""
    traces: int = 0
    """Their traces that were run again."""
    cells: int = 0
    """Cells of these."""
    elsewhere: int = 0
    """Traces that were recorded in another numeric environment, and so are compared by contract."""
    broken: list[str] = field(default_factory=list)
    """Traces whose record does not fit together, so that there is nothing to hold a re-run to."""
    divergences: list[Found] = field(default_factory=list)
    """The first difference of each trace that has one, by episode and trace."""
    interrupted: bool = False
    """Whether it was asked to stop before it was done."""

    def came_again(self, state: State, episodes: Sequence[str]) -> list[str]:
        """Those of the episodes that were to run of which every trace came out as recorded."""
        if self.interrupted:
            return []
        spoiled = {one.episode for one in self.divergences}
        spoiled |= {key for trace in self.broken for key in state.episodes.with_trace(trace)}
        return [one for one in episodes if one not in spoiled]

    @property
    def same(self) -> bool:
        """Whether everything came again."""
        return not self.divergences

    def to_dict(self) -> dict[str, Any]:
        """The same as plain JSON values."""
        return asdict(self) | {"same": self.same}


def drawn(state: State, sample: int | None) -> list[str]:
    """The episodes to run: all, or so many, always the same ones."""
    known = sorted(state.episodes.judged)
    if sample is None:
        return known
    return sorted(sorted(known, key=lambda episode: identify("sample", episode))[:sample])


async def run_again(job: Job, state: State, episodes: Sequence[str], progress: Progress) -> Replayed:
    """Run every trace of some episodes again; nothing is appended to the log.

    The home's lock is held: whoever else began to work on it would take the workers for left over.

    Args:
        job: names the home, and what runs the code.
        state: what its log gives.
        episodes: ids of those to run.
        progress: told which workers run them.

    Raises:
        HomeLocked, HomeUnwritable: the home is in use, or cannot be locked.
        InfrastructureError: no worker could be had, or a session was lost.
        BlobMissing, BlobCorrupt: a table or a long output is not kept.
    """
    with hold_lock(job.home):
        owner = owner_of(home_id(job.home) or "", job.home.root)
        async with opened_workers(job.workers, owner, _tell, job.allow_process_level) as (workers, told):
            progress.stage(f"workers: {told}")
            again = _Again(job.home, state, workers, Replayed(state.seq, told))
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(again.stop_on_signal, tasks.cancel_scope)
                await again.run(episodes)
                tasks.cancel_scope.cancel()
    return again.found


async def run_beside(home: Home, state: State, episodes: Sequence[str]) -> Replayed:
    """Run every trace of some episodes again in local workers, without the home's lock.

    Nobody takes these workers for left over: they belong to nobody's home.

    Raises:
        InfrastructureError: no worker could be had, a session was lost, or the wall is too weak for the code.
        BlobMissing, BlobCorrupt: a table or a long output is not kept.
    """
    async with opened_workers("local", Owner("gate"), _tell) as (workers, told):
        return await run_on(workers, told, home, state, episodes)


async def run_on(workers: Workers, told: str, home: Home, state: State, episodes: Sequence[str]) -> Replayed:
    """Run every trace of some episodes again in fresh sessions of workers that are there already.

    Args:
        workers: who runs them.
        told: what these workers are, in words.
        home: where tables and long outputs lie.
        state: what its log gives.
        episodes: ids of those to run.

    Raises:
        InfrastructureError: a session was lost, or the wall is too weak for the code.
        BlobMissing, BlobCorrupt: a table or a long output is not kept.
    """
    again = _Again(home, state, workers, Replayed(state.seq, told))
    await again.run(episodes)
    return again.found


async def _tell(event: Event) -> None:
    """What becomes of workers is in no log here: nothing that they did is kept."""
    _log.info("worker", told=type(event).__name__)


class _Again:
    def __init__(self, home: Home, state: State, workers: Workers, found: Replayed) -> None:
        self.found = found
        self._state = state
        self._workers = workers
        self._blobs = Blobs(home)
        self._limit = anyio.CapacityLimiter(AT_ONCE)

    async def stop_on_signal(self, scope: anyio.CancelScope) -> None:
        with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
            async for _ in signals:
                self.found.interrupted = True
                scope.cancel()

    async def run(self, episodes: Sequence[str]) -> None:
        for dataset in sorted({self._state.episodes.judged[one].dataset for one in episodes}):
            registered = self._state.datasets.by_id[dataset]
            data = await to_thread.run_sync(self._blobs.get, registered.blob)
            await self._workers.offer(dataset, data, registered.reader)
        async with anyio.create_task_group() as tasks:
            for episode in episodes:
                self.found.episodes += 1
                for attempt in self._attempts(episode):
                    tasks.start_soon(self._one, episode, attempt)
        self.found.divergences.sort(key=lambda one: (one.episode, one.role != "gold", one.index))

    def _attempts(self, episode: str) -> Iterator[AttemptEnded]:
        for vote in self._state.episodes.judged[episode].votes:
            record = self._state.traces.records.get(vote.trace)
            if record is None or record.broken is not None:
                self.found.broken.append(vote.trace)
            else:
                yield self._state.traces.attempts[vote.trace]

    async def _one(self, episode: str, attempt: AttemptEnded) -> None:
        question = self._state.questions.accepted[attempt.question]
        async with self._limit:
            differs = await re_execute(
                attempt, question.contract, self._verbatim, self._workers, question.dataset
            )
        self.found.traces += 1
        self.found.cells += len(attempt.executed)
        self.found.elsewhere += attempt.fingerprint != self._workers.fingerprint
        if differs is not None:
            told = Found(episode, attempt.trace, attempt.role, attempt.index, differs)
            self.found.divergences.append(told)

    def _verbatim(self, executed: Executed) -> CellResult:
        """A result with its outputs as they came back; the log has long ones as the solver saw them."""
        if executed.outputs is None:
            return executed.result
        stdout, stderr, display = msgspec.json.decode(self._blobs.get(executed.outputs))
        return msgspec.structs.replace(executed.result, stdout=stdout, stderr=stderr, display=display)
