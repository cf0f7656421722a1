"""A season obeys its orders to the letter, and begins with the tables that were served before."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from actors.daemon.gathering import Reception
from actors.daemon.orders import Orders
from actors.daemon.season import Season
from actors.profiling.discover import refused, settings_beside
from actors.profiling.intake import Taken
from actors.profiling.overrides import ReaderOverrides
from actors.profiling.registration import inspect_bytes
from actors.runtime.processes import Processes
from actors.runtime.settings import Settings
from actors.runtime.supervisor import Ended
from events.dataset import DatasetRefused, DatasetRegistered, DatasetTaken
from events.wire import AnyRecorded
from store.blobs import BlobCorrupt, BlobMissing, Blobs
from store.home import Home
from store.log.append import LogWriter
from store.log.drafts import Draft
from store.log.read import read_events
from store.projections import datasets
from tests.cli import tables

DATA = tables.birds(rows=60)
Act = Callable[[Reception], Awaitable[None]]


async def nothing(_: Reception) -> None:
    """No file is there."""


class Workers:
    """They take every table, and run nothing."""

    level, fingerprint = "process", ""

    async def offer(self, *_: object) -> None:
        await anyio.lowlevel.checkpoint()


class Supervisor:
    """One that runs nobody until it is drained."""

    def __init__(self, *_: object, **given: Any) -> None:
        self.given = given
        self._drained = anyio.Event()
        self.drain = self._drained.set

    async def run(self, _: str) -> Ended:
        await self._drained.wait()
        return "drained"


class Gatherer:
    """One that tells what a test has it tell, and then drains the season."""

    def __init__(self, scene: "Scene", *given: Any) -> None:
        *self.given, self._reception = given
        self._scene = scene

    async def run(self) -> None:
        await self._scene.act(self._reception)
        self._scene.season.drain()


class Scene:
    """Seasons on one home, and what they told."""

    def __init__(self, writer: LogWriter, root: Path) -> None:
        self.writer, self.root = writer, root
        self.known = datasets.initial()
        self.troubles: list[str | None] = []
        self.opened: list[tuple[object, ...]] = []
        self.told: list[str] = []
        self.act: Act = nothing
        self.season: Season
        writer.subscribe(self._learn)

    async def plays(self, act: Act = nothing, **orders: Any) -> Season:
        """A season, begun by these orders and drained once that was done."""
        self.act = act
        self.season = Season(
            orders=Orders(paths=(str(self.root),), **orders),
            origin="",
            writer=self.writer,
            known=self.known,
            processes=Processes(1),
            progress=self,
            changed=lambda: None,
            troubled=lambda _matter, told: self.troubles.append(told),
        )
        with anyio.fail_after(30):
            await self.season.run()
        return self.season

    async def has_served(self, *, kept: bool = True) -> DatasetRegistered:
        """A table that an earlier season served; where its bytes are lost, only the log knows it."""
        table = self.table
        blobs = {table.blob: DATA} if kept else {}
        await self.writer.append([Draft(table), Draft(DatasetTaken(table.dataset, str(self.root)))], blobs)
        return table

    @property
    def table(self) -> DatasetRegistered:
        found = inspect_bytes(DATA, self.root / "birds.csv")
        assert isinstance(found, DatasetRegistered)
        return found

    @property
    def takings(self) -> int:
        """How often a table came into scope."""
        return len(list(read_events(self.writer.home, types=(DatasetTaken,))))

    def heard(self, recorded: AnyRecorded) -> None:
        pass

    def stage(self, told: str) -> None:
        self.told.append(told)

    def _learn(self, batch: Sequence[AnyRecorded]) -> None:
        for one in batch:
            datasets.apply(self.known, one)


@pytest.fixture
async def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Scene]:
    @asynccontextmanager
    async def opened(*given: object) -> AsyncIterator[tuple[Workers, str]]:
        found.opened.append(given)
        yield Workers(), "none"

    async with LogWriter.open(Home(tmp_path / "home")) as writer:
        found = Scene(writer, tmp_path / "data")
        monkeypatch.setattr("actors.daemon.season.opened_workers", opened)
        monkeypatch.setattr("actors.daemon.season.Supervisor", Supervisor)
        monkeypatch.setattr("actors.daemon.season.Gatherer", lambda *given: Gatherer(found, *given))
        yield found


@pytest.mark.parametrize("allowed", [False, True])
async def test_that_a_models_code_may_run_without_a_wall_reaches_the_workers(
    scene: Scene, allowed: bool
) -> None:
    await scene.plays(allow_process_level=allowed)
    assert scene.opened[0][-2:] == (allowed, 0)


async def test_every_number_that_is_ordered_reaches_who_obeys_it(scene: Scene) -> None:
    season = await scene.plays(window=7, concurrency=3, drain_seconds=2.5, settle_seconds=0.25)
    assert isinstance(season.supervisor, Supervisor)
    assert season.supervisor.given == {
        "limits": {},
        "sources": {"generator": 7},
        "settings": Settings(concurrency=3, drain_seconds=2.5),
    }
    assert isinstance(season.gatherer, Gatherer)
    assert season.gatherer.given == [(scene.root,), scene.writer.home.root, 0.25, ReaderOverrides()]


async def test_what_a_person_says_of_files_reaches_who_reads_them(scene: Scene) -> None:
    season = await scene.plays(encoding="latin-1", delimiter=";", header=2, missing=("none",))
    assert isinstance(season.gatherer, Gatherer)
    assert season.gatherer.given[-1] == ReaderOverrides("latin-1", ";", 2, ("none",))


@pytest.mark.parametrize(
    "said", [{"encoding": "utf-16"}, {"delimiter": ";"}, {"header": 3}, {"missing": ("nothing",)}], ids=str
)
async def test_a_table_that_was_read_otherwise_than_a_person_now_says_is_not_served(
    scene: Scene, said: Mapping[str, Any]
) -> None:
    await scene.has_served()
    await scene.plays(**said)
    assert scene.takings == 1


@pytest.mark.parametrize("said", ['row = "bird"', "row = "], ids=["another", "wrong"])
async def test_a_table_of_which_a_person_now_says_something_else_is_not_served(
    scene: Scene, said: str
) -> None:
    table = await scene.has_served()
    settings = settings_beside(Path(table.path))
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text(said, encoding="utf-8")
    await scene.plays()
    assert scene.takings == 1


async def test_a_table_that_was_read_as_a_person_says_is_served_again(scene: Scene) -> None:
    reader = (await scene.has_served()).reader
    await scene.plays()
    said = {name: getattr(reader, name) for name in ("encoding", "delimiter", "header", "missing")}
    await scene.plays(**said)
    assert scene.takings == 3


async def test_a_table_whose_bytes_are_lost_is_left_out_until_its_file_is_seen(scene: Scene) -> None:
    table = await scene.has_served(kept=False)
    await scene.plays()
    assert scene.takings == 1
    told, *_ = filter(None, scene.troubles)
    assert told.startswith("the table birds is left out: ")
    with pytest.raises(BlobMissing):
        Blobs(scene.writer.home).get(table.blob)

    await scene.plays(lambda reception: reception.take(Taken(table, DATA), scene.root))
    assert scene.takings == 2
    assert Blobs(scene.writer.home).get(table.blob) == DATA


async def test_a_table_whose_bytes_are_damaged_while_it_is_served_is_whole_once_its_file_is_seen(
    scene: Scene,
) -> None:
    table = await scene.has_served()

    async def damage_and_see(reception: Reception) -> None:
        (pack,) = await anyio.to_thread.run_sync(list, scene.writer.home.blobs.glob("*.pack"))
        with pack.open("r+b") as file:
            file.seek(pack.stat().st_size // 2)
            file.write(bytes(8))
        with pytest.raises(BlobCorrupt):
            Blobs(scene.writer.home).get(table.blob)
        await reception.take(Taken(table, DATA), scene.root)

    await scene.plays(damage_and_see)
    assert scene.takings == 2
    assert Blobs(scene.writer.home).get(table.blob) == DATA


async def test_a_file_that_cannot_serve_is_told_once_however_often_it_is_seen(scene: Scene) -> None:
    refusal = refused(scene.root / "bad.csv", "binary", "It is no text.")

    async def see_twice(reception: Reception) -> None:
        for _ in range(2):
            await reception.take(Taken(refusal), scene.root)

    await scene.plays(see_twice)
    await scene.plays(see_twice)
    assert len(list(read_events(scene.writer.home, types=(DatasetRefused,)))) == 1


async def test_of_a_file_that_is_gone_a_table_stays_only_if_it_gave_one(scene: Scene) -> None:
    good, copy, bad = (scene.root / name for name in ("birds.csv", "copy.csv", "bad.csv"))

    async def see_and_lose(reception: Reception) -> None:
        await reception.take(Taken(refused(bad, "binary", "It is no text.")), scene.root)
        for path in (good, copy):
            found = inspect_bytes(DATA, path)
            await reception.take(Taken(found, DATA), scene.root)
        for path in (good, copy, bad):
            reception.gone(path)

    await scene.plays(see_and_lose)
    assert [told for told in scene.told if told.startswith("gone")] == [
        f"gone: {good}; its table stays",
        f"gone: {copy}; its table stays",
        f"gone: {bad}",
    ]
