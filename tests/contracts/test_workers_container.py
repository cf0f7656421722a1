"""What the container adds to the contract: no way out, and nothing left behind."""

import os
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import aiodocker
import pytest

from actors.workers.containers import LABEL_OWNER, Owner, container_config
from actors.workers.docker import DockerBackend, swept
from actors.workers.engine import worker_image
from actors.workers.opening import opened_workers
from events.trace import CellResult
from events.worker import WorkerStarted
from tests.contracts.conftest import Announced

HERE = Owner(f"swept-{os.getpid()}", "here")

pytestmark = [pytest.mark.docker, pytest.mark.asyncio(loop_scope="module")]


class RunCells(Protocol):
    async def __call__(self, *codes: str) -> list[CellResult]: ...


@pytest.fixture(scope="module", params=["docker"])
def backend_name(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


async def shown(cells: RunCells, code: str) -> str | None:
    (result,) = await cells(code)
    assert result.error is None, result.error
    return result.display


async def test_it_is_an_ordinary_user_without_capabilities_or_new_privileges(cells: RunCells) -> None:
    code = (
        "import os\nstatus = dict(line.split(':\\t') for line in open('/proc/self/status').read().splitlines() "
        "if ':\\t' in line)\n[os.getuid(), os.getgid(), set(os.getgroups()) - {65532}, "
        "status['CapEff'], status['CapBnd'], status['CapPrm'], status['NoNewPrivs'], status['Seccomp']]"
    )
    none = "0000000000000000"
    assert await shown(cells, code) == str([65532, 65532, set(), none, none, none, "1", "2"])


async def test_there_is_no_network(cells: RunCells) -> None:
    assert await shown(cells, "import socket\n[name for _, name in socket.if_nameindex()]") == "['lo']"
    refused = (
        "import socket\ntry:\n    socket.create_connection(('192.0.2.1', 80), 1)\n    out = 'connected'\n"
        "except OSError as error:\n    out = error.errno\nout"
    )
    assert await shown(cells, refused) == "101"


async def test_only_the_bounded_tmp_can_be_written_and_nothing_in_it_executed(cells: RunCells) -> None:
    code = (
        "import os, subprocess\ndef attempt(path):\n    try:\n        open(path, 'w').write('#!/bin/sh\\necho ran')\n"
        "        return 'written'\n    except OSError as error:\n        return type(error).__name__\n"
        "[attempt(p) for p in ('/x', '/opt/venv/x', '/opt/tracegate/events/x.py', '/etc/x', 'here')]"
    )
    assert await shown(cells, code) == str(["OSError"] * 4 + ["written"])
    run = (
        "import os, subprocess\nopen('x.sh', 'w').write('#!/bin/sh\\necho ran')\nos.chmod('x.sh', 0o700)\n"
        "try:\n    out = subprocess.run(['./x.sh'], capture_output=True).stdout\n"
        "except PermissionError:\n    out = 'refused'\nout"
    )
    assert await shown(cells, run) == "'refused'"


async def test_no_engine_socket_no_host_file_and_no_setuid_file_is_in_reach(cells: RunCells) -> None:
    code = (
        "import os, stat\n"
        "setuid = [p for d, _, fs in os.walk('/usr') for f in fs if not os.path.islink(p := os.path.join(d, f)) "
        "and os.stat(p).st_mode & (stat.S_ISUID | stat.S_ISGID)]\n"
        f"[os.path.exists('/var/run/docker.sock'), os.path.exists({str(Path.cwd())!r}), setuid]"
    )
    assert await shown(cells, code) == "[False, False, []]"


async def test_the_memory_of_all_sessions_together_is_bounded(cells: RunCells) -> None:
    code = (
        "import pathlib\npaths = ('/sys/fs/cgroup/memory/memory.limit_in_bytes', '/sys/fs/cgroup/memory.max')\n"
        "[int(p.read_text()) for p in map(pathlib.Path, paths) if p.exists()]"
    )
    assert await shown(cells, code) == str([3 * 1024**3])


async def created(docker: aiodocker.Docker, owner: Owner, *, running: bool = False) -> str:
    """A container of this owner that does nothing."""
    config = container_config(worker_image(), owner, 64 * 1024**2, 1) | {
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


async def test_the_sweep_removes_what_an_earlier_run_of_the_home_left(cells: RunCells) -> None:
    other = replace(HERE, home=HERE.home + "-other")
    async with aiodocker.Docker() as docker:
        await created(docker, HERE, running=True)
        kept = await created(docker, other)
        assert await DockerBackend(worker_image(), HERE).sweep() == []
        assert await owned(docker, HERE) == set()
        assert await owned(docker, other) == {kept}
        assert await DockerBackend(worker_image(), other).sweep() == []


async def test_a_home_that_was_moved_sweeps_what_it_left_but_not_what_a_copy_of_it_runs(
    cells: RunCells,
) -> None:
    moved = replace(HERE, place="there")
    async with aiodocker.Docker() as docker:
        await created(docker, HERE)
        running = await created(docker, HERE, running=True)
        assert await swept(moved) == []
        assert await owned(docker, HERE) == {running}
        assert await swept(HERE) == []
        assert await owned(docker, HERE) == set()


async def test_local_workers_sweep_the_containers_of_an_earlier_run_as_well(cells: RunCells) -> None:
    announced = Announced()
    async with aiodocker.Docker() as docker:
        await created(docker, HERE, running=True)
        async with opened_workers("local", HERE, announced):
            assert await owned(docker, HERE) == set()
    assert [type(event) for event in announced] == [WorkerStarted]
