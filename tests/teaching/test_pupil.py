"""A model in a folder is asked in the words that it learned from, and its limits end what leads nowhere."""

from collections.abc import Sequence
from typing import Any

import pytest

from actors.teaching.dialogue import GaveUp, Task
from actors.teaching.pupil import Pupil, code_of
from actors.teaching.sitting import PupilSitting
from events.calls import Reply, ToolCall
from events.trace import Message
from store.export.conversation import NOTHING_RAN, SYSTEM, TOOL, text_of
from tests.history import question

ASKED = question("d" * 32, "template", 1)


def called(code: str = "print(1)", name: str = "python") -> Reply:
    return Reply(
        "So.", tool_calls=(ToolCall("0", name, f'{{"code": "{code}"}}'),), finish="tool_calls", tokens=9
    )


class Said:
    """Says one after the other, and remembers what it was asked."""

    def __init__(self, *replies: Reply) -> None:
        self.replies = list(replies)
        self.heard: list[Sequence[dict[str, Any]]] = []
        self.tools: list[Any] = []

    def __call__(self, messages: Sequence[dict[str, Any]], tools: Sequence[dict[str, Any]]) -> Reply:
        self.heard.append(messages)
        self.tools.append(tools)
        return self.replies.pop(0)


async def played(said: Said, turns: int, settings: PupilSitting) -> list[Message | GaveUp]:
    """What comes of it, when each turn is shown what ran, or that nothing did."""
    lesson = Pupil("tiny@1", said, settings).begin(Task(ASKED, "consistency", 0))
    found: list[Message | GaveUp] = []
    view: str | None = None
    for _ in range(turns):
        one = await lesson.next(view)
        found.append(one)
        if isinstance(one, GaveUp):
            break
        view = one.told or "1"
    return found


async def test_it_is_asked_as_the_rows_are_that_it_was_trained_on() -> None:
    said = Said(called(), Reply("I stop.", tokens=3), called("submit({})"))
    await played(said, 3, PupilSitting())
    first, second, third = said.heard
    assert [one["content"] for one in first] == [SYSTEM, text_of(ASKED)]
    call = {"type": "function", "function": {"name": "python", "arguments": {"code": "print(1)"}}}
    assert second[2:] == [
        {"role": "assistant", "content": "So.", "tool_calls": [call]},
        {"role": "tool", "name": "python", "content": "1"},
    ]
    assert third[4:] == [
        {"role": "assistant", "content": "I stop."}, {"role": "user", "content": NOTHING_RAN}
    ]  # fmt: skip
    assert said.tools == [[TOOL]] * 3
    assert ASKED.hint not in str(said.heard)


@pytest.mark.parametrize(
    ("replies", "stop"),
    [
        ([Reply(f"word {number}", tokens=2) for number in range(5)], "correction_limit"),
        ([called()] * 5, "repetition_limit"),
        ([called(), Reply("", finish="length")], "context_limit"),
    ],
)
async def test_what_leads_nowhere_ends(replies: list[Reply], stop: str) -> None:
    found = await played(Said(*replies), 6, PupilSitting())
    assert found[-1] == GaveUp(stop)


@pytest.mark.parametrize(
    ("reply", "code", "flaw"),
    [
        (called("x = 1"), "x = 1", ""),
        (Reply("no"), None, "no_code"),
        (called(name="bash"), None, "unknown_tool"),
        (Reply("", tool_calls=(ToolCall("0", "python", "{"),)), None, "broken_arguments"),
        (Reply("", tool_calls=(ToolCall("0", "python", '{"code": 1}'),)), None, "broken_arguments"),
        (Reply("", tool_calls=(ToolCall("0", "python", '{"other": "x"}'),)), None, "broken_arguments"),
        (Reply("", tool_calls=called().tool_calls * 2), None, "several_blocks"),
    ],
)
def test_a_message_is_one_call_with_code_or_tells_in_a_word_why_not(
    reply: Reply, code: str | None, flaw: str
) -> None:
    assert code_of(reply) == (code, flaw)
