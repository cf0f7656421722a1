"""A model's server that puts questions of a home into other words, and solves them in either."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from tests.teaching.playing import Player
from tests.teaching.servers import Body

Reply = Callable[[str], str]
"""From a question's own words to the message that rewords it."""


def other(text: str) -> str:
    """The same question in other words."""
    return f"Please answer this: {text[0].lower()}{text[1:]}"


def said(words: str) -> str:
    return json.dumps({"question": words})


class Rewording:
    """Rewords, and plays the solution of the question whose words it is asked; others in other words.

    Args:
        player: knows the solutions.
        reply: what is said to a commission.
        solve: code for a question in other words, in the place of its solution; `None` plays that.
    """

    def __init__(
        self,
        player: Player,
        reply: Reply = lambda own: said(other(own)),
        solve: Callable[[str], str | None] = lambda _: None,
    ) -> None:
        self.player = player
        self.reply = reply
        self.solve = solve
        self.own = {own: other(own) for own in {_own_words(asked) for asked in player.scripts}}
        self.commissions: list[str] = []

    def __call__(self, body: Body) -> Mapping[str, Any]:
        asked = body["messages"][1]["content"]
        if asked.startswith("Put this"):
            self.commissions.append(asked)
            return {"content": self.reply(asked.split("```text\n")[1].split("\n```")[0])}
        own = next((own for own, words in self.own.items() if words in asked), None)
        if own is None:
            return self.player(body)
        if (code := self.solve(asked)) is not None:
            return {"content": f"So be it.\n\n```python\n{code}\n```"}
        system, question, *later = body["messages"]
        played = question | {"content": asked.replace(self.own[own], own)}
        return self.player(body | {"messages": [system, played, *later]})


def _own_words(asked: str) -> str:
    return asked.removeprefix("Question:\n").split("\n\n")[0]
