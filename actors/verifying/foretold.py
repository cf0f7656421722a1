"""What the reference code of a model's question holds, on its table and on perturbed ones.

There is no program to recompute: the code is run again, behind the wall. What it raises as hooks and what it
submits are the checkpoints of the question.
"""

from collections.abc import Awaitable, Callable

from actors.language.program import Undefined
from actors.verifying.oracle import KINDS, MOST_TRIED, Checkpoints, Expectation, best
from events.trace import CellResult, Perturbation
from events.values import close, value_of

Rerun = Callable[[Perturbation | None], Awaitable[CellResult]]
"""Runs the reference code on its table, or on a perturbed one."""
_DECIDED = ("flag", "text")
"""Kinds of values that say which way the code went."""


async def foretold(rerun: Rerun) -> Expectation:
    """What a sound solution's hooks must equal.

    Of at most 64 perturbed tables two are kept, as for programs: those on which every label and flag is what
    it was while, between them, most other values move.

    Raises:
        Undefined: the code gives no answer on its own table any more.
        InfrastructureError: a session was lost for reasons outside the code.
    """
    original = held(await rerun(None))
    if original is None:
        raise Undefined("the reference code gives no answer on its own table any more")
    movable = {name for name, value in original.items() if value.kind not in _DECIDED}
    candidates: list[tuple[Perturbation, Checkpoints, frozenset[str]]] = []
    for number in range(MOST_TRIED):
        perturbation = Perturbation(KINDS[number % len(KINDS)], number // len(KINDS))  # type: ignore[arg-type]
        there = held(await rerun(perturbation))
        if there is None or not _decides_alike(original, there):
            continue
        moved = frozenset(name for name in movable if not close(there[name], original[name]))
        candidates.append((perturbation, there, moved))
        if any(moved | earlier[2] == movable for earlier in candidates[:-1]):
            break
    return Expectation(original, tuple((one[0], one[1]) for one in best(candidates)))


def held(result: CellResult) -> Checkpoints | None:
    """The checkpoints of one run; None where it came to no answer."""
    if result.error is not None or result.end is not None or result.submission is None:
        return None
    answer = result.submission.answer
    if result.submission.problem or not isinstance(answer, dict):
        return None
    return {hook.name: hook.value for hook in result.hooks} | {
        name: value_of(value) for name, value in answer.items()
    }


def _decides_alike(original: Checkpoints, there: Checkpoints) -> bool:
    return original.keys() == there.keys() and all(
        there[name].digest == value.digest for name, value in original.items() if value.kind in _DECIDED
    )
