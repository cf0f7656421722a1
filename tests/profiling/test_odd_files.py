"""Files of the shapes in which public tables come: read right, or refused with what to do about it."""

from collections.abc import Sequence
from pathlib import Path
from random import Random

import pytest

from actors.language.lexicon import Lexicon
from actors.language.offer import nothing_to_ask, offer_of
from actors.profiling.registration import inspect_bytes, inspect_file
from actors.profiling.table import read_table
from actors.terminal.find import NotFoundError, find
from events.dataset import ColumnProfile, DatasetRefused, DatasetRegistered
from tests.history import History
from tests.language.odd_tables import TABLES

SURVEY = """\
RespondentID,Have you seen any of the films?,Which of them have you seen?,,,Which is the best?
,Response,The First,The Second,The Third,Response
"""


def _lines(rows: int, cells: Sequence[str], mark: str = ",") -> str:
    """Rows of data; each cell is a range of numbers, or words to draw from."""
    rng = Random(3)

    def drawn(cell: str) -> str:
        low, _, high = cell.partition("..")
        return str(rng.randint(int(low), int(high))) if high else rng.choice(cell.split("/"))

    return "".join(mark.join(map(drawn, cells)) + "\n" for _ in range(rows))


def registered(text: str, name: str, encoding: str = "utf-8") -> DatasetRegistered:
    event = inspect_bytes(text.encode(encoding), Path(name))
    assert isinstance(event, DatasetRegistered), event
    return event


def refusal(text: str, name: str, encoding: str = "utf-8") -> DatasetRefused:
    event = inspect_bytes(text.encode(encoding), Path(name))
    assert isinstance(event, DatasetRefused), event
    return event


def kinds(event: DatasetRegistered) -> dict[str, str]:
    return {one.name: one.kind for one in event.columns}


def test_semicolons_divide_the_cells_of_a_table_of_students() -> None:
    head = "school;sex;age;Medu;failures;absences;G3\n"
    event = registered(
        head + _lines(90, ["GP/MS", "F/M", "15..22", "0..4", "0..3", "0..60", "0..20"], ";"),
        "student-mat.csv",
    )
    assert (event.reader.delimiter, event.noun) == (";", "student")
    assert kinds(event) == {
        "school": "flag", "sex": "flag", "age": "measure", "Medu": "ordinal", "failures": "count",
        "absences": "count", "G3": "measure",
    }  # fmt: skip


def test_a_first_line_of_counts_and_classes_is_no_header_and_says_how_to_leave_it_out(tmp_path: Path) -> None:
    text = "178,3,class_0,class_1\n" + _lines(60, ["11..15", "1..9", "70..160", "12..30", "0..2"])
    refused = refusal(text, "wine.csv")
    assert refused.reason == "header_short"
    assert "header = -2 in its settings" in refused.detail
    (tmp_path / "wine.csv").write_text(text)
    (tmp_path / "wine.csv.toml").write_text("[reader]\nheader = -2\n")
    event = inspect_file(tmp_path / "wine.csv")
    assert isinstance(event, DatasetRegistered)
    assert (event.rows, event.noun) == (60, "wine")
    assert [one.name for one in event.columns] == [f"column_{place}" for place in range(1, 6)]
    assert read_table(text.encode(), event.reader)["column_3"].between(70, 160).all()


@pytest.mark.parametrize("encoding", ["utf-8", "mac-roman"])
def test_a_second_line_of_names_is_refused_and_never_read_as_data(encoding: str) -> None:
    words = "Chewbacca café/Padmé était là/Été/Noël à Hoth"
    refused = refusal(
        SURVEY + _lines(40, ["100..900", "Yes/No", "1/", "1/", "1/", words]), "survey.csv", encoding
    )
    assert refused.reason == "second_header"
    assert "Make one line of names of the two, or remove the second." in refused.detail


def test_words_in_the_encoding_of_old_macs_are_read_right() -> None:
    text = "id,word,n\n" + _lines(40, ["100..900", "café/était là/Noël", "1..99"])
    event = registered(text, "words.csv", "mac-roman")
    assert event.reader.encoding == "mac-roman"
    assert event.columns[1].levels == ("Noël", "café", "était là")


def test_sixteen_years_are_a_table_of_amounts_without_groups() -> None:
    head = "Obs,TOTEMP,GNPDEFL,POP,YEAR\n"
    body = "".join(
        f"{n + 1},{60_000 + n * 711 % 9973},{83 + n * 2.3:.1f},{107_608 + n * 1100},{1947 + n}\n"
        for n in range(16)
    )
    event = registered(head + body, "longley.csv")
    assert (event.rows, event.noun) == (16, "year")
    assert kinds(event) == {
        "Obs": "identifier", "TOTEMP": "measure", "GNPDEFL": "measure", "POP": "count", "YEAR": "date",
    }  # fmt: skip
    assert offer_of(event.columns) == {
        "of amounts": 3,
        "of groups": 0,
        "of days": 0,
        "of amounts in words": 0,
    }


def test_a_wide_table_has_a_column_of_amounts_for_each_year_and_none_for_years_without_any() -> None:
    years = [str(year) for year in range(1960, 2014)]
    rng = Random(5)
    rows = (
        ",".join(
            [
                f"Land {n}",
                f"L{n:02}",
                "Births per woman",
                *(f"{rng.uniform(1, 7):.3f}" for _ in years[:-2]),
                "",
                "",
            ]
        )
        for n in range(60)
    )
    event = registered(
        "\n".join([",".join(["Country Name", "Country Code", "Indicator", *years]), *rows]), "fertility.csv"
    )
    assert event.noun == "country"
    told = kinds(event)
    assert {told[year] for year in years[:-2]} == {"measure"}
    assert {told[name] for name in ("Indicator", *years[-2:])} == {"constant"}
    assert (told["Country Name"], told["Country Code"]) == ("text", "identifier")
    assert Lexicon(event.columns).name("1960") == '"1960"'


def test_why_a_file_was_left_out_is_told_by_its_name_and_by_its_path() -> None:
    history = History()
    history.tell(DatasetRefused("/data/wine.csv", "header_short", "The line of names has 5 cells."))
    for wanted in ("wine", "/data/wine.csv"):
        with pytest.raises(
            NotFoundError, match=r"wine\.csv was left out: The line of names has 5 cells\. \(header_short\)"
        ):
            find(history.state(), "dataset", wanted)
    with pytest.raises(NotFoundError, match="no dataset begins with"):
        find(history.state(), "dataset", "beer")


def test_a_name_in_the_settings_makes_a_column_askable_whose_header_no_text_shows(tmp_path: Path) -> None:
    path = tmp_path / "birds.csv"
    path.write_bytes(TABLES["names with quotes"].data)
    path.with_name("birds.csv.toml").write_text(
        '[columns."say \\"hi\\""]\nname = "greeting"\n[columns."new\\nline"]\nname = "größe"\n'
    )
    event = inspect_file(path)
    assert isinstance(event, DatasetRegistered)
    told = {one.name: one for one in event.columns}
    assert not told['say "hi"'].unasked
    assert not told["new\nline"].unasked
    assert told["back\\slash"].unasked
    words = Lexicon(event.columns)
    assert (words.name('say "hi"'), words.name("new\nline")) == ("greeting", '"größe"')
    assert words.legend(['say "hi"', "new\nline"]) == [
        '"größe" is the column "new\\nline", as a string of Python spells it.',
        'greeting is the column "say \\"hi\\"", as a string of Python spells it.',
    ]


def test_what_a_table_lacks_is_told_by_the_kinds_of_its_columns() -> None:
    columns = (
        ColumnProfile("key", "identifier", False, 0, 50),
        ColumnProfile("note", "text", False, 0, 50),
        ColumnProfile("gone", "constant", True, 50, 0),
        ColumnProfile("\n", "measure", True, 0, 50, unasked="its name has no letter"),
    )
    assert nothing_to_ask(columns).partition("Of its columns: ")[2] == (
        "1 left out for name or labels, 1 of kind identifier, 1 of kind text, 1 without a value."
        " Where that is wrong, give a column a `kind` or a `name` in its settings."
    )
    assert not nothing_to_ask((*columns, ColumnProfile("mass", "measure", True, 0, 50)))
