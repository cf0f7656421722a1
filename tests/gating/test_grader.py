"""The grader's audit finds nothing wrong with the rule, whatever the contract, and finds each way to break it."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from msgspec.structs import replace

from actors.gating import grader
from actors.gating.case import Case, Limits, Report
from actors.gating.grader import audited, trials
from actors.gating.trace_rules import grader_audit
from actors.gating.wrapped_forms import wrapped_forms
from events.answers import AnswerContract, AnswerField, Column, Form, agree, matches, read
from store.replay import ReplayReport
from tests.events.contracts import Case as Contracted, cases
from tests.history import question, told

COLUMNS = (Column(name="month", kind="integer"), Column(name="mean", kind="number", decimals=1))
CONTRACT = AnswerContract(
    (
        AnswerField("mean", "number", decimals=2, unit="kg", more=Form(written=True, thousands=",")),
        AnswerField("share", "number", decimals=3, more=Form(percent="points")),
        AnswerField("rows", "integer"),
        AnswerField("island", "label"),
        AnswerField("shape", "label", more=Form(options=("round", "flat"), any_case=True)),
        AnswerField("pair", "labels"),
        AnswerField("podium", "labels", ordered=True),
        AnswerField("rising", "flag", more=Form(yes="yes", no="no")),
        AnswerField("first", "date"),
        AnswerField("range", "interval", decimals=1),
        AnswerField("monthly", "table", more=Form(columns=COLUMNS, keys=("month",))),
        AnswerField("ranked", "table", ordered=True, more=Form(columns=COLUMNS)),
    )
)
GOLD: dict[str, Any] = {
    "mean": 1234.5678, "share": 12.3456, "rows": 12, "island": "Dréam", "shape": "flat", "pair": ["a", "b"],
    "podium": ["b", "a", "c"], "rising": True, "first": "2020-05-01", "range": [1.25, 9.0],
    "monthly": [[1, 3.24], [2, 5.0]], "ranked": [[2, 5.0], [1, 3.24]],
}  # fmt: skip
Rule = Callable[[AnswerContract, Any, Any], bool]


def audit() -> dict[str, Any]:
    return audited([replace(question("birds", "template", 0, CONTRACT), answers=(GOLD,))]).to_dict()


@settings(deadline=None, max_examples=50)
@given(cases())
def test_no_form_of_any_answer_under_any_contract_is_misjudged(case: Contracted) -> None:
    (answer,) = case.answers
    wrong = [
        (form, must, given)
        for form, must, given in trials(case.contract, answer, wrapped_forms)
        if matches(case.contract, given, answer) != must
    ]
    assert not wrong


def test_every_kind_is_tried_in_forms_that_must_match_and_in_forms_that_must_not() -> None:
    names = {form for form, _, _ in trials(CONTRACT, GOLD, wrapped_forms)}
    assert {f"{field.kind}: wrapped" for field in CONTRACT.fields} < names
    assert {
        "integer: dtype", "number: rounded", "number: inside", "number: spelled", "number: not outside",
        "number: not sign", "number: not nan", "number: not flag", "integer: not outside",
        "label: accents", "label: case", "label: not case", "label: not swapped", "labels: order",
        "labels: not order", "labels: not lost", "labels: not doubled", "flag: spelled", "flag: not number",
        "date: spelled", "date: not outside", "interval: not swapped", "table: order", "table: shape",
        "table: cell, inside", "table: not lost row", "table: not doubled row", "table: not swapped cells",
        "table: not cell, sign", "table: not extra column", "table: not order", "answer: extra field",
        "answer: lost field", "answer: swapped fields",
    } <= names  # fmt: skip


def loosely(contract: AnswerContract, given: Any, gold: Any) -> bool:
    """As two answers agree: a whole unit of the last decimal instead of half of one."""
    return agree(contract, given, gold)


def to_the_digit(contract: AnswerContract, given: Any, gold: Any) -> bool:
    """By equality alone."""
    return bool(read(contract, given) == read(contract, gold))


def some_field(contract: AnswerContract, given: Any, gold: Any) -> bool:
    """Further fields are ignored."""
    return isinstance(given, dict) and matches(
        contract, {name: value for name, value in given.items() if name in gold}, gold
    )


def sloppy_case(contract: AnswerContract, given: Any, gold: Any) -> bool:
    """Upper and lower case are the same everywhere."""
    low = {name: value.lower() if isinstance(value, str) else value for name, value in gold.items()}
    same = isinstance(given, dict) and {
        name: value.lower() if isinstance(value, str) else value for name, value in given.items()
    }
    return matches(contract, given, gold) or matches(contract, same, low)


@pytest.mark.parametrize(
    ("rule", "figure", "form"),
    [
        (loosely, "false_acceptances", "number: not outside"),
        (to_the_digit, "false_refusals", "number: inside"),
        (some_field, "false_acceptances", "answer: extra field"),
        (sloppy_case, "false_acceptances", "label: not case"),
    ],
)
def test_a_rule_that_judges_otherwise_is_found_out_by_the_form(
    rule: Rule, figure: str, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (audit()["false_refusals"], audit()["false_acceptances"]) == (0, 0)
    monkeypatch.setattr(grader, "matches", rule)
    found = audit()
    assert found[figure] > 0
    assert form in {one["form"] for one in found["misjudged"]}


def test_the_gate_is_closed_by_a_form_that_is_misjudged_and_nothing_acknowledges_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    state = told().state()
    case = Case(state, Report(ReplayReport(state.seq, True, {}, ())), Limits())
    sound = grader_audit(case)
    assert (sound.passed, sound.found) == (True, "0 false refusals, 0 false acceptances of 4 answers")
    monkeypatch.setattr(grader, "matches", loosely)
    closed = grader_audit(case)
    assert not closed.passed
    assert "(number: not outside)" in closed.where
