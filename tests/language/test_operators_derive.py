"""The values of each derived column, on tables written out by hand."""

import math

import pytest
from scipy import stats

from actors.language.operator import grammar
from actors.language.term import TABLE, Term, term
from tests.language.tiny import both, table, undefined

SUBJECT = table(
    a=[1, 2, 2, None, 5],
    b=[2.0, 0.0, 4.0, 1.0, None],
    kind=["x", "x", "y", "y", None],
    key=[30, 10, 20, 50, 40],
    day=["2020-02-29", "1969-12-31", "2021-01-01", None, "2020-03-01"],
    note=["one", None, "a b", "three", "ß"],
)


def settled(name: str, axes: dict[str, str], **parameters: str | float) -> Term:
    return term(name, TABLE, **parameters).with_axes(axes)


CASES = [
    (term("ratio", TABLE, measure="a", other="b"), [0.5, None, 0.5, None, None]),
    (term("difference", TABLE, measure="a", other="b"), [-1, 2, -2, None, None]),
    (term("product", TABLE, measure="a", other="b"), [2, 0, 8, None, None]),
    (term("share_of_total", TABLE, measure="a"), [0.1, 0.2, 0.2, None, 0.5]),
    (term("logarithm", TABLE, measure="a"), [0, math.log(2), math.log(2), None, math.log(5)]),
    (
        term("standardised", TABLE, measure="a"),
        [-1.5 / 3**0.5, -0.5 / 3**0.5, -0.5 / 3**0.5, None, 2.5 / 3**0.5],
    ),
    (settled("indicator", {"indicator": "missing"}, category="kind", level="x"), [1, 1, 0, 0, None]),
    (settled("indicator", {"indicator": "zero"}, category="kind", level="x"), [1, 1, 0, 0, 0]),
    (term("deviation_from_group", TABLE, measure="a", category="kind"), [-0.5, 0.5, 0, None, None]),
    (
        settled("deviation_from_group", {"missing": "level"}, measure="a", category="kind"),
        [-0.5, 0.5, 0, None, 0],
    ),
    (
        settled("rank_of", {"rank_from": "lowest", "rank_ties": "average"}, measure="a"),
        [1, 2.5, 2.5, None, 4],
    ),
    (
        settled("rank_of", {"rank_from": "highest", "rank_ties": "average"}, measure="a"),
        [4, 2.5, 2.5, None, 1],
    ),
    (settled("rank_of", {"rank_from": "lowest", "rank_ties": "lowest"}, measure="a"), [1, 2, 2, None, 4]),
    (settled("rank_of", {"rank_from": "highest", "rank_ties": "lowest"}, measure="a"), [4, 2, 2, None, 1]),
    (term("change_from_previous", TABLE, measure="a", order="key"), [-1, None, 0, None, 4]),
    (settled("rolling_mean", {}, measure="a", order="key", window=3), [5 / 3, None, None, None, 8 / 3]),
    (
        settled("rolling_mean", {"window_side": "centred"}, measure="a", order="key", window=3),
        [8 / 3, None, 5 / 3, None, None],
    ),
    (term("cumulative_total", TABLE, measure="a", order="key"), [5, 2, 4, None, 10]),
    (term("width_band", TABLE, measure="key"), ["middle", "low", "low", "high", "high"]),
    (term("month_of", TABLE, date="day"), ["February", "December", "January", None, "March"]),
    (term("weekday_of", TABLE, date="day"), ["Saturday", "Wednesday", "Friday", None, "Sunday"]),
    (term("year_of", TABLE, date="day"), [2020, 1969, 2021, None, 2020]),
    (term("text_length", TABLE, text="note"), [3, None, 3, 5, 1]),
]


@pytest.mark.parametrize(("node", "values"), CASES, ids=lambda case: getattr(case, "operator", ""))
def test_the_values_of_a_derived_column(node: Term, values: list[float | str | None]) -> None:
    found = both(SUBJECT, node)
    assert found == (values if node.kind == "category" else pytest.approx(values))


@pytest.mark.parametrize(("option", "kind"), [("at_most", "weak"), ("below", "strict"), ("middle", "mean")])
def test_the_ways_to_count_a_percentile_are_those_of_scipy(option: str, kind: str) -> None:
    known = [1, 2, 2, 5]
    found = both(SUBJECT, settled("percentile_of", {"percentile": option}, measure="a"))
    wanted = [stats.percentileofscore(known, value, kind=kind) for value in known]
    assert [value for value in found if value is not None] == pytest.approx(wanted)


def test_a_value_on_a_quartile_belongs_to_the_group_below_it() -> None:
    subject = table(a=[5, 1, 3, 2, 4, None])
    assert both(subject, term("quantile_band", TABLE, measure="a")) == ["Q4", "Q1", "Q2", "Q1", "Q3", None]


@pytest.mark.parametrize(
    "node",
    [
        term("quantile_band", TABLE, measure="a"),
        term("width_band", TABLE, measure="same"),
        term("logarithm", TABLE, measure="b"),
        term("share_of_total", TABLE, measure="loss"),
        term("change_from_previous", TABLE, measure="a", order="same"),
        term("cumulative_total", TABLE, measure="a", order="b"),
        term("rolling_mean", TABLE, measure="a", order="same", window=3),
    ],
    ids=lambda node: node.operator,
)
def test_where_a_column_has_no_meaning_there_is_none(node: Term) -> None:
    subject = table(a=[1, 1, 1, 2], b=[0.0, 1.0, None, 3.0], same=[7, 7, 7, 7], loss=[-1, 1, 1, 2])
    undefined(subject, term("mean", TABLE, measure=node) if node.kind == "measure" else node)


def test_a_text_with_white_space_around_it_has_no_sure_length() -> None:
    undefined(
        table(note=["one", "two "]), term("mean", TABLE, measure=term("text_length", TABLE, text="note"))
    )


def test_an_order_is_that_of_the_records_at_hand() -> None:
    kept = term("keep_level", TABLE, category="kind", level="y")
    assert both(SUBJECT, term("cumulative_total", kept, measure="b", order="key")) == [4, 5]
    assert both(SUBJECT, term("rank_of", kept, measure="b")) == [2, 1]


def test_days_put_records_in_order() -> None:
    subject = table(a=[1, 4, 9], day=["2020-03-01", "2020-02-29", "1999-12-31"])
    assert both(subject, term("change_from_previous", TABLE, measure="a", order="day")) == [-3, -5, None]
    undefined(
        SUBJECT, term("mean", TABLE, measure=term("change_from_previous", TABLE, measure="b", order="day"))
    )


def test_every_operator_of_the_family_has_a_case() -> None:
    family = {name for name, one in grammar().items() if one.family == "derive"}
    assert family == {node.operator for node, _ in CASES} | {"quantile_band", "percentile_of"}
