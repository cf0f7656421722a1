"""Which column a rule picks, and which test, on tables written out by hand."""

import math

import numpy as np
import pytest
from scipy import stats

from actors.language.liveness import always
from actors.language.operator import grammar
from actors.language.subject import Subject
from actors.language.term import TABLE, Term, term
from tests.language.test_operators_decide import EVEN, LONG, WIDE
from tests.language.tiny import both, table, undefined

SUBJECT = table(
    a=[1, 2, 3, 4, 5, 6],
    b=[2, 4, 6, 8, 10, 12],
    c=[1.0, 3, 2, 5, 4, None],
    d=[6, 1, 5, 2, 4, 4],
    e=[-5, 40, 0, 0, 0, 1],
    kind=[*"xxxyyy"],
)
# With c these correlate by 0.8, -0.69 and 0.09.
FOUR = table(a=[1, 2, 3, 4, 5, 6], c=[1.0, 3, 2, 5, 4, None], d=[6, 1, 5, 2, 4, 4], e=[-5, 40, 0, 0, 0, 1])
COLUMNS = term("numeric_columns", TABLE)
# Of one value of 20 at 10 the distance from the mean is 0.95 of it, the sample deviation 10 / sqrt(20).
FAR = table(a=[*[0] * 19, 10], b=[*range(20)], kind=[*["x"] * 20])
SIDES = [*["x"] * 12, *["y"] * 12]
NEAR = table(a=[*EVEN, *(value + 1 for value in EVEN)], kind=SIDES)
UNEVEN = table(a=[*EVEN, *WIDE], kind=SIDES)
ODD = table(a=[*LONG, *EVEN], kind=SIDES)


def of(name: str, axes: dict[str, str] | None = None, **parameters: str) -> Term:
    return term(name, TABLE, COLUMNS, **parameters).with_axes(axes or {})


def between(name: str) -> Term:
    groups = [term("named_level", TABLE, category="kind", level=level) for level in "xy"]
    return term(name, TABLE, *groups, measure="a", category="kind")


NAMED = term("strongest_partners", TABLE, COLUMNS, measure="c")
CASES = [
    (SUBJECT, of("highest_variance"), "e"),
    (SUBJECT, of("highest_variation"), "a"),
    (SUBJECT, of("widest_range"), "e"),
    (SUBJECT, of("lowest_mean"), "c"),
    (FAR, of("far_value_columns"), 1),
    (SUBJECT, of("far_value_columns"), 0),
    # By ranks b is a copy of a and no other; the others come to 0.8, -0.23 and 0.33.
    (SUBJECT, of("strongest_rank_partner", measure="a"), "c"),
    (SUBJECT, of("weakest_rank_partner", measure="a"), "d"),
    (FOUR, NAMED, ("a", "d", "e")),
    (SUBJECT, term("values_of", TABLE, of("lowest_mean")), [1, 3, 2, 5, 4, None]),
    (FOUR, term("values_at", TABLE, NAMED, position=2), [6, 1, 5, 2, 4, 4]),
    (SUBJECT, term("named_level", TABLE, category="kind", level="y"), "y"),
    (NEAR, between("both_normal"), True),
    (ODD, between("both_normal"), False),
    (NEAR, between("adaptive_comparison"), stats.ttest_ind(EVEN, [value + 1 for value in EVEN])),
    (UNEVEN, between("adaptive_comparison"), stats.ttest_ind(EVEN, WIDE, equal_var=False)),
    (ODD, between("adaptive_comparison"), stats.mannwhitneyu(LONG, EVEN, method="asymptotic")),
]


@pytest.mark.parametrize(("subject", "node", "wanted"), CASES, ids=lambda case: getattr(case, "operator", ""))
def test_what_is_chosen(subject: Subject, node: Term, wanted: object) -> None:
    found = both(subject, node)
    if node.kind == "test":
        found, wanted = list(found), pytest.approx(list(wanted))  # type: ignore[call-overload]
    assert found == wanted


def test_every_operator_of_the_family_has_a_case() -> None:
    family = {name for name, one in grammar().items() if one.family == "choose"}
    assert family == {node.operator for _, node, _ in CASES}


@pytest.mark.parametrize("name", ["highest_variance", "highest_variation", "widest_range", "lowest_mean"])
def test_a_winner_that_does_not_lead_is_a_close_call(name: str) -> None:
    level = table(a=[1, 2, 3, 9], b=[3, 1, 9, 2], c=[4, 5, 6, 5])
    decided = level.arithmetic.decided(of(name))
    assert decided is not None
    assert decided[1] == pytest.approx(0)


def test_partners_that_go_equally_well_are_a_close_call() -> None:
    level = table(
        a=[1, 2, 3, 4, 5], b=[2, 1, 4, 3, 5], c=[2, 1, 4, 3, 5], d=[5, 1, 4, 2, 3], e=[1, 3, 2, 5, 4]
    )
    for name in ("strongest_rank_partner", "weakest_rank_partner", "strongest_partners"):
        decided = level.arithmetic.decided(of(name, measure="a"))
        assert decided is not None
        assert (decided[1] == pytest.approx(0)) == (name != "weakest_rank_partner")


def test_the_pair_closest_to_zero_must_be_closer_than_the_next() -> None:
    pair = term("weakest_pair", TABLE, COLUMNS)
    decided = table(a=[1, 2, 3, 4], b=[2, 1, 4, 3], c=[2, 1, 4, 3]).arithmetic.decided(pair)
    assert decided is not None
    assert decided[1] == pytest.approx(0)


def test_a_value_at_three_deviations_is_a_close_call() -> None:
    # One of n values at 1 and the others at 0 lies (n - 1) / sqrt(n) sample deviations off: 3.0 for n = 10.9.
    decided = table(a=[*[0] * 10, 1], b=[*range(11)]).arithmetic.decided(of("far_value_columns"))
    assert decided is not None
    assert decided[1] == pytest.approx(10 / math.sqrt(11) / 3 - 1)


@pytest.mark.parametrize(("subject", "way"), [(NEAR, "equal"), (UNEVEN, "unequal"), (ODD, "not normal")])
def test_the_adaptive_test_goes_the_way_that_the_data_point(subject: Subject, way: str) -> None:
    node = between("adaptive_comparison")
    decided = subject.arithmetic.decided(node)
    assert decided is not None
    assert decided[0] == way
    taken = always(node, grammar()["adaptive_comparison"].branches[way])
    assert isinstance(taken, Term)
    assert both(subject, taken) == pytest.approx(both(subject, node))


def test_a_column_that_does_not_vary_is_nobodys_partner() -> None:
    flat = table(a=[1, 2, 3, 4], b=[0.1] * 4, c=[2, 1, 4, 3], d=[1, 2, 4, 3], e=[3, 1, 4, 2])
    assert both(flat, of("strongest_partners", measure="a")) == ("d", "c", "e")
    assert both(flat, of("weakest_rank_partner", measure="a")) == "e"


def test_without_records_nothing_is_chosen() -> None:
    empty = term("keep_level", TABLE, category="kind", level="nowhere")
    for name in ("widest_range", "highest_variance", "lowest_mean"):
        undefined(SUBJECT, term(name, empty, COLUMNS))
    groups = [term("named_level", TABLE, category="kind", level=level) for level in "xy"]
    undefined(NEAR, term("both_normal", empty, *groups, measure="a", category="kind"))


def test_ranks_of_correlated_columns_are_those_that_scipy_gives() -> None:
    rng = np.random.default_rng(3)
    columns = {name: rng.normal(size=40).round(1).tolist() for name in "abcde"}
    strength = {name: abs(stats.spearmanr(columns["a"], columns[name]).statistic) for name in "bcde"}
    subject = table(**columns)
    found = [both(subject, of(f"{end}_rank_partner", measure="a")) for end in ("strongest", "weakest")]
    assert found == [max(strength, key=strength.__getitem__), min(strength, key=strength.__getitem__)]
