"""Files under watched paths are taken in once they are at rest, each once, whatever they do to their reader."""

import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import anyio

from actors.daemon.gathering import Gatherer, Read, Reception
from actors.profiling.intake import Taken, read_file
from actors.profiling.overrides import ReaderOverrides
from events.dataset import DatasetRefused
from store.log.segments import NoSpace
from tests.cli import tables

PATIENCE = 60.0


class Desk:
    """A gatherer, and what it told."""

    def __init__(self, folder: Path, read: Read = read_file) -> None:
        self.folder = folder
        self.taken: list[tuple[Taken, Path]] = []
        self.went: list[Path] = []
        self.troubles: list[str] = []
        self.full = 0
        self._news = anyio.Event()
        self.gatherer = Gatherer(
            [folder],
            folder / "home",
            0.05,
            ReaderOverrides(),
            Reception(self.take, self.went.append, self.changed, self.troubles.append),
            read=read,
            retry_seconds=0.05,
        )

    async def take(self, taken: Taken, root: Path) -> None:
        if self.full:
            self.full -= 1
            raise NoSpace("the disk is full")
        self.taken.append((taken, root))

    def changed(self) -> None:
        self._news.set()

    @property
    def names(self) -> list[str]:
        return [Path(one.event.path).name for one, _ in self.taken]

    async def until(self, due: Callable[[], bool]) -> None:
        with anyio.fail_after(PATIENCE):
            while not due():
                self._news = anyio.Event()
                await self._news.wait()

    async def rests(self) -> None:
        await self.until(lambda: not self.gatherer.busy and not self.gatherer.unsettled)

    @asynccontextmanager
    async def gathering(self) -> AsyncIterator[None]:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self.gatherer.run)
            yield
            tasks.cancel_scope.cancel()


async def test_what_lies_in_the_home_is_never_taken_in(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "home"):
        folder.mkdir(exist_ok=True)
        (folder / f"in {folder.name}.csv").write_bytes(tables.birds(rows=20))
    desk = Desk(tmp_path)
    async with desk.gathering():
        await desk.until(lambda: desk.names != [])
        await desk.rests()
    assert desk.names == [f"in {tmp_path.name}.csv"]


async def test_what_is_there_at_the_start_is_taken_in_once_in_the_order_of_its_paths(tmp_path: Path) -> None:
    for name in ("b.csv", "a.csv", "c.txt"):
        (tmp_path / name).write_bytes(tables.birds(rows=20))
        os.utime(tmp_path / name, (1.0, 1.0))  # so that none has to be waited for
    desk = Desk(tmp_path)
    async with desk.gathering():
        await desk.rests()
        desk.gatherer.look_again()
        await desk.rests()
    assert desk.names == ["a.csv", "b.csv"]
    assert {root for _, root in desk.taken} == {tmp_path}
    assert desk.gatherer.files == 2


async def test_what_comes_changes_and_goes_is_told_of(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    path = tmp_path / "a.csv"
    async with desk.gathering():
        await desk.rests()
        path.write_bytes(tables.birds(rows=20))
        await desk.until(lambda: len(desk.taken) == 1)
        path.write_bytes(tables.birds(rows=30))
        await desk.until(lambda: len(desk.taken) == 2)
        path.unlink()
        await desk.until(lambda: desk.went == [path])
    assert [getattr(one.event, "rows", None) for one, _ in desk.taken] == [20, 30]


async def test_a_file_that_breaks_its_reader_is_left_out(tmp_path: Path) -> None:
    def breaks(path: Path, overrides: ReaderOverrides | None, *, named: bool) -> Taken:
        if path.name == "a.csv":
            raise ZeroDivisionError("a fault of ours")
        return read_file(path, overrides, named=named)

    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_bytes(tables.birds(rows=20))
        os.utime(tmp_path / name, (1.0, 1.0))
    desk = Desk(tmp_path, breaks)
    async with desk.gathering():
        await desk.rests()
    assert desk.names == ["a.csv", "b.csv"]
    refused = desk.taken[0][0].event
    assert isinstance(refused, DatasetRefused)
    assert refused.reason == "reader_broke"
    assert "a fault of ours" in refused.detail


async def test_a_file_for_which_there_is_no_room_is_read_again_later(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(tables.birds(rows=20))
    desk = Desk(tmp_path)
    desk.full = 2
    async with desk.gathering():
        await desk.until(lambda: desk.names == ["a.csv"])
    assert desk.troubles == ["the disk is full"] * 2


async def test_a_file_that_changes_while_it_is_read_is_read_again(tmp_path: Path) -> None:
    table = tmp_path / "a.csv"
    readings: list[int] = []

    def touching(path: Path, overrides: ReaderOverrides | None, *, named: bool) -> Taken:
        taken = read_file(path, overrides, named=named)
        if not readings:
            table.write_bytes(tables.birds(rows=30))
        readings.append(1)
        return taken

    table.write_bytes(tables.birds(rows=20))
    desk = Desk(tmp_path, touching)
    async with desk.gathering():
        await desk.until(lambda: len(desk.taken) == 1)
        await desk.rests()
    assert [getattr(one.event, "rows", None) for one, _ in desk.taken] == [30]
    assert len(readings) == 2
