"""What a job starts from: the tables that it names and can have, none of them the home's own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from actors.intake import Stock, Take, hand_out, take_stock
from actors.job import Job, NoTableError
from actors.ports import TableTooLarge
from actors.workers.offered import TableUnreadable
from events.dataset import DatasetRefused, DatasetRegistered, DatasetTaken
from events.wire import AnyRecorded
from store.home import Home
from store.log import drafts
from store.log.append import Draft, LogWriter
from store.log.read import read_events
from store.replay import rebuild
from tests.cli import tables


class Silent:
    """Progress that nobody looks at."""

    def heard(self, recorded: AnyRecorded) -> None:
        pass

    def stage(self, told: str) -> None:
        pass


async def test_a_home_in_the_folder_that_is_named_is_left_out(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    async with LogWriter.open(home) as writer:
        (tmp_path / "birds.csv").write_bytes(tables.birds(rows=20))
        (home.root / "inside.csv").write_bytes(tables.birds(rows=30))
        job = Job("run", frozenset(), home, paths=(tmp_path,))
        stock = await take_stock(job, writer, rebuild(home), Silent())
    assert [table.name for table in stock.tables] == ["birds"]
    assert not stock.left_out


LONG = "long" * 100


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.fixture
async def writer(home: Home) -> AsyncIterator[LogWriter]:
    async with LogWriter.open(home) as opened:
        yield opened


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """Two that can serve, and one whose columns take 40 KB to tell of."""
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "birds.csv").write_bytes(tables.birds())
    (folder / "days.csv").write_bytes(tables.days())
    names = ["size", *(f"{LONG}{number}" for number in range(100))]
    rows = [[f"{row % 5}"] * len(names) for row in range(20)]
    (folder / "wide.csv").write_bytes(tables.table(names, rows))
    return folder


def refusing(name: str, problem: Exception) -> Take:
    """Workers that cannot have one table."""

    async def take(table: DatasetRegistered) -> None:
        if table.name == name:
            raise problem

    return take


async def stocked(home: Home, writer: LogWriter, *paths: Path) -> Stock:
    return await take_stock(Job("run", frozenset(), home, paths=paths), writer, rebuild(home), Silent())


def told(home: Home) -> list[tuple[str, str]]:
    """What the log tells of files that were left out."""
    found = [one.event for one in read_events(home, types=(DatasetRefused,))]
    return [(Path(one.path).name, one.reason) for one in found if isinstance(one, DatasetRefused)]


async def test_a_table_that_is_too_wide_for_the_log_is_left_out_and_keeps_no_other(
    home: Home, writer: LogWriter, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drafts, "EVENT_BYTES", 20_000)
    stock = await stocked(home, writer, files)
    assert sorted(table.name for table in stock.tables) == ["birds", "days"]
    assert [(Path(one.path).name, one.reason) for one in stock.left_out] == [("wide.csv", "too_wide")]
    assert not stock.bad_paths
    assert told(home) == [("wide.csv", "too_wide")]
    again = await stocked(home, writer, files / "wide.csv", files / "birds.csv")
    assert [Path(one.path).name for one in again.bad_paths] == ["wide.csv"]
    assert told(home) == [("wide.csv", "too_wide")]


@pytest.mark.parametrize(
    ("problem", "reason"),
    [(TableTooLarge("d", 9 * 10**9, 10**9), "too_large"), (TableUnreadable("it is torn"), "unreadable")],
)
async def test_a_table_that_no_worker_can_have_is_left_out_and_keeps_no_other(
    home: Home, writer: LogWriter, files: Path, problem: Exception, reason: str
) -> None:
    (files / "wide.csv").unlink()
    for paths, named in (((files,), 0), ((files / "birds.csv", files / "days.csv"), 1)):
        stock = await stocked(home, writer, *paths)
        await hand_out(refusing("days", problem), stock, writer, rebuild(home), Silent())
        assert [table.name for table in stock.tables] == ["birds"]
        assert [(Path(one.path).name, one.reason) for one in stock.left_out] == [("days.csv", reason)]
        assert str(problem) in stock.left_out[0].detail
        assert len(stock.bad_paths) == named
    assert told(home) == [("days.csv", reason)]


async def test_where_no_worker_can_have_any_there_is_nothing_to_do(
    home: Home, writer: LogWriter, files: Path
) -> None:
    stock = await stocked(home, writer, files / "days.csv")
    with pytest.raises(NoTableError, match=r"days.csv: .*larger machine"):
        await hand_out(refusing("days", TableTooLarge("d", 9, 1)), stock, writer, rebuild(home), Silent())


async def test_a_table_that_is_served_after_all_is_no_longer_told_as_left_out(
    home: Home, writer: LogWriter, files: Path
) -> None:
    (files / "wide.csv").unlink()
    stock = await stocked(home, writer, files)
    table = next(one for one in stock.tables if one.name == "days")
    await hand_out(refusing("days", TableTooLarge("d", 9, 1)), stock, writer, rebuild(home), Silent())
    assert list(rebuild(home).datasets.refused) == [table.path]
    await writer.append([Draft(DatasetTaken(table.dataset))])
    assert not rebuild(home).datasets.refused
