"""Aligns what the solver said, what the worker ran and what came back, or says why they do not fit."""

from collections.abc import Callable, Iterator, Sequence

import msgspec

from actors.tracing.reports import Cell, Fault, spelled, unraised, unreported, unsubmitted, written
from events.answers import Answer
from events.identity import canonical_json, digest_of
from events.trace import AttemptEnded, CellResult, FaultKind, Submission, TraceFault, TraceRecorded

SIDE = 400
"""Characters that are kept of each side of a fault."""


def record(attempt: AttemptEnded) -> TraceRecorded:
    """The trace of an attempt; `broken` names the first thing that does not fit."""
    found = next((fault for check in _CHECKS for fault in check(attempt)), None)
    return TraceRecorded(
        trace=attempt.trace,
        question=attempt.question,
        role=attempt.role,
        index=attempt.index,
        outcome=attempt.outcome,
        answer=_answer(submitted(attempt)),
        broken=None if found is None else found.told,
        fault=None if found is None else sides_of(attempt, found.kind, found.cell),
    )


def submitted(attempt: AttemptEnded) -> Submission | None:
    """The submission that counts: the first."""
    return next((ran.result.submission for ran in attempt.executed if ran.result.submission), None)


def codes(attempt: AttemptEnded) -> dict[int, str]:
    """The code of each cell that was said, by its number; the first when a number is said twice."""
    said: dict[int, str] = {}
    for message in attempt.said:
        if message.code is not None and message.cell is not None:
            said.setdefault(message.cell, message.code)
    return said


def _answer(submission: Submission | None) -> Answer | None:
    """The answer, if it is an object whose fields hold what a field of a contract could."""
    if submission is None:
        return None
    try:
        return msgspec.convert(submission.answer, Answer)
    except msgspec.ValidationError:
        return None


def sides_of(attempt: AttemptEnded, kind: FaultKind, cell: int | None) -> TraceFault:
    """A fault with what was said and what ran, by number, and what both are of the cell in question."""
    said = [message.cell for message in attempt.said if message.code is not None]
    ran = [one.result.number for one in attempt.executed]
    codes_said = [one.code for one in attempt.said if one.cell == cell and one.code is not None]
    statements_run = [
        statement.source
        for one in attempt.executed
        if one.result.number == cell
        for statement in one.result.statements
    ]
    return TraceFault(kind, _side(said, codes_said), _side(ran, statements_run))


def _side(numbers: Sequence[int | None], lines: Sequence[str]) -> str:
    told = ", ".join("-" if one is None else str(one) for one in numbers) or "none"
    return "\n".join([f"cells {told}", *lines])[:SIDE]


def _said_in_order(attempt: AttemptEnded) -> Iterator[Fault]:
    """Cells are numbered from 0 as they are said; one that never reached a worker may have no number."""
    spoken = [message for message in attempt.said if message.code is not None or message.cell is not None]
    for place, message in enumerate(spoken):
        last_unsent = place == len(spoken) - 1 and attempt.outcome == "infrastructure_failed"
        if message.code is None:
            yield Fault("missing", f"a message names cell {message.cell} but holds no code", message.cell)
        elif message.cell is None and not last_unsent:
            yield Fault("missing", f"the solver's code number {place} carries no cell number")
        elif message.cell not in (place, None):
            yield Fault(
                "reordered",
                f"the solver's code number {place} is numbered as cell {message.cell}",
                message.cell,
            )


def _ran_in_order(attempt: AttemptEnded) -> Iterator[Fault]:
    said, seen = codes(attempt), set[int]()
    for place, ran in enumerate(attempt.executed):
        number = ran.result.number
        if number in seen:
            yield Fault("doubled", f"cell {number} was executed twice", number)
        elif number not in said:
            yield Fault("foreign", f"a result carries number {number}, but no cell {number} was said", number)
        elif number != place:
            yield Fault("reordered", f"cell {number} was executed in the place of cell {place}", number)
        seen.add(number)
    missing = sorted(said.keys() - seen)
    if attempt.outcome == "infrastructure_failed" and missing == [max(said, default=0)]:
        return
    yield from (Fault("missing", f"cell {number} was said but not executed", number) for number in missing)


def _same_code(attempt: AttemptEnded) -> Iterator[Fault]:
    said = codes(attempt)
    for ran in attempt.executed:
        number = ran.result.number
        # Lone surrogates cannot be said in the log's UTF-8; such code never equals what ran.
        if digest_of(said[number].encode(errors="replace")) != ran.code_digest:
            yield Fault(
                "edited",
                f"the worker ran other code in cell {number} than was said (digest {ran.code_digest})",
                number,
            )


def _nothing_after_the_end(attempt: AttemptEnded) -> Iterator[Fault]:
    for before, after in zip(attempt.executed, attempt.executed[1:], strict=False):
        if before.result.end is not None:
            reason = before.result.end.reason
            yield Fault(
                "lost" if reason == "lost" else "after_end",
                f"cell {after.result.number} has a result, but the session ended "
                f"in cell {before.result.number} ({reason})",
                after.result.number,
            )


def _one_submission(attempt: AttemptEnded) -> Iterator[Fault]:
    numbers = [ran.result.number for ran in attempt.executed if ran.result.submission is not None]
    for later in numbers[1:]:
        yield Fault(
            "doubled",
            f"a submission counted in cell {later}, but that of cell {numbers[0]} had been accepted",
            later,
        )


def _answer_as_digested(attempt: AttemptEnded) -> Iterator[Fault]:
    for ran in attempt.executed:
        given, number = ran.result.submission, ran.result.number
        if given is not None and digest_of(canonical_json(given.answer)) != given.digest:
            yield Fault("edited", f"the answer of cell {number} is not the one with its digest", number)


def _nothing_forged(attempt: AttemptEnded) -> Iterator[Fault]:
    """Top-level statements stand in the cell, in order; nested ones there or in functions made earlier."""
    inner = set[str]()
    for ran in attempt.executed:
        held = written(codes(attempt)[ran.result.number])
        inner |= {source for source, nested in held if nested}
        outer = iter([source for source, nested in held if not nested])
        for statement in ran.result.statements:
            source = spelled(statement.source)
            if source not in (inner if statement.nested else outer):
                yield Fault(
                    "foreign",
                    f"cell {ran.result.number} reports a statement that its code does not run there: "
                    f"{statement.source[:80]!r}",
                    ran.result.number,
                )


def _reported_whole(attempt: AttemptEnded) -> Iterator[Fault]:
    """What ran left what it must leave: statements, hooks and the answer."""
    said = codes(attempt)
    cells = [Cell(said[ran.result.number], ran.result) for ran in attempt.executed]
    for check in (unreported, unraised, unsubmitted):
        yield from check(cells)


def _outcome_fits(attempt: AttemptEnded) -> Iterator[Fault]:
    """The outcome says what the record shows."""
    outcome, answered = attempt.outcome, submitted(attempt) is not None
    results = [ran.result for ran in attempt.executed]
    lost = any(result.end is not None and result.end.reason == "lost" for result in results)
    if outcome == "answered" and not answered:
        yield Fault("lost" if lost else "outcome", "the outcome is answered, but nothing was submitted")
    if outcome == "gave_up" and answered:
        yield Fault("lost" if lost else "outcome", "the outcome is gave_up, but an answer was submitted")
    if outcome == "execution_failed" and not any(map(_failed, results)):
        yield Fault(
            "lost" if lost else "outcome",
            "the outcome is execution_failed, but no cell failed and no limit was hit",
        )
    if outcome == "infrastructure_failed" and answered and not lost:
        yield Fault(
            "lost" if lost else "outcome",
            "the outcome is infrastructure_failed, but an answer was submitted and no session was lost",
        )
    if outcome != "infrastructure_failed" and lost:
        yield Fault("lost" if lost else "outcome", f"the outcome is {outcome}, but the session was lost")


def _failed(result: CellResult) -> bool:
    return result.error is not None or result.end is not None


_CHECKS: tuple[Callable[[AttemptEnded], Iterator[Fault]], ...] = (
    _said_in_order,
    _ran_in_order,
    _same_code,
    _nothing_after_the_end,
    _one_submission,
    _answer_as_digested,
    _nothing_forged,
    _reported_whole,
    _outcome_fits,
)
"""In this order: a later check relies on the earlier ones."""
