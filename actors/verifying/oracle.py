"""What a question's program holds, on its table and on perturbed ones; recomputed, never stored."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import get_args

from actors.language.kinds import DECISIONS
from actors.language.program import Program, Undefined
from actors.language.subject import Subject
from actors.profiling.perturb import perturb
from events.question import ProgramRecord
from events.trace import Perturbation
from events.values import Value, close, value_of

MOST_TRIED = 64
KEPT = 2
KINDS: tuple[str, ...] = get_args(Perturbation.__annotations__["kind"])


Checkpoints = Mapping[str, Value]
"""Step name to the value it holds."""


@dataclass(frozen=True)
class Expectation:
    """The program's checkpoints on the original table and on the kept perturbed ones."""

    original: Checkpoints
    perturbed: tuple[tuple[Perturbation, Checkpoints], ...]


def expectation(record: ProgramRecord, subject: Subject) -> Expectation:
    """What a sound solution's hooks must equal.

    Of at most 64 perturbed tables two are kept: those on which the program decides as on the original
    while, between them, most of its other values move.

    Raises:
        Undefined: the program has no value on its own table.
    """
    program = subject.program(record)
    original = checkpoints(program, subject)
    movable = {step.name for step in program.steps if program.kind(step.name) not in DECISIONS}
    candidates: list[tuple[Perturbation, Checkpoints, frozenset[str]]] = []
    for number in range(MOST_TRIED):
        perturbation = Perturbation(KINDS[number % len(KINDS)], number // len(KINDS))  # type: ignore[arg-type]
        there = _on(program, subject, perturbation)
        if there is None or not _same_decisions(program, original, there):
            continue
        moved = frozenset(name for name in movable if not close(there[name], original[name]))
        candidates.append((perturbation, there, moved))
        if any(moved | earlier[2] == movable for earlier in candidates[:-1]):
            break
    return Expectation(original, tuple((one[0], one[1]) for one in best(candidates)))


def checkpoints(program: Program, subject: Subject) -> Checkpoints:
    """The value of every step by the first implementation.

    Raises:
        Undefined: a step has none.
    """
    return {name: value_of(value) for name, value in program.run(subject.idioms).items()}


def _on(program: Program, subject: Subject, perturbation: Perturbation) -> Checkpoints | None:
    frame = perturb(subject.frame, perturbation.kind, perturbation.seed)
    try:
        return checkpoints(program, Subject(subject.dataset, subject.reader, subject.columns, frame))
    except Undefined:
        return None


def _same_decisions(program: Program, original: Checkpoints, there: Checkpoints) -> bool:
    return all(
        there[step.name].digest == original[step.name].digest
        for step in program.steps
        if program.kind(step.name) in DECISIONS
    )


def best(
    candidates: list[tuple[Perturbation, Checkpoints, frozenset[str]]],
) -> list[tuple[Perturbation, Checkpoints, frozenset[str]]]:
    """The two that move most between them; the earliest of equals."""
    if len(candidates) <= KEPT:
        return candidates
    pairs = combinations(candidates, KEPT)
    chosen = max(pairs, key=lambda pair: (len(pair[0][2] | pair[1][2]), len(pair[0][2]) + len(pair[1][2])))
    return list(chosen)
