"""Who listens to what: the one diagram in code. `cast.py` hands each what it needs.

    files ─ take_in ─▶ DatasetRegistered, DatasetTaken, StreamRequested
    RunStarted, DatasetTaken ─▶ everybody but the Recorder: what is in scope
    StreamRequested, EpisodeJudged ─▶ Generator ─▶ QuestionAccepted / QuestionRejected
    QuestionAccepted ─▶ Verbaliser, if asked for ─▶ QuestionAccepted / RewordingRefused
    QuestionAccepted, TraceRecorded ─▶ Solver ─▶ AttemptEnded
    AttemptEnded ─▶ Recorder ─▶ TraceRecorded
    AttemptEnded, TraceRecorded ─▶ Grounder ─▶ HooksGraded
    QuestionAccepted, AttemptEnded, TraceRecorded, HooksGraded ─▶ Verifier ─▶ EpisodeJudged

Everything goes through the log; an actor hears of nothing that is not durable.
"""

import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial

import anyio
from anyio import to_thread

from actors.cast import Cast
from actors.generation.generator import Generator
from actors.intake import Stock, enter_scope, hand_out, take_stock
from actors.job import PROCESSES, Done, Job, Progress
from actors.ports import Workers
from actors.runtime.processes import Processes
from actors.runtime.supervisor import Supervisor
from actors.teaching.hiring import Hired, see_that_it_is_known
from actors.teaching.line import Sender
from actors.teaching.orders import ModelOrders
from actors.workers.containers import owner_of
from actors.workers.engine import worker_image
from actors.workers.opening import opened_workers
from actors.workers.probe import Machine, probe
from actors.workers.reaping import Reaped, reap
from events.runtime import RunStarted
from events.struct import Event
from events.wire import AnyRecorded
from store.artifacts import write_artifacts
from store.home import Home
from store.log.append import LogWriter
from store.log.drafts import Draft
from store.log.lock import hold_lock
from store.log.recover import home_id
from store.log.scan import LogCorrupt
from store.projections.fold import BrokenHistoryError
from store.projections.state import State
from store.replay import counted_blobs, rebuild

UNFINISHED = 256
"""Pieces of work behind the generator beyond which it proposes no more for now."""


Afterwards = Callable[[Workers, str], Awaitable[None]]
"""Done with a job's workers, and the words for what they are, when nothing is owed to it any more."""


async def perform(
    job: Job, progress: Progress, processes: Processes | None = None, afterwards: Afterwards | None = None
) -> Done:
    """Do a job on its home: take in tables, let the actors work until nothing is owed, write artifacts.

    Args:
        job: what is to be done, and where.
        progress: who is told of it meanwhile.
        processes: what runs our own numeric code; None has some started.
        afterwards: what is done with its workers before they go, unless somebody interrupted.

    Raises:
        HomeLocked, HomeUnwritable, LogCorrupt, OldBlobs, NoSpace, LogPoisoned: the home cannot be worked on.
        NoTableError: nothing that was named can serve.
        InfrastructureError: no worker could be had.
        UnfitServerError: the model's server cannot serve; nothing was done.
    """
    async with opened_server(job.model) as server, LogWriter.open(job.home) as writer:
        state = await to_thread.run_sync(partial(rebuild, job.home, keep=True))
        await drop_garbage(writer, state, progress)
        await writer.append([Draft(RunStarted(job.command, job.seed, job.sources))])
        stock = await take_stock(job, writer, state, progress)
        hired = _hired(job, server, state, writer)
        told, interrupted = await _work(
            job, writer, stock, state, progress, hired, processes or Processes(PROCESSES), afterwards
        )
        progress.stage(
            "interrupted; the same command goes on here" if interrupted else "nothing is left to do"
        )
        state = await to_thread.run_sync(partial(rebuild, job.home, keep=True))
        written = await to_thread.run_sync(write_artifacts, job.home, state, job.sources)
        progress.stage(f"artifacts: {len(written.written)} written, {written.unchanged} unchanged")
    return Done(told, tuple(stock.left_out), tuple(stock.bad_paths), interrupted)


async def drop_garbage(writer: LogWriter, state: State, progress: Progress) -> None:
    """Make room where interrupted work left many bytes that no event names; before anybody appends.

    Raises:
        NoSpace, HomeUnwritable: the disk refused; nothing that an event names is lost.
    """
    dropped = await writer.collect(counted_blobs(state))
    if dropped is not None:
        told = f"{dropped.blobs} dropped that the log does not name, {dropped.freed} bytes freed"
        progress.stage(f"blobs: {told}")


async def examine(reaped: Home | None) -> Machine:
    """What this machine has to run workers with.

    Args:
        reaped: a home of which what dead hosts left is first removed, and of this user's folders as well.

    Raises:
        HomeLocked: a host works on the home, and sees to it itself.
        HomeUnwritable, LogCorrupt: whose containers they are cannot be told.
        StillThere: something could not be removed, or not be looked for.
    """
    left = None if reaped is None else await _reaped(reaped)
    return await probe(worker_image(), left)


async def _reaped(home: Home) -> Reaped:
    if not home.log.is_dir():
        return await reap(None)
    with hold_lock(home):
        identity = home_id(home)
        if identity is None:
            return await reap(None)
        return await reap(owner_of(identity, home.root), partial(_may_have_containers, home))


def _may_have_containers(home: Home) -> bool:
    """Whether a home's log tells of any other workers than local ones, or does not tell."""
    try:
        return any(worker.backend != "local" for worker in rebuild(home).workers.by_id.values())
    except (LogCorrupt, BrokenHistoryError):
        return True


async def _work(  # noqa: PLR0913, PLR0917  called in one place
    job: Job,
    writer: LogWriter,
    stock: Stock,
    state: State,
    progress: Progress,
    hired: Hired | None,
    processes: Processes,
    afterwards: Afterwards | None,
) -> tuple[str, bool]:
    """Let the actors work until nothing is owed or somebody interrupts; what ran the code, and whether."""

    async def announce(event: Event) -> None:
        await writer.append([Draft(event)])

    await processes.start()
    owner = owner_of(writer.home_id, job.home.root)
    wanted = hired.orders.attempts if hired else 0
    opened = opened_workers(job.workers, owner, announce, job.allow_process_level, wanted)
    async with opened as (workers, told):
        progress.stage(f"workers: {told}")
        cast = Cast(job.home, job.phases, workers, processes, hired)
        await hand_out(cast.take, stock, writer, state, progress)
        await enter_scope(job, stock, writer, state)
        untell = writer.subscribe(lambda batch: tell(batch, progress))
        try:
            sources = {Generator.name: UNFINISHED} if "generate" in job.phases else {}
            supervisor = Supervisor(writer, cast.actors(), limits=cast.limits, sources=sources)
            interrupted = await until_idle_or_interrupted(supervisor)
            if afterwards is not None and not interrupted:
                await afterwards(workers, told)
            return told, interrupted
        finally:
            untell()


@asynccontextmanager
async def opened_server(model: ModelOrders | None) -> AsyncIterator[Sender | None]:
    """The model's server, which knows key and model; None where no model is asked for.

    Raises:
        UnfitServerError: it cannot serve.
    """
    if model is None:
        yield None
        return
    # The client takes seconds to load: only who asks a model waits for that.
    from actors.teaching.endpoint import opened_endpoint  # noqa: PLC0415

    async with opened_endpoint(model.base_url, model.api_key, model.deadline_seconds) as endpoint:
        see_that_it_is_known(model.model, await endpoint.models())
        yield endpoint


def _hired(job: Job, server: Sender | None, state: State, writer: LogWriter) -> Hired | None:
    """The model, with what earlier runs spent on it and were answered."""
    if job.model is None or server is None:
        return None

    async def announce(event: Event) -> None:
        await writer.append([Draft(event)])

    hired = Hired(job.model, server, state.calls, announce)
    writer.subscribe(hired.purse.hear)
    return hired


async def until_idle_or_interrupted(supervisor: Supervisor) -> bool:
    """Run until nothing is owed; the first interrupt drains. Whether there was one."""
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_drain_on_signal, supervisor)
        ended = await supervisor.run_until_idle()
        tasks.cancel_scope.cancel()
    return ended != "idle"


async def _drain_on_signal(supervisor: Supervisor) -> None:
    with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
        async for _ in signals:
            supervisor.drain()


def tell(batch: Sequence[AnyRecorded], progress: Progress) -> None:
    """Tell whoever follows a job of what became durable."""
    for recorded in batch:
        progress.heard(recorded)
