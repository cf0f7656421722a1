"""What is kept of a question that passed: why it has one answer, and how hard it is."""

from actors.language.court.case import Case
from actors.language.court.disturbed import DISTURBED, distractors
from actors.language.court.guess import alternatives, chance
from actors.language.court.named import paths_of
from actors.language.difficulty import features, level, predicted
from actors.language.program import declaration
from actors.language.readings import MOST_READINGS
from actors.language.settle import Settled
from events.question import Certificate, Difficulty


def certificate(case: Case, settled: Settled) -> Certificate:
    """The certificate of a case that passed every stage."""
    decided = decisions(case)
    checks = [
        "every selection changes the answer",
        "no selection or group is left with too few records",
        "a second implementation agrees",
        "reading the text back gives the program, under every reading that is left",
    ]
    if decided:
        lead = "decisions lead by more than rounding noise, and their contrary changes the answer"
        checks.insert(1, f"{len(decided)} {lead}")
    beside = distractors(case.terms)
    disturbed = (
        *DISTURBED[:2],
        *(f"a column beside: {kind}" for kind in beside),
    )
    return Certificate(
        settled.axes,
        settled.readings,
        MOST_READINGS,
        settled.clusters,
        tuple(checks),
        paths=paths_of(case).told,
        disturbed=disturbed,
        alternatives=alternatives(case),
        chance=chance(case),
        decisions=decided,
    )


def decisions(case: Case) -> dict[str, str]:
    """By step that decides, the way that it went here."""
    found: dict[str, str] = {}
    for step in case.program.steps:
        if declaration(step).opposite:
            found[step.name] = step.operator
        elif declaration(step).branches:
            decided = case.subject.arithmetic.decided(case.program.terms[step.name])
            found |= {step.name: decided[0]} if decided else {}
    return found


def difficulty(case: Case, settled: Settled) -> Difficulty:
    """How hard it is expected to be."""
    found = features(case.program, case.terms, case.subject.columns, settled.clusters)
    share = predicted(found)
    return Difficulty(len(case.program.steps), case.program.depth(), level(share), round(share, 4))
