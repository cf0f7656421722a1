"""What the container adds to the contract: no way out, and nothing left behind."""

import os
from pathlib import Path
from typing import Protocol

import aiodocker
import pytest

from actors.workers.containers import LABEL_OWNER
from actors.workers.docker import DockerBackend
from actors.workers.engine import worker_image
from events.trace import CellResult

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


async def test_the_sweep_removes_what_an_earlier_run_of_the_home_left(cells: RunCells) -> None:
    owner = f"swept-{os.getpid()}"
    async with aiodocker.Docker() as docker:
        for label in (owner, owner + "-other"):
            await docker.containers.create({"Image": worker_image(), "Labels": {LABEL_OWNER: label}})
        assert await DockerBackend(worker_image(), owner).sweep() == []
        assert await _owned(docker, owner) == 0
        assert await _owned(docker, owner + "-other") == 1
        assert await DockerBackend(worker_image(), owner + "-other").sweep() == []


async def _owned(docker: aiodocker.Docker, owner: str) -> int:
    return len(await docker.containers.list(all=True, filters={"label": [f"{LABEL_OWNER}={owner}"]}))
