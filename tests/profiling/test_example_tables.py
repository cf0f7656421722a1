from pathlib import Path

import pytest

from actors.profiling.discover import discover
from actors.profiling.registration import inspect_file
from events.dataset import DatasetRegistered, DateForm, Relation

EXAMPLES = Path(__file__).parents[2] / "examples"
MEASURES_AND_CATEGORIES = {
    "macrodata": (12, 0),
    "market_stalls": (3, 3),
    "penguins_raw": (6, 3),
    "recent_grads": (17, 1),
    "seattle_weather": (4, 1),
    "student_mat": (6, 4),
    "volcanoes": (3, 3),
}


@pytest.fixture(scope="module")
def events() -> dict[str, DatasetRegistered]:
    found = [inspect_file(candidate.path) for candidate in discover(EXAMPLES)]
    return {event.name: event for event in found if isinstance(event, DatasetRegistered)}


def test_every_example_is_registered_and_offers_measures_and_categories(
    events: dict[str, DatasetRegistered],
) -> None:
    offered = {}
    for name, event in events.items():
        kinds = [column.kind for column in event.columns]
        offered[name] = (kinds.count("measure") + kinds.count("count"), kinds.count("category"))
    assert offered == MEASURES_AND_CATEGORIES


def test_the_dirty_ones_are_read_right(events: dict[str, DatasetRegistered]) -> None:
    assert events["student_mat"].reader.delimiter == ";"
    assert events["volcanoes"].reader.encoding == "cp1252"
    assert "NA" in events["penguins_raw"].reader.missing


def test_every_example_is_small_and_its_source_and_licence_are_told() -> None:
    files = sorted(EXAMPLES.glob("*.csv"))
    assert sum(path.stat().st_size for path in files) < 700_000
    for text in ("README.md", "LICENSES.md"):
        told = (EXAMPLES / text).read_text(encoding="utf-8")
        assert all(path.name in told for path in files)


def test_what_a_person_would_say_of_the_examples_is_said(events: dict[str, DatasetRegistered]) -> None:
    assert {name: event.noun for name, event in events.items()} == {
        "macrodata": "quarter",
        "market_stalls": "record",
        "penguins_raw": "penguin",
        "recent_grads": "major",
        "seattle_weather": "day",
        "student_mat": "student",
        "volcanoes": "volcano",
    }
    told = {(name, one.name): one for name, event in events.items() for one in event.columns}
    mass, share = told["penguins_raw", "Body Mass (g)"], told["recent_grads", "ShareWomen"]
    assert (mass.readable, mass.unit) == ("body mass", "g")
    assert (share.readable, share.proportion) == ("share women", "share")
    assert told["recent_grads", "Total"].relations == (Relation("total", ("Men", "Women")),)
    assert told["seattle_weather", "date"].date == DateForm("%Y-%m-%d", "day")
    assert not told["seattle_weather", "temp_max"].unit
    assert [one.value for one in told["volcanoes", "Last Known"].doubtful] == ["?", "Unknown"]
    assert told["macrodata", "quarter"].date == DateForm("%q", "quarter", part=True)
    assert {told["student_mat", name].kind for name in ("Medu", "famrel", "health")} == {"ordinal"}
    assert {told["student_mat", name].kind for name in ("absences", "failures")} == {"count"}
    assert all(one.why for one in told.values())
