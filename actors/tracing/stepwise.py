"""The statements of a trace run again one by one, and what each made of which name.

The log keeps what was hooked, printed and submitted. What every statement held in between is taken here, when
somebody asks: digesting every value while a trace is solved would cost several times what solving it does.
"""

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from actors.ports import InfrastructureError, Session, Workers
from actors.tracing.rerun import PRIORITY
from actors.tracing.syntax import changes, statements
from events.trace import AttemptEnded, CellResult, author_of
from events.values import Value

_NO_VALUES = ast.Import | ast.ImportFrom | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_SHOWING = ("hook", "submit", "print")


@dataclass(frozen=True)
class Step:
    """One statement of a trace's top level, run again."""

    cell: int
    """The cell that it stands in."""
    place: int
    """Its place among the statements of the cell's top level that ran."""
    source: str
    """The statement, as `ast.unparse` prints it."""
    result: CellResult
    """What came back for it alone."""
    values: Mapping[str, Value]
    """Each global that it binds or changes, and what that then held."""


async def stepped(attempt: AttemptEnded, workers: Workers, dataset: str) -> tuple[Step, ...]:
    """Every statement of the top level that ran in the trace, run again until one ends the session.

    Raises:
        WallTooWeak: the code of whoever solved needs a stronger wall.
        InfrastructureError: the session was lost for reasons outside its code.
    """
    steps: list[Step] = []
    held: dict[str, Value] = {}
    async with workers.session(dataset, author_of(attempt.teacher), priority=PRIORITY) as session:
        for cell, place, source in ran(attempt):
            result = await run(session, source)
            values = {} if result.end is not None else await _values(session, source, held)
            held |= values
            steps.append(Step(cell, place, source, result, values))
            if result.end is not None:
                break
    return tuple(steps)


def ran(attempt: AttemptEnded) -> Iterator[tuple[int, int, str]]:
    """Cell, place and source of every statement of the top level that ran, also of those that raised."""
    for one in attempt.executed:
        for place, source in enumerate(top_level(one.result)):
            yield one.result.number, place, source


def top_level(result: CellResult) -> list[str]:
    """The statements of a cell's top level that ran, in order."""
    return [statement.source for statement in result.statements if not statement.nested]


async def _values(session: Session, source: str, held: Mapping[str, Value]) -> Mapping[str, Value]:
    own = made(source)
    names = sorted(own | (handed(source) & held.keys()))
    if not names:
        return {}
    result = await run(session, "\n".join(telling(name) for name in names))
    values = {hook.name: hook.value for hook in result.hooks}
    return {name: value for name, value in values.items() if name in own or value != held[name]}


def telling(name: str, mark: str = "") -> str:
    """A statement that tells what a name holds, by a hook with this mark in place of a code line."""
    # A name may be bound in a branch that was not taken, or be a function's own.
    return f"if {name!r} in globals():\n    hook({name}, {mark!r}, name={name!r})"


@lru_cache(maxsize=1024)
def made(source: str) -> frozenset[str]:
    """The names whose values a statement makes; modules, functions and classes are no values."""
    told = (one.node for one in statements(source) if not one.nested and not isinstance(one.node, _NO_VALUES))
    return frozenset[str]().union(*map(changes, told))


@lru_cache(maxsize=1024)
def handed(source: str) -> frozenset[str]:
    """The names that are handed to calls made for their effect, which may change what they hold."""
    calls = (one.node.value for one in statements(source) if isinstance(one.node, ast.Expr))
    return frozenset(
        part.id
        for call in calls
        if isinstance(call, ast.Call) and not (isinstance(call.func, ast.Name) and call.func.id in _SHOWING)
        for part in call.args
        if isinstance(part, ast.Name)
    )


async def run(session: Session, code: str) -> CellResult:
    """A cell of a re-run.

    Raises:
        InfrastructureError: the session was lost for reasons outside its code.
    """
    result = await session.run(code)
    if result.end is not None and result.end.reason == "lost":
        message = f"the session was lost in a re-run: {result.end.detail}"
        raise InfrastructureError(message)
    return result


def unsettled(first: Sequence[Step], second: Sequence[Step]) -> int | None:
    """The place of the first statement that gave something else the second time; None if none did."""
    pairs = enumerate(zip(first, second, strict=False))
    return next((place for place, (one, other) in pairs if _told(one) != _told(other)), None)


def _told(step: Step) -> tuple[object, ...]:
    held = {name: value.digest for name, value in step.values.items()}
    raised = [hook.value.digest for hook in step.result.hooks]
    return held, raised, step.result.stdout, step.result.stdout_whole, step.result.display
