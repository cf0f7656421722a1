"""Play in the real environment: what a policy may call, over whatever runs and judges attempts."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from actors.training.credit import Earned

OVER = "The episode has ended: nothing more is run."
NO_TEXT = "No code was run: `code` is to be a text that can be written as UTF-8."


class Match(Protocol):
    """One attempt at one question, as it is played; called from the trainer's thread."""

    def turn(self, code: str) -> str:
        """Run a piece of code; what the solver is shown of it."""
        ...

    def end(self) -> Earned:
        """End the attempt, if it has not, and say what it earned."""
        ...


Begin = Callable[[str], Match]
"""Begins an attempt at the question with this id."""


class Environment:
    """What TRL makes one of for each episode; each public method but `reset` is a tool of the policy.

    Args:
        begin: begins an attempt.
    """

    def __init__(self, begin: Begin) -> None:
        self._begin = begin
        self._match: Match | None = None

    def reset(self, **row: Any) -> None:
        """Begin with the question of a row; the prompt stays as it is."""
        self._earned()
        self._match = self._begin(row["question"])

    def python(self, code: str) -> str:
        """
        Run a piece of Python in the session and show what came back.

        Args:
            code: The whole piece of code.
        """
        if not _is_text(code):
            return NO_TEXT
        return OVER if self._match is None else self._match.turn(code)

    def _earned(self) -> Earned | None:
        """What the attempt earned; it has then ended."""
        if self._match is None:
            return None
        match, self._match = self._match, None
        return match.end()


def _is_text(given: Any) -> bool:
    """Whether a policy called the tool with a text; what it writes between the brackets is its own affair."""
    return isinstance(given, str) and not any("\ud800" <= char <= "\udfff" for char in given)


def rewards(
    generations: int, log_metric: Callable[[str, float], None], found: Sequence[Earned]
) -> list[float]:
    """The rewards of a batch, episodes of one question next to each other.

    An episode that was lost to a fault from outside gets the mean of the others of its question: compared
    with them it is neither better nor worse, and so nothing is learned from it.
    """
    told = [one for one in found if one.reward is not None]
    if told:
        log_metric("right", sum(one.right for one in told) / len(told))
        log_metric("progress", sum(one.progress for one in told) / len(told))
    log_metric("lost", float(len(found) - len(told)))
    groups = [found[at : at + generations] for at in range(0, len(found), generations)]
    return [reward for group in groups for reward in _without_faults([one.reward for one in group])]


def _without_faults(group: Sequence[float | None]) -> list[float]:
    known = [one for one in group if one is not None]
    mean = sum(known) / len(known) if known else 0.0
    return [mean if one is None else one for one in group]
