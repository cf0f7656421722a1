"""The values of a trace in the order in which they were made, each with those that it was made from."""

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from actors.tracing.dataflow import Claim, ExecutedCell, dataflow
from actors.tracing.reads import names_read
from actors.tracing.recorder import submitted
from actors.tracing.stepwise import Step
from actors.tracing.syntax import UnreadableCodeError, statements
from events.episode import Place
from events.trace import AttemptEnded
from events.values import Value, value_of


@dataclass(frozen=True)
class Sight:
    """A value that a statement made."""

    place: Place
    """Where."""
    value: Value
    """What."""
    parents: frozenset[int]
    """Places in the trail of the values that it was made from."""
    submitted: bool = False
    """Whether it is a field of the answer."""


@dataclass(frozen=True)
class Trail:
    """What one trace held on its way."""

    trace: str
    """Id of the trace."""
    sights: tuple[Sight, ...]
    """In order; the fields of the answer last."""

    @property
    def ends(self) -> tuple[int, ...]:
        """Where it led: the fields of the answer, else the last value."""
        given = tuple(at for at, one in enumerate(self.sights) if one.submitted)
        return given or tuple(range(len(self.sights)))[-1:]


def trail_of(attempt: AttemptEnded, steps: Sequence[Step]) -> Trail:
    """The trail of a trace whose statements were run again one by one."""
    flows = iter(_flows(attempt, steps))
    sights: list[Sight] = []
    reach: list[frozenset[int]] = []
    last: dict[str, int] = {}
    for step in steps:
        read = frozenset(last[name] for name in _reads(step.source) if name in last)
        known = read.union(*(reach[one] for one in read))
        made: dict[str, int] = {}
        begun = len(sights)
        for name, value in step.values.items():
            made[name] = len(sights)
            # What functions read of the outside, and loops of what came before, only the data flow tells.
            further = {one for one in next(flows) if 0 <= one < begun and one not in known}
            place = Place(attempt.trace, step.cell, step.source, name)
            sights.append(Sight(place, value, read | further))
            reach.append((read | further).union(*(reach[one] for one in read | further)))
        last |= made
    return Trail(attempt.trace, (*sights, *_answer(attempt, steps, last)))


def _answer(attempt: AttemptEnded, steps: Sequence[Step], last: Mapping[str, int]) -> Iterator[Sight]:
    given = submitted(attempt)
    gave = next((step for step in steps if step.result.submission is not None), None)
    if given is None or gave is None or not isinstance(given.answer, dict):
        return
    read, written = _reads(gave.source), _fields(gave.source)
    for name, value in given.answer.items():
        place = Place(attempt.trace, gave.cell, gave.source, str(name))
        parents = frozenset(last[one] for one in written.get(str(name), read) if one in last)
        yield Sight(place, value_of(value), parents, submitted=True)


def _fields(statement: str) -> Mapping[str, frozenset[str]]:
    """The names that each field of an answer reads, where its fields are written down as it is submitted."""
    found: dict[str, frozenset[str]] = {}
    for part in (part for one in statements(statement) for part in ast.walk(one.node)):
        match part:
            case ast.Call(func=ast.Name(id="submit"), args=[ast.Dict(keys=keys, values=values)]):
                pairs = zip(keys, values, strict=True)
                found |= {
                    str(key.value): names_read(it) for key, it in pairs if isinstance(key, ast.Constant)
                }
    return found


def _flows(attempt: AttemptEnded, steps: Sequence[Step]) -> list[frozenset[int]]:
    """By data flow, the values that went into each."""
    numbers = [one.result.number for one in attempt.executed]
    cells = [_executed([step for step in steps if step.cell == number]) for number in numbers]
    claims = [
        Claim(numbers.index(step.cell), name, frozenset({step.source}))
        for step in steps
        for name in step.values
    ]
    found = dataflow(cells, claims)
    return [frozenset(flow.data | flow.control) for flow in found.hooks]


def _executed(steps: Sequence[Step]) -> ExecutedCell:
    done = [step for step in steps if step.result.error is None]
    nested = {one.source for step in done for one in step.result.statements if not one.error}
    return ExecutedCell("\n".join(step.source for step in done), frozenset(nested))


def _reads(statement: str) -> frozenset[str]:
    try:
        return frozenset[str]().union(*(names_read(one.node) for one in statements(statement)))
    except UnreadableCodeError:
        return frozenset()
