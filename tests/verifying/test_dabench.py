"""Labels of a benchmark that cannot be right under their own text are found, and the others are not."""

import json
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from actors.verifying.dabench import LabelReport, judge_labels
from actors.verifying.dabench_readings import Reading
from store.dabench import NoBenchmarkError, read_dabench

FORMATS = {
    1: '@mean_mass[m] where "m" is a number between 1 and 99, rounded to one decimal place.',
    2: '@spread[s] where "s" is a number rounded to two decimal places.',
    3: '@heaviest[who] where "who" is a string from the column species.',
    4: '@rows[n] where "n" is a positive integer.',
    5: "@mean_mass[m]",
    6: '@ok[x] @ids[i1,i2,...] where "x" is a boolean. "i1", "i2", ... are the ids, separated by commas.',
}
RIGHT = {1: {"mean_mass": "4.0"}, 2: {"spread": "0.82"}, 3: {"heaviest": "Gull"}, 4: {"rows": "3"},
         5: {"mean_mass": "4"}, 6: {"ok": "True", "ids": "3, 1, 2"}}  # fmt: skip


def spreads(table: pd.DataFrame) -> Iterator[Reading]:
    yield Reading("spread", "the population's", table["mass"].std(ddof=0))
    yield Reading("spread", "the sample's", table["mass"].std(ddof=1), admissible=False)


def means(table: pd.DataFrame) -> Iterator[Reading]:
    yield Reading("mean_mass", "the mean", table["mass"].mean() + 0.004)


def report(place: Path, changed: dict[int, dict[str, str]] | None = None) -> LabelReport:
    """What is found of small questions about fifteen birds, some labels of which are changed."""
    (place / "tables").mkdir()
    (place / "tables" / "birds.csv").write_text("species, mass\n" + "Gull,5\nTern,4\nAuk,3\n" * 5, "utf-8")
    asked = [
        {"id": key, "question": "What?", "constraints": "", "format": text, "file_name": "birds.csv"}
        for key, text in FORMATS.items()
    ]
    labels = [
        {"id": key, "common_answers": list(found.items())} for key, found in (RIGHT | (changed or {})).items()
    ]
    for name, lines in (("questions", asked), ("labels", labels)):
        (place / f"{name}.jsonl").write_text("\n".join(map(json.dumps, lines)) + "\n", "utf-8")
    return judge_labels(read_dabench(place), {2: spreads, 5: means})


def test_labels_that_their_text_allows_match_themselves_as_people_write_them(tmp_path: Path) -> None:
    found = report(tmp_path)
    assert (found.questions, found.labels, found.computed) == (6, 7, 2)
    assert found.forms > 4 * found.labels
    assert (found.misread, found.unfit) == ((), ())


@pytest.mark.parametrize(
    ("question", "label", "why"),
    [
        (1, {"mean_mass": "0.4"}, "its format asks for at least 1"),
        (1, {"mean_mass": "400.0"}, "its format asks for at most 99"),
        (1, {"mean_mass": "four"}, "mean_mass must be a number"),
        (1, {"mass": "4.0"}, "its format asks for no such tag"),
        (2, {"spread": "0.85"}, "the population's gives 0.816497; it is what another reading gives: the sample's"),
        (2, {"spread": "0.90"}, "the population's gives 0.816497"),
        (4, {"rows": "0"}, "its format asks for at least 1"),
        (4, {"rows": "2.5"}, "rows must be a whole number"),
        (5, {"mean_mass": "4.1"}, "the mean gives 4.004"),
    ],
)  # fmt: skip
def test_a_label_that_cannot_be_right_is_told_with_the_reason(
    tmp_path: Path, question: int, label: dict[str, str], why: str
) -> None:
    (unfit,) = report(tmp_path, {question: label}).unfit
    assert (unfit.question, unfit.field, unfit.label) == (question, *next(iter(label.items())))
    assert why in unfit.why


def test_readings_of_another_table_are_refused(tmp_path: Path) -> None:
    report(tmp_path)
    with pytest.raises(NoBenchmarkError, match="is not the table that question 2 is about"):
        judge_labels(
            read_dabench(tmp_path), {2: lambda table: iter([Reading("spread", "", table["wing"].mean())])}
        )
