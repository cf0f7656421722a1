"""Decisions go the way that the evidence points, and no other way gives the same."""

from random import Random

import numpy as np
import pytest
from scipy import stats

from actors.language.evaluation import Undefined
from actors.language.liveness import always
from actors.language.operator import grammar
from actors.language.operators.decide import shares_about
from actors.language.search.growth import Growth, NothingFits
from actors.language.search.uses import Uses
from actors.language.subject import Subject
from actors.language.term import TABLE, Term, term
from tests.language.tiny import both, table, undefined
from tests.sightings import sightings, subject_of as sightings_subject

EVEN = [4.1, 5, 5.2, 5.9, 6, 6.1, 6.4, 6.8, 7, 7.3, 7.9, 9]
LONG = [1.0, 1.1, 1.2, 1.2, 1.3, 1.4, 1.6, 1.7, 2, 3, 9, 30]
WIDE = [20.0, 60, 25, 55, 30, 50, 35, 45, 38, 42, 40, 41]
KINDS = [*["x"] * 12, *["y"] * 12, None]


def subject_of(x: list[float], y: list[float]) -> Subject:
    return table(a=[*x, *y, None], b=[*EVEN, *(2 * value for value in EVEN), None], kind=KINDS)


NEAR = subject_of(EVEN, [value + 1 for value in EVEN])
FAR = subject_of(EVEN, WIDE)
ODD = subject_of(LONG, EVEN)
TAIL = subject_of(LONG, LONG)
UNLIKE = table(a=[*EVEN, *EVEN[:4], 5.5, 8], kind=[*KINDS[:18]])
FEW = table(a=[*EVEN, None], kind=[*["x"] * 13])
MANY = table(a=[*EVEN, None, None], kind=[*["x"] * 14])
EMPTY = term("keep_level", TABLE, category="kind", level="nowhere")
MEANS = term("mean_by_group", TABLE, measure="a", category="kind")


def of(name: str, **more: str | float) -> Term:
    given = {"measure": "a", "other": "b", "category": "kind"} | more
    own = {key: value for key, value in given.items() if key in grammar()[name].parameters}
    groups = (term("most", MEANS), term("least", MEANS)) if "first" in grammar()[name].inputs else ()
    return term(name, TABLE, *groups, **own)


BOTH_WAYS = [
    (NEAR, of("normal"), "normal"),
    (ODD, of("normal"), "not normal"),
    (NEAR, of("equal_variances"), "equal"),
    (FAR, of("equal_variances"), "unequal"),
    (NEAR, of("centre_by_skew"), "not skewed"),
    (ODD, of("centre_by_skew"), "skewed"),
    (NEAR, of("centre_by_normality"), "normal"),
    (ODD, of("centre_by_normality"), "not normal"),
    (NEAR, of("spread_by_normality"), "normal"),
    (ODD, of("spread_by_normality"), "not normal"),
    (FEW, of("filled_if_few_missing", share=0.1), "filled"),
    (MANY, of("filled_if_few_missing", share=0.1), "left"),
    (NEAR, of("usual_by_skew"), "not skewed"),
    (TAIL, of("usual_by_skew"), "skewed"),
    (NEAR, of("above_centre_by_skew"), "not skewed"),
    (ODD, of("above_centre_by_skew"), "skewed"),
    (NEAR, of("test_by_normality"), "normal"),
    (ODD, of("test_by_normality"), "not normal"),
    (UNLIKE, of("test_by_variances"), "equal"),
    (FAR, of("test_by_variances"), "unequal"),
    (NEAR, of("correlation_by_outliers"), "few outliers"),
    (ODD, of("correlation_by_outliers"), "outliers"),
]
FLAGS = {
    "normal": lambda a: stats.shapiro(a).pvalue >= 0.05,
    "equal_variances": lambda a: stats.levene(a[:12], a[12:]).pvalue >= 0.05,
}


@pytest.mark.parametrize(
    ("subject", "node", "way"), BOTH_WAYS, ids=[f"{node.operator} {way}" for _, node, way in BOTH_WAYS]
)
def test_a_decision_gives_what_the_way_that_it_goes_gives(subject: Subject, node: Term, way: str) -> None:
    decided = subject.arithmetic.decided(node)
    assert decided is not None
    assert decided[0] == way
    found = both(subject, node)
    if node.kind == "measure":
        found = [-1 if value is None else value for value in found]
    if not node.declared.branches:
        assert found is (way in ("normal", "equal"))
        assert found == FLAGS[node.operator](np.array(subject.frame["a"].dropna()))
        return
    for name, other in node.declared.branches.items():
        always_so = always(node, other)
        given = (
            both(subject, always_so)
            if isinstance(always_so, Term)
            else subject.frame["a"].fillna(-1).to_list()
        )
        assert (given == pytest.approx(found)) == (name == way)


def test_every_operator_of_the_family_is_seen_going_both_ways() -> None:
    family = {name for name, one in grammar().items() if one.family == "decide"}
    for name in family:
        ways = {way for _, node, way in BOTH_WAYS if node.operator == name}
        assert len(ways) == 2
        assert ways == set(grammar()[name].branches) or not grammar()[name].branches


def test_evidence_at_the_threshold_is_told() -> None:
    tenth = table(a=[*EVEN[:9], None])
    assert tenth.arithmetic.decided(of("filled_if_few_missing", share=0.1)) == ("filled", 0.0)


def test_what_few_missing_values_are_is_asked_by_the_round_shares_next_to_theirs() -> None:
    assert shares_about(np.array([np.nan] * 3 + [1.0] * 17)) == (0.2, 0.1)
    assert shares_about(np.array([np.nan] * 2 + [1.0] * 18)) == (0.2, 0.05)
    assert shares_about(np.array([np.nan] * 12 + [1.0] * 8)) == (0.5,)
    assert shares_about(np.ones(20)) == (0.01,)


@pytest.mark.parametrize(
    "name",
    ["normal", "centre_by_normality", "spread_by_normality", "centre_by_skew", "correlation_by_outliers"],
)
def test_nothing_is_decided_without_records(name: str) -> None:
    columns = {key: key[0] if key == "measure" else "b" for key in grammar()[name].parameters}
    undefined(NEAR, term(name, EMPTY, **(columns | {"measure": "a"})))


def _ways() -> dict[str, set[str]]:
    """The ways that each decision goes in programs grown on a few ordinary tables."""
    family = [name for name, one in grammar().items() if one.branch and one.searchable]
    ways: dict[str, set[str]] = {name: set() for name in family}
    for name in family:
        for seed in range(40):
            subject = sightings_subject(sightings(seed=seed % 4))
            rng = Random(f"{name}/{seed}")
            try:
                grown = Growth(subject, rng, Uses(rng)).apply(grammar()[name], TABLE)
                decided = subject.arithmetic.decided(grown)
            except (NothingFits, Undefined):
                continue
            ways[name] |= {decided[0]} if decided else set()
    return ways


def test_every_decision_is_found_going_either_way_on_ordinary_tables() -> None:
    # These decide which, not whether.
    one_way_only = {"strongest_partner", "leave_one_group_out", "upper_cluster_size"}
    assert {name for name, found in _ways().items() if len(found) < 2} == one_way_only
