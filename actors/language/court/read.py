"""Fourth: every reading of the text that is left gives the same answer."""

from random import Random

from actors.language.court.case import Case
from actors.language.settle import settle
from actors.language.term import to_record

ENLIVENED = ("ddof", "variances")
"""Axes that words state: now and then another option than the usual one is asked for."""


def settled(case: Case) -> Case:
    """The case with every axis settled that matters.

    Raises:
        Ambiguous: readings differ that no wording settles.
        NotAskable: what is left cannot be asked for.
    """
    rng = Random(repr(to_record(case.proposal.answer)))
    return case.with_readings(
        settle(case.terms, case.subject, lambda axis, options: _prefer(rng, axis, options))
    )


def _prefer(rng: Random, axis: str, options: tuple[str, ...]) -> str:
    return rng.choice(options) if axis in ENLIVENED and rng.random() < 0.5 else options[0]
