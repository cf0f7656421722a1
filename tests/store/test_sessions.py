"""Session traces keep to the published description of the Session Trace Simple Format."""

import json
from typing import Any

import pytest

from store.export.harvest import Harvest
from store.export.sessions import HARNESS, sessions
from store.splits import Splits, TablePlace
from tests.history import CODE, told

HEADER = {"type": str, "harness": str, "id": str}
"""What the first line must have, after huggingface.co/docs/hub/session-traces-format; more is allowed there."""
ROLES = {"system", "user", "assistant", "tool"}
FIELDS = {"role", "content", "reasoningContent", "toolCalls", "toolCallId"}


def faults(lines: list[dict[str, Any]]) -> list[str]:
    """What in a session is not as the description has it."""
    header, *messages = lines
    found = [f"header {name}" for name, kind in HEADER.items() if not isinstance(header.get(name), kind)]
    found += ["header type"] if header["type"] != "session" else []
    called: set[str] = set()
    for line in messages:
        message = line["message"]
        if line.keys() != {"type", "message"} or line["type"] != "message":
            found.append("envelope")
        if message["role"] not in ROLES or not isinstance(message["content"], str) or message.keys() - FIELDS:
            found.append("message")
        for call in message.get("toolCalls", ()):
            called.add(call["id"])
            arguments = call["function"]["arguments"]
            if not isinstance(arguments, str) or not isinstance(json.loads(arguments), dict):
                found.append("arguments")
        if (message["role"] == "tool") != (message.get("toolCallId") in called):
            found.append("answers no call")
    return found


@pytest.fixture(scope="module")
def written() -> dict[str, list[dict[str, Any]]]:
    state = told(1).state()
    splits = Splits({dataset: TablePlace("train", ()) for dataset in state.datasets.by_id})
    files, counts = sessions(Harvest(state, splits))
    assert files.keys() == {*counts, "README.md"}
    assert "| penguins.csv |" in files["README.md"].decode()
    return {path: [json.loads(line) for line in files[path].splitlines()] for path in counts}


def test_each_trace_is_a_session_that_keeps_to_the_description(written: dict[str, Any]) -> None:
    assert len(written) == 10
    assert {path: faults(lines) for path, lines in written.items()} == {path: [] for path in written}


def test_a_session_is_named_after_its_trace_and_told_whole(written: dict[str, Any]) -> None:
    for path, (header, *messages) in written.items():
        assert path == f"{header['lineage']['source']}/{header['id']}.jsonl"
        assert header["harness"] == HARNESS
        said = [one["message"] for one in messages]
        assert [one["role"] for one in said] == ["system", "user", "assistant", "tool"]
        (call,) = said[2]["toolCalls"]
        assert json.loads(call["function"]["arguments"]) == {"code": CODE}
        assert said[3] == {"role": "tool", "toolCallId": call["id"], "content": "submitted"}


@pytest.mark.parametrize(
    ("at", "change"),
    [
        (0, {"type": "sesion"}),
        (0, {"id": 7}),
        (1, {"type": "note"}),
        (1, {"message": {"role": "narrator", "content": ""}}),
        (1, {"message": {"role": "tool", "toolCallId": "x", "content": ""}}),
        (1, {"message": {"role": "user", "content": None}}),
    ],
)
def test_the_check_finds_what_is_not_as_described(
    written: dict[str, Any], at: int, change: dict[str, Any]
) -> None:
    lines = [dict(line) for line in next(iter(written.values()))]
    lines[at] |= change
    assert faults(lines)
