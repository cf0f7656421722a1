"""What a message asks for: one piece of code, or nothing that can be run, and why."""

import json

import pytest
from hypothesis import given, strategies as st

from actors.teaching.prompting import fenced, prompts
from actors.teaching.protocol import MOST_CODE, set_apart, turn_of
from events.calls import Reply, ToolCall


def block(code: str, language: str = "python") -> str:
    return f"```{language}\n{code}\n```"


def call(arguments: str, name: str = "run_python") -> ToolCall:
    return ToolCall("c", name, arguments)


@pytest.mark.parametrize("language", ["python", "Python", "py", ""])
def test_one_block_is_the_code_and_all_else_is_prose(language: str) -> None:
    turn = turn_of(Reply(f"I look.\n{block('df.shape', language)}\nThen I go on."), "text")
    assert (turn.code, turn.prose, turn.flaw) == ("df.shape", "I look.\nThen I go on.", "")


@pytest.mark.parametrize(
    ("text", "flaw"),
    [
        ("", "empty"),
        ("  \n", "empty"),
        ("The answer is 4.", "no_code"),
        ("submit({'a': 1})", "no_code"),
        ("`submit({'a': 1})`", "no_code"),
        ("```submit({'a': 1})```", "no_code"),
        (block(""), "no_code"),
        (block("a") + "\n" + block("b"), "several_blocks"),
        (block("a") + "\n" + block('{"a": 1}', "json"), "several_blocks"),
        ("```python\na = 1", "unfinished_block"),
        (block("ls", "bash"), "other_language"),
        (block("x" * (MOST_CODE + 1)), "too_long"),
    ],
)
def test_a_message_without_one_piece_of_code_runs_nothing(text: str, flaw: str) -> None:
    turn = turn_of(Reply(text), "text")
    assert (turn.code, turn.flaw) == (None, flaw)


@pytest.mark.parametrize("text", ["", "so much to say", "```python\na = 1"])
def test_a_message_that_was_cut_off_says_so(text: str) -> None:
    assert turn_of(Reply(text, finish="length"), "text").flaw == "cut_off"


def test_a_longer_fence_holds_a_shorter_one() -> None:
    code = 'print("""\n```\n""")'
    assert turn_of(Reply(f"````python\n{code}\n````"), "text").code == code
    assert turn_of(Reply(f"~~~\n{code}\n~~~"), "text").code == code


@given(st.text(alphabet="ab`~ \n'\"\\", max_size=60))
def test_any_code_in_a_fence_that_it_cannot_close_is_read_as_it_stands(code: str) -> None:
    turn = turn_of(Reply(f"{'`' * 70}python\n{code}\n{'`' * 70}"), "text")
    assert turn.code == (code if code.strip() else None)


@given(st.text(max_size=200))
def test_nothing_that_is_shown_can_close_its_fence(text: str) -> None:
    opening, *inside, closing = fenced(text).split("\n")
    assert opening == closing + "text"
    assert not any(set(line.strip()) == {"`"} and len(line.strip()) >= len(closing) for line in inside)


@pytest.mark.parametrize(
    ("text", "said", "thought"),
    [
        ("<think>\nhm\n</think>\nso", "so", "hm"),
        ("hm\n</think>\n\nso", "so", "hm"),
        ("<think>never ends\n```python\n1\n```", "", "never ends\n```python\n1\n```"),
        ("so <think>", "so <think>", ""),
    ],
)
def test_what_was_thought_aloud_is_set_apart(text: str, said: str, thought: str) -> None:
    assert set_apart(text) == (said, thought)


def test_code_that_was_only_thought_of_is_not_run() -> None:
    text, reasoning = set_apart(f"<think>\n{block('submit(1)')}\n</think>\nI do not know.")
    turn = turn_of(Reply(text, reasoning), "text")
    assert (turn.code, turn.flaw) == (None, "no_code")


@pytest.mark.parametrize(
    ("calls", "flaw"),
    [
        ((), "no_code"),
        ((call('{"code": "1"}'), call('{"code": "2"}')), "several_blocks"),
        ((call('{"code": "1"}', "search"),), "unknown_tool"),
        ((call('{"code": "1'),), "broken_arguments"),
        ((call("[]"),), "broken_arguments"),
        ((call('{"code": 1}'),), "broken_arguments"),
        ((call('{"code": "1", "why": "x"}'),), "broken_arguments"),
        ((call("[" * 100_000),), "broken_arguments"),
        ((call('{"code": " "}'),), "no_code"),
        ((call(json.dumps({"code": "x" * (MOST_CODE + 1)})),), "too_long"),
    ],
)
def test_a_call_that_cannot_be_followed_runs_nothing(calls: tuple[ToolCall, ...], flaw: str) -> None:
    turn = turn_of(Reply("I look.", tool_calls=calls), "tools")
    assert (turn.code, turn.flaw) == (None, flaw)


def test_a_native_call_is_the_code_and_a_block_beside_it_is_not() -> None:
    reply = Reply(block("other"), tool_calls=(call('{"code": "df.shape"}'),))
    assert turn_of(reply, "tools").code == "df.shape"
    assert turn_of(Reply(block("df.shape")), "tools").flaw == "no_code"


def test_there_are_words_for_every_flaw_and_no_others() -> None:
    flaws = {
        "empty", "no_code", "several_blocks", "unfinished_block", "other_language", "cut_off", "too_long",
        "unknown_tool", "broken_arguments",
    }  # fmt: skip
    assert prompts().corrections.keys() == flaws
