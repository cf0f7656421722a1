"""How a model says what is to be run: one fenced block, or one native tool call. Nothing else is ever run.

Reasoning is no part of what is read here: a block that was only thought of is not run.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from actors.proposed import Draft
from actors.teaching.prompting import Protocol
from events.calls import Reply, ToolCall

MOST_CODE = 20_000
"""Characters of code in one turn."""
TOOL = "run_python"
TOOLS: tuple[Mapping[str, Any], ...] = (
    {
        "type": "function",
        "function": {
            "name": TOOL,
            "description": "Run Python in the session; what came back is shown.",
            "parameters": {
                "type": "object",
                "properties": {"code": {"type": "string", "description": "The whole piece of code."}},
                "required": ["code"],
                "additionalProperties": False,
            },
        },
    },
)
"""The one native tool, as the server is told of it."""
_OPENING = re.compile(r" {0,3}(?P<fence>`{3,}|~{3,})[ \t]*(?P<language>[^\s`]*)[^`]*$")
_PYTHON = frozenset({"", "python", "py", "python3", "ipython"})
_THOUGHT = re.compile(r"\s*<think>(?P<thought>.*?)(?:</think>|\Z)", re.DOTALL)
_ENDED = "</think>"


@dataclass(frozen=True)
class Turn:
    """What a message asks for: code to run, or nothing that can be run, and why."""

    prose: str
    """What was said beside the code."""
    code: str | None = None
    """The code, exactly as it stands in the message."""
    flaw: str = ""
    """Why nothing can be run: a key of the corrections; empty when there is code, or what was asked for."""
    detail: str = ""
    """What was wrong in particular."""
    draft: Draft | None = None
    """The question that it proposes, where one was asked for."""


@dataclass(frozen=True)
class _Block:
    language: str
    code: str
    closed: bool


def turn_of(reply: Reply, protocol: Protocol) -> Turn:
    """What a reply asks for."""
    turn = _by_tool(reply) if protocol == "tools" else _by_block(reply)
    if turn.code is not None and len(turn.code) > MOST_CODE:
        return Turn(turn.prose, flaw="too_long")
    return turn


def proposing_turn(reply: Reply, protocol: Protocol) -> Turn:
    """What a reply asks for where a question may be proposed: its one block of JSON is that."""
    prose, blocks = _split(reply.text)
    if reply.tool_calls or not any(block.language.lower() == "json" for block in blocks):
        return turn_of(reply, protocol)
    if len(blocks) > 1:
        return Turn(prose, flaw="several_blocks")
    (block,) = blocks
    if not block.closed:
        return Turn(prose, flaw="cut_off" if reply.finish == "length" else "unfinished_block")
    try:
        return Turn(prose, draft=msgspec.json.decode(block.code, type=Draft))
    except (msgspec.DecodeError, UnicodeError, RecursionError) as problem:
        return Turn(prose, flaw="bad_proposal", detail=str(problem))


def answer_in(reply: Reply) -> Any:
    """The JSON value that a reply holds, in its one block or as its whole text; None where it holds none."""
    _, blocks = _split(reply.text)
    text = blocks[0].code if len(blocks) == 1 else reply.text
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None


def set_apart(text: str, reasoning: str = "") -> tuple[str, str]:
    """What was said, and what was thought aloud before it in the same text, in `<think>` tags.

    Some servers leave the opening tag to the prompt, so that only the closing one stands in the text.
    """
    if (thought := _THOUGHT.match(text)) is not None:
        return text[thought.end() :].lstrip("\n"), reasoning + thought["thought"].strip()
    before, ended, after = text.partition(_ENDED)
    return (after.lstrip("\n"), reasoning + before.strip()) if ended else (text, reasoning)


def _by_block(reply: Reply) -> Turn:
    prose, blocks = _split(reply.text)
    if not reply.text.strip():
        return Turn(prose, flaw="cut_off" if reply.finish == "length" else "empty")
    if reply.finish == "length" and not (blocks and blocks[-1].closed):
        return Turn(prose, flaw="cut_off")
    if not blocks:
        return Turn(prose, flaw="no_code")
    if len(blocks) > 1:
        return Turn(prose, flaw="several_blocks")
    (block,) = blocks
    if not block.closed:
        return Turn(prose, flaw="unfinished_block")
    if block.language.lower() not in _PYTHON:
        return Turn(prose, flaw="other_language")
    return Turn(prose, block.code) if block.code.strip() else Turn(prose, flaw="no_code")


def _by_tool(reply: Reply) -> Turn:
    prose = reply.text.strip()
    if not reply.tool_calls:
        cut_off = "cut_off" if reply.finish == "length" else ""
        return Turn(prose, flaw=cut_off or ("no_code" if prose else "empty"))
    if len(reply.tool_calls) > 1:
        return Turn(prose, flaw="several_blocks")
    (call,) = reply.tool_calls
    if call.name != TOOL:
        return Turn(prose, flaw="unknown_tool")
    code = _argument(call)
    if code is None:
        return Turn(prose, flaw="cut_off" if reply.finish == "length" else "broken_arguments")
    return Turn(prose, code) if code.strip() else Turn(prose, flaw="no_code")


def _argument(call: ToolCall) -> str | None:
    """The code in a call's arguments; None where they are no object with that text alone."""
    try:
        found = msgspec.json.decode(call.arguments)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None
    if isinstance(found, dict) and found.keys() == {"code"} and isinstance(found["code"], str):
        return found["code"]
    return None


def _split(text: str) -> tuple[str, list[_Block]]:
    """The prose of a message, and its fenced blocks."""
    prose: list[str] = []
    blocks: list[_Block] = []
    lines = iter(text.replace("\r\n", "\n").split("\n"))
    for line in lines:
        opening = _OPENING.match(line)
        if opening is None:
            prose.append(line)
        else:
            blocks.append(_block(opening["fence"], opening["language"], lines))
    return "\n".join(prose).strip(), blocks


def _block(fence: str, language: str, lines: Iterator[str]) -> _Block:
    """The rest of a block that was opened; a fence of the same kind closes it that is at least as long."""
    closing = re.compile(rf" {{0,3}}{re.escape(fence[0])}{{{len(fence)},}}[ \t]*$")
    code: list[str] = []
    for line in lines:
        if closing.match(line):
            return _Block(language, "\n".join(code), closed=True)
        code.append(line)
    return _Block(language, "\n".join(code), closed=False)
