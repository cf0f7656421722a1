"""Judges every hook of a trace against the statements that really ran, and against a re-run of them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol

import structlog

from actors.tracing import rules
from actors.tracing.claims import ClaimedHook, claims_of
from actors.tracing.dataflow import ExecutedCell, dataflow
from actors.tracing.literals import literals
from actors.tracing.pairing import Sighting, pair
from actors.tracing.recorder import codes, record
from actors.tracing.rerun import Rerun, Rerunner, Reruns, reproduced
from actors.tracing.rules import Evidence, PerturbedRun, Refusal
from actors.tracing.shaking import SHAKES, cell
from actors.tracing.syntax import UnreadableCodeError, normal, statements
from actors.tracing.tampering import tampering
from events.trace import AttemptEnded, HookGrade, HookRaised, HooksGraded, Perturbation, author_of
from events.values import Value

_LOG = structlog.get_logger()
TRIED = 16
"""Hooks of a trace at most that are tried without their statements, each in a run of its own."""


class Oracle(Protocol):
    """What the question's program holds; recomputed from the recipe, never stored."""

    async def original(self) -> Mapping[str, Value]:
        """The program's checkpoints by step name, on the original table."""
        ...

    async def perturbed(self) -> Sequence[tuple[Perturbation, Mapping[str, Value]]]:
        """The kept tables, at most two, and the checkpoints on them.

        On them the program takes the same decisions while values move; there may be none.
        """
        ...


async def ground(attempt: AttemptEnded, oracle: Oracle, reruns: Reruns, dataset: str) -> HooksGraded:
    """The judgement of every hook, and whether a re-run gave what was recorded.

    A broken trace is not run again: it has no code that its hooks could be held to.

    Args:
        attempt: The raw record.
        oracle: The question's program; asked only when some hook stands up to the re-run.
        reruns: Where the cells are run again, once for all traces that have the same.
        dataset: Id of the table, which the workers know.

    Raises:
        WallTooWeak: the code of whoever solved needs a stronger wall.
        InfrastructureError: a re-run was lost for reasons outside the cells.
    """
    log = _LOG.bind(trace=attempt.trace, question=attempt.question)
    hooks = claims_of([ran.result for ran in attempt.executed])
    broken = record(attempt).broken
    if broken is not None:
        log.info("hooks of a broken trace", broken=broken)
        refusal = Refusal("not_reproduced", f"the trace is broken: {broken}")
        return _graded(attempt, [_grade(hook, refusal) for hook in hooks])
    rerunner = Rerunner(reruns, dataset, author_of(attempt.teacher), _cells_to_run(attempt), hooks)
    original = await rerunner.on(None)
    exact = attempt.fingerprint == reruns.fingerprint
    changed = await _changed(rerunner, hooks, original)
    refusals = _stand(attempt, hooks, original, changed, exact=exact)
    program, runs = await _tables(oracle, rerunner) if None in refusals else ({}, [])
    cells = _executed_cells(attempt)
    evidence = Evidence(
        hooks=hooks,
        sightings=[_sighting(place, hook, original, runs) for place, hook in enumerate(hooks)],
        program=program,
        runs=runs,
        flow=dataflow(cells, [hook.claim for hook in hooks]),
        views=[ran.view for ran in attempt.executed],
        literals=[literals(cell.code) for cell in cells],
    )
    doubtful = frozenset(
        place for place, no in enumerate(refusals) if not no and rules.doubtful(place, evidence)
    )
    evidence = replace(evidence, shaken=await _shaken(rerunner, original, doubtful))
    grades = _judge(evidence, refusals)
    log.info("hooks graded", hooks=len(grades), grounded=sum(grade.grounded for grade in grades))
    same = reproduced(attempt, original.results, exact=exact)
    return _graded(attempt, grades, [run.perturbation for run in runs], same=same)


def _cells_to_run(attempt: AttemptEnded) -> list[str]:
    """The cells up to the last that raised a hook or submitted: there is nothing to compare after it.

    One that ended the session would only end it again, at the price of a limit.
    """
    said = codes(attempt)
    results = [ran.result for ran in attempt.executed]
    telling = [place for place, result in enumerate(results) if result.hooks or result.submission is not None]
    return [said[result.number] for result in results[: max(telling, default=-1) + 1] if result.end is None]


def _executed_cells(attempt: AttemptEnded) -> list[ExecutedCell]:
    said = codes(attempt)
    return [
        ExecutedCell(_readable(said[ran.result.number]), _sources(attempt, place))
        for place, ran in enumerate(attempt.executed)
    ]


def _readable(code: str) -> str:
    """The code, or none of it when it does not parse: then nothing of it ran."""
    try:
        statements(code)
    except UnreadableCodeError:
        return ""
    return code


def _sources(attempt: AttemptEnded, place: int) -> frozenset[str]:
    """What ran without error in one cell, spelled as we print it."""
    ran = attempt.executed[place].result.statements
    return frozenset(normal(statement.source) for statement in ran if not statement.error)


def _stand(
    attempt: AttemptEnded,
    hooks: Sequence[ClaimedHook],
    original: Rerun,
    changed: frozenset[int],
    *,
    exact: bool,
) -> list[Refusal | None]:
    """The rules that need no other hook and no other table."""
    ran: list[frozenset[str]] = []
    for place in range(len(attempt.executed)):
        ran.append((ran[-1] if ran else frozenset()) | _sources(attempt, place))
    return [
        rules.executed(hook, ran[hook.cell])
        or rules.bound(hook, changed=place in changed)
        or rules.held(hook, again, exact=exact)
        or rules.readable(hook)
        for place, (hook, again) in enumerate(zip(hooks, original.hooks, strict=True))
    ]


async def _changed(rerunner: Rerunner, hooks: Sequence[ClaimedHook], original: Rerun) -> frozenset[int]:
    """The hooks whose names hold something else where their statements are left out, if only that tells."""
    uncertain = [place for place, hook in enumerate(hooks) if hook.uncertain]
    return frozenset(
        [
            place
            for place in uncertain[:TRIED]
            if _is_other(original.hooks[place], await rerunner.lacking(hooks[place]))
        ]
    )


def _is_other(raised: HookRaised | None, lacking: Value | None) -> bool:
    if raised is None or raised.held is None or lacking is None:
        return False
    return raised.held.digest != lacking.digest


async def _tables(oracle: Oracle, rerunner: Rerunner) -> tuple[Mapping[str, Value], list[PerturbedRun]]:
    """The program's checkpoints, and the cells run again on every perturbed table."""
    runs = [
        PerturbedRun(perturbation, program, (await rerunner.on(perturbation)).hooks)
        for perturbation, program in await oracle.perturbed()
    ]
    return await oracle.original(), runs


async def _shaken(rerunner: Rerunner, original: Rerun, doubtful: frozenset[int]) -> frozenset[int]:
    """Those of the hooks that some table moves which is unlike the original; none is tried in vain."""
    left = doubtful
    for shake in SHAKES:
        if not left:
            break
        there = (await rerunner.on(None, cell(shake))).hooks
        left -= {place for place in left if rules.shaken(original.hooks[place], there[place])}
    return doubtful - left


def _judge(evidence: Evidence, refusals: Sequence[Refusal | None]) -> list[HookGrade]:
    """The remaining rules, hook by hook: a dependency must have been found grounded before."""
    standing = [place for place, refusal in enumerate(refusals) if refusal is None]
    tables = [evidence.program, *(run.program for run in evidence.runs)]
    chosen = pair([evidence.sightings[place] for place in standing], tables)
    pairs = dict(zip(standing, chosen, strict=True))
    grades: list[HookGrade] = []
    for place, hook in enumerate(evidence.hooks):
        edges, missing = rules.connected(place, evidence, grades)
        checkpoint = pairs.get(place)
        refusal = refusals[place] or missing or rules.computed(place, evidence, checkpoint)
        grades.append(_grade(hook, refusal, checkpoint, edges))
    return grades


def _sighting(place: int, hook: ClaimedHook, original: Rerun, runs: Sequence[PerturbedRun]) -> Sighting:
    seen = [original.hooks[place], *(run.hooks[place] for run in runs)]
    return Sighting(hook.hook.name, tuple(one.value if one is not None else None for one in seen))


def _grade(
    hook: ClaimedHook, refusal: Refusal | None, checkpoint: str | None = None, edges: tuple[str, ...] = ()
) -> HookGrade:
    paired = f"equals the program's `{checkpoint}`" if checkpoint else "stands for no step of the program"
    return HookGrade(
        name=hook.hook.name,
        cell=hook.cell,
        grounded=refusal is None,
        reason=refusal.reason if refusal else "grounded",
        detail=refusal.detail if refusal else f"every rule holds; it {paired}",
        checkpoint=checkpoint,
        edges=edges,
    )


def _graded(
    attempt: AttemptEnded,
    grades: Sequence[HookGrade],
    perturbations: Sequence[Perturbation] = (),
    *,
    same: bool = False,
) -> HooksGraded:
    return HooksGraded(
        trace=attempt.trace,
        question=attempt.question,
        grades=tuple(grades),
        perturbations=tuple(perturbations),
        reproduced=same,
        tampering=tampering(code for _, code in sorted(codes(attempt).items())),
    )
