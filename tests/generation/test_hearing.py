"""The court hears what a model proposes: sound questions pass, and each fault is refused by its own word."""

import msgspec
import pytest

from actors.generation.hearing import Bench, hear
from actors.generation.hearing.blind import at_least
from actors.generation.hearing.effort import effort
from actors.language.soundness import Refusal
from actors.language.subject import Subject
from actors.proposed import Draft, Guessed, Shown, run_reference
from actors.tracing.tampering import tampering
from actors.verifying.foretold import foretold
from events.question import Proposal, Question
from store.soundness import question_problem
from tests.birds import birds
from tests.teaching.writing import SPREAD, draft, hooked
from tests.trying import bench

HEAVIEST = draft(
    "Which species has the largest mean mass?",
    hooked("means = df.groupby('species')['mass (kg)'].mean()", "top = means.idxmax()", species="str(top)"),
    {"name": "species", "kind": "label"},
    hint="Compare the mean mass of the species.",
)
MANY = draft(
    "Are there more records of species Adelie than of species Gentoo?",
    hooked("counts = df['species'].value_counts()", more="bool(counts['Adelie'] > counts['Gentoo'])"),
    {"name": "more", "kind": "flag"},
)
NUMBER = {"name": "figure", "kind": "number"}


def asking(code: str, words: str = "What is the mean mass of the records in kg?") -> dict[str, object]:
    return draft(words, code, NUMBER)


MEAN = asking("submit({'figure': df['mass (kg)'].mean()})")
ENDLESS = """\
while True:
    try:
        while True:
            pass
    except BaseException:
        pass
submit({'figure': 1.0})
"""
REFUSED = {
    "a literal": (asking("submit({'figure': 4.0625})"), "constant"),
    "a literal beside work": (asking("df['mass (kg)'].mean()\nsubmit({'figure': 4.0625})"), "constant"),
    "half of it a literal": (
        draft(
            "What is the mean mass, and of which species is it?",
            "submit({'figure': df['mass (kg)'].mean(), 'species': 'Gentoo'})",
            NUMBER,
            {"name": "species", "kind": "label"},
        ),
        "constant",
    ),
    "the first row": (asking("submit({'figure': df['mass (kg)'].iloc[0]})"), "row_order"),
    "the fifth column": (asking("submit({'figure': df.iloc[:, 4].mean()})"), "column_order"),
    "the column in the middle": (asking("submit({'figure': df.iloc[:, 3].mean()})"), "distractor"),
    "all columns of numbers": (
        asking("submit({'figure': df.select_dtypes('number').mean().mean()})"),
        "distractor",
    ),
    "rows drawn": (asking("submit({'figure': df['mass (kg)'].sample(9).mean()})"), "row_order"),
    "noise": (
        asking(
            "import numpy as np\nsubmit({'figure': df['bill'].mean() + np.random.default_rng().normal()})"
        ),
        "unsteady",
    ),
    "an error": (asking("submit({'figure': df['weight'].mean()})"), "code_fails"),
    "no code": (asking("submit({'figure': 'one two"), "code_fails"),
    "nothing submitted": (asking("figure = df['mass (kg)'].mean()"), "code_fails"),
    "another field": (asking("submit({'mean': df['mass (kg)'].mean()})"), "malformed"),
    "a text for a number": (asking("submit({'figure': str(df['mass (kg)'].mean())})"), "malformed"),
    "no number": (asking("submit({'figure': df['mass (kg)'].mean() * float('nan')})"), "degenerate"),
    "no end": (asking(ENDLESS), "over_limit"),
    "a session's end": (asking("import os\nos._exit(3)\nsubmit({'figure': 1.0})"), "tampering"),
    "interpreter internals": (
        asking("import sys\nsys._getframe()\nsubmit({'figure': df['mass (kg)'].mean()})"),
        "tampering",
    ),
    "the answer in the hint": (
        HEAVIEST | {"hint": "It is the species Gentoo, whose mean is largest."},
        "guessable",
    ),
}


class Table:
    """A hearing of the birds, with a model that guesses what it is told to."""

    def __init__(self, subject: Subject, run: object, guess: object = None) -> None:
        self.subject = subject
        self.run = run
        self.guess = guess
        self.shown: list[Shown] = []

    async def guesses(self, guessed: Guessed, shown: Shown) -> list[object]:
        assert guessed.text
        self.shown.append(shown)
        return [self.guess] * 5

    async def hear(self, given: object, *known: Question) -> Question | Refusal:
        subject = self.subject
        seat = Bench(
            dataset=subject.dataset,
            reader=subject.reader,
            columns=subject.columns,
            model="m",
            prompts="p",
            known=known,
            run=self.run,  # type: ignore[arg-type]
            guess=self.guesses,
            reach=lambda code: tampering([code]),
        )
        return await hear(msgspec.convert(given, Draft), seat)

    async def accepts(self, given: object, *known: Question) -> Question:
        heard = await self.hear(given, *known)
        assert isinstance(heard, Question), heard
        return heard

    async def refuses(self, given: object, *known: Question) -> str:
        heard = await self.hear(given, *known)
        assert isinstance(heard, Refusal), heard
        return heard.reason


@pytest.mark.full
async def test_sound_drafts_pass_and_each_fault_is_refused_by_its_word() -> None:
    """One worker for all of it: what takes time is to start one."""
    async with bench() as given:
        subject = await given.take(birds())

        async def run(*said: object) -> object:
            return await run_reference(given.workers, subject.dataset, *said)  # type: ignore[arg-type]

        table = Table(subject, run)
        for what, (faulty, word) in REFUSED.items():
            assert await table.refuses(faulty) == word, what
        assert table.shown == []

        heaviest = await table.accepts(HEAVIEST)
        assert heaviest.answers == ({"species": "Gentoo"},)
        assert heaviest.certificate.alternatives == {"species": 3}
        assert heaviest.certificate.chance == pytest.approx(1 / 3)
        assert table.shown == ["header", "nothing"]
        assert (await table.accepts(MANY)).answers == ({"more": True},)

        spread = await table.accepts(SPREAD)
        assert question_problem(spread) is question_problem(heaviest) is None
        assert (spread.contract.fields[0].unit, spread.contract.fields[0].decimals) == ("kg", 3)
        assert spread == await table.accepts(SPREAD)

        assert await table.refuses(SPREAD, heaviest, spread) == "duplicate"
        again = SPREAD | {"question": f"{SPREAD['question'][:-1]} there?"}
        changed = again | {"code": f"import math\n{SPREAD['code']}"}
        assert await table.refuses(again, spread) == "duplicate"
        assert await table.refuses(changed, spread) == "near_duplicate"
        assert (await table.accepts(changed, heaviest)).id != spread.id

        known = Table(subject, run, {"species": "Gentoo"})
        assert await known.refuses(HEAVIEST) == "guessable"
        assert known.shown == ["header"]
        yes = Table(subject, run, {"more": True})
        assert await yes.refuses(MANY) == "guessable"
        told = Table(subject, run, {"figure": round(float(subject.frame["mass (kg)"].mean()), 2)})
        assert await told.refuses(MEAN) == "guessable"

        assert isinstance(spread.recipe.computed_by, Proposal)
        code = spread.recipe.computed_by
        expected = await foretold(lambda changed: run(code, changed))  # type: ignore[arg-type, return-value]
        assert set(expected.original) == {"heavy", "spread"}
        assert len(expected.perturbed) == 2
        assert all(one["spread"] != expected.original["spread"] for _, one in expected.perturbed)


def test_right_guesses_are_held_against_chance() -> None:
    assert at_least(1, 5, 0.0) == 0.0
    assert at_least(5, 5, 0.5) == pytest.approx(1 / 32)
    assert at_least(4, 5, 0.5) == pytest.approx(6 / 32)
    assert at_least(0, 5, 0.3) == pytest.approx(1.0)


def test_effort_counts_assignments_and_the_longest_chain_of_them() -> None:
    told = effort("a = df['x']\nb = df['y']\nc = a + b\nd = c.sum()\nsubmit({'d': d})")
    assert (told.steps, told.depth, told.level, told.expected) == (4, 3, "medium", 0.0)
    assert effort("submit({'n': len(df)})").level == "easy"
