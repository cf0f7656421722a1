"""Each axis of the language in turn, in a question that it matters to: what does not settle it is refused."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from typing import Any

import numpy as np
import pandas as pd
import pytest

from actors.language.contract import reaches
from actors.language.court import Proposal, judge, wording
from actors.language.evaluation import Undefined
from actors.language.format_note import format_note
from actors.language.operator import AxisDeclaration, Operator, grammar
from actors.language.search.growth import NothingFits
from actors.language.settle import solved
from actors.language.soundness import Refusal
from actors.language.subject import Subject
from actors.language.templates import template
from actors.language.term import TABLE, Term, Terms, field_of, term, to_record, to_terms
from events.dataset import ColumnProfile
from events.question import ProgramRecord, Question
from tests.birds import READER
from tests.language.grown import closed, grown
from tests.ringed import RINGED, ringed, ringed_subject

AXES = sorted({axis.name for one in grammar().values() for axis in one.axes})
LAST = import_module("actors.language.court.worded")
"""The court's last stage."""
FEW = ringed(60)
REPEATED = pd.concat([FEW, FEW.iloc[::7]], ignore_index=True)
TABLES = (RINGED, ringed_subject(FEW), ringed_subject(REPEATED))


@dataclass(frozen=True)
class Case:
    """A question that an axis matters to."""

    proposal: Proposal
    subject: Subject
    other: str
    """An option that it does not state, with which its answer is another."""


def paired() -> Subject:
    """Measures in one unit that hardly differ, with halves and gaps among them, and a category with gaps."""
    rng = np.random.default_rng(3)
    before = rng.integers(20, 60, 80) / 2
    frame = pd.DataFrame(
        {
            "load before": before,
            "load after": (after := before + rng.integers(-6, 8, 80) / 2),
            "load now": after + rng.normal(0, 0.5, 80),
            "load later": before + rng.normal(0, 5, 80),
            "crew": rng.choice(["a", "b"], 80),
        }
    )
    frame.loc[::3, "load later"] = np.nan
    measures = [ColumnProfile(name, "measure", True, 0, 40, unit="kg") for name in frame if name != "crew"]
    frame["watch"] = pd.Series(rng.choice(["early", "late"], 80), dtype="str")
    frame.loc[1::4, "watch"] = np.nan
    crews = ColumnProfile("crew", "category", False, 0, 2, ("a", "b"))
    watches = ColumnProfile("watch", "category", False, 20, 2, ("early", "late"))
    return Subject("c" * 32, READER, (*measures, crews, watches), frame)


PAIRED = paired()
LOADS = {"measure": "load after", "other": "load before"}
MEANS = term("mean_by_group", TABLE, measure="load after", category="crew")
ENDS = (term("most", MEANS), term("least", MEANS))
BY_RANKS = term("mann_whitney", TABLE, *ENDS, measure="load before", category="crew")
SIGNED = term("wilcoxon", TABLE, **LOADS)
RANK = term("rank_of", TABLE, measure="load before")
SOUGHT: Mapping[str, Term] = {
    "halves": term("total", TABLE, measure=term("rounded", TABLE, measure="load before")),
    "u_counts": term("test_statistic", BY_RANKS),
    "rank_from": term("pearson", TABLE, measure=RANK, other="load after"),
    "unknown_others": term("group_lead", TABLE, measure="load now", category="watch", level="early"),
    "signed_ranks": term("test_statistic", SIGNED),
    "continuity_signed": term("p_value", SIGNED),
}
"""Programs for axes to which what is grown at random hardly ever gives weight."""


def _proposals(name: str) -> Iterator[tuple[Proposal, Subject]]:
    """Programs that an axis may matter to: one that was sought out, those of a template, those that are grown."""
    if name in SOUGHT:
        yield Proposal("procedural", {field_of(SOUGHT[name]): SOUGHT[name]}, 0), PAIRED
    if name == "missing_pairs":
        bound = {"limit": 0.945}
        made = template("correlated_pairs").program(bound)
        yield Proposal("template", made, 0, "correlated_pairs", bound), PAIRED
    having = [one.name for one in grammar().values() if one.searchable and _has(one, name)]
    for number in range(6):
        for subject in TABLES:
            for operator in having:
                with suppress(NothingFits):
                    node = closed(grown(subject, operator, number, TABLE))
                    yield Proposal("procedural", {field_of(node): node}, 0), subject


@cache
def case(name: str) -> Case:
    """The first question to which an axis matters."""
    for proposal, subject in _proposals(name):
        found = judge(proposal, subject)
        other = _other_option(found, subject, name) if isinstance(found, Question) else None
        if other is not None:
            return Case(proposal, subject, other)
    raise AssertionError(f"{name} matters to no question here")


def _has(declared: type[Operator], name: str) -> bool:
    return any(axis.name == name for axis in declared.axes)


def _silent(axis: AxisDeclaration, name: str) -> AxisDeclaration:
    """An axis of which whatever option is taken nothing is said."""
    unsaid = dict.fromkeys(axis.words, axis.unsaid)
    return replace(axis, words=unsaid, notes={}) if axis.name == name else axis


def _other_option(question: Question, subject: Subject, name: str) -> str | None:
    """An option of an axis with which a question that states another would have another answer."""
    terms = to_terms(question.recipe.program)
    stated = [
        axis for axis in question.certificate.axes if axis.axis == name and axis.resolution != "immaterial"
    ]
    for other in (option for axis in stated for option in axis.options if option != axis.taken):
        with suppress(Undefined):
            if not reaches(
                question.contract, solved(_all_with(terms, name, other), subject), question.answers[0]
            ):
                return other
    return None


def _with(node: Term, name: str, option: str) -> Term:
    """The term with this option wherever it states one of this axis."""
    rebuilt = node.rebuilt(lambda child: _with(child, name, option) if isinstance(child, Term) else child)
    return rebuilt.with_axes({axis: option if axis == name else one for axis, one in rebuilt.axes})


def _all_with(terms: Terms, name: str, option: str) -> Terms:
    return {field: _with(node, name, option) for field, node in terms.items()}


@pytest.mark.parametrize("name", AXES)
def test_an_option_that_nothing_states_settles_no_axis(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found = case(name)
    for declared in grammar().values():
        monkeypatch.setattr(declared, "axes", tuple(_silent(axis, name) for axis in declared.axes))
    assert isinstance(judge(found.proposal, found.subject), Refusal)


@pytest.mark.parametrize("name", AXES)
def test_a_text_that_states_another_option_than_was_taken_is_refused(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = case(name)

    def worded_otherwise(record: ProgramRecord, *rest: Any) -> str:
        return wording(to_record(_all_with(to_terms(record), name, found.other)), *rest)

    def noted_otherwise(terms: Terms, *rest: Any) -> str:
        return format_note(_all_with(terms, name, found.other), *rest)

    monkeypatch.setattr(LAST, "wording", worded_otherwise)
    monkeypatch.setattr(LAST, "format_note", noted_otherwise)
    refused = judge(found.proposal, found.subject)
    assert isinstance(refused, Refusal)
    assert refused.reason == "unreadable"
