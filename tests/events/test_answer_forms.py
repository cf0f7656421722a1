"""What each kind reads and refuses: dates, intervals, tables, percent, thousands, texts for flags and nothing."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from events.answer_contract import CellKind
from events.answers import (
    AnswerContract,
    AnswerField,
    Column,
    Form,
    Unreadable,
    contract_problem,
    instruction,
    json_schema,
    matches,
    problem,
    read,
)
from events.identity import canonical_json
from tests.events.answering import one, right

MEANS = Form(columns=(Column(name="month", kind="integer"), Column(name="mean", kind="number", decimals=1)),
             keys=("month",))  # fmt: skip
ROWS = [{"month": 1, "mean": 3.24}, {"month": 2, "mean": 5.0}]


def got(contract: AnswerContract, value: Any) -> Any:
    """The value as it is compared; None when it is not of the form."""
    found = read(contract, {"x": value})
    return None if isinstance(found, Unreadable) else found["x"]


@pytest.mark.parametrize(
    ("form", "value", "number"),
    [
        (Form(written=True), "4.25 kg", 4.25),
        (Form(written=True), "4.25", 4.25),
        (Form(written=True), "kg 4.25", 4.25),
        (Form(written=True), "1e3", 1000.0),
        (Form(written=True), "4.25 lb", None),
        (Form(written=True), "1,234.5", None),
        (Form(written=True), "nan", None),
        (Form(written=True), "1e999", None),
        (Form(thousands=","), "1,234,567.5", 1234567.5),
        (Form(thousands=","), "1234567.5", 1234567.5),
        (Form(thousands=","), "12,34", None),
        (Form(thousands=","), "1,2345", None),
        (Form(thousands=" "), "-1 234", -1234),
        (Form(percent="points"), "12.5%", 12.5),
        (Form(percent="points"), 12.5, 12.5),
        (Form(percent="share"), "12.5 %", 0.125),
        (Form(percent="share"), 0.125, 0.125),
        (Form(percent="share"), "0.125", 0.125),
        (Form(), "4.25", None),
        (Form(nothing="none"), "none", "none"),
        (Form(nothing="none"), None, None),
        (Form(nothing="none"), "None", None),
    ],
)
def test_a_number_as_text_is_read_only_as_declared(form: Form, value: Any, number: Any) -> None:
    assert got(one("number", decimals=2, unit="kg", more=form), value) == number


def test_nothing_matches_nothing_alone() -> None:
    contract = one("number", decimals=2, more=Form(nothing="none"))
    assert right(contract, "none", "none")
    assert not right(contract, 0.0, "none")
    assert not right(contract, "none", 0.0)
    assert not right(contract, float("nan"), "none")


def test_minus_zero_is_zero_and_large_numbers_are_exact() -> None:
    assert right(one("number", decimals=0), -0.0, 0.0)
    assert right(one("integer"), np.int64(2**62 + 1), 2**62 + 1)
    assert not right(one("integer"), 2**62, 2**62 + 1)
    assert right(one("integer"), 10**30, 10**30)
    assert not right(one("integer"), 10**30, 10**30 + 1)


@pytest.mark.parametrize("kind", ["number", "integer"])
def test_true_is_no_number_in_any_wrapper(kind: Any) -> None:
    for value in (True, np.True_, [1], np.array([1, 2]), pd.NA, pd.NaT, np.nan):
        assert not right(one(kind), value, 1)


def test_a_label_is_the_same_in_each_form_of_its_accents_and_by_case_where_that_is_said() -> None:
    assert right(one("label"), "Cafe\u0301", "Caf\u00e9")
    assert not right(one("label"), "Cafe", "Caf\u00e9")
    assert not right(one("label"), "\uff21", "A")
    assert not right(one("label"), "CAF\u00c9", "Caf\u00e9")
    assert right(one("label", more=Form(any_case=True)), "CAF\u00c9", "Cafe\u0301")


def test_a_label_is_one_of_its_options() -> None:
    contract = one("label", more=Form(options=("linear", "none")))
    assert right(contract, "linear", "linear")
    assert got(contract, "Linear") is None
    assert json_schema(contract)["properties"]["x"] == {"enum": ["linear", "none"]}
    assert 'one of "linear", "none"' in instruction(contract)


def test_labels_may_be_repeated_only_where_that_is_said() -> None:
    sequence = one("labels", ordered=True, more=Form(repeats=True))
    assert right(sequence, ["a", "b", "a"], ["a", "b", "a"])
    assert not right(sequence, ["a", "a", "b"], ["a", "b", "a"])
    assert not right(one("labels", more=Form(repeats=True)), ["a", "b"], ["a", "b", "b"])
    assert "twice" in str(problem(one("labels"), {"x": ["a", "b", "a"]}))


def test_a_flag_may_have_words_of_its_own() -> None:
    contract = one("flag", more=Form(yes="Yes", no="No"))
    assert right(contract, "Yes", True)
    assert right(contract, np.False_, False)
    assert not right(contract, "No", True)
    assert got(contract, "yes") is None
    assert got(one("flag"), "true") is None
    assert got(one("flag", more=Form(yes="Yes", no="No", any_case=True)), "YES") is True


@pytest.mark.parametrize(
    ("grain", "value", "date"),
    [
        ("day", "2020-02-29", "2020-02-29"),
        ("day", pd.Timestamp("2020-02-29"), "2020-02-29"),
        ("day", np.datetime64("2020-02-29"), "2020-02-29"),
        ("day", "2020-02-29 00:00:00", "2020-02-29"),
        ("day", "2020-02-29T10:00:00", None),
        ("day", "2021-02-29", None),
        ("day", "29/02/2020", None),
        ("day", "20200229", None),
        ("day", 20200229, None),
        ("month", "2020-05", "2020-05"),
        ("month", pd.Period("2020-05"), "2020-05"),
        ("month", "2020-13", None),
        ("year", 2020, "2020"),
        ("year", 2020.5, None),
        ("year", "20", None),
        ("moment", pd.Timestamp("2020-05-01 12:30"), "2020-05-01T12:30:00"),
        ("moment", "2020-05-01T12:30:00+02:00", "2020-05-01T10:30:00+00:00"),
        ("moment", "2020-05-01T10:30:00Z", "2020-05-01T10:30:00+00:00"),
        ("moment", "2020-05-01", "2020-05-01T00:00:00"),
        ("moment", "2020-05-01T25:00:00", None),
        ("moment", pd.NaT, None),
    ],
)
def test_a_date_is_its_iso_text_as_fine_as_declared(grain: Any, value: Any, date: Any) -> None:
    assert got(one("date", more=Form(grain=grain)), value) == date


def test_an_interval_is_two_ends_the_lower_first() -> None:
    contract = one("interval", decimals=1)
    assert right(contract, [1.24, 3], (1.2, 3.04))
    assert right(contract, pd.Interval(1.2, 3.04), (1.2, 3.04))
    assert not right(contract, [1.3, 3], (1.2, 3.04))
    assert "lower end comes first" in str(problem(contract, {"x": [3, 1]}))
    for value in ([1], [1, 2, 3], [1, None], "1, 2", {"low": 1, "high": 2}):
        assert got(contract, value) is None
    days = one("interval", more=Form(ends="date"))
    assert right(days, [pd.Timestamp("2020-01-01"), "2020-02-01"], ("2020-01-01", "2020-02-01"))


@pytest.mark.parametrize(
    "value",
    [
        ROWS,
        ROWS[::-1],
        [[1, 3.2], [2, 5.0]],
        {"month": [2, 1], "mean": [5.0, 3.2]},
        {"1": 3.2, "2": 5.04},
        {2: 5.04, 1: 3.2},
        pd.DataFrame(ROWS),
        pd.DataFrame(ROWS).set_index("month"),
        [{"mean": np.float64(3.2), "month": np.int64(1)}, {"mean": 5, "month": 2.0}],
    ],
)
def test_a_table_is_its_rows_by_key_however_it_is_given(value: Any) -> None:
    assert right(one("table", more=MEANS), value, ((1, 3.24), (2, 5.0)))


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (ROWS[:1], None),
        ([*ROWS, {"month": 3, "mean": 1.0}], None),
        ([ROWS[0], {"month": 2, "mean": 5.1}], None),
        ([{"month": 2, "mean": 3.24}, {"month": 1, "mean": 5.0}], None),
        ([*ROWS, ROWS[1]], "two rows have the key (2,)"),
        ([ROWS[0], {"month": 2, "mean": None}], "mean must be a number"),
        ([ROWS[0], {"month": 2}], "must be"),
        ([ROWS[0], {"month": 2, "mean": 5.0, "n": 3}], "must be"),
        ({"month": [1, 2], "mean": [3.24]}, "must be"),
        ({"one": 3.24, "2": 5.0}, "month must be a whole number"),
        ([1, 3.24], "must be"),
        ("1: 3.24", "must be"),
        (pd.DataFrame(ROWS)[["mean"]], "must be"),
    ],
)
def test_a_table_with_other_rows_does_not_match_and_one_of_other_form_is_not_read(
    value: Any, why: str | None
) -> None:
    contract = one("table", more=MEANS)
    assert not right(contract, value, ((1, 3.24), (2, 5.0)))
    said = problem(contract, {"x": value})
    assert said is None if why is None else why in str(said)


def test_the_rows_of_a_sorted_table_may_change_places_only_where_they_tie() -> None:
    columns = (Column(name="who", kind="label"), Column(name="points", kind="integer"))
    ranked = one("table", more=Form(columns=columns, keys=("who",), order=("points",), falling=True))
    gold = [["a", 9], ["b", 7], ["c", 7]]
    assert right(ranked, [gold[0], gold[2], gold[1]], gold)
    assert not right(ranked, [gold[1], gold[0], gold[2]], gold)
    assert "not sorted" in str(problem(ranked, {"x": gold[::-1]}))
    assert "sorted by points, falling" in instruction(ranked)
    in_turn = one("table", ordered=True, more=Form(columns=columns))
    assert right(in_turn, gold, gold)
    assert not right(in_turn, [gold[0], gold[2], gold[1]], gold)


def test_every_column_of_a_table_keeps_its_own_form() -> None:
    kinds: dict[str, CellKind] = {"key": "label", "seen": "date", "big": "flag", "share": "number"}
    columns = tuple(
        Column(
            name=name,
            kind=kind,
            nothing="none" if kind == "number" else "",
            decimals=2 if kind == "number" else None,
        )
        for name, kind in kinds.items()
    )
    contract = one("table", more=Form(columns=columns, keys=("key",)))
    gold = [["x", "2020-01-01", True, 0.125], ["y", "2020-01-02", False, "none"]]
    assert right(contract, [gold[1], ["x", pd.Timestamp("2020-01-01"), np.True_, 0.13]], gold)
    assert not right(contract, [gold[1], ["x", "2020-01-01", 1, 0.13]], gold)
    assert not right(contract, [gold[0], ["y", "2020-01-02", False, 0.0]], gold)


def test_the_schema_of_a_table_says_each_column() -> None:
    schema = json_schema(one("table", more=MEANS))["properties"]["x"]
    assert schema["items"]["properties"] == {"month": {"type": "integer"}, "mean": {"type": "number"}}
    assert schema["items"]["required"] == ["month", "mean"]


@pytest.mark.parametrize(
    ("field", "part"),
    [
        (AnswerField("x", "number", absolute=-1), "below zero"),
        (AnswerField("x", "number", relative=float("nan")), "below zero"),
        (AnswerField("x", "number", decimals=-1), "fewer decimals"),
        (AnswerField("x", "label", relative=0.1), "a tolerance"),
        (AnswerField("x", "number", more=Form()), "it is nothing"),
        (AnswerField("x", "number", more=Form(thousands=".")), "no separator"),
        (AnswerField("x", "flag", more=Form(yes="Yes")), "two different texts"),
        (AnswerField("x", "flag", more=Form(yes="yes", no=" YES")), "two different texts"),
        (AnswerField("x", "flag", more=Form(yes="yes", no="no", nothing="No")), "stands for a flag as well"),
        (AnswerField("x", "label", more=Form(options=("low", "high", "Low"))), "two options for x that are one"),
        (AnswerField("x", "label", more=Form(percent="points")), "declares percent of x, a label"),
        (AnswerField("x", "date", more=Form(thousands=",")), "declares thousands of x, a date"),
        (AnswerField("x", "number", more=Form(options=("1", "2"))), "declares options of x, a number"),
        (AnswerField("x", "labels", more=Form(falling=True)), "declares falling of x, a labels"),
        (AnswerField("x", "number", more=Form(written=True, nothing="0")), "could be read as a number"),
        (AnswerField("x", "label", more=Form(nothing="none")), "a label could be"),
        (AnswerField("x", "table"), "at least one column"),
        (AnswerField("x", "table", more=Form(columns=MEANS.columns)), "neither which columns"),
        (AnswerField("x", "table", more=Form(columns=MEANS.columns, keys=("mean",))), "a key"),
        (AnswerField("x", "table", ordered=True, more=Form(columns=MEANS.columns, order=("n",))), "sorts"),
        (AnswerField("x", "table", more=Form(columns=(Column(name="k", kind="integer", absolute=1),), keys=("k",))),
         "a key of x a tolerance"),
        (AnswerField("x", "table", more=Form(columns=(Column(name="k", kind="date", nothing="-"),), keys=("k",))),
         "may be nothing"),
    ],
)  # fmt: skip
def test_a_contract_that_cannot_judge_says_why(field: AnswerField, part: str) -> None:
    assert part in str(contract_problem(AnswerContract((field,))))


def test_what_is_not_declared_is_not_written_so_that_older_contracts_keep_their_identity() -> None:
    written = canonical_json(one("number", decimals=2))
    assert written == (
        b'{"fields":[{"name":"x","kind":"number","decimals":2,"absolute":0.0,"relative":0.0,"unit":"",'
        b'"ordered":false,"ties":"","missing":""}]}'
    )
    assert b'"more":{"percent":"share"}' in canonical_json(one("number", more=Form(percent="share")))


def test_a_field_too_many_too_few_or_under_another_name_is_no_answer() -> None:
    contract = one("integer")
    for answer in ({}, {"x": 1, "y": 1}, {"y": 1}, [1], 1, None, pd.DataFrame({"x": [1]})):
        assert problem(contract, answer)
        assert not matches(contract, answer, {"x": 1})
