import csv
import io
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st

from actors.profiling.table import TableRefused, number_of, read_table
from events.dataset import ReaderSettings

PLAIN = ReaderSettings(encoding="utf-8", delimiter=",", header=0, missing=("NA",))


def column(*cells: str) -> pd.Series:
    """How a column with these cells is read."""
    text = "value,other\n" + "".join(f"{cell},x\n" for cell in cells)
    return read_table(text.encode(), PLAIN)["value"]


@pytest.mark.parametrize(
    ("cells", "dtype"),
    [
        (["1", "-2", "+3"], "int64"),
        (["1", "", "3"], "float64"),
        (["1", "NA", "3"], "float64"),
        (["1", " 2 ", "3"], "int64"),
        (["1.0", "2", "3"], "float64"),
        (["1e3", ".5", "5."], "float64"),
        (["", "", ""], "float64"),
        ([str(2**53), "1", "2"], "int64"),
        ([str(2**53 + 1), "1", "2"], "str"),
        (["9" * 400, "1", "2"], "str"),
        (["9" * 5000, "1", "2"], "str"),
        (["1e400", "1", "2"], "str"),
        (["1e-400", "1", "2"], "str"),
        (["0e-400", "-0.0", "2"], "float64"),
        (["inf", "1", "2"], "str"),
        (["nan", "1", "2"], "str"),
        (["007", "010", "100"], "str"),
        (["-07", "1", "2"], "str"),
        (["+4912", "+4913", "+4914"], "str"),
        (["True", "False", "True"], "str"),
        (["2020-01-01", "2020-01-02", "2020-01-03"], "str"),
        (["1_000", "2", "3"], "str"),
        (["١٢٣", "2", "3"], "str"),
        (["0x1F", "2", "3"], "str"),
        (["5%", "6%", "7%"], "str"),
        (["None", "1", "2"], "str"),
    ],
)
def test_a_column_is_numbers_only_when_no_value_would_be_changed(cells: list[str], dtype: str) -> None:
    assert str(column(*cells).dtype) == dtype


def test_text_stands_as_it_is_spelled() -> None:
    spelled = [" A", "A", "A ", "a", "A\u00a0", "None", "N/A", "1", "=1+1"]
    assert column(*spelled).tolist() == spelled


def test_a_missing_cell_of_text_is_missing() -> None:
    assert column("x", "", " NA ", "  ").isna().tolist() == [False, True, True, True]


def test_a_kept_column_keeps_the_spellings_that_elsewhere_mean_no_value() -> None:
    reader = ReaderSettings(encoding="utf-8", delimiter=",", header=0, missing=("NA",), kept=("country",))
    frame = read_table(b"country,v\nNA,1\nDE,NA\n,3\n", reader)
    assert frame["country"].tolist()[:2] == ["NA", "DE"]
    assert frame["country"].isna().tolist() == [False, False, True]
    assert frame["v"].isna().tolist() == [False, True, False]


def test_decimals_are_read_to_the_nearest_float() -> None:
    assert column("3.2260000000000004", "0.1", "2.2250738585072014e-308").tolist() == [
        3.2260000000000004,
        0.1,
        2.2250738585072014e-308,
    ]


def test_repeated_and_empty_names_become_unique_without_meeting_others() -> None:
    frame = read_table(b"a,a,A,a.1, a,,unnamed_6,a\n" + b"1,2,3,4,5,6,7,8\n" * 2, PLAIN)
    assert list(frame.columns) == ["a", "a.2", "A", "a.1", " a", "unnamed_6.1", "unnamed_6", "a.3"]
    assert frame.iloc[0].tolist() == [1, 2, 3, 4, 5, 6, 7, 8]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end_is_read_and_blank_lines_are_no_rows(end: str) -> None:
    text = end.join(["a,b", "", "1,2", "  ", "3,4", "", ""])
    assert read_table(text.encode(), PLAIN).to_numpy().tolist() == [[1, 2], [3, 4]]


def test_mixed_line_ends_give_the_same_rows() -> None:
    frame = read_table(b"a,b\r\n1,2\n3,4\r5,6\r\r\n7,8\n\r9,10\n11,12", PLAIN)
    assert frame["a"].tolist() == [1, 3, 5, 7, 9, 11]


def test_characters_that_only_some_readers_take_for_line_ends_stay_in_the_cell() -> None:
    frame = read_table("a,b\n1,x\u2028y\n2,p\u0085q\n3,r\x0cs\n".encode(), PLAIN)
    assert frame["b"].tolist() == ["x\u2028y", "p\u0085q", "r\x0cs"]


def test_quoted_cells_hold_delimiters_quotes_and_line_ends() -> None:
    frame = read_table(b'a,b\n1,"x,\n""y""\r\n"\n2,z\n', PLAIN)
    assert frame["b"].tolist() == ['x,\n"y"\r\n', "z"]


def test_any_number_of_byte_order_marks_is_dropped() -> None:
    assert list(read_table(b"\xef\xbb\xbf\xef\xbb\xbfid,v\n1,2\n", PLAIN).columns) == ["id", "v"]


def test_a_delimiter_at_the_end_of_each_row_moves_no_name() -> None:
    frame = read_table(b"a,b,c\n1,2,3,\n4,5,6,\n", PLAIN)
    assert list(frame.columns) == ["a", "b", "c"]
    assert frame["a"].tolist() == [1, 4]
    assert isinstance(frame.index, pd.RangeIndex)


def test_columns_without_name_and_value_are_left_out() -> None:
    assert list(read_table(b"a,,b,\n1,,2,\n3,,4\n", PLAIN).columns) == ["a", "b"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a,b\n0,1,2\n1,2,3\n2,3,4\n", "header_short"),
        ("a,b\n1,2\n3\n4,5\n", "ragged"),
        ("a,b\n1,2\n3,4,5\n6,7\n", "ragged"),
        ("a,b\n", "header_only"),
        ("a\n1\n", "one_column"),
        ('a,b\n1,"x"y\n', "quoting"),
        ('a,b\n1,"never closed\n2,3\n', "quoting"),
        ("a,b\n1," + "x" * 1_000_001, "quoting"),
        (",".join("abc" * 700) + "\n", "header_only"),
        (",".join("abc" * 700) + "\n" + ",".join("123" * 700), "too_wide"),
        ("a,b\n1,x\0y\n", "nul_bytes"),
    ],
)
def test_what_cannot_be_read_safely_is_refused(text: str, reason: str) -> None:
    with pytest.raises(TableRefused) as caught:
        read_table(text.encode(), PLAIN)
    assert caught.value.reason == reason
    assert caught.value.detail.endswith(".")


@pytest.mark.parametrize("delimiter", ["", "||", "\n", '"'])
def test_a_delimiter_is_one_character_that_can_stand_between_cells(delimiter: str) -> None:
    settings = ReaderSettings(encoding="utf-8", delimiter=delimiter, header=0, missing=())
    with pytest.raises(TableRefused, match="delimiter"):
        read_table(b"a,b\n1,2\n", settings)


@pytest.mark.parametrize("encoding", ["ascii", "no-such-codec", "rot13", "hex", "undefined"])
def test_an_encoding_that_does_not_fit_is_refused(encoding: str) -> None:
    settings = ReaderSettings(encoding=encoding, delimiter=",", header=0, missing=())
    with pytest.raises(TableRefused, match="encoding"):
        read_table("a,b\né,2\n".encode(), settings)


def test_a_flood_of_cells_is_refused_before_it_is_parsed() -> None:
    with pytest.raises(TableRefused, match="too_large"):
        read_table(b"1," * 20_000_001, PLAIN)


@given(st.integers(-(2**53), 2**53))
def test_every_exact_whole_number_is_read_back(value: int) -> None:
    assert number_of(str(value)) == value


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_finite_float_is_read_back(value: float) -> None:
    spelling = repr(value) if "." in repr(value) or "e" in repr(value) else f"{value}.0"
    assert number_of(spelling) == value


@given(st.text(max_size=8))
def test_what_is_a_number_here_is_one_to_python_too(spelling: str) -> None:
    value = number_of(spelling)
    assert value is None or float(spelling) == value


CELLS = st.characters(exclude_characters="\0\ufeff", codec="utf-8")
WORDS = st.text(CELLS, max_size=6).map(lambda text: "t" + text)
KINDS: tuple[st.SearchStrategy[Any], ...] = (
    st.integers(-(2**53), 2**53),
    st.floats(allow_nan=False, allow_infinity=False),
    WORDS,
)


@st.composite
def tables(draw: st.DrawFn) -> dict[str, list[int | float | str | None]]:
    """Columns of whole numbers, decimals or words; words and decimals may be missing."""
    names = draw(st.lists(WORDS, min_size=2, max_size=4, unique=True))
    rows = draw(st.integers(1, 6))
    columns: dict[str, list[int | float | str | None]] = {}
    for name in names:
        kind = draw(st.sampled_from(KINDS))
        columns[name] = draw(st.lists(st.one_of(kind, st.none()), min_size=rows, max_size=rows))
    return columns


def written(table: dict[str, list[int | float | str | None]], end: str, delimiter: str) -> str:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL)
    writer.writerow(table)
    writer.writerows(zip(*table.values(), strict=True))
    return text.getvalue()


def as_given(values: Sequence[Any]) -> list[object]:
    return [None if pd.isna(value) else value for value in values]


@given(
    table=tables(),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    delimiter=st.sampled_from(",;\t|"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"]),
)
def test_a_table_written_in_any_dialect_is_read_back(
    table: dict[str, list[int | float | str | None]], end: str, delimiter: str, encoding: str
) -> None:
    settings = ReaderSettings(encoding=encoding, delimiter=delimiter, header=0, missing=())
    frame = read_table(written(table, end, delimiter).encode(encoding), settings)
    assert list(frame.columns) == list(table)
    assert isinstance(frame.index, pd.RangeIndex)
    for name, values in table.items():
        assert as_given(frame[name].tolist()) == values
        assert not np.isinf(frame[name]).any() if frame[name].dtype.kind == "f" else True
