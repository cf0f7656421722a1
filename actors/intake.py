"""What a job starts from: the tables in scope, registered, and what is asked of each of their streams."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from anyio import to_thread

from actors.job import Job, NoTableError, Progress
from actors.ports import TableTooLarge
from actors.profiling.discover import PathProblem, refused
from actors.profiling.intake import Taken, take_in
from actors.workers.offered import TableUnreadable
from events.dataset import DatasetRefused, DatasetRegistered, DatasetTaken
from events.question import StreamRequested, stream_id
from store.log.append import LogWriter
from store.log.drafts import Draft, EventTooLargeError
from store.projections.state import State

_NAMED = 5
_TOO_WIDE = "Names and values of its columns are longer than the log takes. Keep the columns that matter."
Take = Callable[[DatasetRegistered], Awaitable[None]]
"""Has the workers take a table."""


@dataclass
class Stock:
    """The tables of a job, and the files that were left out."""

    tables: list[DatasetRegistered] = field(default_factory=list)
    """Each table once, in the order in which it was found."""
    left_out: list[DatasetRefused] = field(default_factory=list)
    """Files that cannot serve, and paths that lead to none."""
    bad_paths: list[DatasetRefused] = field(default_factory=list)
    """Those among them that the person named."""
    named: set[str] = field(default_factory=set)
    """The tables whose very file the person named."""


async def take_stock(job: Job, writer: LogWriter, state: State, progress: Progress) -> Stock:
    """Register every table that the job names; without a path, the tables that the home knows.

    A path that leads to nothing does not keep the others from being taken in.

    Raises:
        NoTableError: nothing can serve.
    """
    stock = Stock()
    if not job.paths:
        stock.tables = list(state.datasets.by_id.values())
    files = _files(job)
    while (taken := await to_thread.run_sync(next, files, None)) is not None:
        await _enter(taken, stock, writer, state, progress)
    progress.stage(f"tables: {len(stock.tables)} read, {len(stock.left_out)} left out")
    _some_are_left(stock)
    return stock


async def hand_out(take: Take, stock: Stock, writer: LogWriter, state: State, progress: Progress) -> None:
    """Have every table at hand; one that the workers cannot have is left out, and keeps no other.

    Raises:
        NoTableError: they can have none.
    """
    for table in tuple(stock.tables):
        try:
            await take(table)
        except TableTooLarge as problem:
            event = refused(Path(table.path), "too_large", f"{problem}.")
        except TableUnreadable as problem:
            event = refused(Path(table.path), "unreadable", f"{problem}.")
        else:
            continue
        stock.tables.remove(table)
        _leave_out(event, stock, progress, named=table.dataset in stock.named)
        await _tell_log(event, writer, state)
    _some_are_left(stock)


async def enter_scope(job: Job, stock: Stock, writer: LogWriter, state: State) -> None:
    """Tell which tables are worked on, and ask their streams for questions.

    A stream that was asked for as many already is not asked again.
    """
    drafts = [Draft(DatasetTaken(table.dataset), correlation=table.dataset) for table in stock.tables]
    if "generate" in job.phases:
        wanted = [
            StreamRequested(
                stream_id(table.dataset, source, job.seed), table.dataset, source, job.seed, job.questions
            )
            for table in stock.tables
            for source in job.sources
        ]
        new = [one for one in wanted if state.questions.target(one.stream) < one.target]
        drafts += [Draft(one, correlation=one.stream) for one in new]
    await writer.append(drafts)


def _files(job: Job) -> Iterator[Taken | PathProblem]:
    """What becomes of every file; a path without one is told of in its place."""
    for path in job.paths:
        try:
            yield from take_in([path], job.overrides, job.home.root)
        except PathProblem as problem:
            yield problem


async def _enter(
    taken: Taken | PathProblem, stock: Stock, writer: LogWriter, state: State, progress: Progress
) -> None:
    if isinstance(taken, PathProblem):
        # Where there is no file there is no fact about one: the log is not told.
        _leave_out(refused(taken.path, "bad_path", taken.detail), stock, progress, named=True)
        return
    event = taken.event
    if isinstance(event, DatasetRefused):
        _leave_out(event, stock, progress, named=taken.named)
        await _tell_log(event, writer, state)
        return
    if taken.named:
        stock.named.add(event.dataset)
    if any(table.dataset == event.dataset for table in stock.tables):
        return
    blobs = {event.blob: taken.data}
    if event.dataset in state.datasets.by_id:  # the bytes are at hand: a blob that was lost is made whole
        await writer.keep(blobs)
    else:
        try:
            await writer.append([Draft(event, correlation=event.dataset)], blobs)
        except EventTooLargeError:
            wide = refused(Path(event.path), "too_wide", _TOO_WIDE)
            _leave_out(wide, stock, progress, named=taken.named)
            await _tell_log(wide, writer, state)
            return
    stock.tables.append(event)


async def _tell_log(event: DatasetRefused, writer: LogWriter, state: State) -> None:
    """Record that a file was left out, unless the log says so."""
    if state.datasets.refused.get(event.path) != event:
        await writer.append([Draft(event)])


def _leave_out(one: DatasetRefused, stock: Stock, progress: Progress, *, named: bool) -> None:
    progress.stage(f"left out: {one.path}: {one.detail}")
    stock.left_out.append(one)
    if named:
        stock.bad_paths.append(one)


def _some_are_left(stock: Stock) -> None:
    """See that there is work to do.

    Raises:
        NoTableError: there is none.
    """
    if not stock.tables:
        raise NoTableError(_nothing(stock))


def _nothing(stock: Stock) -> str:
    if not stock.left_out:
        return "the home knows no table; name a CSV file, or a folder that holds some"
    told = "; ".join(f"{one.path}: {one.detail}" for one in stock.left_out[:_NAMED])
    more = f" And {len(stock.left_out) - _NAMED} more." if len(stock.left_out) > _NAMED else ""
    return f"nothing that was named can serve as a table: {told}{more}"
