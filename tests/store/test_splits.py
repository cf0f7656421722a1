"""Sides follow from content, never change when more comes in, and nothing stands on two."""

from collections.abc import Iterable

import msgspec
import pytest

from events.identity import identify
from events.question import ProgramRecord, Question, Step
from store.sketch import TableSketch
from store.splits import SHARES, Splits, TablePlace, held_out, leaks, place_tables, shape
from tests.history import dataset_registered, question

DIGESTS = {str(number): f"{number:032x}" for number in range(400)}


def sketch(*rows: int) -> TableSketch:
    """Of a table whose rows are these, each by a hash of it as a sketch has them."""
    return TableSketch(tuple(sorted(int(identify("row", one), 16) for one in rows)), ())


def unlike(numbers: Iterable[int]) -> dict[str, TableSketch]:
    return {str(one): sketch(*rows_of(str(one))) for one in numbers}


def rows_of(key: str) -> range:
    return range(int(key) * 100, int(key) * 100 + 50)


HELD = next(key for key in DIGESTS if key != "0" and held_out("table", DIGESTS[key]))
TRAINED = next(key for key in DIGESTS if key != "0" and not held_out("table", DIGESTS[key]))


def test_about_as_many_tables_are_held_out_as_are_wanted() -> None:
    found = place_tables(unlike(range(400)), DIGESTS).tables.values()
    share = sum(place.side == "held" for place in found) / 400
    assert share == pytest.approx(SHARES["table"], abs=0.06)


def test_the_first_table_is_trained_on_wherever_its_digest_would_have_it() -> None:
    assert place_tables(unlike([int(HELD)]), DIGESTS).tables[HELD].side == "train"


def test_no_side_changes_when_more_tables_come_in() -> None:
    sketches = unlike(range(60))
    sketches |= {f"copy {one}": sketch(*range(one * 100, one * 100 + 48), 9) for one in (3, 11, 29)}
    digests = DIGESTS | {f"copy {one}": f"{one + 7:032x}" for one in (3, 11, 29)}
    whole = place_tables(sketches, digests).tables
    for count in range(len(sketches)):
        part = place_tables(dict(list(sketches.items())[:count]), digests).tables
        assert part == {key: whole[key] for key in part}


def test_a_near_duplicate_stands_where_the_first_of_its_kind_stands() -> None:
    first = unlike([0, int(HELD), int(TRAINED)])
    for key, side in ((HELD, "held"), (TRAINED, "train")):
        places = place_tables(first | {"copy": sketch(*rows_of(key)[3:], 1)}, DIGESTS | {"copy": "0" * 32})
        assert places.tables["copy"].side == side
        assert places.tables["copy"].like == (key,)


def test_a_table_that_joins_both_sides_stands_apart_and_moves_neither() -> None:
    first = unlike([0, int(HELD), int(TRAINED)])
    bridge = sketch(*rows_of(HELD), *rows_of(TRAINED))
    found = place_tables(first | {"bridge": bridge}, DIGESTS | {"bridge": "1" * 32})
    assert found.tables["bridge"].side == "apart"
    assert found.of(asked("bridge")) is None
    assert (found.tables[HELD].side, found.tables[TRAINED].side) == ("held", "train")


def asked(dataset: str, *operators: str, template: str | None = None, number: int = 0) -> Question:
    """A question whose program is a chain of these operators."""
    names = ("table", *(f"s{at}" for at in range(len(operators))))
    steps = tuple(
        Step(names[at + 1], operator, (names[at],), {}, {}) for at, operator in enumerate(operators)
    )
    base = question(dataset, "procedural" if template is None else "template", number)
    program = ProgramRecord(steps, {"value": names[-1]}) if steps else base.recipe.program
    recipe = msgspec.structs.replace(base.recipe, program=program, template=template)
    return msgspec.structs.replace(base, id=f"{dataset}/{operators}/{template}/{number}", recipe=recipe)


def test_a_shape_knows_no_column_constant_reading_or_order_of_steps() -> None:
    one = ProgramRecord(
        (Step("a", "mean", ("table",), {"column": "x"}, {}), Step("b", "sum", ("table",), {}, {"m": "0"})),
        {"p": "a", "q": "b"},
    )
    two = ProgramRecord(
        (Step("u", "sum", ("table",), {"column": "z"}, {}), Step("v", "mean", ("table",), {}, {})),
        {"r": "u", "s": "v"},
    )
    assert shape(one) == shape(two)
    other = ProgramRecord((*one.steps[:1], Step("b", "sum", ("a",), {}, {})), one.answer)
    assert shape(one) != shape(other)


def test_questions_stand_by_table_then_shape_then_template() -> None:
    splits = Splits({"t": TablePlace("train", ()), "h": TablePlace("held", ())})
    shapes = [(f"op{number}",) for number in range(200)]
    programs = {held_out("program", shape(asked("t", *one).recipe.program)): one for one in shapes}
    templates = {held_out("template", name): name for name in map(str, range(200))}
    assert splits.of(asked("h", *programs[False])) == "test_tables"
    assert splits.of(asked("t", *programs[True], template=templates[True])) == "test_programs"
    assert splits.of(asked("t", *programs[False], template=templates[True])) == "test_templates"
    assert splits.of(asked("t", *programs[False], template=templates[False])) == "train"
    assert splits.of(asked("t", *programs[False])) == "train"
    assert splits.of(asked("nobody knows it", *programs[False])) is None


def test_splits_as_they_are_made_leak_nothing() -> None:
    sketches = unlike(range(40))
    splits = place_tables(sketches, DIGESTS)
    questions = [
        asked(
            key, f"op{number % 9}", "mean", template=f"t{key} {number}" if number % 2 else None, number=number
        )
        for key in sketches
        for number in range(20)
    ]
    found = {one.id: splits.of(one) for one in questions}
    assert {*found.values()} == {"train", "test_tables", "test_programs", "test_templates"}
    assert leaks(found, {one.id: one for one in questions}, sketches) == ()


def test_a_leak_of_each_kind_is_found_anew_from_content() -> None:
    sketches = unlike([0]) | {"copy": sketch(*range(49), 7)}
    trained = asked("0", "mean", template="one", number=1)
    copied, same = asked("copy", "sum", number=2), asked("0", "mean", number=3)
    worded = asked("0", "max", template="one", number=4)
    questions = {one.id: one for one in (trained, copied, same, worded)}
    found = leaks(
        {
            trained.id: "train",
            copied.id: "test_tables",
            same.id: "test_programs",
            worded.id: "test_templates",
        },
        questions,
        sketches,
    )
    assert [(one.kind, one.trained, one.held) for one in found] == [
        ("table", "0", "copy"),
        ("program", trained.id, same.id),
        ("template", trained.id, worded.id),
    ]


def test_a_table_of_the_history_is_known_by_its_dataset() -> None:
    table = dataset_registered()
    places = place_tables({table.dataset: sketch(1, 2)}, {table.dataset: table.blob})
    assert places.of(question(table.dataset, "template", 0)) is not None
