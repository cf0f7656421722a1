"""Somebody who never looks at the data: what everybody else has to beat."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from actors.teaching.dialogue import Task
from actors.teaching.scripted import Script, Written
from events.question import Question
from events.trace import Message

NAME = "guesser"
Guess = Callable[[Question], Awaitable[Mapping[str, Any]]]
"""An answer given without the data."""


class Guesser:
    """Answers each question at once, by chance.

    Args:
        guess: draws an answer.
    """

    def __init__(self, guess: Guess) -> None:
        self._guess = guess

    @property
    def name(self) -> str:
        """Its name in every id and record."""
        return NAME

    def begin(self, task: Task) -> Script:
        """One message, which submits."""
        return Script(lambda: self._written(task.question))

    async def _written(self, question: Question) -> Written:
        answer = dict(await self._guess(question))
        return [Message(text="I guess.", code=f"submit({answer!r})")], None
