"""Engines of other kinds: an old one, one without our image, one out of order, and one at the end of a network."""

import os
from pathlib import Path

import aiodocker
import pytest

from actors.ports import InfrastructureError
from actors.workers.containers import LABEL_OWNER, LABEL_SOURCES, Owner, sources_digest
from actors.workers.docker import DockerBackend
from actors.workers.engine import docker_available, engine_of, worker_image
from actors.workers.opening import opened_workers
from actors.workers.pool import running_pool
from events.dataset import ReaderSettings
from events.struct import Event
from tests.workers.engines import fake_engine, over_tcp

SOCKET = Path("/var/run/docker.sock")
READER = ReaderSettings(encoding="utf-8", delimiter=",", header=0, missing=())
OURS = {LABEL_SOURCES: sources_digest()}


async def ignored(_: Event) -> None:
    return None


@pytest.fixture(autouse=True)
def no_context(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DOCKER_CONTEXT", raising=False)


async def test_an_engine_that_serves_is_told_with_its_version_and_the_image_by_digest(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async with fake_engine(tmp_path / "e.sock", labels=OURS) as address:
        monkeypatch.setenv("DOCKER_HOST", address)
        found = await engine_of("worker")
    assert (found.address, found.version, found.api) == (address, "1", "1.41")
    assert (found.image, found.digest, found.problem) == ("worker", "sha256:fake", None)


@pytest.mark.parametrize("api", ["1.39", "1.9", ""])
async def test_an_engine_of_an_old_api_is_refused_with_what_is_needed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, api: str
) -> None:
    async with fake_engine(tmp_path / "e.sock", api=api, labels=OURS) as address:
        monkeypatch.setenv("DOCKER_HOST", address)
        with pytest.raises(InfrastructureError, match=r"1.40 or newer is needed.*or use --workers local"):
            async with opened_workers("docker", Owner("home"), ignored):
                pass


@pytest.mark.parametrize(
    ("labels", "told"),
    [(None, "No such image"), ({}, "other sources"), ({LABEL_SOURCES: "0" * 64}, "other sources")],
)
async def test_an_image_that_is_missing_or_of_another_version_is_refused_with_how_to_build_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, labels: dict[str, str] | None, told: str
) -> None:
    async with fake_engine(tmp_path / "e.sock", labels=labels) as address:
        monkeypatch.setenv("DOCKER_HOST", address)
        with pytest.raises(InfrastructureError, match=rf"{told}.*build\.sh.*or use --workers local"):
            async with opened_workers("docker", Owner("home"), ignored):
                pass


async def test_an_engine_out_of_order_is_an_infrastructure_failure_with_its_words(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async with fake_engine(tmp_path / "e.sock", labels=OURS) as address:
        monkeypatch.setenv("DOCKER_HOST", address)
        monkeypatch.setattr("actors.workers.pool.Restarts.delay", lambda *_: None)
        with pytest.raises(InfrastructureError, match="the engine is out of order"):
            async with opened_workers("docker", Owner("home"), ignored):
                pass


async def test_a_socket_that_this_user_may_not_open_is_told_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The refusal is given in the place of the system, for root meets none."""

    async def refused(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("asyncio.BaseEventLoop.create_unix_connection", refused, raising=False)
    monkeypatch.setattr("asyncio.unix_events._UnixSelectorEventLoop.create_unix_connection", refused)
    monkeypatch.setenv("DOCKER_HOST", "unix:///run/no.sock")
    told = await docker_available("worker")
    assert told is not None
    assert "ermission denied" in told
    assert "let this user into the group that owns the socket" in told


@pytest.mark.full
@pytest.mark.docker
async def test_an_engine_over_tcp_runs_sessions_and_keeps_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    if (problem := await docker_available(worker_image())) is not None:
        pytest.skip(problem)
    owner = Owner(f"tcp-{os.getpid()}")
    async with over_tcp(SOCKET) as address:
        monkeypatch.setenv("DOCKER_HOST", address)
        assert (await engine_of(worker_image())).address == address
        async with running_pool(DockerBackend(worker_image(), owner), ignored) as pool:
            await pool.offer("table", b"a,b\n1,2\n3,4\n", READER)
            async with pool.session("table") as session:
                assert (await session.run("int(df.a.sum())")).display == "4"
        async with aiodocker.Docker() as client:
            label = {"label": [f"{LABEL_OWNER}={owner.home}"]}
            assert await client.containers.list(all=True, filters=label) == []
