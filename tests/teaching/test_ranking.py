"""Which lines of printed text are taken to matter."""

import pytest

from actors.teaching.abridging import Step
from actors.teaching.excerpt import Whole
from actors.teaching.ranking import LEAST_ROWS, notables, tables, tracebacks
from events.telling import Rank
from tests.teaching.frames import frame


def ranks(step: Step, text: str) -> dict[str, Rank]:
    return {line.text: line.rank for line in step(Whole(text).excerpt())}


def test_of_a_group_of_exceptions_each_one_is_told() -> None:
    group = """\
  + Exception Group Traceback (most recent call last):
  |   File "<cell 1>", line 1, in <module>
  | ExceptionGroup: two (2 sub-exceptions)
  +-+---------------- 1 ----------------
    | Traceback (most recent call last):
    |   File "/lib/other.py", line 7, in parsed
    |     return int(text)
    | ValueError: no number
"""
    found = ranks(tracebacks, group)
    assert [text for text, rank in found.items() if rank is Rank.WRONG] == [
        "  | ExceptionGroup: two (2 sub-exceptions)",
        "    | ValueError: no number",
    ]
    assert '  |   File "<cell 1>", line 1, in <module>' in found
    assert "other.py" not in "".join(found)


def test_more_of_a_message_belongs_to_it_up_to_an_empty_line() -> None:
    found = ranks(tracebacks, "Traceback (most recent call last):\nValueError: a\nb\nc\n\nd")
    assert [text for text, rank in found.items() if rank is Rank.TELLING][1:] == ["b", "c"]


@pytest.mark.parametrize(
    ("line", "rank"),
    [
        ("pandas.errors.ParserError: bad line 7", Rank.WRONG),
        ("KeyboardInterrupt", Rank.WRONG),
        ("Standard Error: 0.5", Rank.ANY),
        ("SettingWithCopyWarning: a copy", Rank.TELLING),
        ("12:00 ERROR row 7 has no name", Rank.TELLING),
        ("[344 rows x 17 columns]", Rank.TELLING),
        ("Name: age, Length: 344, dtype: int64", Rank.TELLING),
        ("(344, 17)", Rank.TELLING),
        ("--- by island ---", Rank.TELLING),
        ("-----", Rank.ANY),
        ("sha256 " + "0f" * 32, Rank.TELLING),
        ("mean 3.25", Rank.ANY),
    ],
)
def test_lines_that_tell_something_are_known_by_their_form(line: str, rank: Rank) -> None:
    assert ranks(notables, line) == {line: rank}


def test_a_table_is_many_lines_of_one_width_with_columns() -> None:
    assert Rank.TELLING in ranks(tables, "\n".join(frame(LEAST_ROWS, 2))).values()
    assert {*ranks(tables, "\n".join(frame(LEAST_ROWS - 2, 2))).values()} == {Rank.ANY}
    assert {*ranks(tables, "\n".join(f"row {n}" for n in range(1000, 1100))).values()} == {Rank.ANY}
