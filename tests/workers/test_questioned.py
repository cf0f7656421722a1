"""A container that is started to be asked outlives nobody; what was made and never started is removed by hand."""

import json
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import aiodocker
import pytest
from anyio import to_thread

from actors.workers import containers
from actors.workers.containers import LABEL_OWNER, Owner, container_config
from actors.workers.docker import DockerBackend
from actors.workers.engine import EngineProblem, docker_available, worker_image
from actors.workers.link import Backend, WorkerGone
from actors.workers.questioned import cleared, to_be_asked
from tests.cli.program import ROOT, Program
from tests.workers.failing_engines import FakeEngine

OURS = Owner(f"asked-{os.getpid()}")
EVENTS = ("docker", "events", "--format", "{{.Action}} {{.Actor.ID}}", "--filter", "type=container")
PATIENCE = 120
"""Seconds until an event that is awaited will not come, on a busy machine."""


@pytest.mark.parametrize(
    ("backend", "removes_itself"),
    [(to_be_asked("image"), True), (DockerBackend("image", OURS), False)],
    ids=["to be asked", "of a home"],
)
async def test_the_engine_is_to_remove_what_is_started_to_be_asked_and_nothing_else(
    fake: FakeEngine, backend: Backend, *, removes_itself: bool
) -> None:
    fake.answers["POST create"] = [500]
    with pytest.raises(WorkerGone):
        async with backend.start():
            pass
    assert fake.sent["POST create"]["HostConfig"]["AutoRemove"] is removes_itself


async def test_those_that_were_never_started_are_removed_and_told_once_nobody_can_be_about_to(
    fake: FakeEngine,
) -> None:
    fake.ended = ["c1", "c2"]
    assert await cleared() == ["c1", "c2"]
    filters = json.loads(fake.sent["POST prune"]["filters"])
    assert filters == {"label": [f"{LABEL_OWNER}=doctor"], "until": ["10m"]}
    fake.ended = None  # as some engines say that there was none
    assert await cleared() == []


async def test_an_engine_that_removes_them_already_is_let_and_one_that_refuses_is_told_of(
    fake: FakeEngine,
) -> None:
    fake.answers["POST prune"] = [409, 403]
    assert await cleared() == []
    with pytest.raises(EngineProblem, match=r"never started.*made up 403"):
        await cleared()


@pytest.fixture
async def image() -> str:
    """Of a worker, on the engine of this machine."""
    if (problem := await docker_available(worker_image())) is not None:
        pytest.skip(problem)
    return worker_image()


async def made(docker: aiodocker.Docker, image: str, *, running: bool) -> str:
    """A container that does nothing."""
    idle = {"Entrypoint": ["sleep"], "Cmd": ["600"]}
    container = await docker.containers.create(container_config(image, OURS, 64 * 1024**2, 1) | idle)
    if running:
        await container.start()
    return container.id


@pytest.mark.docker
async def test_one_that_runs_or_is_about_to_is_left_alone(image: str) -> None:
    async with aiodocker.Docker() as docker:
        waiting, _ = [await made(docker, image, running=one) for one in (False, True)]
        try:
            assert await cleared(OURS) == []
            assert await cleared(OURS, "-1m") == [waiting]  # an engine reckons in whole seconds
        finally:
            for one in await docker.containers.list(
                all=True, filters={"label": [f"{LABEL_OWNER}={OURS.home}"]}
            ):
                await one.delete(force=True)


@contextmanager
def told(which: str) -> Iterator["subprocess.Popen[str]"]:
    """What the engine tells of some containers from now on, a line each."""
    now = int(time.time())
    command = [*EVENTS, "--filter", which, "--since", str(now), "--until", str(now + PATIENCE)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as events:
        try:
            yield events
        finally:
            events.kill()


def awaited(events: "subprocess.Popen[str]", action: str) -> str:
    """The id of the container to which that happens next."""
    assert events.stdout is not None
    found = next((line for line in events.stdout if line.startswith(f"{action} ")), None)
    assert found, f"nothing was told to {action} in {PATIENCE} s"
    return found.split()[1]


@pytest.mark.full
@pytest.mark.docker
async def test_one_whose_host_is_silent_is_gone_when_its_patience_is_over(
    image: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(containers, "PATIENCE_SECONDS", 0.5)
    silent = Owner(f"silent-{os.getpid()}")
    with told(f"label={LABEL_OWNER}={silent.home}") as events:
        async with to_be_asked(image, silent).start() as link:
            assert await to_thread.run_sync(awaited, events, "destroy") == link.worker


@pytest.fixture
def known_image(image: str) -> Iterator[str]:
    """The same by a name that nobody else uses."""
    name = f"tracegate-asked-{os.getpid()}:latest"
    subprocess.run(["docker", "tag", image, name], check=True)
    yield name
    subprocess.run(["docker", "rmi", name], capture_output=True, check=True)


@pytest.mark.full
@pytest.mark.docker
def test_that_of_a_doctor_who_is_killed_goes_with_him(known_image: str, tmp_path: Path) -> None:
    asking = Program(tmp_path / "home", {"TRACEGATE_IMAGE": known_image}, ROOT)
    with told(f"image={known_image}") as events, asking.started("doctor") as process:
        started = awaited(events, "start")
        process.kill()
        assert awaited(events, "destroy") == started
