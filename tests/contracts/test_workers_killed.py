"""Who killed a session: somebody outside, which is nobody's answer, or its own code, which cannot; on every backend."""

import time

import aiodocker
import anyio
import pytest

from actors.ports import InfrastructureError
from actors.workers.pool import Pool
from actors.workers.session import SessionOver, WorkerSession
from events.worker import WorkerStarted
from tests.contracts.conftest import Announced, RunCells

pytestmark = pytest.mark.asyncio(loop_scope="module")

TOLD_WITHIN = 0.2
TRIES = 5
"""One of a few counts, since others use this machine too."""
KILL = "import os, sys\nos.kill(int(sys.argv[1]), 9)"


async def process_of(session: WorkerSession) -> str:
    shown = (await session.run("import os\nos.getpid()")).display
    assert shown
    return shown


async def kill_from_outside(worker: WorkerStarted, process: str) -> None:
    """End a session's process as its host would: in its container, and out of reach of its wall."""
    if worker.backend == "local":
        await anyio.run_process(["kill", "-KILL", process])
        return
    async with aiodocker.Docker() as engine:
        told = await engine.containers.container(worker.worker).exec(["python", "-c", KILL, process])
        async with told.start(detach=False) as stream:
            while await stream.read_out() is not None:
                pass


async def seconds_until_told(pool: Pool, table: str, worker: WorkerStarted) -> float:
    """From the kill of a session that runs a cell, until its host knows."""
    known = killed = 0.0
    async with pool.session(table) as session, anyio.create_task_group() as tasks:
        process = await process_of(session)

        async def run() -> None:
            nonlocal known
            with pytest.raises(InfrastructureError, match="from outside"):
                await session.run("import time\ntime.sleep(60)")
            known = time.monotonic()
            with pytest.raises(SessionOver):
                await session.run("1")

        tasks.start_soon(run)
        await session.ping()  # the cell was passed on before it
        await kill_from_outside(worker, process)
        killed = time.monotonic()
    return known - killed


async def test_a_session_killed_from_outside_is_no_fault_of_its_own_and_known_at_once(
    pool: Pool, heard: Announced, table: str
) -> None:
    (worker,) = heard
    assert isinstance(worker, WorkerStarted)
    async with pool.session(table) as sibling:
        await sibling.run("mine = 41")
        took = [await seconds_until_told(pool, table, worker) for _ in range(TRIES)]
        assert (await sibling.run("mine + 1")).display == "42"
    assert min(took) < TOLD_WITHIN, took
    assert heard == [worker]


LIBC = """
import ctypes, errno, os, platform, signal, threading
libc = ctypes.CDLL(None, use_errno=True)
def refused(done):
    return done == -1 and ctypes.get_errno() == errno.EPERM
"""
TIMER = """
class Event(ctypes.Structure):
    _fields_ = (('value', ctypes.c_void_p), ('signal', ctypes.c_int), ('kind', ctypes.c_int), ('rest', ctypes.c_char * 48))
timer, event = ctypes.c_int(), Event(None, 9, 0)
number = 222 if platform.machine() == 'x86_64' else 107
refused(libc.syscall(number, 1, ctypes.byref(event), ctypes.byref(timer)))
"""
SETRLIMIT = """
limits = (ctypes.c_ulong * 2)(0, 1)
refused(libc.syscall(160 if platform.machine() == 'x86_64' else 164, 0, limits))
"""


@pytest.mark.parametrize(
    ("code", "error", "display"),
    [
        ("os.kill(os.getpid(), signal.SIGKILL)", "PermissionError", None),
        ("os.kill(os.getpid(), signal.SIGSTOP)", "PermissionError", None),
        ("signal.raise_signal(signal.SIGKILL)", "PermissionError", None),
        ("signal.pthread_kill(threading.get_ident(), signal.SIGKILL)", "PermissionError", None),
        ("os.killpg(0, signal.SIGKILL)", "PermissionError", None),
        ("os.setpgid(0, os.getppid())", "PermissionError", None),
        ("os.setpgid(0, os.getpid() - 1)", "PermissionError", None),
        ("signal.pidfd_send_signal(os.pidfd_open(os.getpid()), 9)", "PermissionError", None),
        ("import resource\nresource.setrlimit(resource.RLIMIT_CPU, (1, 1))", "ValueError", None),
        (
            "import resource\nresource.prlimit(os.getpid(), resource.RLIMIT_CPU, (1, 1))",
            "PermissionError",
            None,
        ),
        ("import resource\nresource.getrlimit(resource.RLIMIT_CPU)", None, "(600, 601)"),
        ("import fcntl\nfcntl.fcntl(os.pipe()[0], 10, 9)", "OSError", None),
        ("refused(libc.prctl(1, 9, 0, 0, 0))", None, "True"),
        (SETRLIMIT, None, "True"),
        (TIMER, None, "True"),
    ],
)
async def test_a_session_cannot_have_itself_killed(
    cells: RunCells, code: str, error: str | None, display: str | None
) -> None:
    _, tried, after = await cells(LIBC, code, "41 + 1")
    assert (tried.error.kind if tried.error else None) == error, tried.error
    assert tried.display == display
    assert after.display == "42"


async def test_a_session_that_ends_by_a_signal_of_its_own_is_told_as_its_own_fault(cells: RunCells) -> None:
    """By each that ends a process: those that the C library uses are 32 and 33, and 9 is refused."""
    for number in (1, 3, 4, 5, 6, 7, 8, 11, 13, 14, 15, 16, 24, 25, 26, 27, 29, 30, 31, 34, 64):
        (ended,) = await cells(
            f"import os, signal\nsignal.signal({number}, signal.SIG_DFL)\nos.kill(os.getpid(), {number})"
        )
        assert ended.end is not None
        assert ended.end.reason == "crashed", ended
