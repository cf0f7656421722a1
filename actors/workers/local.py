"""A worker as a child process of the host."""

import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable
from contextlib import ExitStack, asynccontextmanager, suppress
from pathlib import Path

import anyio
import structlog
from anyio import to_thread
from anyio.abc import ByteReceiveStream, Process

from actors.workers.bubble import InfoLine, around, why_not
from actors.workers.folders import clear_forsaken, name_worker, worker_folder
from actors.workers.link import BackendName, StopFailed, Tail, WorkerGone
from actors.workers.orphans import end_orphans
from actors.workers.sandbox.version import ROOT
from actors.workers.sizing import machine
from events.trace import Level

STOP_SECONDS = 3.0
"""So long after its channel ended a worker may take to exit; then it is killed."""
_BROKEN = (anyio.BrokenResourceError, anyio.ClosedResourceError, OSError)

_log = structlog.get_logger()


class LocalLink:
    """The pipes of a child process."""

    def __init__(self, process: Process) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self.worker = self._started = str(process.pid)
        self.is_mute = self._has_spoken = False
        self._stdin = process.stdin
        self._stdout = process.stdout
        self.tail = Tail()

    async def send(self, data: bytes) -> None:
        """Send all of the data.

        Raises:
            WorkerGone: the pipe is broken.
        """
        try:
            await self._stdin.send(data)
        except _BROKEN as error:
            raise WorkerGone(f"process {self.worker} reads no more: {error!r}") from error

    async def receive(self) -> bytes:
        """The next bytes.

        Raises:
            WorkerGone: the pipe ended.
        """
        try:
            said = await self._stdout.receive(65536)
        except (anyio.EndOfStream, *_BROKEN) as error:
            self.is_mute = not self._has_spoken
            raise WorkerGone(f"process {self.worker} ended its output") from error
        self._has_spoken = True
        return said

    async def held(self) -> str:
        """That it was stopped, where the system tells of processes."""
        is_held = _is_stopped(self.worker) or _is_stopped(self._started)
        return "it is stopped, by a signal or a debugger" if is_held else ""

    def last_words(self) -> str:
        """The end of its stderr."""
        return self.tail.text()


class LocalBackend:
    """Starts workers as child processes, with no descriptor of ours and next to no environment.

    Where bubblewrap can be had each is in a bubble of its own, unless one ended in it without a word.
    """

    def __init__(self) -> None:
        self._leaves_bubbles = False

    @property
    def name(self) -> BackendName:
        """`local`."""
        return "local"

    def level(self, *, walled: bool) -> Level:
        """`sandbox` behind walls; without, only time, memory and output are limited."""
        return "sandbox" if walled else "process"

    async def machine(self) -> tuple[int, int]:
        """What this process may use."""
        return machine()

    async def sweep(self) -> list[StopFailed]:
        """Clear folders whose worker was killed with its host; a child process ends with its host's pipe."""
        await to_thread.run_sync(clear_forsaken)
        return []

    @asynccontextmanager
    async def start(self) -> AsyncIterator[LocalLink]:
        """A fresh worker process, ended at the end.

        Raises:
            WorkerGone: it could not be started.
            StopFailed: it survived SIGKILL.
        """
        with ExitStack() as stack:
            try:
                folder = stack.enter_context(worker_folder())
            except OSError as error:
                raise WorkerGone(f"no folder for a worker could be made: {error}") from error
            line = stack.enter_context(InfoLine()) if await self._can_bubble() else None
            process = await _spawned(folder, line)
            link = LocalLink(process)
            try:
                name_worker(folder, process.pid)
                async with anyio.create_task_group() as tasks:
                    tasks.start_soon(_collect, process.stderr, link.tail)
                    try:
                        if line is not None:
                            link.worker = await line.first_process() or link.worker
                        yield link
                    finally:
                        if line is not None and link.is_mute:
                            self._leave_bubbles(link.last_words())
                        tasks.cancel_scope.cancel()
            finally:
                with anyio.CancelScope(shield=True):
                    await _stop(process, link.worker, folder)

    async def _can_bubble(self) -> bool:
        if self._leaves_bubbles:
            return False
        why, _ = await to_thread.run_sync(why_not)
        return not why

    def _leave_bubbles(self, last_words: str) -> None:
        """The wall of each session stands without one as well."""
        self._leaves_bubbles = True
        _log.warning("workers are no longer started in bubblewrap", reason=last_words or "none was given")


async def _spawned(folder: Path, line: InfoLine | None) -> Process:
    """A worker; in a bubble where there is a line on which it is told of."""
    command = [sys.executable, "-P", "-m", "actors.workers.sandbox", "--folder", str(folder)]
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "PYTHONPATH": str(ROOT),
        "PYTHONHASHSEED": "0",
        "PYTHONUTF8": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "LANG": "C.UTF-8",
        "HOME": str(folder),
        "TMPDIR": str(folder),
    }
    try:
        return await anyio.open_process(
            command if line is None else around(folder, [*command, "--own-disk"], line.tells),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=folder,
            env=environment,
            start_new_session=True,
            pass_fds=() if line is None else (line.tells,),
        )
    except OSError as error:
        raise WorkerGone(f"{sys.executable} could not be started: {error}") from error


async def _collect(stream: ByteReceiveStream | None, tail: Tail) -> None:
    """Read a worker's stderr, so that it can never block on it."""
    assert stream is not None
    with suppress(anyio.EndOfStream, *_BROKEN):
        while True:
            tail.add(await stream.receive())


def _is_stopped(process: str) -> bool:
    """Whether a process is in the state `T` or `t`; False where nothing of it can be told."""
    try:
        status = Path(f"/proc/{process}/stat").read_text("utf-8", "replace")
    except OSError:
        return False
    return status.rpartition(") ")[2][:1] in ("T", "t")


async def _stop(process: Process, worker: str, folder: Path) -> None:
    """End the channel, which ends the worker and its sessions; kill what does not end by that."""
    assert process.stdin is not None
    patience = 0.0 if _is_stopped(str(process.pid)) or _is_stopped(worker) else STOP_SECONDS
    with anyio.move_on_after(patience), suppress(*_BROKEN):
        await process.stdin.aclose()
        await process.wait()
    try:
        if process.returncode is None:
            os.killpg(process.pid, signal.SIGKILL)
            await _within(STOP_SECONDS, process.wait())
        for stream in (process.stdout, process.stderr):
            await _within(STOP_SECONDS, _drained(stream))
        await to_thread.run_sync(end_orphans, folder)
    except (OSError, TimeoutError) as error:
        raise StopFailed(worker, repr(error)) from error
    finally:
        with suppress(*_BROKEN):
            await _closed(process)


async def _drained(stream: ByteReceiveStream | None) -> None:
    """Wait for the end of an output: a worker in a bubble may end after what was started around it."""
    assert stream is not None
    with suppress(anyio.EndOfStream, *_BROKEN):
        while True:
            await stream.receive()


async def _closed(process: Process) -> None:
    for stream in (process.stdin, process.stdout, process.stderr):
        if stream is not None:
            await stream.aclose()


async def _within(seconds: float, waiting: Awaitable[object]) -> None:
    with anyio.fail_after(seconds):
        await waiting
