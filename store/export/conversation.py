"""An episode's traces as conversations: with one tool, or with code in fenced blocks of text.

With the tool, what students of every format see:

    {"role": "system", "content": SYSTEM}
    {"role": "user", "content": the question and the form of its answer}
    {"role": "assistant", "content": prose, "tool_calls": [{"type": "function",
        "function": {"name": "python", "arguments": {"code": code}}}]}
    {"role": "tool", "name": "python", "content": what came back}

The hint is never shown, also not above the gold trace, which was solved with it: the student must learn to do
without.
"""

import re
from collections.abc import Iterator
from typing import Any

from events.episode import EpisodeJudged, TraceVote
from events.question import Question
from store.projections.traces import Traces
from store.records import TurnRecord, turns_of

Message = dict[str, Any]

TOOL_NAME = "python"
TOOL: dict[str, Any] = {
    "type": "function",
    "function": {
        "name": TOOL_NAME,
        "description": "Run a piece of Python in the session and show what came back.",
        "parameters": {
            "type": "object",
            "properties": {"code": {"type": "string", "description": "The whole piece of code."}},
            "required": ["code"],
        },
        "return": {"type": "string"},
    },
}
"""The one tool, described as `transformers.utils.get_json_schema` describes `python(code: str) -> str`."""

_RULES = (
    "You answer a question about one table with Python, turn by turn. The table is the pandas data frame "
    "`df`; names you define stay alive from one turn to the next. In each turn say what you do and {how}; "
    "you are shown what comes back. Mark each intermediate result that matters "
    "with `hook(value, code_line, name=..., depends_on=[...])`, where `code_line` is the statement that "
    "computed it. When the answer is computed, give it once with `submit(answer)`."
)
SYSTEM = _RULES.format(how="run at most one piece of code with the tool `python`")
"""The rules of the sandbox, for those who have the tool."""
TEXT_SYSTEM = _RULES.format(how="give at most one block of Python")
"""The same for those who write their code in a fenced block."""
NOTHING_RAN = "No code was run."
"""What stands for the reply to a turn without code, so that nobody speaks twice in a row."""


def serving(judged: EpisodeJudged, traces: Traces) -> Iterator[TraceVote]:
    """The traces that show how it is done: the gold, and right consistency traces without a mistake."""
    return (vote for vote in judged.votes if _serves(vote, traces))


def is_whole(vote: TraceVote, traces: Traces) -> bool:
    """Whether a trace is told in full and its code kept to the rules, right or wrong."""
    record, graded = traces.records.get(vote.trace), traces.grades.get(vote.trace)
    if vote.trace not in traces.attempts or record is None or record.broken is not None:
        return False
    return graded is None or graded.tampering is None


def _serves(vote: TraceVote, traces: Traces) -> bool:
    if not is_whole(vote, traces) or vote.mistake or traces.attempts[vote.trace].mistake is not None:
        return False
    return vote.accepted and vote.outcome == "answered"


def asked(question: Question) -> list[Message]:
    """What stands before the first turn, with the tool."""
    return [{"role": "system", "content": SYSTEM}, {"role": "user", "content": text_of(question)}]


def text_of(question: Question) -> str:
    """The question and the form of its answer."""
    return f"{question.question_text}\n\n{question.format}"


def conversation(question: Question, trace: str, traces: Traces) -> list[Message]:
    """A trace with the tool; it ends with what the solver did last, not with what came back."""
    return joined(asked(question), turns_of(trace, traces))


def joined(before: list[Message], turns: tuple[TurnRecord, ...]) -> list[Message]:
    """What stands before, then turn after turn, without what came back for the last."""
    found = [*before]
    for turn in turns:
        found += [acted(turn), came_back(turn)]
    return found[:-1] if turns else found


def acted(turn: TurnRecord) -> Message:
    """What the solver said and ran."""
    message: Message = {"role": "assistant", "content": turn.message}
    if turn.code is not None:
        function = {"name": TOOL_NAME, "arguments": {"code": turn.code}}
        message["tool_calls"] = [{"type": "function", "function": function}]
    return message


def came_back(turn: TurnRecord) -> Message:
    """What the solver was shown of it; what is said of a turn without code is said by the user."""
    shown = NOTHING_RAN if turn.view is None else turn.view
    if turn.code is None:
        return {"role": "user", "content": shown}
    return {"role": "tool", "name": TOOL_NAME, "content": shown}


def text_messages(question: Question, turns: tuple[TurnRecord, ...]) -> list[Message]:
    """A trace without a tool; it ends with what the solver did last."""
    found = [{"role": "system", "content": TEXT_SYSTEM}, {"role": "user", "content": text_of(question)}]
    for turn in turns:
        found.append({"role": "assistant", "content": said(turn)})
        found.append({"role": "user", "content": NOTHING_RAN if turn.view is None else turn.view})
    return found[:-1] if turns else found


def said(turn: TurnRecord) -> str:
    """One turn as text: the prose, then the code fenced so that no backtick in it ends the fence."""
    if turn.code is None:
        return turn.message
    longest = max((len(run) for run in re.findall(r"`+", turn.code)), default=0)
    fence = "`" * max(3, longest + 1)
    code = turn.code.removesuffix("\n")
    return f"{turn.message}\n\n{fence}python\n{code}\n{fence}".lstrip("\n")
