"""Forked processes in a program that has one thread, as ours does when it forks: one scene a run."""

import os
import signal
import sys
import threading
from collections.abc import Callable, Coroutine
from tempfile import TemporaryDirectory
from typing import Any

import anyio
import pytest

from actors.ports import InfrastructureError
from actors.runtime.processes import Processes, forked

MEANT_FOR_US = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
LOADED_BY_US = object()


def loaded() -> int:
    return id(LOADED_BY_US)


def says() -> None:
    sys.stdout.write("out\n")
    sys.stderr.write("err\n")
    os.write(1, b"out")
    os.write(2, b"err")


def open_files() -> int:
    return len(os.listdir("/dev/fd")) - 1  # noqa: PTH208  the listing's own


async def they_are_copies_of_ours(processes: Processes) -> None:
    assert await processes.run(loaded) == id(LOADED_BY_US)
    assert await processes.run(os.getppid) == os.getpid()


async def a_long_argument_and_a_long_result_arrive(processes: Processes) -> None:
    given = b"a" * 20_000_000
    assert await processes.run(bytes.upper, given) == given.upper()


async def what_a_function_raises_is_raised_here(processes: Processes) -> None:
    pid = await processes.run(os.getpid)
    with pytest.raises(ZeroDivisionError):
        await processes.run(divmod, 1, 0)
    with pytest.raises(ProcessLookupError):
        await processes.run(os.kill, 2**22 + 1, 0)
    assert await processes.run(os.getpid) == pid


async def they_are_deaf_to_what_asks_us_to_end(processes: Processes) -> None:
    pid = await processes.run(os.getpid)
    for number in MEANT_FOR_US:
        os.kill(pid, number)
    assert await processes.run(os.getpid) == pid
    assert not signal.pthread_sigmask(signal.SIG_BLOCK, []) & set(MEANT_FOR_US)


async def one_that_dies_is_replaced(processes: Processes) -> None:
    for _ in range(3):
        with pytest.raises(InfrastructureError, match="a process for numeric code was lost"):
            await processes.run(os.kill, await processes.run(os.getpid), signal.SIGKILL)
        assert await processes.run(divmod, 17, 5) == (3, 2)


async def a_call_that_is_cancelled_ends_its_process(processes: Processes) -> None:
    pid = await processes.run(os.getpid)
    with anyio.move_on_after(0.2) as scope:
        await processes.run(signal.pause)
    assert scope.cancelled_caught
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert await processes.run(divmod, 17, 5) == (3, 2)


async def they_have_none_of_our_files_and_streams(processes: Processes) -> None:
    with open(os.devnull):  # noqa: ASYNC230, PTH123
        assert await processes.run(open_files) == 4  # the three streams, and the socket
    await processes.run(says)


def meet(place: str, mode: int) -> int:
    """Wait for whoever opens the other end of a pipe."""
    os.close(os.open(place, mode))
    return os.getpid()


async def as_many_as_there_are_work_at_once(processes: Processes) -> None:
    pids: set[int] = set()

    async def one(place: str, mode: int) -> None:
        pids.add(await processes.run(meet, place, mode))

    with TemporaryDirectory() as folder:
        os.mkfifo(place := f"{folder}/pipe")
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(one, place, os.O_RDONLY)
            tasks.start_soon(one, place, os.O_WRONLY)
    assert len(pids) == 2


SCENES: tuple[Callable[[Processes], Coroutine[Any, Any, None]], ...] = (
    they_are_copies_of_ours,
    a_long_argument_and_a_long_result_arrive,
    what_a_function_raises_is_raised_here,
    they_are_deaf_to_what_asks_us_to_end,
    one_that_dies_is_replaced,
    a_call_that_is_cancelled_ends_its_process,
    they_have_none_of_our_files_and_streams,
    as_many_as_there_are_work_at_once,
)


def main(scene: str) -> None:
    """Play a scene; or tell which one of two was, and wait to be killed."""
    assert threading.active_count() == 1
    with forked(2) as processes:
        if scene == "end":
            sys.stdout.write(f"{anyio.run(processes.run, os.getpid)}\n")
            sys.stdout.flush()
            signal.pause()
        anyio.run({one.__name__: one for one in SCENES}[scene], processes)
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)  # none is left, and none is unburied


if __name__ == "__main__":
    main(sys.argv[1])
