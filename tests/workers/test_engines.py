"""Engines of other kinds: an old one, one without our image, one out of order, and one at the end of a network."""

import os
from pathlib import Path

import aiodocker
import pytest

from actors.ports import InfrastructureError
from actors.workers.address import NAME
from actors.workers.containers import LABEL_OWNER, LABEL_SOURCES, Owner, sources_digest
from actors.workers.docker import DockerBackend
from actors.workers.engine import docker_available, engine_of, worker_image
from actors.workers.link import WorkerGone
from actors.workers.opening import _chosen, opened_workers
from actors.workers.pool import running_pool
from actors.workers.reaping import reap
from events.dataset import ReaderSettings
from events.struct import Event
from tests.workers.engines import fake_engine, over_tcp, web_server

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


VERSION = '{"Version": "1", "ApiVersion": "1.41"}'
STRANGE = {
    "a page": ("<html>hello</html>", "text/html"),
    "a text": ("hello", "text/plain"),
    "no JSON": ("{", "application/json"),
    "lists that lie in each other without end": ("[" * 200_000, "application/json"),
    "null": ("null", "application/json"),
    "a list": ("[]", "application/json"),
    "nothing": ("{}", "application/json"),
    "a number as version": ('{"Version": 5, "ApiVersion": 1.41}', "application/json"),
    "a version to everything": (VERSION, "application/json"),
}


@pytest.mark.parametrize(("text", "kind"), STRANGE.values(), ids=STRANGE.keys())
async def test_what_is_no_engine_is_told_as_that_with_its_address_and_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str, kind: str
) -> None:
    async with web_server(tmp_path / "e.sock", text, kind) as address:
        monkeypatch.setenv("DOCKER_HOST", address)
        found = await engine_of("worker")
        assert found.problem is not None
        assert found.problem.startswith(f"what answers at DOCKER_HOST={address} is no Docker Engine")
        assert (found.remedy, found.digest) == (NAME, "")
        with pytest.raises(InfrastructureError, match=r"is no Docker Engine.*or use --workers local"):
            async with opened_workers("docker", Owner("home"), ignored):
                pass


@pytest.mark.parametrize(("text", "kind"), STRANGE.values(), ids=STRANGE.keys())
async def test_a_worker_or_a_sweep_that_meets_no_engine_is_told_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str, kind: str
) -> None:
    async with web_server(tmp_path / "e.sock", text, kind) as address:
        monkeypatch.setenv("DOCKER_HOST", address)
        backend = DockerBackend("worker", Owner("home"))
        with pytest.raises(WorkerGone, match="is no Docker Engine"):
            await backend.machine()
        with pytest.raises(WorkerGone, match="is no Docker Engine"):
            async with backend.start():
                pass
        if text != "[]":  # which says that there is no container
            assert ["is no Docker Engine" in one.error for one in await backend.sweep()] == [True]
        assert "is no Docker Engine" in (await reap(Owner("home"))).unasked or text == "{}"


async def test_auto_does_without_what_is_no_engine_and_says_why(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async with web_server(tmp_path / "e.sock", "{}") as address:
        monkeypatch.setenv("DOCKER_HOST", address)
        backend, why = await _chosen("auto", Owner("home"))
    assert backend.name == "local"
    assert why.startswith(f"; no Docker: what answers at DOCKER_HOST={address} is no Docker Engine")


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
