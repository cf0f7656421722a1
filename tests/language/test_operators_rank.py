"""Where groups stand, on tables written out by hand."""

import numpy as np
import pytest

from actors.language.operator import grammar
from actors.language.term import TABLE, Term, term
from tests.language.tiny import both, table, undefined

SUBJECT = table(
    a=[9, 5, 4, 1, 2, None, 10],
    kind=["e", "d", "c", "b", "a", "f", None],
    pair=["p", "p", "q", "q", None, "q", "q"],
)
VALUES = term("mean_by_group", TABLE, measure="a", category="kind")
PAIRS = term("mean_by_group", TABLE, measure="a", category="pair")


def of(name: str, axes: dict[str, str] | None = None, **parameters: int) -> Term:
    return term(name, VALUES, **parameters).with_axes(axes or {})


CASES = [
    (of("most"), "e"),
    (of("least"), "b"),
    (of("kth_most", place=2), "d"),
    (of("kth_most", place=3), "c"),
    (of("kth_least", place=2), "a"),
    (of("kth_least", place=4), "d"),
    (of("top_three"), ("e", "d", "c")),
    (of("bottom_three"), ("b", "a", "c")),
    (of("order_of_groups"), ("e", "d", "c", "a", "b")),
    (of("gap"), 8),
    (of("ratio_of_extremes"), 9),
    (of("spread_of_groups"), np.std([9, 5, 4, 1, 2], ddof=1)),
    (of("spread_of_groups", {"ddof": "population"}), np.std([9, 5, 4, 1, 2])),
    (of("number_of_groups_above"), 2),
    (term("value_of_group", VALUES, of("kth_most", place=3)), 4),
    (term("share_held_by_top", TABLE, measure="a", category="pair"), 15 / 29),
    (term("share_held_by_top", TABLE, measure="a", category="pair").with_axes({"share_of": "all"}), 15 / 31),
    (term("share_held_by_top", TABLE, measure="a", category="kind"), 9 / 21),
    (term("share_held_by_top", TABLE, measure="a", category="kind").with_axes({"missing": "level"}), 10 / 31),
]


@pytest.mark.parametrize(("node", "wanted"), CASES, ids=lambda case: getattr(case, "operator", ""))
def test_what_comes_of_the_groups(node: Term, wanted: float | str | tuple[str, ...]) -> None:
    assert both(SUBJECT, node) == (pytest.approx(wanted) if isinstance(wanted, float | int) else wanted)


def test_every_operator_of_the_family_has_a_case() -> None:
    family = {name for name, one in grammar().items() if one.family == "rank"}
    assert family == {node.operator for node, _ in CASES}


@pytest.mark.parametrize(
    "node",
    [
        term("kth_most", PAIRS, place=3),
        term("kth_least", PAIRS, place=3),
        term("top_three", PAIRS),
        term("bottom_three", PAIRS),
        term("order_of_groups", PAIRS),
        term("value_of_group", PAIRS, of("most")),
    ],
    ids=lambda node: node.operator,
)
def test_two_groups_have_no_third(node: Term) -> None:
    undefined(SUBJECT, node)


def test_groups_that_tie_have_no_place_and_a_lead_by_the_name() -> None:
    subject = table(a=[3, 1, 3, 2, 1], kind=["x", "y", "z", "v", "w"])
    for name in ("top_three", "bottom_three", "order_of_groups"):
        undefined(subject, of(name))
    undefined(subject, of("kth_most", place=2))
    assert both(subject, of("most")) == "x"
    assert both(subject, of("most", {"ties": "last"})) == "z"
    undefined(table(a=[1, 2, 3], kind=["x", "y", "z"]), of("number_of_groups_above"))


def test_groups_below_nought_have_no_ratio_and_no_share() -> None:
    subject = table(a=[-1, 2, 3], kind=["x", "y", "z"])
    undefined(subject, term("ratio_of_extremes", VALUES))
    undefined(subject, term("share_held_by_top", TABLE, measure="a", category="kind"))
    assert both(subject, of("gap")) == 4
