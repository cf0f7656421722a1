"""One episode, one trace or one hook in full."""

import json

from rich.console import Group, RenderableType

from actors.terminal.departures_view import departures_view
from actors.terminal.find import hook_places
from actors.terminal.plain import block, code, heading, line, pairs
from events.answers import Unreadable, fault
from events.question import Question
from events.trace import AttemptEnded
from events.values import Value
from store.projections.state import State
from store.records import HookRecord, TurnRecord, VotedTrace, episode_record, turns_of

_BRIEF = 120
"""Characters of a hook's value shown among others."""


def inspect_episode(state: State, episode: str) -> RenderableType:
    """An episode: what was asked, each turn with code and result, each hook, every answer, the verdict.

    Raises:
        KeyError: no episode has this id.
    """
    record = episode_record(state.episodes.judged[episode], state.questions, state.traces)
    question = state.questions.accepted.get(record.question_id)
    facts = [
        ("question", record.question_id),
        ("dataset", record.dataset),
        ("source", record.source),
        ("evidence", f"{record.evidence} ({record.teacher})"),
        ("level", state.episodes.judged[episode].level),
    ]
    return Group(
        heading(f"episode {record.id}"),
        pairs(facts),
        heading("what was asked"),
        block(record.question_text),
        heading("format asked for"),
        block(question.format if question else "the question is not in the log"),
        heading("gold trace"),
        *(part for turn in record.turns for part in _turn(turn)),
        heading("answers"),
        *(block(_vote(vote, question)) for vote in record.traces),
        *departures_view(record.departures),
        heading("verdict"),
        block(f"{record.verdict}: {record.why}"),
        *_quarantine(state, episode),
    )


def inspect_trace(state: State, trace: str) -> RenderableType:
    """A trace: how it ended and each of its turns.

    Raises:
        KeyError: no attempt at this trace is finished.
    """
    attempt = state.traces.attempts[trace]
    turns = [part for turn in turns_of(trace, state.traces) for part in _turn(turn)]
    facts = pairs(_trace_facts(state, attempt))
    return Group(heading(f"trace {trace}"), facts, *_fault(state, trace), heading("turns"), *turns)


def inspect_hook(state: State, hook: str) -> RenderableType:
    """Every hook of this name in a trace, with its value and each thing that the grounder saw.

    Args:
        state: what the log gives.
        hook: `TRACE/NAME`, as `find` gives it.

    Raises:
        KeyError: the trace raised no hook of this name.
    """
    trace, _, name = hook.partition("/")
    turns = turns_of(trace, state.traces)
    records = [(turn.number, one) for turn in turns for one in turn.hooks if one.name == name]
    if not records:
        known = sorted({one for _, one in hook_places(state, trace)})
        message = f"trace {trace} raised no hook {name}; it raised {', '.join(known) or 'none'}"
        raise KeyError(message)
    parts = [part for number, one in records for part in _hook_in_full(number, one)]
    return Group(heading(f"hook {name} of trace {trace}"), *parts)


def _turn(turn: TurnRecord) -> list[RenderableType]:
    parts: list[RenderableType] = [line(f"turn {turn.number}", "bold cyan")]
    if turn.message:
        parts.append(block(turn.message))
    if turn.code is not None:
        parts.append(code(turn.code))
    if turn.view is not None:
        parts.extend([line("  came back:", "dim"), block(turn.view or "(nothing)")])
    parts.extend(line(f"  {_hook(one)}", "green" if one.grounded else "red") for one in turn.hooks)
    if turn.error is not None:
        parts.append(line(f"  raised {turn.error.kind}: {turn.error.message}", "red"))
    if turn.submission is not None:
        parts.append(line(f"  submitted {_json(turn.submission.answer)} {turn.submission.problem}".rstrip()))
    if turn.end is not None:
        parts.append(line(f"  the session ended: {turn.end}", "red"))
    return parts


def _hook(one: HookRecord) -> str:
    ground = "grounded" if one.grounded else f"not grounded: {one.reason}"
    pair = f", checkpoint {one.checkpoint}" if one.checkpoint else ""
    return f"hook {one.name} ({ground}{pair}) = {_brief(_value(one.value))}"


def _brief(text: str) -> str:
    """A value in a line among others; `inspect hook` shows all that is kept of it."""
    return text if len(text) <= _BRIEF else f"{text[:_BRIEF]}…"


def _hook_in_full(number: int, one: HookRecord) -> list[RenderableType]:
    facts = [
        ("turn", str(number)),
        ("kind", one.value.kind),
        ("value", _value(one.value)),
        ("digest", one.value.digest),
        ("depends on", ", ".join(one.depends_on) or "nothing"),
        ("edges found", ", ".join(one.edges) or "none"),
        ("checkpoint", one.checkpoint or "none"),
        ("grounded", f"{'yes' if one.grounded else 'no'}: {one.reason}"),
        ("seen", one.detail or "-"),
    ]
    return [pairs(facts), line("computed by", "dim"), code(one.code_line)]


def _why_not(question: Question, vote: VotedTrace) -> str:
    """What keeps an answer from being accepted: its form, or the first field that is not the gold's."""
    found = fault(question.contract, vote.answer, question.answers[0])
    if isinstance(found, Unreadable):
        return f"not of the form asked for: {found.why}"
    return f"{found.field} does not match" if found else "it matches now, and did not when it was judged"


def _vote(vote: VotedTrace, question: Question | None) -> str:
    accepted = "accepted" if vote.accepted else "not accepted"
    ground = f"hooks {vote.grounded} of {vote.hooks} grounded"
    lines = [
        f"{vote.role} {vote.index}: {_json(vote.answer)}, {accepted} ({vote.outcome}, {ground})",
        f"   trace {vote.trace}",
    ]
    if question is not None and vote.answer is not None and not vote.accepted:
        lines.append(f"   {_why_not(question, vote)}")
    if vote.mistake is not None:
        lines.append(f"   mistake made on purpose: {vote.mistake.kind} at {vote.mistake.step}")
        lines.append(f"   from cell {vote.mistake.cell} on: {vote.mistake.detail}")
    if vote.broken is not None:
        lines.append(f"   broken: {vote.broken}")
    if vote.tampering is not None:
        lines.append(f"   tampering: {vote.tampering}")
    return "\n".join(lines)


def _trace_facts(state: State, attempt: AttemptEnded) -> list[tuple[str, str]]:
    record, graded = state.traces.records.get(attempt.trace), state.traces.grades.get(attempt.trace)
    mistake = attempt.mistake
    return [
        ("question", attempt.question),
        ("source", attempt.source),
        ("role", f"{attempt.role} {attempt.index}"),
        ("teacher", attempt.teacher),
        ("outcome", f"{attempt.outcome} ({attempt.stop})"),
        ("answer", _json(record.answer) if record else "not recorded yet"),
        ("whole", (record.broken or "yes") if record else "not recorded yet"),
        ("reproduced", ("yes" if graded.reproduced else "no") if graded else "not graded"),
        ("mistake", f"{mistake.kind} at {mistake.step}: {mistake.detail}" if mistake else "none"),
        ("level", attempt.level + (" (lower than its code needs, as allowed)" if attempt.lowered else "")),
        ("episodes", ", ".join(state.episodes.with_trace(attempt.trace)) or "none"),
    ]


def _fault(state: State, trace: str) -> list[RenderableType]:
    """What does not fit in a broken trace, with both sides."""
    record = state.traces.records.get(trace)
    if record is None or record.fault is None:
        return []
    sides = (line("  said:", "dim"), block(record.fault.said), line("  ran:", "dim"), block(record.fault.ran))
    return [line(f"broken: {record.fault.kind}", "red"), *sides]


def _quarantine(state: State, episode: str) -> list[RenderableType]:
    if episode not in state.quarantined():
        return []
    return [line("quarantined: it no longer counts as verified", "bold yellow")]


def _value(value: Value) -> str:
    if value.kind == "number":
        return str(value.shown[1])
    size = f" of {value.size}" if value.kind in ("sequence", "set", "mapping", "table") else ""
    return f"{value.kind}{size} {_json(value.shown)}"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
