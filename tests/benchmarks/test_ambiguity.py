"""The benchmark of ambiguity: its cases are whole, and what it says of them is what the language does."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from actors.language.subject import Subject
from benchmarks.ambiguity import main, subjects_at
from benchmarks.ambiguous.posed import MEANS
from benchmarks.handwritten import CLASSES, Outcome, cases, outcome, same
from benchmarks.unsettled import Made, accepted, is_refused, made
from tests.birds import SUBJECT

ROOT = Path(__file__).parents[2]
WRITTEN = [(name, case) for name in CLASSES for case in cases(name)]


@pytest.fixture(scope="module")
def tables() -> Mapping[str, Subject]:
    return subjects_at([ROOT / "examples"])


@pytest.fixture(scope="module")
def outcomes(tables: Mapping[str, Subject]) -> Mapping[str, Outcome]:
    """What came of a third of the cases, the others being left to the whole benchmark."""
    some = WRITTEN[::3]
    return {
        case["id"]: outcome(case, CLASSES[name][case["id"]], tables.get(case["table"])) for name, case in some
    }


@pytest.mark.parametrize("name", list(CLASSES))
def test_each_class_has_fifteen_cases_and_a_program_or_a_reason_for_each(name: str) -> None:
    written = {case["id"] for case in cases(name)}
    assert len(written) >= 15
    assert written == set(CLASSES[name])
    for posed in CLASSES[name].values():
        assert (posed.open is None) == (posed.settled is None) == bool(posed.miss)


@pytest.mark.parametrize(
    ("name", "case"), WRITTEN, ids=lambda one: one["id"] if isinstance(one, dict) else one
)
def test_the_answers_that_were_written_down_are_those_of_the_code_beside_them(
    name: str, case: dict[str, Any], tables: Mapping[str, Subject]
) -> None:
    answers = []
    for reading in case["readings"]:
        names: dict[str, Any] = {"df": tables[case["table"]].frame.copy(), "pd": pd, "np": np}
        exec(reading["code"], names)
        answers.append(names["answer"])
        assert same(names["answer"], reading["answer"]), name
    assert not all(same(answer, case["readings"][0]["answer"]) for answer in answers)


def test_what_is_expressed_is_caught_and_its_twin_passes(outcomes: Mapping[str, Outcome]) -> None:
    for case, one in outcomes.items():
        assert one.run
        assert not one.refused, one
        assert one.caught != bool(one.explained.endswith("countries") or "no operator" in one.explained), case
        assert not one.caught or one.means in MEANS


def test_a_case_without_its_table_is_said_not_to_have_run() -> None:
    name, case = WRITTEN[0]
    assert outcome(case, CLASSES[name][case["id"]], None).run is False


def test_a_choice_other_than_the_authors_is_no_catch(tables: Mapping[str, Subject]) -> None:
    name, case = WRITTEN[0]
    wrong = case | {
        "readings": [reading | {"answer": -1 - at} for at, reading in enumerate(case["readings"])]
    }
    found = outcome(wrong, CLASSES[name][case["id"]], tables[case["table"]])
    assert not found.caught
    assert found.refused


def test_answers_are_compared_to_the_decimals_that_were_written() -> None:
    assert same(0.4716, 0.472)
    assert not same(0.4709, 0.472)
    assert same(874.4, 874)
    assert not same(874.6, 874)
    assert same("yes", "yes")
    assert not same("no", "yes")
    assert not same("3", 3)
    assert same(2009.0, "2009")


def test_what_is_left_open_again_is_caught_and_what_is_not_passes() -> None:
    found: list[Made] = []
    for question in accepted(SUBJECT, 8, 0):
        assert not is_refused(question, SUBJECT)
        found += made(question, SUBJECT)
    ambiguous = [one for one in found if one.ambiguous]
    assert {one.kind for one in ambiguous} == {"axis", "method", "constant"}
    assert all(one.caught for one in ambiguous)
    assert any(not one.ambiguous and not one.caught for one in found)


@pytest.mark.full
def test_the_whole_benchmark_reaches_what_it_must(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--questions", "8", "--bindings", "2", "--json"])
    told = json.loads(capsys.readouterr().out)
    for name, of_class in told["handwritten"].items():
        assert sum(one["caught"] for one in of_class) >= 0.9 * len(of_class), name
        assert sum(one["refused"] for one in of_class) <= 0.05 * len(of_class), name
    ambiguous = [one["caught"] for one in told["made"] if one["ambiguous"]]
    assert sum(ambiguous) >= 0.99 * len(ambiguous) > 50
    assert told["untouched"]["refused"] <= 0.05 * told["untouched"]["questions"]
    assert all(one["settled"] == one["fired"] for one in told["templates"])


@pytest.mark.full
def test_the_benchmark_prints_a_table_and_every_miss(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--questions", "2", "--bindings", "1"])
    shown = capsys.readouterr().out
    for name in CLASSES:
        assert re.search(rf"^{name.replace('_', ' ')} +18 +\d+ +\d+\.\d %", shown, re.MULTILINE)
    assert shown.count("  miss: ") >= 1
    assert "At most 64 readings" in shown
