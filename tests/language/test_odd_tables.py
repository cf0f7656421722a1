"""Every odd table goes through reading, profile, search and court: no crash, nothing misread, no value changed."""

from collections.abc import Mapping

import pytest
from hypothesis import given, settings, strategies as st

from actors.generation.streams import proposals
from actors.language.pattern import tokens, unquoted
from actors.language.subject import Subject
from actors.profiling.table import read_table
from actors.terminal.inspect_dataset import inspect_dataset
from events.dataset import DatasetRefused, DatasetRegistered
from events.question import Question, Source
from tests.history import History
from tests.language.odd_court import changed, subject_of, taken, tried
from tests.language.odd_names import TEXTS
from tests.language.odd_tables import MANY_ROWS, TABLES, Odd, good
from tests.terminal.test_views import shown

NOTHING: Mapping[str, str] = {
    "all values missing": "8 without a value",
    "all values missing by a word": "8 with one value alone",
    "all equal": "8 with one value alone",
    "all distinct": "8 of kind text",
}
"""The tables of which nothing can be asked, and what is said of their columns."""
SERVING = [name for name in TABLES if name not in NOTHING]
SEARCHED = (
    "names and labels at once",
    "labels like names in quotes",
    "some huge numbers",
    "dates of all ages",
)
"""Tables that the quick tests search too; the long ones search all."""


def _told(odd: Odd) -> tuple[DatasetRegistered, str]:
    """The registered table, and what a person is shown of it."""
    event = taken(odd)
    assert isinstance(event, DatasetRegistered), event
    history = History()
    history.tell(event)
    return event, shown(inspect_dataset(history.state(), event.dataset))


def check_texts(question: Question, subject: Subject) -> None:
    """Nothing, where a person sees in the question's texts every name and label as the file has it."""
    given = [name for one in subject.columns for name in (one.name, one.readable)]
    names = {*given, *(" ".join(name.split()) for name in given)}
    labels = {level for one in subject.columns for level in one.levels}
    for text in (question.question_text, question.hint):
        assert text.isprintable(), text
        assert "\\" not in text
        quoted = {unquoted(token) for token in tokens(text) if token.startswith('"')}
        assert quoted <= names | labels, text
    assert all(line.isprintable() for line in question.format.splitlines())
    unasked = {one.name for one in subject.columns if one.unasked}
    bound = {value for step in question.recipe.program.steps for value in step.parameters.values()}
    assert not unasked & bound


@pytest.mark.parametrize("name", TABLES)
def test_no_value_of_an_odd_table_is_changed(name: str) -> None:
    odd = TABLES[name]
    event = taken(odd)
    if isinstance(event, DatasetRegistered):
        frame = read_table(odd.data, event.reader)
        assert list(changed(odd, frame, event.reader)) == []


CELLS = st.one_of(
    TEXTS.map(lambda text: text.replace("\r", "")),
    st.sampled_from(
        ("", "NA", "nan", "N/A", "-", "inf", "1e308", "1e400", "1e-400", "-0", "0.0", "007", "+4", "1_000", "1,000", "5%",
         "2020-01-01", "1650-02-03", "True", "\u0663", " 3 ", "1.", "-.5", "9007199254740993", "9007199254740993.0")
    ),
    st.integers().map(str),
    st.floats().map(repr),
)  # fmt: skip


@settings(deadline=None, max_examples=60)
@given(names=st.lists(TEXTS, min_size=2, max_size=4, unique=True), data=st.data())
def test_no_value_of_a_random_table_is_changed(names: list[str], data: st.DataObject) -> None:
    pools = [data.draw(st.lists(CELLS, min_size=1, max_size=6)) for _ in names]
    odd = Odd(
        tuple(name.replace("\r", " ") for name in names),
        tuple(tuple(pool[row % len(pool)] for row in range(20)) for pool in pools),
    )
    event = taken(odd)
    if isinstance(event, DatasetRegistered) and len(event.columns) == len(names):
        frame = read_table(odd.data, event.reader)
        assert list(changed(odd, frame, event.reader)) == []
    else:
        assert isinstance(event, DatasetRegistered) or event.detail.endswith(".")


@pytest.mark.parametrize("name", NOTHING)
def test_a_table_of_which_nothing_can_be_asked_says_what_it_lacks(name: str) -> None:
    event = taken(TABLES[name])
    assert isinstance(event, DatasetRefused)
    assert event.reason == "nothing_to_ask"
    assert "no column measures or counts something, none sorts the rows into 2 to 30 groups" in event.detail
    assert f"Of its columns: {NOTHING[name]}." in event.detail


def test_what_a_table_offers_and_lacks_is_shown() -> None:
    _, labels = _told(TABLES["labels alone"])
    assert "can be about 3 columns of groups, 1 column of days; it has none of amounts" in labels
    _, numbers = _told(TABLES["numbers alone"])
    assert "can be about 3 columns of amounts; it has none of groups, none of days" in numbers


@pytest.mark.parametrize("name", SERVING)
def test_what_is_known_of_an_odd_table_is_shown_as_plain_text(name: str) -> None:
    event, text = _told(TABLES[name])
    assert all(char.isprintable() or char in "\n\u00a0" for char in text)
    assert not any(line.startswith("line: ") for line in text.splitlines())
    plain = "".join(text.split())
    for one in event.columns:
        if one.unasked:
            assert "".join(f"left out of questions: {one.unasked}".split()) in plain
    assert "can be about " in text


@pytest.mark.parametrize("name", SERVING)
def test_templates_of_an_odd_table_are_asked_in_plain_words_and_answered_by_their_code(name: str) -> None:
    subject = subject_of(TABLES[name])
    for question in tried(subject, {"template": 8}).accepted:
        check_texts(question, subject)


@pytest.mark.parametrize("name", SEARCHED)
def test_programs_of_an_odd_table_are_asked_in_plain_words_and_answered_by_their_code(name: str) -> None:
    subject = subject_of(TABLES[name])
    for question in tried(subject, {"procedural": 8}).accepted:
        check_texts(question, subject)


@pytest.mark.full
@pytest.mark.parametrize("name", SERVING)
def test_many_questions_of_an_odd_table_stand_in_court(name: str) -> None:
    subject = subject_of(TABLES[name])
    found = tried(subject, {"template": 60, "procedural": 40}, key="many")
    assert found.accepted
    assert not found.refused.keys() & {"ill_typed", "unreadable"}, found.refused
    for question in found.accepted:
        check_texts(question, subject)


@pytest.mark.full
def test_a_table_of_60_000_rows_is_read_as_it_is_and_asked_about() -> None:
    odd = good(MANY_ROWS)
    subject = subject_of(odd)
    assert list(changed(odd, subject.frame, subject.reader)) == []
    found = tried(subject, {"template": 8, "procedural": 8})
    assert len(found.accepted) >= 4


def test_a_good_table_has_questions_of_every_source() -> None:
    for source in ("template", "procedural"):
        kind: Source = "template" if source == "template" else "procedural"
        assert next(proposals(kind, subject_of(TABLES["nothing odd"]), "odd"))


UNASKED: Mapping[str, Mapping[str, str]] = {
    "names alike but for case": {
        "mass": "its name looks like that of another column",
        " mass": "its name looks like that of another column",
        "mass ": "its name looks like that of another column",
    },
    "names of one word twice": dict.fromkeys(
        ("mass", "mass.2", "mass.3", "species", "species.1"), "no line of the file has this name, or it has it more than once"
    ),
    "empty names": {
        "unnamed_1": "no line of the file has this name",
        "\u200b": "its name has characters that a text does not show: U+200B",
    },
    "long names": {name: "its name has 300 characters" for name in TABLES["long names"].names if len(name) > 99},
    "names with quotes": {
        'say "hi"': "its name has quotes or backslashes in it",
        "back\\slash": "its name has quotes or backslashes in it",
    },
    "names with signs": {
        "\u202egnp": "its name has characters that a text does not show: U+202E",
        "zero\u200bwidth": "its name has characters that a text does not show: U+200B",
    },
    "labels almost alike": {"species": "its values '1' and '1.0' would be one answer"},
}  # fmt: skip


@pytest.mark.parametrize("name", UNASKED)
def test_a_column_that_no_text_can_name_is_left_out_with_the_reason(name: str) -> None:
    event, _ = _told(TABLES[name])
    told = {one.name: one.unasked for one in event.columns}
    for header, why in UNASKED[name].items():
        assert told[header].startswith(why), told[header]


def test_a_header_over_two_lines_stands_on_one_in_a_text_and_as_it_is_in_the_note() -> None:
    words = subject_of(TABLES["names with quotes"]).words
    _, text = _told(TABLES["names with quotes"])
    called = {row.split("  ")[0]: row for row in text.splitlines()}
    assert '"tab here"' in called["tab\\there"]
    assert "left out" in called['say "hi"']
    assert words.name("new\nline") == '"new line"'
    assert words.legend(["new\nline"]) == [
        '"new line" is the column "new\\nline", as a string of Python spells it.'
    ]


ASKED = ("names of answers", "names like code", "stop words", "words of ours", "names like values")


@pytest.mark.parametrize("name", ASKED)
def test_a_column_with_an_odd_name_that_a_text_can_show_is_asked_about(name: str) -> None:
    event, _ = _told(TABLES[name])
    assert not [one.name for one in event.columns if one.unasked]


KINDS = {
    "infinities": ("mass", "text"),
    "huge numbers": ("mass", "measure"),
    "whole numbers beyond 2^53": ("eggs", "identifier"),
    "whole numbers beyond 2^64": ("eggs", "identifier"),
    "mixed types": ("mass", "text"),
    "dates before 1700": ("ringed", "date"),
    "one column missing": ("bill", "constant"),
    "one column equal": ("mass", "constant"),
    "distinct labels": ("species", "text"),
    "flags like truth": ("sex", "flag"),
    "labels like no value": ("species", "category"),
}


@pytest.mark.parametrize("name", KINDS)
def test_an_odd_column_is_of_the_kind_that_it_shows(name: str) -> None:
    event, _ = _told(TABLES[name])
    header, kind = KINDS[name]
    assert {one.name: one.kind for one in event.columns}[header] == kind


def test_labels_that_may_mean_no_value_are_doubted_and_kept() -> None:
    event, text = _told(TABLES["labels like no value"])
    species = next(one for one in event.columns if one.name == "species")
    assert {one.value for one in species.doubtful} == {"NA", "None"}
    assert species.levels == ("1", "@x[1]", "NA", "None", "True")
    assert "'nan' is read as no value" in text
    assert "'NA' stays a value" in text
