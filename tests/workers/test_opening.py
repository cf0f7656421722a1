"""Opening workers sweeps what runs before left of other kinds, and is held up by nobody who does not answer."""

import re
from pathlib import Path

import anyio
import pytest

from actors.ports import WallTooWeak
from actors.workers import firstword, opening
from actors.workers.containers import Owner
from actors.workers.docker import DockerBackend
from actors.workers.link import BackendName, WorkerGone
from actors.workers.opening import Choice, opened_workers
from events.struct import Event
from events.trace import Level
from events.worker import WorkerStarted
from tests.workers.fakes import READER, Announced, FakeBackend


async def test_local_workers_ask_nothing_of_an_engine_that_is_not_there(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/none.sock")
    announced: list[Event] = []

    async def announce(event: Event) -> None:
        await anyio.lowlevel.checkpoint()
        announced.append(event)

    async with opened_workers("local", Owner("a home"), announce) as (_, told):
        assert re.fullmatch(r"local \(level (sandbox|process, because .*)\)", told)
    assert [type(event) for event in announced] == [WorkerStarted]


class Bare(FakeBackend):
    """Containers in which no wall of a session can be raised."""

    def __init__(self, *_: object, **__: object) -> None:
        super().__init__()
        self.unwalled[1] = "its kernel is too old"

    @property
    def name(self) -> BackendName:
        return "docker"

    def level(self, *, walled: bool) -> Level:
        return DockerBackend("image", Owner("home")).level(walled=walled)


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    async def available(_: str) -> None:
        return None

    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/none.sock")
    monkeypatch.setattr(opening, "docker_available", available)
    monkeypatch.setattr(opening, "DockerBackend", Bare)
    monkeypatch.setattr(opening, "LocalBackend", FakeBackend)


@pytest.mark.usefixtures("bare")
async def test_containers_whose_sessions_have_no_wall_run_no_models_code_and_say_so() -> None:
    announced = Announced()
    async with opened_workers("docker", Owner("home"), announced) as (workers, told):
        await workers.offer("table", b"a\n1", READER)
        assert told == "docker (level process, because its kernel is too old)"
        async with workers.session("table", "program") as session:
            assert (await session.run("1")).display == "1"
        with pytest.raises(WallTooWeak):
            async with workers.session("table", "model"):
                pass
    assert [event.level for event in announced if isinstance(event, WorkerStarted)] == ["process"]


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize(
    ("choice", "here", "begin"),
    [
        ("auto", "", "local (level sandbox); no Docker: no wall can be raised around each session in a"),
        ("auto", "nor here", "docker (level process, because its kernel is too old)"),
    ],
)
async def test_auto_takes_the_stronger_of_two_walls(
    monkeypatch: pytest.MonkeyPatch, choice: Choice, here: str, begin: str
) -> None:
    async def unwalled() -> str:
        return here

    monkeypatch.setattr(opening, "unwalled_here", unwalled)
    async with opened_workers(choice, Owner("home"), Announced()) as (_, told):
        assert told.startswith(begin)


async def test_a_worker_that_is_started_to_be_asked_is_stopped_again() -> None:
    backend = FakeBackend()
    backend.unwalled[2] = "its kernel is too old"
    assert [await firstword.unwalled(backend) for _ in range(2)] == ["", "its kernel is too old"]
    backend.version = "another"
    with pytest.raises(WorkerGone, match="another version"):
        await firstword.unwalled(backend)
    assert len(backend.stopped) == 3
