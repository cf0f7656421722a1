"""What the list says is held is: each limit is run into at each level, each bound is tried by an attack."""

import sys
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import get_args

import pytest

from actors.workers.bubble import LEFT_OUT, why_not
from actors.workers.guarantees import BOUNDS, LIMITS, Guarantee, Strength, held_to
from actors.workers.pool import Pool
from events.frames import Limits
from events.trace import CellResult, Level
from tests.abuse.escapes import ESCAPES
from tests.abuse.pairs import KEPT
from tests.abuse.test_bombs import ended
from tests.contracts.conftest import LIMITS as SMALL

UNWALLED = "import actors.workers.sandbox.service as m; m.missing = lambda _: 'a test'; m.main()"
Met = Callable[[CellResult], bool]


def ends(*words: str) -> Met:
    """Whether a cell ended like that: the kind of its error, or the reason of its session's end."""
    return lambda result: ended(result) in words


def shows(display: str) -> Met:
    return lambda result: result.display == display


THREADS = """
import threading
threading.stack_size(64 * 1024)
wait = threading.Event()
for _ in range(200):
    threading.Thread(target=wait.wait, daemon=True).start()
while True:
    pass
"""
THREADS_OF_ALL = """
import pathlib, resource
found = [one for one in ('pids/pids.max', 'pids.max') if pathlib.Path('/sys/fs/cgroup', one).exists()]
said = pathlib.Path('/sys/fs/cgroup', found[0]).read_text().strip() if found else 'max'
bound = min(resource.getrlimit(resource.RLIMIT_NPROC)[0], int(said) if said.isdigit() else 2**62)
500 < bound < 2048 + 20_000
"""
MEMORY_OF_ALL = """
import pathlib
found = [one for one in ('memory/memory.limit_in_bytes', 'memory.max') if pathlib.Path('/sys/fs/cgroup', one).exists()]
pathlib.Path('/sys/fs/cgroup', found[0]).read_text().strip()
"""
DISK = "for n in range(5):\n    open(f'f{n}', 'wb').write(bytes(100 * 2**20))\nwhile True:\n    pass"
(KEPT_FOR_IT,) = [
    one.code for one in KEPT if one.name == "has the kernel keep more than pipes and sockets come with"
]
HELD = "held = []\nwhile len(held) < 256:\n    held.append(open('/dev/null'))"
FRAME = "import os, struct, time\nos.write(3, struct.pack('>IBI', 1, 10, 2**23) + bytes(64))\ntime.sleep(60)"

RUN_INTO: dict[str, tuple[str, Met]] = {
    "wall time of a cell": ("while True:\n    pass", ends("CellTimeout")),
    "CPU time of a session": ("while True:\n    pass", ends("cpu_limit")),
    "memory of a session": ("held = bytearray(4 * 2**30)", ends("MemoryError")),
    "memory in pipes and sockets of a session": (KEPT_FOR_IT, shows("False")),
    "memory of all sessions": (MEMORY_OF_ALL, shows(repr(str(3 * 2**30)))),
    "processes of a session": ("import os\nos.fork() or os._exit(0)", ends("PermissionError")),
    "threads of a session": (THREADS, ends("crashed")),
    "threads of all sessions": (THREADS_OF_ALL, shows("True")),
    "open files of a session": (HELD, ends("OSError")),
    "size of a file": ("open('big', 'wb').truncate(257 * 2**20)", ends("OSError")),
    "disk of a session": (DISK, ends("disk_limit")),
    "disk of all sessions": ("import os\nat = os.statvfs('.')\nat.f_blocks * at.f_frsize", shows(f"{2**30}")),
    "printed text that is kept": (
        "print('x' * 5000)",
        lambda result: len(result.stdout) < 500 and result.stdout_cut > 4000,
    ),
    "record of a cell": (FRAME, ends("crashed")),
}
"""For each limit a cell that runs into it, and how that shows."""

TRIED_BY = {
    "network": (
        "makes a TCP socket",
        "asks the engine",
        "opens an abstract socket",
        "writes to a path from a pair",
    ),
    "reading files": ("lists the root folder", "lists its siblings' folders", "reads the users"),
    "writing files": ("writes beside its folder", "writes the libraries", "writes shared memory"),
    "starting programs": ("starts a program", "runs a file of memory", "runs what it wrote"),
    "signals to others": ("signals its supervisor", "signals a sibling"),
    "looking into others": ("reads its supervisor's memory", "traces its supervisor", "process_vm_readv"),
    "privileges": ("is root", "has capabilities beyond reading", "may gain privileges"),
    "system calls that computing does not need": ("bpf", "mount", "io_uring_setup", "io_setup", "keyctl"),
    "what was inherited": ("takes what was inherited",),
    "outliving its supervisor": ("survives its supervisor",),
}
"""For each bound the attacks on it; no attack of theirs may succeed behind a wall."""


@pytest.fixture(params=["process", "local", pytest.param("docker", marks=pytest.mark.docker)], scope="module")
def backend_name(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Local workers twice: as they are here, and as they are where no wall can be raised."""
    name: str = request.param
    if name != "process":
        yield name
        return
    interpreter = tmp_path_factory.mktemp("unwalled") / "python"
    interpreter.write_text(f'#!/bin/sh\nshift 3\nexec {sys.executable} -P -c "{UNWALLED}" "$@"\n')
    interpreter.chmod(0o755)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(LEFT_OUT, "0")
        patch.setattr("actors.workers.local.sys", SimpleNamespace(executable=str(interpreter)))
        yield "local"


@pytest.fixture(scope="module")
def limits() -> Limits:
    """Two cells that do nothing but compute take more CPU time than a session may, and one does not."""
    return Limits(
        2.5, output_chars=SMALL.output_chars, output_bytes_total=SMALL.output_bytes_total, cpu_seconds=3
    )


@pytest.mark.containers_later
@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("limit", LIMITS, ids=lambda one: one.what)
async def test_a_limit_that_is_held_is_met_by_who_runs_into_it(
    pool: Pool, table: str, limit: Guarantee, request: pytest.FixtureRequest
) -> None:
    if request.node.callspec.params["backend_name"] == "process":
        assert pool.level == "process"
    in_bubble = request.node.callspec.params["backend_name"] == "local" and why_not() == ("", "")
    if held_to(limit, pool.level, in_bubble=in_bubble).strength == "absent":
        assert limit.raised_by(pool.level)
        return
    code, met = RUN_INTO[limit.what]
    async with pool.session(table) as session:
        result = await session.run(code.strip())
        for _ in range(5):
            if met(result) or ended(result) != "CellTimeout":
                break  # the CPU time of a session takes two cells, and a slow disk some
            result = await session.run(code.strip())
    assert met(result), result


def test_each_limit_is_run_into_and_each_bound_is_tried() -> None:
    assert list(RUN_INTO) == [one.what for one in LIMITS]
    assert list(TRIED_BY) == [one.what for one in BOUNDS]
    assert {name for names in TRIED_BY.values() for name in names} <= {one.name for one in ESCAPES}


@pytest.mark.parametrize("guarantee", [*LIMITS, *BOUNDS], ids=lambda one: one.what)
def test_a_stronger_level_holds_to_all_that_a_weaker_one_does(guarantee: Guarantee) -> None:
    held = [get_args(Strength).index(guarantee.at(level).strength) for level in get_args(Level)]
    assert held == sorted(held, reverse=True)
    assert all(
        bool(guarantee.raised_by(level)) is (held[n] > held[-1]) for n, level in enumerate(get_args(Level))
    )
