"""Traces as sessions for trace viewers: the Session Trace Simple Format of Hugging Face, a file a trace.

    {"type": "session", "harness": "tracegate", "id": trace, "name": the question, "lineage": {…}}
    {"type": "message", "message": {"role": "user", "content": …}}
    {"type": "message", "message": {"role": "assistant", "content": …, "toolCalls": [
        {"id": "call-0", "function": {"name": "python", "arguments": "{\\"code\\": …}"}}]}}
    {"type": "message", "message": {"role": "tool", "toolCallId": "call-0", "content": …}}

A session is told whole, with what came back for its last turn: it is for people to look at.
"""

from collections.abc import Iterator

from events.identity import canonical_json
from events.question import Question
from store.export.card import CARD, folder_card
from store.export.conversation import Message, acted, asked, came_back, is_whole
from store.export.harvest import Harvest, Row
from store.records import TurnRecord, turns_of

HARNESS = "tracegate"
_TOLD = (
    "Each file is a whole trace of a verified episode, right or wrong, in the Session Trace Simple Format: "
    "a header that holds the lineage, then a message a line."
)
_NAME_LENGTH = 120


def sessions(harvest: Harvest) -> tuple[dict[str, bytes], dict[str, int]]:
    """The bytes of each file by its path in the folder, and how many messages each holds; touches no disk."""
    files: dict[str, bytes] = {}
    traces = harvest.state.traces
    for judged, question, split in harvest.episodes():
        for vote in judged.votes:
            turns = turns_of(vote.trace, traces)
            if turns and is_whole(vote, traces):
                lineage = harvest.lineage(judged, question, split, vote)
                lines = [canonical_json(one) + b"\n" for one in session(question, turns, lineage)]
                files[f"{judged.source}/{vote.trace}.jsonl"] = b"".join(lines)
    counts = {path: data.count(b"\n") - 1 for path, data in files.items()}
    return files | {CARD: folder_card(harvest, "Traces as sessions", (_TOLD,))}, counts


def session(question: Question, turns: tuple[TurnRecord, ...], lineage: Row) -> Iterator[Row]:
    """The header of a session, then its messages."""
    name = question.question_text[:_NAME_LENGTH]
    yield {"type": "session", "harness": HARNESS, "id": lineage["trace"], "name": name, "lineage": lineage}
    for message in asked(question):
        yield {"type": "message", "message": message}
    for turn in turns:
        for message in (acted(turn), came_back(turn)):
            yield {"type": "message", "message": _as_session(message, f"call-{turn.number}")}


def _as_session(message: Message, call: str) -> Message:
    """A message as sessions spell it; the arguments of a call are JSON."""
    if message["role"] == "tool":
        return {"role": "tool", "toolCallId": call, "content": message["content"]}
    if "tool_calls" not in message:
        return message
    calls = [
        {"id": call, "function": {**one["function"], "arguments": _json(one["function"]["arguments"])}}
        for one in message["tool_calls"]
    ]
    return {"role": message["role"], "content": message["content"], "toolCalls": calls}


def _json(value: object) -> str:
    return canonical_json(value).decode()
