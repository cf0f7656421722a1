"""What each operator of the family leaves or mends, on tables written out by hand."""

import msgspec
import pytest

from actors.language.operator import grammar
from actors.language.subject import Subject
from actors.language.term import TABLE, Term, term
from events.dataset import NumberForm
from tests.language.tiny import both, table, undefined

SUBJECT = table(
    # Quartiles 2 and 6; fences -4 and 12; median 4; distances 3, 2, 1, 0, 1, 3, 96 with median 2.
    size=[1, 2, 3, 4, 5, 7, 100, None],
    other=[None, 1, 1, 1, 1, 1, 1, None],
    kind=["a", "a", "a", "b", "b", "b", "b", "b"],
)
ROUNDS = table(size=[10, 11, 12, 13, 14, 20, 60, None])


KEPT = [
    (term("recorded", TABLE, column="other"), [1, 2, 3, 4, 5, 6]),
    (term("known_in_both", TABLE, column="size", other="other"), [1, 2, 3, 4, 5, 6]),
    (term("within_fences", TABLE, measure="size"), [0, 1, 2, 3, 4, 5]),
    (term("within_deviations", TABLE, measure="size"), [0, 1, 2, 3, 4, 5]),
    (term("within_mad", TABLE, measure="size"), [0, 1, 2, 3, 4, 5]),
]


@pytest.mark.parametrize(("node", "kept"), KEPT, ids=lambda case: getattr(case, "operator", ""))
def test_the_records_that_are_kept(node: Term, kept: list[int]) -> None:
    assert both(SUBJECT, node) == kept


def test_outliers_are_removed_until_there_are_none() -> None:
    # First 60 goes (quartiles 11.5 and 17, fence 25.25), then 20 goes (11.25 and 13.75, 17.5), then none.
    assert both(ROUNDS, term("within_fences", TABLE, measure="size")) == [0, 1, 2, 3, 4, 5]
    assert both(ROUNDS, term("trimmed_until_stable", TABLE, measure="size")) == [0, 1, 2, 3, 4]


def test_of_records_that_are_equal_in_every_column_the_first_is_kept() -> None:
    subject = table(a=[1, 1, 1, None, None, 2], b=["x", "x", "y", None, None, "x"])
    assert both(subject, term("without_repeats", TABLE)) == [0, 2, 3, 5]


MENDED = [
    (term("filled_with_mean", TABLE, measure="size"), [1, 2, 3, 4, 5, 7, 100, 122 / 7]),
    (term("filled_with_median", TABLE, measure="size"), [1, 2, 3, 4, 5, 7, 100, 4]),
    (
        term("filled_with_group_median", TABLE, measure="size", category="kind"),
        [1, 2, 3, 4, 5, 7, 100, 6],
    ),
    (term("clipped_to_fences", TABLE, measure="size"), [1, 2, 3, 4, 5, 7, 11.25, None]),
]


@pytest.mark.parametrize(("node", "values"), MENDED, ids=lambda case: getattr(case, "operator", ""))
def test_the_values_of_a_mended_measure(node: Term, values: list[float | None]) -> None:
    assert both(SUBJECT, node) == pytest.approx(values)


def test_labels_lose_case_and_white_space_where_they_differ_by_these_alone() -> None:
    subject = table(kind=["Bay", " bay", "Cliff", None, "BAY "], plain=["a", "b", "c", "d", "e"])
    assert both(subject, term("normalised_labels", TABLE, category="kind")) == [
        "bay",
        "bay",
        "cliff",
        None,
        "bay",
    ]
    undefined(subject, term("normalised_labels", TABLE, category="plain"))


@pytest.mark.parametrize(
    ("form", "cells", "numbers"),
    [
        (NumberForm(",", ".", "$", ""), ["$1,234.5", "-$7", None, "$ 12"], [1234.5, -7, None, 12]),
        (NumberForm(" ", ",", "", "%"), ["1 234,5%", "7 %", "0,25", None], [1234.5, 7, 0.25, None]),
        (NumberForm(".", ",", "", "EUR"), ["1.234.567 EUR", "+8,5"], [1234567, 8.5]),
    ],
)
def test_numbers_written_as_text_are_read_by_their_form(
    form: NumberForm, cells: list[str | None], numbers: list[float | None]
) -> None:
    subject = table(price=cells)
    columns = (msgspec.structs.replace(subject.columns[0], kind="text", number=form),)
    priced = Subject(subject.dataset, subject.reader, columns, subject.frame)
    assert both(priced, term("parsed_number", TABLE, numeral="price")) == pytest.approx(numbers)


def test_a_measure_without_gaps_is_not_filled() -> None:
    undefined(table(size=[1, 2, 3]), term("filled_with_mean", TABLE, measure="size"))


def test_a_measure_without_outliers_is_not_clipped() -> None:
    undefined(table(size=[1, 2, 3]), term("clipped_to_fences", TABLE, measure="size"))


def test_what_is_mended_over_some_records_is_theirs_alone() -> None:
    kept = term("keep_level", TABLE, category="kind", level="b")
    filled = term("filled_with_median", kept, measure="size")
    assert both(SUBJECT, filled) == pytest.approx([4, 5, 7, 100, 6])
    assert both(SUBJECT, term("mean", kept, measure=filled)) == pytest.approx(122 / 5)


def test_every_operator_of_the_family_has_a_case() -> None:
    family = {name for name, one in grammar().items() if one.family == "clean"}
    tried = {node.operator for node, _ in [*KEPT, *MENDED]}
    assert family == tried | {"trimmed_until_stable", "parsed_number", "without_repeats", "normalised_labels"}
