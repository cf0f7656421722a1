"""What dead hosts left is removed by hand and named; what is at work is left alone."""

import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from actors.workers import docker, questioned
from actors.workers.containers import LABEL_PLACE, Owner
from actors.workers.folders import LOCK, PREFIX, worker_folder
from actors.workers.link import StopFailed
from actors.workers.reaping import Reaped, StillThere, reap

HOME = Owner("a home", "here")
Serve = Callable[..., "Engine"]


class Container:
    """One as the engine lists it; it cannot be removed where an error is given."""

    def __init__(self, name: str, place: str, state: str, error: str = "") -> None:
        self.id = name
        self.error = error
        self._told = {"Labels": {LABEL_PLACE: place}, "State": state}

    def __getitem__(self, key: str) -> object:
        return self._told[key]


class Engine:
    """As much of an engine as lists containers, and removes those that were started only to be asked."""

    def __init__(self, *there: Container) -> None:
        self.there = list(there)
        self.asked: list[str] = []
        self.breaks_off = False

    @property
    def containers(self) -> "Engine":
        return self

    async def list(self, **_: object) -> list[Container]:
        return list(self.there)

    async def prune(self, **_: object) -> dict[str, object]:
        if self.breaks_off:
            raise ConnectionError("broken off")
        return {"ContainersDeleted": self.asked}


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place for temporary folders that no other process knows."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Serve:
    def with_containers(*there: Container) -> Engine:
        engine = Engine(*there)

        @asynccontextmanager
        async def opened() -> AsyncIterator[Engine]:
            yield engine

        async def remove(one: Container) -> None:
            if one.error:
                raise StopFailed(one.id, one.error)
            engine.there.remove(one)

        monkeypatch.setattr(docker, "engine", opened)
        monkeypatch.setattr(questioned, "engine", opened)
        monkeypatch.setattr(docker, "_remove", remove)
        return engine

    return with_containers


def forsaken(temporary: Path) -> str:
    folder = temporary / f"{PREFIX}dead"
    folder.mkdir()
    (folder / LOCK).touch()
    return str(folder)


async def test_what_is_removed_is_named_and_what_is_at_work_is_left(serve: Serve, temporary: Path) -> None:
    dead = forsaken(temporary)
    engine = serve(Container("left", "here", "running"), Container("a copy's", "there", "running"))
    with worker_folder() as held:
        assert await reap(HOME) == Reaped(("left",), (dead,))
        assert held.exists()
    assert [one.id for one in engine.there] == ["a copy's"]
    assert await reap(HOME) == Reaped()


async def test_what_cannot_be_removed_stops_nothing_and_is_named_with_its_error(serve: Serve) -> None:
    engine = serve(Container("stuck", "here", "exited", "device busy"), Container("left", "here", "exited"))
    with pytest.raises(StillThere, match="stuck: device busy; removed: left"):
        await reap(HOME)
    assert [one.id for one in engine.there] == ["stuck"]


async def test_those_that_were_started_to_be_asked_go_whether_there_is_a_home_or_not(serve: Serve) -> None:
    engine = serve(Container("left", "here", "exited"))
    engine.asked = ["asked"]
    assert await reap(None) == Reaped(("asked",))
    assert await reap(HOME) == Reaped(("left", "asked"))


async def test_an_engine_that_breaks_off_has_what_it_removed_told_with_its_error(serve: Serve) -> None:
    serve(Container("left", "here", "exited")).breaks_off = True
    with pytest.raises(StillThere, match=r"could not be looked for.*broken off; removed: left"):
        await reap(HOME)


async def test_where_no_engine_can_be_asked_a_home_that_may_have_containers_is_not_told_that_all_is_well(
    monkeypatch: pytest.MonkeyPatch, temporary: Path
) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{temporary}/none.sock")
    dead = forsaken(temporary)
    with pytest.raises(StillThere, match=rf"could not be looked for.*none\.sock.*; removed: {dead}"):
        await reap(HOME, lambda: True)
    assert "none.sock" in (await reap(HOME, lambda: False)).unasked


async def test_without_a_home_or_an_engine_folders_are_cleared_all_the_same(
    monkeypatch: pytest.MonkeyPatch, temporary: Path
) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{temporary}/none.sock")
    dead = forsaken(temporary)
    found = await reap(HOME)
    assert found.folders == (dead,)
    assert "none.sock" in found.unasked
    forsaken(temporary)
    assert (await reap(None)).folders == (dead,)
