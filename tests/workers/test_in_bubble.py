"""In bubblewrap a worker sees nothing of its machine but what is listed, and lives and ends with its host.

Root has none: for him these run as an ordinary user, with the attacks and the contract of all backends, in
`test_as_nobody.py`.
"""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path

import anyio
import anyio.lowlevel
import pytest
import pytest_asyncio

from actors.ports import InfrastructureError, Session
from actors.workers.bubble import why_not
from actors.workers.folders import LOCK, PREFIX, clear_forsaken
from actors.workers.local import LocalBackend
from actors.workers.pool import Pool, running_pool
from actors.workers.sandbox.visible import WRITABLE, shown
from events.worker import WorkerLost, WorkerStarted
from tests.abuse.test_hidden_disk import REMOVED
from tests.contracts.conftest import CSV, LIMITS, READER, Announced, in_a_task, table_id

TOLD_WITHIN = 1.0
WITHIN = 10.0
"""Generous, for a loaded machine; `benchmarks/losses.py` measures."""
HOST = """
import anyio
from actors.workers.local import LocalBackend
async def main():
    async with LocalBackend().start() as link:
        await link.receive()
        print(link.worker, flush=True)
        await anyio.sleep_forever()
anyio.run(main)
"""
BUT_FOR = {"dev", "sys", "usr", "etc"}
"""Of these something is listed, and something is not."""
SERVICE = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
HIDDEN = ("/etc/passwd", "/etc/hostname", "/home", "/root", "/run", "/var", "/opt", "/boot", "/usr/bin/env",
          "/dev/tty", "/dev/kmsg", "/dev/vda", "/dev/sda", "/sys/class")  # fmt: skip

pytestmark = [
    pytest.mark.full,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(bool(why_not()[0]), reason=why_not()[0] or "there is a bubble"),
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def pool() -> AsyncIterator[Pool]:
    @asynccontextmanager
    async def opened() -> AsyncIterator[Pool]:
        async with running_pool(LocalBackend(), Announced(), limits=LIMITS, sessions=8) as started:
            await started.offer(table_id(), CSV, READER)
            yield started

    async with in_a_task(opened()) as started:
        yield started


async def shown_of(pool: Pool, code: str) -> str | None:
    async with pool.session(table_id()) as session:
        result = await session.run(code)
    assert result.error is None, result.error
    return result.display


def unlisted() -> list[str]:
    """Paths that are there on this machine, and of which nothing is listed."""
    listed = (*shown(), *map(Path, WRITABLE), Path.cwd(), Path(tempfile.gettempdir()), Path("/proc"))
    kept = {path.parts[1] for path in listed}
    top = [str(path) for path in Path("/").iterdir() if path.name not in kept]
    hidden = [path for path in HIDDEN if Path(path).parts[1] not in kept - BUT_FOR]
    return [path for path in (*hidden, *top) if os.access(path, os.F_OK)]


async def test_what_is_not_listed_is_not_even_there(pool: Pool) -> None:
    paths = unlisted()
    assert len(paths) > 10
    code = f"import os\n[path for path in {paths!r} if os.path.exists(path)]"
    assert await shown_of(pool, code) == "[]"


async def test_there_is_no_interface_but_loopback_and_no_name_of_the_machine(pool: Pool) -> None:
    names = "[line.split(':')[0].strip() for line in open('/proc/self/net/dev') if ':' in line]"
    assert await shown_of(pool, names) == "['lo']"
    assert await shown_of(pool, "import os\nos.uname().nodename") == "'worker'"


async def test_its_supervisor_is_the_first_process_and_the_machines_are_not_there(pool: Pool) -> None:
    assert await shown_of(pool, "import os\nos.getppid(), os.path.exists('/proc/1/status')") == "(1, True)"
    assert await shown_of(pool, f"import os\nos.path.exists('/proc/{os.getpid()}')") == "False"


async def test_nothing_is_writable_but_folders_in_memory_and_no_setuid_bit_counts(pool: Pool) -> None:
    code = """
mounts = [line.split()[1:4] for line in open('/proc/self/mounts')]
import os
[(place, kind) for place, kind, how in mounts if 'rw' in how.split(',') and not place.startswith(('/proc', '/dev/'))
 and place != os.path.dirname(os.getcwd())], [place for place, _, how in mounts if 'nosuid' not in how]
"""
    assert await shown_of(pool, code.strip()) == "([], [])"


async def test_all_sessions_together_fill_no_more_than_their_part(pool: Pool) -> None:
    fill = "for n in range(2):\n    open(f'f{n}', 'wb').write(bytes(100 * 2**20))"
    async with AsyncExitStack() as stack:
        sessions = [await stack.enter_async_context(pool.session(table_id())) for _ in range(6)]
        results = [await session.run(fill) for session in sessions]
        assert [one.error for one in results[:5]] == [None] * 5
        assert results[5].error is not None
        assert "No space left" in results[5].error.message
    free = "import os\nhas = os.statvfs('.')\nhas.f_bavail * has.f_frsize > 200 * 2**20"
    with anyio.fail_after(WITHIN):
        while await shown_of(pool, free) != "True":
            await anyio.lowlevel.checkpoint()


async def test_one_that_fills_their_disk_with_what_it_removed_is_told_so_and_the_others_go_on(
    pool: Pool,
) -> None:
    async with pool.session(table_id()) as author, pool.session(table_id()) as sibling:
        kept = await sibling.run("open('mine', 'w').write('41')")
        result = await author.run(REMOVED.strip())
        while result.end is None:
            result = await author.run(REMOVED.strip())
        assert result.end.reason == "disk_limit", result
        assert (await sibling.run("int(open('mine').read()) + 1")).display == "42", kept


async def runs_until_it_fails(session: Session) -> None:
    while True:
        await session.run("1")


def bubble_around(worker: str) -> int:
    """The number of the process that bubblewrap itself is."""
    status = Path(f"/proc/{worker}/stat").read_text()
    return int(status.rpartition(") ")[2].split()[1])


async def gone(process: int) -> None:
    with anyio.fail_after(WITHIN), suppress(ProcessLookupError, FileNotFoundError):
        while " Z " not in Path(f"/proc/{process}/stat").read_text():  # noqa: ASYNC240
            await anyio.lowlevel.checkpoint()


@pytest.mark.parametrize("killed", ["the worker", "bubblewrap"])
async def test_worker_and_bubble_end_together_and_it_is_told_at_once(killed: str) -> None:
    announced = Announced()
    async with running_pool(LocalBackend(), announced, limits=LIMITS) as pool:
        await pool.offer(table_id(), CSV, READER)
        (started,) = announced
        assert isinstance(started, WorkerStarted)
        both = (int(started.worker), bubble_around(started.worker))
        async with pool.session(table_id()) as session:
            os.kill(both[0 if killed == "the worker" else 1], signal.SIGKILL)
            with anyio.fail_after(TOLD_WITHIN), pytest.raises(InfrastructureError):
                await runs_until_it_fails(session)
        for process in both:
            await gone(process)
        with anyio.fail_after(WITHIN):
            while not any(isinstance(event, WorkerLost) for event in announced):
                await anyio.lowlevel.checkpoint()


@pytest.mark.parametrize("stopped", ["the worker", "bubblewrap"])
async def test_it_is_told_that_one_of_them_is_stopped_and_both_are_ended(stopped: str) -> None:
    async with LocalBackend().start() as link:
        both = (int(link.worker), bubble_around(link.worker))
        assert await link.held() == ""
        os.kill(both[0 if stopped == "the worker" else 1], signal.SIGSTOP)
        with anyio.fail_after(WITHIN):
            while not await link.held():
                await anyio.lowlevel.checkpoint()
    for process in both:
        await gone(process)


async def test_signals_to_all_of_a_service_end_neither() -> None:
    announced = Announced()
    async with running_pool(LocalBackend(), announced, limits=LIMITS) as pool:
        await pool.offer(table_id(), CSV, READER)
        (started,) = announced
        assert isinstance(started, WorkerStarted)
        bubble = bubble_around(started.worker)
        for process in (bubble, int(started.worker)):
            for number in SERVICE:
                assert ignores(process, number)
                os.kill(process, number)
        assert await shown_of(pool, "1") == "1"
        assert bubble_around(started.worker) == bubble
    assert announced == [started]


def ignores(process: int, number: int) -> bool:
    status = Path(f"/proc/{process}/status").read_text()
    (mask,) = [line.split()[1] for line in status.splitlines() if line.startswith("SigIgn")]
    return bool(int(mask, 16) >> (number - 1) & 1)


async def test_nothing_of_it_survives_a_host_that_was_killed_but_a_folder_for_the_next_to_clear() -> None:
    before = folders()
    with subprocess.Popen([sys.executable, "-c", HOST], stdout=subprocess.PIPE, text=True) as host:  # noqa: ASYNC220
        assert host.stdout is not None
        worker = int(host.stdout.readline())
        bubble = bubble_around(str(worker))
        host.kill()
    for process in (worker, bubble):
        await gone(process)
    (left,) = folders() - before
    assert [path.name for path in left.iterdir()] == [LOCK]
    assert left in clear_forsaken()
    assert folders() == before


def folders() -> set[Path]:
    return set(Path(tempfile.gettempdir()).glob(f"{PREFIX}*"))
