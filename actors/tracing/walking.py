"""What every statement of a trace made, from a re-run of many of them to a cell.

To tell where traces part only values are needed: not what each statement printed or showed. A cell for every
statement, and another to ask what it made, costs several times as much.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from actors.ports import Workers
from actors.tracing.rerun import PRIORITY
from actors.tracing.stepwise import Step, handed, made, ran, run, telling
from events.trace import AttemptEnded, CellResult, StatementRun, author_of
from events.values import Value

TOGETHER = 24
"""Statements to a cell, at most."""


class _Asked(NamedTuple):
    """A statement, and the names that are asked for after it."""

    cell: int
    place: int
    source: str
    names: tuple[str, ...]


async def walked(attempt: AttemptEnded, workers: Workers, dataset: str) -> tuple[Step, ...]:
    """Every statement of the top level that ran in the trace, run again until one ends the session.

    The results tell which statements ran and how, no outputs and no hooks.

    Raises:
        WallTooWeak: the code of whoever solved needs a stronger wall.
        InfrastructureError: the session was lost for reasons outside its code.
    """
    steps: list[Step] = []
    held: dict[str, Value] = {}
    async with workers.session(dataset, author_of(attempt.teacher), priority=PRIORITY) as session:
        for stretch in _stretches(attempt):
            result = await run(session, "\n".join(line for asked in stretch for line in _lines(asked)))
            for step in _steps(stretch, result, held):
                steps.append(step)
                held |= step.values  # of what is handed on only what changed is told
            if result.end is not None:
                break
    return tuple(steps)


def _stretches(attempt: AttemptEnded) -> Iterator[Sequence[_Asked]]:
    """The statements of each cell, one that names `submit` alone: so the answer is known to be its own."""
    known = set[str]()
    stretch: list[_Asked] = []
    for _, told in groupby(ran(attempt), key=lambda one: one[0]):
        for cell, place, source in told:
            names = made(source) | (handed(source) & known)
            known |= names
            asked = _Asked(cell, place, source, tuple(sorted(names)))
            submits = "submit" in source
            if stretch and (submits or len(stretch) == TOGETHER):
                yield stretch
                stretch = []
            stretch.append(asked)
            if submits:
                yield stretch
                stretch = []
        if stretch:
            yield stretch
            stretch = []


def _lines(asked: _Asked) -> Iterator[str]:
    yield asked.source
    yield from (telling(name, _mark(asked)) for name in asked.names)


def _mark(asked: _Asked) -> str:
    """What the hooks say that tell what a statement made, in place of a code line."""
    return f"# {asked.cell}.{asked.place}"


def _steps(stretch: Sequence[_Asked], result: CellResult, held: Mapping[str, Value]) -> Iterator[Step]:
    """The result of a stretch taken apart, as far as it came."""
    begun = _apart(stretch, result.statements)
    for at, (asked, records) in enumerate(zip(stretch, begun, strict=False)):
        told = {hook.name: hook.value for hook in result.hooks if hook.code_line == _mark(asked)}
        own = made(asked.source)
        values = {name: value for name, value in told.items() if name in own or value != held.get(name)}
        alone = CellResult(
            number=result.number,
            statements=tuple(records),
            error=result.error if any(one.error and not one.nested for one in records) else None,
            submission=result.submission if at == len(begun) - 1 else None,
        )
        yield Step(asked.cell, asked.place, asked.source, alone, values)


def _apart(stretch: Sequence[_Asked], records: Sequence[StatementRun]) -> list[list[StatementRun]]:
    """What ran of each statement that was begun, without what was asked after it."""
    left = iter(records)
    begun: list[list[StatementRun]] = []
    for asked in stretch:
        own = list(_until(left, 1))
        if begun and not own:
            break
        begun.append(own)
        for _ in _until(left, len(asked.names)):
            pass
    return begun


def _until(records: Iterator[StatementRun], count: int) -> Iterator[StatementRun]:
    """The records up to those of so many statements of the top level, each noted after what stands in it."""
    while count and (record := next(records, None)) is not None:
        yield record
        count -= not record.nested
