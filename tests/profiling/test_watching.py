"""Who watches paths is told when something about tables under them changes, and is not when something else does."""

import os
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import pytest
from watchfiles._rust_notify import WatchfilesRustInternalError
from watchfiles.main import FileChange

from actors.profiling.watch import Concerns, sight, watch

PATIENCE = 30.0


class Watched:
    """Paths under watch: a folder and a single file."""

    def __init__(self, place: Path) -> None:
        self.folder = place / "folder"
        self.file = place / "elsewhere" / "one.csv"
        self.home = self.folder / ".tracegate"
        for folder in (self.home, self.file.parent):
            folder.mkdir(parents=True)
        self.file.write_bytes(b"a")
        self.told = 0
        self.troubles: list[str] = []
        self._news = anyio.Event()

    @property
    def roots(self) -> list[Path]:
        return [self.folder, self.file]

    async def watch(self) -> None:
        await watch(self.roots, self.home, self.changed, self.troubled, pause=0.01)

    def changed(self) -> None:
        self.told += 1
        self._news.set()

    def troubled(self, told: str) -> None:
        self.troubles.append(told)
        self._news.set()

    async def until(self, due: Callable[[], bool]) -> None:
        """Wait for a telling after which this holds."""
        with anyio.fail_after(PATIENCE):
            while not due():
                self._news = anyio.Event()
                await self._news.wait()

    def names(self) -> set[str]:
        return {path.name for path in sight(self.roots).files}

    async def sees(self, *names: str) -> None:
        """Wait for a telling, and look at each, until exactly these tables are there."""
        told = self.told
        await self.until(lambda: self.told > told and self.names() == set(names))


@asynccontextmanager
async def watched(place: Path) -> AsyncIterator[Watched]:
    """A watch that stands."""
    found = Watched(place)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(found.watch)
        await found.until(lambda: found.told > 0)
        yield found
        tasks.cancel_scope.cancel()


@pytest.mark.full
async def test_new_changed_moved_and_removed_files_are_told_of(tmp_path: Path) -> None:
    async with watched(tmp_path) as found:
        (found.folder / "a.csv").write_bytes(b"1")
        await found.sees("a.csv", "one.csv")
        (found.folder / "deeper" / "still").mkdir(parents=True)
        (found.folder / "deeper" / "still" / "b.tsv").write_bytes(b"1")
        await found.sees("a.csv", "b.tsv", "one.csv")
        shutil.rmtree(found.folder / "deeper")
        await found.sees("a.csv", "one.csv")
        other = found.file.with_name("other.csv")
        other.write_bytes(b"2")
        before = sight(found.roots).files[found.file]
        other.replace(found.file)
        await found.until(lambda: sight(found.roots).files[found.file] != before)
        found.file.unlink()
        await found.sees("a.csv")


@pytest.mark.full
async def test_a_folder_that_comes_again_is_watched_again(tmp_path: Path) -> None:
    async with watched(tmp_path) as found:
        shutil.rmtree(found.folder)
        await found.sees("one.csv")
        found.folder.mkdir()
        (found.folder / "a.csv").write_bytes(b"1")
        await found.sees("a.csv", "one.csv")
        (found.folder / "b.csv").write_bytes(b"1")
        await found.sees("a.csv", "b.csv", "one.csv")


@pytest.mark.full
async def test_a_name_that_is_no_text_does_not_end_a_watch(tmp_path: Path) -> None:
    async with watched(tmp_path) as found:
        told = found.told
        (found.folder / os.fsdecode(b"caf\xe9.txt")).write_bytes(b"1")
        await found.until(lambda: found.told > told)
        (found.folder / "a.csv").write_bytes(b"1")
        await found.sees("a.csv", "one.csv")
        (found.folder / "b.csv").write_bytes(b"1")
        await found.sees("a.csv", "b.csv", "one.csv")
    assert found.troubles == []


@pytest.mark.full
async def test_a_folder_that_cannot_be_looked_at_is_told_of_once_and_watched_again_when_it_can(
    tmp_path: Path,
) -> None:
    async with watched(tmp_path) as found:
        (found.folder / "a.csv").write_bytes(b"1")
        await found.sees("a.csv", "one.csv")
        aside = tmp_path / "aside"
        found.folder.rename(aside)
        found.folder.symlink_to("a" * 300)  # the system refuses to say what is there, whoever asks
        await found.until(lambda: found.troubles != [])
        assert found.names() == {"one.csv"}
        found.file.write_bytes(b"12")
        found.folder.unlink()
        aside.rename(found.folder)
        await found.sees("a.csv", "one.csv")
        (found.folder / "b.csv").write_bytes(b"1")
        await found.sees("a.csv", "b.csv", "one.csv")
    (trouble,) = found.troubles
    assert trouble.startswith(f"{found.folder} cannot be looked at now")
    assert "File name too long" in trouble


async def test_without_notices_whoever_watches_looks_now_and_then_and_is_told_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = 0

    async def none_left(*_: object, **__: object) -> AsyncIterator[set[FileChange]]:
        nonlocal tried
        tried += 1
        raise WatchfilesRustInternalError("Too many open files")
        yield set()

    monkeypatch.setattr("actors.profiling.watch.awatch", none_left)
    async with watched(tmp_path) as found:
        await found.until(lambda: found.troubles != [] and tried > 6)
        (found.folder / "a.csv").write_bytes(b"1")
        await found.sees("a.csv", "one.csv")
        monkeypatch.undo()
        (found.folder / "b.csv").write_bytes(b"1")
        await found.sees("a.csv", "b.csv", "one.csv")
    (trouble,) = found.troubles
    assert trouble.endswith("files are looked at now and then: Too many open files")


async def test_a_watch_ends_at_once_when_it_is_cancelled(tmp_path: Path) -> None:
    found = Watched(tmp_path)
    began = anyio.current_time()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(found.watch)
        await anyio.lowlevel.checkpoint()
        tasks.cancel_scope.cancel()
    assert anyio.current_time() - began < PATIENCE


def test_only_tables_in_sight_concern_whoever_watches(tmp_path: Path) -> None:
    found = Watched(tmp_path)
    (found.folder / "notes.txt").write_bytes(b"1")
    (found.folder / "deeper").mkdir()
    concerns = Concerns(found.roots, found.home)
    told = {
        found.folder / "a.csv": True,
        found.folder / "A.TSV": True,
        found.folder / "deeper": True,
        found.folder / "gone": True,
        found.folder: True,
        found.folder.parent: True,
        found.file: True,
        found.file.with_name("two.csv"): False,
        found.folder / "notes.txt": False,
        found.folder / "a.csv.toml": True,
        found.folder / ".hidden.csv": False,
        found.folder / ".hidden" / "a.csv": False,
        found.home / "questions" / "a.csv": False,
        tmp_path.parent / "a.csv": False,
    }
    assert {path: concerns.of(path) for path in told} == told


def test_the_home_is_left_out_wherever_it_lies(tmp_path: Path) -> None:
    found = Watched(tmp_path)
    assert not Concerns(found.roots, found.folder / "home").of(found.folder / "home" / "a.csv")


def test_a_root_within_the_home_is_watched_and_nothing_else_of_the_home(tmp_path: Path) -> None:
    home = tmp_path / "home"
    concerns = Concerns([home / "data", tmp_path], home)
    assert concerns.of(home / "data" / "a.csv")
    assert not concerns.of(home / "a.csv")
    assert not Concerns([home], home).of(home / "a.csv")


def test_a_sight_names_each_file_once_with_the_root_that_comes_first(tmp_path: Path) -> None:
    found = Watched(tmp_path)
    inside = found.folder / "a.csv"
    inside.write_bytes(b"1")
    seen = sight([inside, found.folder, found.folder / "gone", found.file])
    assert seen.roots == {inside: inside, found.file: found.file}
    assert sight([found.folder, inside]).roots == {inside: found.folder}


def test_a_sight_tells_what_is_left_out_without_a_look_inside(tmp_path: Path) -> None:
    found = Watched(tmp_path)
    (found.folder / "link.csv").symlink_to(found.file)
    (refusal,) = sight([found.folder]).refused
    assert refusal.reason == "link_outside"
