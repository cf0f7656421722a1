"""What an attempt earns in training: by its answer, and by how far it came along the question's program.

The progress is a potential: the share of the program's telling checkpoints that the attempt has reached, each
once and behind all those that it is made from. What a hook adds is a difference of that potential, and the
differences add up to where the attempt ended: to say a thing again, or many things, adds nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from events.question import ProgramRecord
from events.trace import HookGrade, HooksGraded, Outcome
from events.values import SHOWN_ITEMS, Value

PROGRESS = 0.2
"""The share of a right answer's reward that depends on its hooks."""
CONSOLATION = 0.2
"""A wrong answer earns at most this share of what any right one earns."""
MOST_HOOKS = 2
"""Hooks for each checkpoint of the program beyond which none of an attempt counts."""
TABLE = "table"
_TRIVIAL_NUMBERS = (-1.0, 0.0, 1.0)


@dataclass(frozen=True)
class HookGraph:
    """The checkpoints that can earn credit, and how many hooks an attempt may raise."""

    needs: Mapping[str, tuple[str, ...]]
    """By checkpoint, in order of execution, the nearest others that it is made from."""
    most: int
    """Hooks beyond which none of an attempt counts."""


@dataclass(frozen=True)
class Earned:
    """What one attempt is worth."""

    reward: float | None
    """Between 0 and 1; None where the attempt was lost to a fault from outside: nothing is to be learned."""
    right: bool
    """Whether its answer is accepted."""
    progress: float
    """The share of the checkpoints that it reached, between 0 and 1."""
    why: str
    """The judgement in a word: right, wrong, gave_up, execution_failed, tampering, infrastructure_failed."""


def hook_graph(record: ProgramRecord, held: Mapping[str, Value], rows: int, columns: int) -> HookGraph:
    """The graph of a program's telling checkpoints.

    One tells nothing that is a flag, a missing value, -1, 0, 1 or the size of the table: those are raised by
    printing small numbers. Tables and whole columns are on the way to a result and none themselves: solvers
    keep them in many forms.

    Args:
        record: the question's program.
        held: the value of each step on the table.
        rows, columns: the table's size.
    """
    trivial = (*_TRIVIAL_NUMBERS, float(rows), float(columns))
    needs: dict[str, tuple[str, ...]] = {}
    behind: dict[str, tuple[str, ...]] = {TABLE: ()}
    for step in record.steps:
        nearest = tuple(dict.fromkeys(name for source in step.inputs for name in behind.get(source, ())))
        if step.name in held and _tells(held[step.name], trivial):
            needs[step.name], behind[step.name] = nearest, (step.name,)
        else:
            behind[step.name] = nearest
    return HookGraph(needs, MOST_HOOKS * len(record.steps))


def reached(graph: HookGraph, grades: Sequence[HookGrade]) -> tuple[str, ...]:
    """The checkpoints that an attempt's hooks reach, in the order in which they were reached.

    A hook counts that is grounded, so that it held when the cells were run again, also on perturbed tables;
    that stands for a checkpoint not reached yet; and behind hooks for all that this is made from. Of an
    attempt with more hooks than the graph allows none counts.
    """
    found: list[str] = []
    if len(grades) > graph.most:
        return ()
    for grade in grades:
        step = grade.checkpoint
        is_new = step in graph.needs and step not in found
        if grade.grounded and step is not None and is_new and set(graph.needs[step]) <= set(found):
            found.append(step)
    return tuple(found)


def progress(graph: HookGraph, grades: Sequence[HookGrade]) -> float:
    """The potential at which an attempt ended: the share of the checkpoints that it reached; 0 of none."""
    return len(reached(graph, grades)) / len(graph.needs) if graph.needs else 0.0


def earned(outcome: Outcome, *, right: bool, graded: HooksGraded, graph: HookGraph) -> Earned:
    """What an attempt is worth.

    A right answer earns at least 0.8 and with all hooks 1; any other end at most 0.2 of that. What the
    attempt's own code brought down earns nothing, and neither does one that reached for the interpreter.

    Args:
        outcome: how the attempt ended.
        right: whether its answer is one that the question accepts.
        graded: the grounder's judgement of its hooks.
        graph: what hooks can earn.
    """
    if outcome == "infrastructure_failed":
        return Earned(None, False, 0.0, outcome)
    if graded.tampering is not None:
        return Earned(0.0, right, 0.0, "tampering")
    if outcome == "execution_failed":
        return Earned(0.0, False, 0.0, outcome)
    far = progress(graph, graded.grades) if graded.reproduced else 0.0
    least = 1.0 - PROGRESS
    if right:
        return Earned(least + PROGRESS * far, True, far, "right")
    return Earned(CONSOLATION * least * far, False, far, "wrong" if outcome == "answered" else outcome)


def _tells(value: Value, trivial: Sequence[float]) -> bool:
    if value.kind in ("missing", "flag", "object", "table") or not 0 < value.size <= SHOWN_ITEMS:
        return False
    return value.kind != "number" or _number(value) not in trivial


def _number(value: Value) -> float:
    try:
        return float(value.shown[1])
    except (OverflowError, ValueError):
        return float("inf")
