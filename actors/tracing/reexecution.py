"""The recorded actions of a trace run again in a fresh session; the first statement that gave other things.

Whole cells are run, as they were. Only when one of them gives something else are its statements run one by
one, twice: so the first difference is laid at the door of one statement, and what differs each time that it
is run (a seed left unfixed) is told from what differs from the record alone.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, zip_longest
from typing import Literal, NamedTuple

from actors.ports import InfrastructureError, Workers
from actors.tracing.printed import Stream, parted
from actors.tracing.recorder import codes
from actors.tracing.rerun import PRIORITY
from actors.tracing.sameness import Sameness
from actors.tracing.stepwise import Step, stepped, top_level, unsettled
from events.answers import AnswerContract
from events.identity import canonical_json
from events.trace import AttemptEnded, CellResult, Executed, HookRaised, author_of

What = Literal["ran", "hook", "answer", "error", "end", "stdout", "stderr", "display"]
Verbatim = Callable[[Executed], CellResult]
"""A recorded result with its outputs as they were, also where the log holds only a view of them."""
SHOWN = 300
"""Characters of each side that are told."""


@dataclass(frozen=True)
class Divergence:
    """The first thing that came out otherwise than the record says."""

    cell: int
    """The cell."""
    statement: str
    """The statement at whose door it lies: of a hook the one that it vouches for."""
    what: What
    """What differs: which statements ran, a hook, the answer, an error, the session's end, or an output."""
    recorded: str
    """What the record has."""
    again: str
    """What came now."""
    settled: bool = True
    """False where the statement gives something else each time that it is run."""


class _Difference(NamedTuple):
    what: What
    at: int
    """Which hook or statement, in order, or the first character."""
    recorded: str
    again: str
    line: str = ""
    """The statement, where the difference itself names one."""


async def re_execute(
    attempt: AttemptEnded, contract: AnswerContract, verbatim: Verbatim, workers: Workers, dataset: str
) -> Divergence | None:
    """Run what was recorded once more; None when everything came again.

    Args:
        attempt: A whole record: one that is broken has no code to hold it to.
        contract: When two answers are the same, where the environments differ.
        verbatim: Gives recorded outputs in full.
        workers: Where it is run.
        dataset: Id of the table, which the workers know.

    Raises:
        WallTooWeak: the code of whoever solved needs a stronger wall.
        InfrastructureError: a session was lost for reasons outside its code.
    """
    same = Sameness(contract, exact=attempt.fingerprint == workers.fingerprint)
    said = codes(attempt)
    async with workers.session(dataset, author_of(attempt.teacher), priority=PRIORITY) as session:
        for one in attempt.executed:
            recorded = verbatim(one)
            if recorded.end is not None and recorded.end.reason == "lost":
                return None
            again = await session.run(said[recorded.number])
            if again.end is not None and again.end.reason == "lost":
                message = f"the session was lost in a re-run: {again.end.detail}"
                raise InfrastructureError(message)
            if found := tuple(_differences(recorded, again, same)):
                break
            if recorded.end is not None:
                return None
        else:
            return None
    runs = [await stepped(attempt, workers, dataset) for _ in range(2)]
    return _located(recorded, found, same, runs)


def _located(
    recorded: CellResult, found: Sequence[_Difference], same: Sameness, runs: Sequence[Sequence[Step]]
) -> Divergence:
    """The difference that comes first among the statements of the cell, or the statement that made it."""
    steps = [step for step in runs[0] if step.cell == recorded.number]
    places = [_place(one, recorded, steps, same) for one in found]
    place, first = min(zip(places, found, strict=True), key=lambda pair: pair[0])
    sources = top_level(recorded)
    source = first.line or (sources[min(place, len(sources) - 1)] if sources else "")
    told = Divergence(recorded.number, source, first.what, _cut(first.recorded), _cut(first.again))
    origin = unsettled(*runs)
    if origin is None or (runs[0][origin].cell, runs[0][origin].place) > (recorded.number, place):
        return told
    return replace(told, cell=runs[0][origin].cell, statement=runs[0][origin].source, settled=False)


def _place(found: _Difference, recorded: CellResult, steps: Sequence[Step], same: Sameness) -> int:
    """Which statement of the cell's top level a difference belongs to."""
    last = max(len(top_level(recorded)) - 1, 0)
    match found.what:
        case "ran":
            return min(sum(not one.nested for one in recorded.statements[: found.at]), last)
        case "hook":
            raised = accumulate(len(step.result.hooks) for step in steps)
            return next((place for place, count in enumerate(raised) if count > found.at), last)
        case "answer":
            gave = (place for place, step in enumerate(steps) if step.result.submission is not None)
            return next(gave, last)
        case "stdout":
            head = _out(recorded).head
            known = len(head) if recorded.stdout_whole else None
            printed = accumulate(step.result.stdout for step in steps)
            departs = (place for place, text in enumerate(printed) if not _begins(head, text[:known], same))
            prints = (place for place, step in enumerate(steps) if step.result.stdout)
            return next(departs, max(prints, default=last))
        case _:
            return last


def _begins(head: str, text: str, same: Sameness) -> bool:
    return same.of_texts(head[: len(text)], text)


def _differences(recorded: CellResult, again: CellResult, same: Sameness) -> Iterator[_Difference]:
    """The first difference of each kind between what was recorded of a cell and what came now."""
    yield from _ran(recorded, again)
    for at, (left, right) in enumerate(zip_longest(recorded.hooks, again.hooks)):
        if left is None or right is None or not same.of_hooks(left, right):
            line = next(one.code_line for one in (left, right) if one is not None)
            yield _Difference("hook", at, _hook(left), _hook(right), line)
            break
    if not same.of_answers(recorded.submission, again.submission):
        answers = [None if one.submission is None else one.submission.answer for one in (recorded, again)]
        yield _Difference("answer", 0, *(canonical_json(answer).decode() for answer in answers))
    texts: Mapping[What, tuple[str, str]] = {
        "error": (_error(recorded), _error(again)),
        "end": (_end(recorded), _end(again)),
        "display": (recorded.display or "", again.display or ""),
    }
    parts: dict[What, tuple[str, str] | None] = {
        what: None if same.of_texts(*sides) else sides for what, sides in texts.items()
    }
    parts["stdout"] = parted(_out(recorded), _out(again), same)
    parts["stderr"] = parted(_err(recorded), _err(again), same)
    for what, sides in parts.items():
        if sides is not None:
            yield _Difference(what, 0, *_where_they_part(*sides))


def _out(result: CellResult) -> Stream:
    return Stream(result.stdout, result.stdout_whole, result.stdout_cut)


def _err(result: CellResult) -> Stream:
    return Stream(result.stderr, result.stderr_whole, result.stderr_cut)


def _ran(recorded: CellResult, again: CellResult) -> Iterator[_Difference]:
    """The first statement that did not run, or end, as it did."""
    sides = [[(one.source, one.nested, one.error) for one in side.statements] for side in (recorded, again)]
    for at, (left, right) in enumerate(zip_longest(*sides)):
        if left != right:
            line = (left or right)[0]
            yield _Difference("ran", at, _ending(left), _ending(right), line)
            return


def _ending(statement: tuple[str, bool, bool] | None) -> str:
    if statement is None:
        return "nothing more ran"
    source, _, error = statement
    return f"{'raised' if error else 'ran'}: {source}"


def _hook(hook: HookRaised | None) -> str:
    if hook is None:
        return "no hook"
    depends = f", from {', '.join(hook.depends_on)}" if hook.depends_on else ""
    value = hook.value
    return f"{hook.name} = {value.kind} {canonical_json(value.shown).decode()}{depends} ({value.digest[:8]})"


def _error(result: CellResult) -> str:
    report = result.error
    return "" if report is None else "\n".join([f"{report.kind}: {report.message}", *report.frames])


def _end(result: CellResult) -> str:
    return "" if result.end is None else result.end.reason


def _where_they_part(left: str, right: str) -> tuple[str, str]:
    """Both texts from the first line on that differs."""
    lines, others = left.split("\n"), right.split("\n")
    pairs = enumerate(zip_longest(lines, others))
    at = next((place for place, (one, other) in pairs if one != other), 0)
    return "\n".join(lines[at:]), "\n".join(others[at:])


def _cut(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
