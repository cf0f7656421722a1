"""What is said about files is refused at once where no file at all could be read so, and only there."""

import encodings.aliases
from string import printable

import pytest
from hypothesis import given, strategies as st

from actors.profiling.overrides import ReaderOverrides, undividing_delimiter, unknown_encoding
from actors.profiling.table import TableRefused, decoded, records_of


def reader_refuses(delimiter: str) -> bool:
    try:
        records_of("a\nb\n", delimiter)
    except TableRefused as refusal:
        return refusal.reason == "delimiter"
    return False


@given(st.text(st.sampled_from(printable) | st.characters(exclude_categories=["Cs"]), max_size=2))
def test_a_delimiter_is_refused_at_once_exactly_where_the_reader_refuses_it(delimiter: str) -> None:
    assert (undividing_delimiter(delimiter) is not None) is reader_refuses(delimiter)


@pytest.mark.parametrize("name", sorted({*encodings.aliases.aliases, "latin-1", "utf-8-sig", "UTF 8"}))
def test_an_encoding_that_the_reader_can_use_is_not_refused_and_one_that_it_never_can_is(name: str) -> None:
    try:
        decoded(b"ab", name)
        known = True
    except TableRefused as refusal:
        known = not any(word in refusal.detail for word in ("unknown encoding", "not a text encoding"))
    assert (unknown_encoding(name) is None) is known


def test_an_encoding_is_named_that_is_none() -> None:
    assert unknown_encoding("klingon") == "unknown encoding: klingon: name one such as utf-8 or latin-1"
    assert unknown_encoding("\udcff") == r"'\udcff' is no encoding: name one such as utf-8 or latin-1"


def test_what_is_said_is_looked_at_as_a_whole() -> None:
    assert ReaderOverrides().amiss is None
    assert ReaderOverrides("utf-16", ";", 1, ("-",)).amiss is None
    assert "klingon" in str(ReaderOverrides("klingon", ";").amiss)
    assert "'ab' cannot divide cells" in str(ReaderOverrides("utf-8", "ab").amiss)
