"""Rows to imitate: whole conversations, the same turn by turn, or the same as text without a tool.

sft        {"messages": […], "tools": [TOOL], "lineage": {…}}
sft_turns  {"prompt": […], "completion": [one assistant message], "tools": [TOOL], "lineage": {…}}
sft_text   {"messages": […], "lineage": {…}}
"""

from collections.abc import Iterator

from events.question import Question
from store.export.conversation import TOOL, conversation, serving, text_messages
from store.export.harvest import Harvest, Row
from store.records import turns_of


def sft(harvest: Harvest) -> Iterator[Row]:
    """Each trace that shows how it is done."""
    for question, trace, lineage in _traces(harvest):
        messages = conversation(question, trace, harvest.state.traces)
        yield {"messages": messages, "tools": [TOOL], "lineage": lineage}


def sft_turns(harvest: Harvest) -> Iterator[Row]:
    """Each turn of such a trace, below all that was said before it."""
    for question, trace, lineage in _traces(harvest):
        messages = conversation(question, trace, harvest.state.traces)
        for at, message in enumerate(messages):
            if message["role"] == "assistant":
                yield {
                    "prompt": messages[:at],
                    "completion": [message],
                    "tools": [TOOL],
                    "lineage": lineage,
                }


def sft_text(harvest: Harvest) -> Iterator[Row]:
    """Each such trace, with its code in fenced blocks."""
    for question, trace, lineage in _traces(harvest):
        messages = text_messages(question, turns_of(trace, harvest.state.traces))
        yield {"messages": messages, "lineage": lineage}


def _traces(harvest: Harvest) -> Iterator[tuple[Question, str, Row]]:
    for judged, question, split in harvest.episodes():
        for vote in serving(judged, harvest.state.traces):
            yield question, vote.trace, harvest.lineage(judged, question, split, vote)
