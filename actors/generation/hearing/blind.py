"""What a guess is worth: by chance, by the words alone, and by a model that never sees a row."""

import re
from math import comb, prod

from actors.generation.hearing.case import Bench, Case
from actors.language.court.guess import MOST_CHANCE
from actors.language.soundness import Refusal
from actors.proposed import Guessed, Shown
from events.answers import matches, rounded

UNLIKELY = 0.05
"""So many right guesses, or more, come about by chance more seldom: then the data is not needed."""
_TOLD: dict[Shown, str] = {"header": "the header alone", "nothing": "no table at all"}


def chance(case: Case) -> float:
    """How often one constant answer would be right, were each of a field's values equally likely."""
    return prod(1 / choices if choices else 0.0 for choices in case.alternatives.values())


def is_guessable(case: Case) -> Refusal | None:
    """A question that is answered by guessing."""
    if (found := chance(case)) > MOST_CHANCE:
        return Refusal("guessable", f"a guess is right in {found:.0%} of such questions")
    return None


def says_its_answer(case: Case) -> Refusal | None:
    """A hint that holds a value of the answer, or a text that holds a number of it."""
    for name, value in rounded(case.contract, case.answer).items():
        if isinstance(value, bool):
            continue
        if isinstance(value, int | float) and _names(
            f"{case.draft.question} {case.draft.hint}", f"{value:g}"
        ):
            return Refusal("guessable", f"the words of the question hold its answer: {name} is {value:g}")
        if isinstance(value, str) and _names(case.draft.hint, value):
            return Refusal("guessable", f"the hint holds the answer: {name} is {value!r}")
    return None


async def blind(case: Case, bench: Bench, shown: Shown) -> float | Refusal:
    """What share of a model's guesses is right; or why that is more than chance."""
    guesses = await bench.guess(Guessed(case.draft.question, case.format, case.contract), shown)
    right = sum(matches(case.contract, one, case.answer) for one in guesses)
    if right and at_least(right, len(guesses), chance(case)) < UNLIKELY:
        told = f"{right} of {len(guesses)} guesses are right, given {_TOLD[shown]}"
        return Refusal("guessable", told)
    return right / len(guesses)


def at_least(right: int, guesses: int, share: float) -> float:
    """How likely chance gives so many right guesses, or more."""
    return sum(
        comb(guesses, one) * share**one * (1 - share) ** (guesses - one) for one in range(right, guesses + 1)
    )


def _names(text: str, value: str) -> bool:
    """Whether a value stands in a text, not as a part of a longer word or number."""
    return re.search(rf"(?<![\w.]){re.escape(value)}(?![\w]|\.\d)", text, re.IGNORECASE) is not None
