"""What dead hosts left is removed by hand and named; what is at work is left alone."""

import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from actors.workers import docker
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
    """As much of an engine as lists containers."""

    def __init__(self, *there: Container) -> None:
        self.there = list(there)

    @property
    def containers(self) -> "Engine":
        return self

    async def list(self, **_: object) -> list[Container]:
        return list(self.there)


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
