"""Third: every step matters to the answer."""

from actors.language.court.case import Case
from actors.language.liveness import dead_step
from actors.language.soundness import Refusal


def has_dead_step(case: Case) -> Refusal | None:
    """A step without which the answer would be the same."""
    dead = dead_step(case.terms, dict(case.answer), case.contract, case.subject)
    return Refusal("dead_step", f"{dead} changes nothing") if dead else None
