"""What a table owes by what it offers is met by search and court; a generator that is worse is caught."""

from collections.abc import Hashable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st

from actors.generation.floors import CLASSES, NOTHING, ROOM, Class, Offer, class_of, offered
from actors.generation.promises import Promise, promises
from actors.generation.stream import budget
from actors.language.operator import grammar
from actors.language.search.uses import Uses
from events.dataset import ColumnProfile
from store.home import Home
from store.projections.coverage import Coverage
from tests.generation.pool import grown, registered

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.csv"))
PENGUINS = next(one for one in EXAMPLES if one.stem == "penguins_raw")
NUMBERS = st.integers(0, 400)


def columns(offer: Offer) -> list[ColumnProfile]:
    """A profile that offers just so much."""
    return [
        *(ColumnProfile(f"m{one}", "measure", True, 0, 50) for one in range(offer.measures)),
        *(ColumnProfile(f"c{one}", "category", False, 0, 2, ("a", "b")) for one in range(offer.categories)),
        *(ColumnProfile(f"d{one}", "date", True, 0, 50) for one in range(offer.dates)),
        ColumnProfile("name", "identifier", False, 0, 400),
    ]


def owed(found: Coverage) -> list[Promise]:
    """What the table owes by its class: questions, columns in them, decisions that are acted on."""
    words = ("procedural questions of ", "columns of ", "acting on a decision")
    return [one for one in promises(found) if one.what.startswith(words) and " steps " not in one.what]


def unmet(found: Coverage) -> list[str]:
    return [f"{one.what}: {one.found:g}, {one.bound:g} wanted" for one in owed(found) if not one.is_met]


def coverage_of(path: Path, folder: Path, wanted: int | None = None, most: int | None = None) -> Coverage:
    """So many questions of a table, or as many as its class owes; of so many proposals at most."""
    home, found = Home(folder), Coverage()
    event = registered(path, home)
    floor = class_of(event.rows, event.columns).floor if wanted is None else wanted
    grown(found, event, home, floor, most or budget(floor))
    return found


def first_column(uses: Uses, choices: Sequence[Hashable], *within: Hashable) -> Hashable:
    """As `Uses.least`, but of columns always the first that matches."""
    chosen = choices[0] if within[:1] == ("column",) else uses.ranked(choices, *within)[0]
    uses.note(chosen, *within)
    return chosen


@given(NUMBERS, st.integers(0, 5), st.integers(0, 5), st.integers(0, 2))
def test_a_table_that_offers_more_never_owes_less(rows: int, numbers: int, sorts: int, dates: int) -> None:
    less = Offer(rows, numbers, sorts, dates)
    for more in (Offer(rows + 50, numbers, sorts, dates), Offer(rows, numbers + 1, sorts, dates),
                 Offer(rows, numbers, sorts + 1, dates)):  # fmt: skip
        poor, rich = class_of(less.rows, columns(less)), class_of(more.rows, columns(more))
        assert rich.floor >= poor.floor
        assert rich.decides >= poor.decides


@given(st.integers(100, 10**6), st.integers(3, 60), st.integers(2, 60))
def test_a_rich_table_owes_three_hundred_and_says_no_excuse(rows: int, numbers: int, sorts: int) -> None:
    found = class_of(rows, columns(Offer(rows, numbers, sorts, 0)))
    assert (found.floor, found.decides, found.lacks) == (300, True, "")


def test_every_class_that_owes_less_says_why_and_every_class_can_be_had() -> None:
    for one in (*CLASSES[1:], NOTHING):
        assert one.lacks
    for one in CLASSES:
        assert class_of(one.least.rows, columns(one.least)) == one
    assert class_of(11, columns(Offer(11, 9, 9, 0))) == NOTHING


def test_what_a_profile_offers_is_counted_by_kind() -> None:
    assert offered(7, columns(Offer(7, 3, 2, 1))) == Offer(7, 3, 2, 1)
    assert CLASSES[0].columns(Offer(100, 3, 2, 0)) == 5
    assert CLASSES[0].columns(Offer(100, 200, 2, 0)) == 300 // ROOM


def test_a_generator_that_takes_the_first_column_only_leaves_columns_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = coverage_of(PENGUINS, tmp_path / "sound", 60, most=240)
    assert all(one.is_met for one in owed(sound) if not one.what.startswith("procedural"))
    monkeypatch.setattr(Uses, "least", first_column)
    changed = unmet(coverage_of(PENGUINS, tmp_path / "changed", 60, most=240))
    assert any(one.startswith("columns of penguins_raw") for one in changed), changed


def test_a_generator_without_decisions_owes_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for one in grammar().values():
        if one.branches or one.opposite:
            monkeypatch.setattr(one, "searchable", False)
    found = unmet(coverage_of(PENGUINS, tmp_path, 40))
    assert any(one.startswith("acting on a decision, of penguins_raw") for one in found), found


def least_of(one: Class, folder: Path) -> Path:
    """A table that offers just what a class asks for: skewed measures, categories of three levels."""
    rng, least = np.random.Generator(np.random.PCG64(5)), one.least
    size = least.rows
    numbers = {f"reading {name}": rng.lognormal(1, 0.6, size).round(3) for name in range(least.measures)}
    sorts = {
        f"zone {name}": rng.choice([f"{level}{name}" for level in "abc"], size)
        for name in range(least.categories)
    }
    path = folder / "least.csv"
    pd.DataFrame({"name": [f"n{rng.integers(10**9)}" for _ in range(size)], **numbers, **sorts}).to_csv(
        path, index=False
    )
    return path


@pytest.mark.full
@pytest.mark.parametrize("one", CLASSES, ids=lambda one: one.name)
def test_the_poorest_table_of_a_class_meets_what_it_owes(one: Class, tmp_path: Path) -> None:
    found = coverage_of(least_of(one, tmp_path), tmp_path)
    assert owed(found)[0].detail.split(";")[0] == one.name
    assert unmet(found) == []


@pytest.mark.full
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_example_meets_what_its_class_owes(path: Path, tmp_path: Path) -> None:
    found = coverage_of(path, tmp_path)
    assert owed(found)
    assert unmet(found) == []
