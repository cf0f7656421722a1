"""What a session raises and answers is told once, whenever it does so, and whatever comes between."""

from collections.abc import Callable
from typing import Any

import pytest

from actors.workers.sandbox import hooks as hooks_of
from actors.workers.sandbox.hooks import Hooks
from actors.workers.sandbox.plain import submission_of
from actors.workers.sandbox.record import Record


class Given:
    """The hooks of a session that has run nothing, and what it was told."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.hooks = Hooks(Record({}, ()), self.told.append)

    def answer(self) -> Any:
        taken = self.hooks.take_submission()
        return None if taken is None else taken.answer


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> Given:
    monkeypatch.setattr("builtins.__tracegate_ran__", None, raising=False)
    return Given()


def test_what_is_given_comes_with_what_is_told_next_and_once(given: Given) -> None:
    assert given.hooks.take_raised() == ()
    given.hooks.hook(1, "x = 1", "x")
    given.hooks.submit(42)
    assert [hook.name for hook in given.hooks.take_raised()] == ["x"]
    assert given.answer() == 42
    assert given.hooks.take_raised() == ()
    assert given.answer() is None
    given.hooks.submit(43)
    assert given.answer() is None
    assert given.told == ["submit: an answer was given before; the first one counts\n"]


def test_of_an_answer_that_answers_that_counts_which_is_captured_first(given: Given) -> None:
    class Answering(dict[str, int]):
        def items(self) -> Any:
            given.hooks.submit("inner")
            return super().items()

    given.hooks.submit(Answering(a=1))
    assert given.answer() == "inner"
    assert len(given.told) == 1


def _interrupting(times: int, capture: Callable[[object], Any]) -> Callable[[object], Any]:
    """Captures an answer, and is interrupted before it gives it so many times."""
    left = [times]

    def captured(answer: object) -> Any:
        found = capture(answer)
        if left[0]:
            left[0] -= 1
            raise KeyboardInterrupt
        return found

    return captured


def test_an_answer_that_was_interrupted_is_none_and_another_counts(
    given: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hooks_of, "submission_of", _interrupting(1, submission_of))
    with pytest.raises(KeyboardInterrupt):
        given.hooks.submit(1)
    assert given.answer() is None
    given.hooks.submit(2)
    assert (given.answer(), given.told) == (2, [])
