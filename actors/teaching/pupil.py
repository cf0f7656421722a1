"""A model in a folder as somebody who is measured: asked in the words, and with the tool, that it learned."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import anyio
import msgspec
from anyio import to_thread

from actors.teaching.dialogue import GaveUp, Task
from actors.teaching.sitting import PupilSitting
from events.calls import Reply
from events.trace import Message, Mistake
from store.export.conversation import NOTHING_RAN, TOOL, TOOL_NAME, asked

Answer = Callable[[Sequence[dict[str, Any]], Sequence[dict[str, Any]]], Reply]
"""From the messages so far, and the tools, to the next message; it takes its time in a thread of its own."""


class Pupil:
    """Answers by a model that is at hand, one word after the other for one question at a time.

    Args:
        name: what it is known by; another model has another.
        answer: what the model says next.
        settings: limits; part of the id of each trace.
    """

    def __init__(self, name: str, answer: Answer, settings: PupilSitting) -> None:
        self._name = name
        self._answer = answer
        self._settings = settings
        self._alone = anyio.Lock()

    @property
    def name(self) -> str:
        """What it is known by."""
        return self._name

    def begin(self, task: Task) -> "Lesson":
        """A conversation about one question, without its hint."""
        return Lesson(asked(task.question), self._said, self._settings)

    async def _said(self, messages: Sequence[dict[str, Any]]) -> Reply:
        async with self._alone:
            return await to_thread.run_sync(self._answer, messages, [TOOL])


class Lesson:
    """One attempt: what was said so far, and how often it led nowhere.

    Args:
        messages: what stands before the first turn.
        said: the next message.
        settings: limits.
    """

    mistake: Mistake | None = None
    prompts = ""

    def __init__(self, messages: list[dict[str, Any]], said: Any, settings: PupilSitting) -> None:
        self._messages = messages
        self._said = said
        self._settings = settings
        self._flaws = 0
        self._repeats = 0
        self._last: Reply | None = None

    async def next(self, view: str | None) -> Message | GaveUp:
        """The next message, after being shown what the last code gave, or that none ran."""
        if view is not None:
            self._show(view)
        if self._flaws > self._settings.max_flaws:
            return GaveUp("correction_limit")
        if self._repeats >= self._settings.max_repeats:
            return GaveUp("repetition_limit")
        reply = await self._said(list(self._messages))
        if reply.finish == "length" and not reply.tokens:
            return GaveUp("context_limit")
        code, flaw = code_of(reply)
        said = msgspec.structs.replace(reply, tokens=0)
        self._flaws += bool(flaw)
        self._repeats = self._repeats + 1 if said == self._last else 1
        self._last = said
        self._messages.append(_acted(reply.text, code))
        return Message(text=reply.text, code=code, flaw=flaw, told=NOTHING_RAN if flaw else "")

    def _show(self, view: str) -> None:
        ran = "tool_calls" in self._messages[-1]
        said_by = {"role": "tool", "name": TOOL_NAME} if ran else {"role": "user"}
        self._messages.append({**said_by, "content": view})


def code_of(reply: Reply) -> tuple[str | None, str]:
    """The code of a message's one call, and in a word why there is none."""
    if len(reply.tool_calls) != 1:
        return None, "several_blocks" if reply.tool_calls else "no_code"
    (call,) = reply.tool_calls
    if call.name != TOOL_NAME:
        return None, "unknown_tool"
    try:
        found = msgspec.json.decode(call.arguments, type=dict[str, str])
    except msgspec.DecodeError:
        return None, "broken_arguments"
    return (found["code"], "") if found.keys() == {"code"} else (None, "broken_arguments")


def _acted(text: str, code: str | None) -> dict[str, Any]:
    called: Mapping[str, Any] = {"name": TOOL_NAME, "arguments": {"code": code}}
    calls = {} if code is None else {"tool_calls": [{"type": "function", "function": called}]}
    return {"role": "assistant", "content": text, **calls}
