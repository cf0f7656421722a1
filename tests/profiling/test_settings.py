"""A person's word about a table takes the place of what was found, and what cannot be is refused in words."""

from pathlib import Path

import pytest

from actors.profiling.overrides import ReaderOverrides
from actors.profiling.registration import inspect_file
from events.dataset import (
    ColumnProfile,
    ColumnSettings,
    DatasetRefused,
    DatasetRegistered,
    DateForm,
    TableSettings,
)

ROWS = 24
TABLE = "Body Mass (g),hue,grade,when,day,note\n" + "".join(
    f"{3000 + n * 7},{('red', 'green', 'blue')[n % 3]},{n % 4 + 1},{n % 12 + 1}/{n % 11 + 1}/2020,{20200101 + n},n{n} x\n"
    for n in range(ROWS)
)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    path = tmp_path / "penguins.csv"
    path.write_text(TABLE, encoding="utf-8")
    return path


def say(path: Path, text: str) -> None:
    path.with_name(path.name + ".toml").write_text(text, encoding="utf-8")


def registered(path: Path, **more: object) -> DatasetRegistered:
    event = inspect_file(path, **more)  # type: ignore[arg-type]
    assert isinstance(event, DatasetRegistered), event
    return event


def column(event: DatasetRegistered, name: str) -> ColumnProfile:
    return next(one for one in event.columns if one.name == name)


def test_without_a_file_nothing_is_said(place: Path) -> None:
    event = registered(place)
    assert event.settings is None
    assert (event.noun, column(event, "grade").kind, column(event, "when").kind) == (
        "penguin",
        "ordinal",
        "text",
    )


def test_everything_about_columns_and_rows_can_be_said(place: Path) -> None:
    found = registered(place)
    say(
        place,
        """
        row = "bird"
        [columns."Body Mass (g)"]
        name = "weight"
        unit = "gram"
        [columns.hue]
        levels = ["blue", "red", "green"]
        kind = "ordinal"
        [columns.grade]
        kind = "category"
        [columns.when]
        dates = "%d/%m/%Y"
        [columns.note]
        kind = "identifier"
        """,
    )
    event = registered(place)
    assert (event.noun, event.noun_why) == ("bird", "its settings say so")
    mass, hue, grade = (column(event, name) for name in ("Body Mass (g)", "hue", "grade"))
    assert (mass.readable, mass.unit, mass.kind) == ("weight", "gram", "measure")
    assert (hue.kind, hue.levels) == ("ordinal", ("blue", "red", "green"))
    assert (grade.kind, grade.levels) == ("category", ("1", "2", "3", "4"))
    assert column(event, "when").date == DateForm("%d/%m/%Y", "day")
    assert (column(event, "when").kind, column(event, "note").kind) == ("date", "identifier")
    assert all(
        "its settings say so" in one.why for one in event.columns if one.name not in ("Body Mass (g)", "day")
    )
    assert "unit gram: its settings say so" in mass.why
    assert column(event, "day") == column(found, "day")
    assert "Settings: penguins.csv.toml beside it." in event.notes


def test_what_is_said_makes_another_dataset_and_nothing_said_the_same(place: Path) -> None:
    without = registered(place)
    say(place, "")
    assert registered(place).dataset == without.dataset
    say(place, 'row = "bird"')
    said = registered(place)
    assert said.dataset != without.dataset
    assert said.settings == TableSettings(row="bird")
    say(place, '[columns.grade]\nunit = ""')
    assert registered(place).settings == TableSettings(columns={"grade": ColumnSettings(unit="")})
    assert len({without.dataset, said.dataset, registered(place).dataset}) == 3


def test_the_home_goes_before_the_file_beside_the_table(place: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / "tables").mkdir(parents=True)
    say(place, 'row = "beside"')
    assert registered(place, home=home).noun == "beside"
    (home / "tables" / "penguins.csv.toml").write_text('row = "at home"', encoding="utf-8")
    event = registered(place, home=home)
    assert event.noun == "at home"
    assert "Settings: penguins.csv.toml in the home." in event.notes


def test_the_reader_can_be_told_and_the_command_line_goes_before(place: Path) -> None:
    place.write_text(TABLE.replace(",", ";"), encoding="utf-8")
    say(place, '[reader]\ndelimiter = ";"\nmissing = ["x"]')
    assert registered(place).reader.missing == ("x",)
    event = registered(place, overrides=ReaderOverrides(missing=("y",)))
    assert (event.reader.missing, event.reader.delimiter) == (("y",), ";")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("row = [", "this is no TOML"),
        ("rows = 'bird'", "unknown field `rows`"),
        ("row = ' '", "a few words on one line"),
        ("row = \"a\\nb\"", "a few words on one line"),
        ("[columns.Hue]\nkind = 'flag'", "no such column; did you mean 'hue'?"),
        ("[columns.zzz]\nkind = 'flag'", "no such column; there are 'Body Mass (g)', 'hue', 'grade', …"),
        ("[columns.hue]\nkind = 'number'", "the kinds are measure, count,"),
        ("[columns.hue]\nkind = 'measure'", "it holds text, such as 'blue', 'green', 'red'"),
        ("[columns.hue]\nkind = 'flag'", "it has 3 different values"),
        ("[columns.hue]\nkind = 'constant'", "it has 3 different values"),
        ("[columns.hue]\nkind = 'ordinal'", "say in `levels` in which order"),
        ("[columns.hue]\nkind = 'date'", "say in `dates` how they are written"),
        ("[columns.hue]\nlevels = ['red', 'blue']", "its `levels` lack 'green'"),
        ("[columns.hue]\nlevels = ['red', 'blue', 'green', 'grey']", "no row has the level 'grey'; did you mean 'green'?"),
        ("[columns.hue]\nlevels = ['red', 'blue', 'green', 'red']", "named twice"),
        ("[columns.note]\nlevels = ['S']", "it is text, and has no levels"),
        ("[columns.hue]\nunit = 'mm'", "it is category, and has no amounts"),
        ("[columns.hue]\nname = 'body mass'", "as 'Body Mass (g)' is: give both a `name`"),
        ("[columns.hue]\nname = ''", "a few words on one line"),
        ("[columns.when]\ndates = 'dd.mm'", "is no form of dates"),
        ("[columns.when]\ndates = '%Y-%m-%d'", "not all of its values are dates as %Y-%m-%d: '1/1/2020'"),
        ("[columns.when]\ndates = '%d/%m/%Y'\nkind = 'text'", "with `dates` its kind is date"),
        ("[reader]\nencoding = 'klingon'", "unknown encoding: klingon"),
        ("[reader]\nheader = 'first'", "Expected `int | null`, got `str`"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_what_to_do(place: Path, text: str, told: str) -> None:
    say(place, text)
    event = inspect_file(place)
    assert isinstance(event, DatasetRefused)
    assert event.reason == "settings"
    assert told in event.detail


def test_a_file_of_settings_that_cannot_be_read_is_told_of(place: Path) -> None:
    say(place, "#" * 1_000_001)
    event = inspect_file(place)
    assert isinstance(event, DatasetRefused)
    assert "more than 1,000,000 bytes" in event.detail


def test_a_table_whose_first_line_names_no_columns_is_read_and_named(tmp_path: Path) -> None:
    """The form in which scikit-learn ships its tables: counts of rows and columns, and names of classes."""
    path = tmp_path / "wine.csv"
    lines = ["20,2,sweet,dry", *(f"{12 + n / 7:.2f},{n + 70},{n % 2}" for n in range(20))]
    path.write_text("\n".join(lines), encoding="utf-8")
    refusal = inspect_file(path)
    assert isinstance(refusal, DatasetRefused)
    say(path, '[reader]\nheader = -2\n[columns.column_1]\nname = "alcohol"\nunit = "%"')
    event = registered(path)
    assert (event.rows, event.noun, event.reader.header) == (20, "wine", -2)
    assert [one.name for one in event.columns] == ["column_1", "column_2", "column_3"]
    assert (event.columns[0].readable, event.columns[0].unit) == ("alcohol", "%")
    say(path, "[reader]\nheader = -99")
    assert inspect_file(path).reason == "header_only"  # type: ignore[union-attr]
