"""A model of Inspect as one that solves questions: our requests become its, its answers ours."""

from typing import Any

import msgspec
from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageTool,
    ChatMessageUser,
    Model,
    ModelOutput,
)
from inspect_ai.tool import ToolCall, ToolInfo

from actors.teaching.line import Asked, ContextFull
from events import calls
from events.calls import Reply

_FINISH = {"max_tokens": "length"}
"""What we call a reason to stop, where Inspect calls it otherwise."""


class Guest:
    """Asks a model of Inspect, which sends, tries again, limits and counts by its own rules.

    Args:
        model: who is asked.
    """

    def __init__(self, model: Model) -> None:
        self._model = model
        self.messages: list[ChatMessage] = []
        """The conversation until now."""
        self.output: ModelOutput | None = None
        """The last answer."""

    async def ask(self, asked: Asked, /) -> Reply:
        """The answer; how it is sampled was said to Inspect.

        Raises:
            ContextFull: the request is longer than the model can take.
        """
        said = [message_of(one) for one in asked.body["messages"]]
        tools = [ToolInfo.model_validate(one["function"]) for one in asked.body.get("tools", ())]
        output = await self._model.generate(said, tools=tools)
        self.messages, self.output = [*said, output.message], output
        if output.stop_reason == "model_length":
            raise ContextFull(output.completion)
        return reply_of(output)


def message_of(message: dict[str, Any]) -> ChatMessage:
    """A message as Inspect has it."""
    content = message["content"] or ""
    match message["role"]:
        case "system":
            return ChatMessageSystem(content=content)
        case "assistant":
            called = [_called(one) for one in message.get("tool_calls", ())]
            return ChatMessageAssistant(content=content, tool_calls=called or None)
        case "tool":
            return ChatMessageTool(content=content, tool_call_id=message["tool_call_id"])
        case _:
            return ChatMessageUser(content=content)


def _called(call: dict[str, Any]) -> ToolCall:
    """A call as Inspect has it; arguments that are no object are told as what could not be read."""
    function = call["function"]
    try:
        arguments = msgspec.json.decode(function["arguments"], type=dict[str, Any])
    except msgspec.DecodeError as problem:
        return ToolCall(call["id"], function["name"], {}, parse_error=str(problem))
    return ToolCall(call["id"], function["name"], arguments)


def reply_of(output: ModelOutput) -> Reply:
    """An answer as we have it; what was thought aloud is kept apart."""
    message = output.message
    content = [] if isinstance(message.content, str) else message.content
    called = tuple(
        calls.ToolCall(
            one.id,
            one.function,
            "" if one.parse_error else msgspec.json.encode(one.arguments).decode(),
        )
        for one in message.tool_calls or ()
    )
    return Reply(
        text=message.text,
        reasoning="\n".join(one.reasoning for one in content if one.type == "reasoning"),
        tool_calls=called,
        finish=_FINISH.get(output.stop_reason, output.stop_reason),
        tokens=output.usage.output_tokens if output.usage else 0,
        seconds=output.time or 0.0,
    )
