"""Processes for numeric code: they compute, they end with us, and an interrupt is not theirs."""

import os
import signal

import anyio
import pytest

from actors.runtime.processes import Processes


@pytest.fixture
def processes() -> Processes:
    return Processes(1)


async def test_a_function_runs_in_a_process_of_its_own(processes: Processes) -> None:
    assert await processes.run(divmod, 17, 5) == (3, 2)
    assert await processes.run(os.getpid) != os.getpid()


async def test_what_a_function_raises_is_raised_here(processes: Processes) -> None:
    with pytest.raises(ZeroDivisionError):
        await processes.run(divmod, 1, 0)


async def test_an_interrupt_of_every_process_leaves_them_working(processes: Processes) -> None:
    await processes.start()
    pid = await processes.run(os.getpid)
    os.kill(pid, signal.SIGINT)
    assert await processes.run(os.getpid) == pid


async def test_a_process_is_deaf_from_its_very_start() -> None:
    """Blocked, and not only ignored: an interrupt while the process still imports must not end it."""
    processes = Processes(2)
    await processes.start()
    assert signal.SIGINT in await processes.run(signal.pthread_sigmask, signal.SIG_BLOCK, [])
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, [])


async def test_an_interrupt_while_they_start_is_not_lost(processes: Processes) -> None:
    with anyio.open_signal_receiver(signal.SIGINT) as signals:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(processes.start)
            await anyio.lowlevel.checkpoint()
            os.kill(os.getpid(), signal.SIGINT)
        async for one in signals:
            assert one == signal.SIGINT
            break


async def test_a_call_that_is_cancelled_does_not_wait_for_its_function(processes: Processes) -> None:
    await processes.start()
    with anyio.move_on_after(0.2) as scope:
        await processes.run(signal.pause)
    assert scope.cancelled_caught
    assert await processes.run(divmod, 17, 5) == (3, 2)
