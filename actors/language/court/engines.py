"""Sixth: two implementations that share no routine give the same answer."""

from actors.language.contract import reaches
from actors.language.court.case import Case
from actors.language.soundness import Refusal


def engines_differ(case: Case) -> Refusal | None:
    """The first implementation against the second."""
    first = case.program.answer(case.program.run(case.subject.idioms))
    if reaches(case.contract, dict(case.answer), first):
        return None
    return Refusal(
        "engines_differ", f"{first} by the first implementation, {dict(case.answer)} by the second"
    )
