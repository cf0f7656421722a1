"""What each operator says of the state of a table, on tables written out by hand."""

import pytest

from actors.language.operator import grammar
from actors.language.subject import Subject
from actors.language.term import TABLE, Term, term
from tests.language.tiny import both, table, undefined

SUBJECT = table(
    key=[1, 2, 3, 4, 5],
    a=[7, 7, None, 7, None],
    b=["x", "y", "x", None, "x"],
    c=[None, None, 1, 1, 1],
)
REPEATED = table(a=[1, 1, 1, 2, None, None], b=["x", "x", "x", "x", "y", "y"])
CASES = [
    (SUBJECT, term("numeric_columns", TABLE), ("key", "a", "c")),
    (SUBJECT, term("count_missing_over", TABLE, share=0.3), 2),
    (SUBJECT, term("count_missing_over", TABLE, share=0.4), 0),
    (SUBJECT, term("duplicate_count", TABLE), 0),
    (REPEATED, term("duplicate_count", TABLE), 3),
    (REPEATED, term("duplicate_count", TABLE).with_axes({"repeats": "all"}), 5),
    (SUBJECT, term("constant_columns", TABLE), 2),
    (SUBJECT, term("identifier_like", TABLE), 1),
    (SUBJECT, term("rows_with_any_missing", TABLE), 5),
    (REPEATED, term("rows_with_any_missing", TABLE), 2),
    (SUBJECT, term("most_missing_column", TABLE), "a"),
    (SUBJECT, term("most_missing_column", TABLE).with_axes({"ties": "last"}), "c"),
]


@pytest.mark.parametrize(
    ("subject", "node", "wanted"), CASES, ids=[f"{node.operator}-{wanted}" for _, node, wanted in CASES]
)
def test_what_is_said_of_a_table(subject: Subject, node: Term, wanted: object) -> None:
    assert both(subject, node) == wanted


def test_every_operator_of_the_family_has_a_case() -> None:
    family = {name for name, one in grammar().items() if one.family == "quality"}
    assert family == {node.operator for _, node, _ in CASES}


def test_of_some_records_the_state_is_theirs() -> None:
    kept = term("keep_level", TABLE, category="b", level="x")
    assert both(SUBJECT, term("constant_columns", kept)) == 3
    assert both(SUBJECT, term("identifier_like", kept)) == 1
    assert both(SUBJECT, term("most_missing_column", kept)) == "a"
    assert both(SUBJECT, term("rows_with_any_missing", term("recorded", kept, column="a"))) == 1


def test_a_table_without_gaps_has_no_column_that_lacks_most() -> None:
    undefined(table(a=[1, 2], b=["x", "y"]), term("most_missing_column", TABLE))
