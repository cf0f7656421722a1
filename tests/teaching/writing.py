"""A model's server that proposes questions, guesses and solves, as it is told."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from actors.job import Job
from actors.system import perform
from actors.teaching.orders import ModelOrders
from events.question import Source
from store.home import Home
from tests.birds import birds
from tests.teaching.playing import Silent
from tests.teaching.servers import MODEL, PRICES, Body

Draft = dict[str, Any]
EXPLORE = 'df.groupby("species")["mass (kg)"].describe()'


def block(language: str, text: str) -> dict[str, Any]:
    return {"content": f"So be it.\n\n```{language}\n{text}\n```"}


def draft(question: str, code: str, *fields: Mapping[str, Any], hint: str = "Select, then compute.") -> Draft:
    return {"question": question, "fields": list(fields), "hint": hint, "code": code}


def hooked(*statements: str, **answer: str) -> str:
    """Code that raises a hook after each assignment, and submits."""
    lines = []
    for one in statements:
        name = one.split(" = ")[0]
        lines += [one, f"hook({name}, {one!r}, name={name!r})"]
    given = ", ".join(f"{field!r}: {value}" for field, value in answer.items())
    return "\n".join([*lines, f"submit({{{given}}})"])


SPREAD = draft(
    "Among the records of species Gentoo, what is the sample standard deviation of the mass in kg?",
    hooked(
        "heavy = df.loc[df['species'] == 'Gentoo', 'mass (kg)']",
        "spread = heavy.std()",
        spread="float(spread)",
    ),
    {"name": "spread", "kind": "number", "unit": "kg"},
)


class Writer:
    """Says what is due.

    Args:
        drafts: the messages that propose, in the order of proposals; the last one again and again.
        solve: code for a question that is to be solved, by its text.
        guess: what is guessed.
    """

    def __init__(
        self,
        drafts: Sequence[Mapping[str, Any]],
        solve: Callable[[str], str] = str,
        guess: str = '{"spread": 12345.678}',
    ) -> None:
        self.drafts = drafts
        self.solve = solve
        self.guess = guess
        self.begun: list[str] = []
        self.commissions: list[str] = []

    def __call__(self, body: Body) -> Mapping[str, Any]:
        first, *later = body["messages"]
        if first["role"] == "user":
            return {"content": self.guess}
        asked = later[0]["content"]
        if not asked.startswith("Propose"):
            return block("python", self.solve(asked))
        if len(later) == 1:
            self.commissions.append(asked)
            return block("python", EXPLORE)
        place = f"{body['seed']}"
        if place not in self.begun:
            self.begun.append(place)
        return self.drafts[min(self.begun.index(place), len(self.drafts) - 1)]


def proposing(one: Draft) -> Mapping[str, Any]:
    return block("json", json.dumps(one))


def solving(*drafts: Draft) -> Callable[[str], str]:
    """Solves each by its own code."""

    def code(asked: str) -> str:
        return next(str(one["code"]) for one in drafts if one["question"] in asked)

    return code


def table(folder: Path) -> Path:
    path = folder / "birds.csv"
    birds().to_csv(path, index=False)
    return path


async def ran(
    home: Home, base_url: str, *tables: Path, questions: int = 1, sources: tuple[Source, ...] = ("llm",),
    **settings: Any,
) -> Silent:  # fmt: skip
    """Have a model propose and solve."""
    orders = ModelOrders(**{"base_url": base_url, "model": MODEL, "traces": 3, **PRICES, **settings})
    job = Job(
        "run", frozenset({"generate", "solve"}), home, tables, sources, questions=questions, workers="local",
        model=orders, allow_process_level=True,
    )  # fmt: skip
    progress = Silent()
    await perform(job, progress)
    return progress
