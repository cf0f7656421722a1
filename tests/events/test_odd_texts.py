"""Texts and keys that Python itself will not take are refused or digested, and never raise."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from events.answer_tags import read_tags
from events.answers import (
    AnswerContract,
    Column,
    FieldKind,
    Form,
    Unreadable,
    answer_digest,
    fault,
    matches,
    read,
)
from tests.events.answering import one

LONG = "9" * 5000
"""More digits than Python reads as an integer."""
TABLE = one("table", more=Form(columns=(Column(name="k", kind="label"), Column(name="v", kind="number")),
                               keys=("k",)))  # fmt: skip


def got(form: Form, text: str, unit: str = "", kind: FieldKind = "number") -> Any:
    found = read(one(kind, unit=unit, more=form), {"x": text})
    return None if isinstance(found, Unreadable) else found["x"]


@pytest.mark.parametrize("kind", ["number", "integer"])
@pytest.mark.parametrize("form", [Form(written=True), Form(thousands=","), Form(percent="share")])
@pytest.mark.parametrize("text", [LONG, f"-{LONG}", f"{LONG}%", f"{LONG}.5", "9" * 1_200_000 + "%"])
def test_a_number_of_more_digits_than_python_reads_is_refused(kind: FieldKind, form: Form, text: str) -> None:
    contract = one(kind, more=form)
    assert isinstance(fault(contract, {"x": text}, {"x": 1}), Unreadable)
    assert isinstance(read_tags(contract, f"@x[{text}]"), Unreadable)


@pytest.mark.parametrize("key", [10**5000, (10**5000,), -(10**4400)], ids=["int", "within", "below"])
def test_a_key_that_has_no_text_is_refused(key: Any) -> None:
    for answer in (
        {key: 1},
        {"x": {key: 1}},
        {"x": pd.DataFrame([[1]], columns=pd.Index([key], dtype=object))},
    ):
        found = fault(TABLE, answer, {"x": []})
        assert isinstance(found, Unreadable)
        assert "cannot be written as text" in found.why


@pytest.mark.parametrize(
    "text", ["{[1]: 2}", "{{}: 1}", f"{{{LONG}: 1}}", f"{{1: {LONG}}}", "{..., 1}", "{1: 2j}"]
)
def test_what_is_no_dictionary_of_keys_and_values_is_no_table(text: str) -> None:
    assert isinstance(read_tags(TABLE, f"@x[{text}]"), Unreadable)


@pytest.mark.parametrize(
    ("contract", "value"),
    [
        (one("label"), "half \ud800"),
        (one("labels"), ["a", "half \ud800"]),
        (TABLE, [["half \ud800", 1]]),
    ],
)
def test_half_a_character_is_digested_and_is_itself(contract: AnswerContract, value: Any) -> None:
    answer = {"x": value}
    assert answer_digest(contract, answer) == answer_digest(contract, answer)
    assert matches(contract, answer, answer)
    assert answer_digest(one("label"), {"x": "\ud800"}) != answer_digest(one("label"), {"x": "\ud801"})


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("-$5", -5), ("$-5", -5), ("+$5", 5), ("-$ 5.25", -5.25), ("5 $", 5), ("-5 $", -5),
        ("-$-5", None), ("--$5", None), ("$$5", None), ("-$", None), ("- $5", None),
    ],
)  # fmt: skip
def test_a_sign_stands_on_either_side_of_the_unit(text: str, number: float | None) -> None:
    assert got(Form(written=True), text, unit="$") == number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        (".5", 0.5),
        ("-.5", -0.5),
        ("5.", 5.0),
        ("5.e2", 500.0),
        (".", None),
        ("-.", None),
        (".e1", None),
        ("", None),
    ],
)
def test_a_point_needs_digits_on_one_side_alone(text: str, number: float | None) -> None:
    assert got(Form(written=True), text) == number
    assert got(Form(), text) is None


@pytest.mark.parametrize("declared", [" ", "\u00a0", "\u202f"])
@pytest.mark.parametrize("text", ["1 234 567", "1\u00a0234\u00a0567", "1\u202f234 567"])
def test_a_blank_between_thousands_is_one_whatever_its_width(declared: str, text: str) -> None:
    assert got(Form(thousands=declared), text) == 1234567
    assert got(Form(thousands=declared), text, kind="integer") == 1234567
    assert got(Form(thousands=","), text) is None
    assert got(Form(thousands=declared), text.replace("567", "56")) is None


def test_a_number_that_no_float_has_is_refused_in_words() -> None:
    found = read(one("number"), {"x": np.longdouble(1)})
    assert isinstance(found, Unreadable)
    assert "longdouble" in found.why
