"""A worker of another version is refused at its first word, whatever its image's label says."""

import os
import subprocess
from collections.abc import Iterator

import anyio.lowlevel
import pytest

from actors.ports import InfrastructureError
from actors.workers.containers import LABEL_SOURCES, Owner, sources_digest
from actors.workers.docker import DockerBackend
from actors.workers.engine import docker_available, worker_image
from actors.workers.link import Backend
from actors.workers.pool import running_pool
from actors.workers.restarts import Restarts
from actors.workers.sandbox.version import PROGRAM, ROOT, digest_of_files, program_version
from events.struct import Event
from events.worker import WorkerLost, WorkerStarted
from tests.workers.fakes import READER, Announced, FakeBackend

WORDS = "another version of its program than this host.*build.sh"
OLDER = f"tracegate-older-{os.getpid()}:latest"


def containers_of(image: str) -> str:
    command = ["docker", "ps", "-aq", "--filter", f"ancestor={image}"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


async def ignored(_: Event) -> None:
    return None


async def start(backend: Backend) -> None:
    async with running_pool(backend, ignored, restarts=lambda: Restarts(first=0.001, limit=0)):
        pass


@pytest.mark.parametrize("version", ["", "0" * 64])
async def test_a_worker_that_says_another_version_or_none_is_refused_in_words(version: str) -> None:
    backend = FakeBackend()
    backend.version = version
    with pytest.raises(InfrastructureError, match=WORDS):
        await start(backend)


async def test_one_that_is_refused_is_not_started_again() -> None:
    backend, announced = FakeBackend(), Announced()
    backend.version = "0" * 64
    with pytest.raises(InfrastructureError, match=WORDS):
        async with running_pool(backend, announced, restarts=lambda: Restarts(first=0.001)):
            pass
    assert [type(event) for event in announced] == [WorkerLost]
    assert (backend.started, backend.stopped) == (1, ["w1"])


async def test_one_that_took_the_place_of_a_lost_one_is_refused_as_well() -> None:
    async def use() -> None:
        async with pool.session("d"):
            pass

    backend, announced = FakeBackend(), Announced()
    async with running_pool(backend, announced, restarts=lambda: Restarts(first=0.001)) as pool:
        await pool.offer("d", b"a,b\n1,2\n", READER)
        backend.version = "0" * 64
        backend.end()
        while WorkerLost not in map(type, announced):
            await anyio.lowlevel.checkpoint()
        with pytest.raises(InfrastructureError, match=WORDS):
            await use()
    assert [type(event) for event in announced] == [WorkerStarted, WorkerLost, WorkerLost]


def test_every_file_that_runs_behind_the_wall_enters_the_version() -> None:
    assert program_version() == digest_of_files(PROGRAM)
    for pattern in PROGRAM:
        assert list(ROOT.glob(pattern)), pattern
        assert digest_of_files(one for one in PROGRAM if one != pattern) != program_version()


@pytest.fixture
def older() -> Iterator[str]:
    """An image that says it was built from these sources, and holds others."""
    changed = "actors/workers/sandbox/pins.py"
    recipe = (
        f"FROM {worker_image()}\nUSER 0\nRUN echo '# older' >> /opt/tracegate/{changed}\nUSER 65532:65532\n"
        f"LABEL {LABEL_SOURCES}={sources_digest()}\n"
    )
    command = ["docker", "build", "-q", "-t", OLDER, "-"]
    subprocess.run(command, input=recipe, text=True, capture_output=True, check=True)
    yield OLDER
    subprocess.run(["docker", "rmi", "-f", OLDER], capture_output=True, check=True)


@pytest.mark.full
@pytest.mark.docker
async def test_a_container_whose_program_is_another_is_refused_and_removed(
    request: pytest.FixtureRequest,
) -> None:
    problem = await docker_available(worker_image())
    if problem is not None:
        pytest.skip(problem)
    image = request.getfixturevalue("older")
    assert await docker_available(image) is None
    with pytest.raises(InfrastructureError, match=WORDS):
        await start(DockerBackend(image, Owner(f"older-{os.getpid()}")))
    assert containers_of(image) == ""
