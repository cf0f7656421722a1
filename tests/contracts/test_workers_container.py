"""What the container adds to the contract: no way out, and nothing left behind."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import aiodocker
import pytest
import pytest_asyncio

from actors.workers import firstword
from actors.workers.answered import Version, shaped
from actors.workers.containers import LABEL_OWNER, Owner, container_config
from actors.workers.docker import DockerBackend, swept
from actors.workers.engine import worker_image
from actors.workers.link import Backend
from actors.workers.opening import opened_workers
from events.worker import WorkerStarted
from tests.contracts.conftest import Announced

HERE = Owner(f"swept-{os.getpid()}", "here")

pytestmark = [pytest.mark.docker, pytest.mark.asyncio(loop_scope="module")]

Inside = Callable[[str], Awaitable[str]]


@pytest.fixture(scope="module", params=["docker"])
def backend_name(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def inside(backend: Backend) -> AsyncIterator[Inside]:
    """Runs code in a worker's container beside its sessions, whose own walls would refuse most before it does."""
    async with backend.start() as link, aiodocker.Docker() as docker:
        container = await docker.containers.get(link.worker)

        async def run(code: str) -> str:
            *before, last = code.splitlines()
            program = "\n".join([*before, f"print(repr({last}), end='')"])
            running = await container.exec(["python", "-c", program])
            said = b""
            async with running.start(detach=False) as stream:
                while (message := await stream.read_out()) is not None:
                    said += message.data
            return said.decode()

        yield run


async def test_it_is_an_ordinary_user_without_capabilities_or_new_privileges(inside: Inside) -> None:
    code = (
        "import os\nstatus = dict(line.split(':\\t') for line in open('/proc/self/status').read().splitlines() "
        "if ':\\t' in line)\n[os.getuid(), os.getgid(), set(os.getgroups()) - {65532}, "
        "status['CapEff'], status['CapBnd'], status['CapPrm'], status['NoNewPrivs'], status['Seccomp']]"
    )
    none = "0000000000000000"
    assert await inside(code) == str([65532, 65532, set(), none, none, none, "1", "2"])


async def test_one_that_is_started_to_be_asked_says_that_its_sessions_have_walls_and_is_removed() -> None:
    asked = Owner(f"asked-{os.getpid()}")
    assert await firstword.unwalled(DockerBackend(worker_image(), asked)) == ""
    async with aiodocker.Docker() as docker:
        assert (
            await docker.containers.list(all=True, filters={"label": [f"{LABEL_OWNER}={asked.home}"]}) == []
        )


async def test_there_is_no_network(inside: Inside) -> None:
    assert await inside("import socket\n[name for _, name in socket.if_nameindex()]") == "['lo']"
    refused = (
        "import socket\ntry:\n    socket.create_connection(('192.0.2.1', 80), 1)\n    out = 'connected'\n"
        "except OSError as error:\n    out = error.errno\nout"
    )
    assert await inside(refused) == "101"


async def test_only_the_bounded_tmp_can_be_written_and_nothing_in_it_executed(inside: Inside) -> None:
    code = (
        "import os, subprocess\ndef attempt(path):\n    try:\n        open(path, 'w').write('#!/bin/sh\\necho ran')\n"
        "        return 'written'\n    except OSError as error:\n        return type(error).__name__\n"
        "[attempt(p) for p in ('/x', '/opt/venv/x', '/opt/tracegate/events/x.py', '/etc/x', 'here')]"
    )
    assert await inside(code) == str(["OSError"] * 4 + ["written"])
    run = (
        "import os, subprocess\nopen('x.sh', 'w').write('#!/bin/sh\\necho ran')\nos.chmod('x.sh', 0o700)\n"
        "try:\n    out = subprocess.run(['./x.sh'], capture_output=True).stdout\n"
        "except PermissionError:\n    out = 'refused'\nout"
    )
    assert await inside(run) == "'refused'"


async def test_no_engine_socket_no_host_file_and_no_setuid_file_is_in_reach(inside: Inside) -> None:
    code = (
        "import os, stat\n"
        "setuid = [p for d, _, fs in os.walk('/usr') for f in fs if not os.path.islink(p := os.path.join(d, f)) "
        "and os.stat(p).st_mode & (stat.S_ISUID | stat.S_ISGID)]\n"
        f"[os.path.exists('/var/run/docker.sock'), os.path.exists({str(Path.cwd())!r}), setuid]"
    )
    assert await inside(code) == "[False, False, []]"


async def test_the_memory_of_all_sessions_together_is_bounded(inside: Inside) -> None:
    code = (
        "import pathlib\npaths = ('/sys/fs/cgroup/memory/memory.limit_in_bytes', '/sys/fs/cgroup/memory.max')\n"
        "[int(p.read_text()) for p in map(pathlib.Path, paths) if p.exists()]"
    )
    assert await inside(code) == str([3 * 1024**3])


async def created(docker: aiodocker.Docker, owner: Owner, *, running: bool = False) -> str:
    """A container of this owner that does nothing."""
    podman = shaped(await docker.version(), Version).is_podman
    config = container_config(worker_image(), owner, 64 * 1024**2, 1, podman=podman) | {
        "Entrypoint": ["sleep"],
        "Cmd": ["600"],
    }
    container = await docker.containers.create(config)
    if running:
        await container.start()
    return container.id


async def owned(docker: aiodocker.Docker, owner: Owner) -> set[str]:
    listed = await docker.containers.list(all=True, filters={"label": [f"{LABEL_OWNER}={owner.home}"]})
    return {one.id for one in listed}


@pytest.mark.usefixtures("backend")
async def test_the_sweep_removes_what_an_earlier_run_of_the_home_left() -> None:
    other = replace(HERE, home=HERE.home + "-other")
    async with aiodocker.Docker() as docker:
        await created(docker, HERE, running=True)
        kept = await created(docker, other)
        assert await DockerBackend(worker_image(), HERE).sweep() == []
        assert await owned(docker, HERE) == set()
        assert await owned(docker, other) == {kept}
        assert await DockerBackend(worker_image(), other).sweep() == []


@pytest.mark.usefixtures("backend")
async def test_a_home_that_was_moved_sweeps_what_it_left_but_not_what_a_copy_of_it_runs() -> None:
    moved = replace(HERE, place="there")
    async with aiodocker.Docker() as docker:
        await created(docker, HERE)
        running = await created(docker, HERE, running=True)
        assert await swept(moved) == []
        assert await owned(docker, HERE) == {running}
        assert await swept(HERE) == []
        assert await owned(docker, HERE) == set()


@pytest.mark.usefixtures("backend")
async def test_local_workers_sweep_the_containers_of_an_earlier_run_as_well() -> None:
    announced = Announced()
    async with aiodocker.Docker() as docker:
        await created(docker, HERE, running=True)
        async with opened_workers("local", HERE, announced):
            assert await owned(docker, HERE) == set()
    assert [type(event) for event in announced] == [WorkerStarted]
