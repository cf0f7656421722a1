"""What a job starts from: the tables of the folders that it names, none of them the home's own."""

from pathlib import Path

from actors.intake import take_stock
from actors.job import Job
from events.wire import AnyRecorded
from store.home import Home
from store.log.append import LogWriter
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
