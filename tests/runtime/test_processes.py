"""Processes for numeric code: they compute, they end with us, and an interrupt is not theirs."""

import os
import signal
from functools import partial

import anyio
import pytest

from actors.ports import InfrastructureError
from actors.runtime.processes import Processes

MEANT_FOR_US = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@pytest.fixture
def processes() -> Processes:
    return Processes(1)


async def test_a_function_runs_in_a_process_of_its_own(processes: Processes) -> None:
    assert await processes.run(divmod, 17, 5) == (3, 2)
    assert await processes.run(os.getpid) != os.getpid()


async def test_what_a_function_raises_is_raised_here(processes: Processes) -> None:
    with pytest.raises(ZeroDivisionError):
        await processes.run(divmod, 1, 0)


@pytest.mark.parametrize("number", MEANT_FOR_US)
async def test_a_signal_to_every_process_leaves_them_working(
    processes: Processes, number: signal.Signals
) -> None:
    pid = await processes.run(os.getpid)  # one that was started later: only ignoring protects it
    os.kill(pid, number)
    assert await processes.run(os.getpid) == pid


async def test_a_process_is_deaf_from_its_very_start() -> None:
    """Blocked, and not only ignored: a signal while the process still imports must not end it."""
    processes = Processes(2)
    await processes.start()
    assert await processes.run(signal.pthread_sigmask, signal.SIG_BLOCK, []) >= set(MEANT_FOR_US)
    assert not signal.pthread_sigmask(signal.SIG_BLOCK, []) & set(MEANT_FOR_US)


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


async def test_a_process_that_dies_is_a_fault_of_nobody_and_is_replaced(processes: Processes) -> None:
    for _ in range(2):
        with pytest.raises(InfrastructureError, match="a process for numeric code was lost"):
            await processes.run(os.kill, await processes.run(os.getpid), signal.SIGKILL)
        assert await processes.run(divmod, 17, 5) == (3, 2)


async def test_a_process_killed_while_it_was_idle_costs_one_call_at_most(processes: Processes) -> None:
    pid = await processes.run(os.getpid)
    os.kill(pid, signal.SIGKILL)
    with anyio.move_on_after(30) as scope:
        try:
            assert await processes.run(divmod, 17, 5) == (3, 2)  # its end was seen in time
        except InfrastructureError:
            assert await processes.run(os.getpid) != pid
    assert not scope.cancelled_caught


async def test_a_fault_of_the_system_in_a_function_is_the_functions_own(processes: Processes) -> None:
    with pytest.raises(ProcessLookupError):
        await processes.run(os.kill, 2**22 + 1, 0)
    with pytest.raises(FileNotFoundError):
        await processes.run(os.stat, "/nowhere")


async def test_a_process_that_dies_while_it_is_warmed_is_missed_by_nobody(processes: Processes) -> None:
    await processes.start()
    await processes.warm(partial(os._exit, 1))
    assert await processes.run(divmod, 17, 5) == (3, 2)


async def test_where_no_process_can_be_started_work_waits(
    processes: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.executable", "/nowhere")
    await processes.start()
    with pytest.raises(InfrastructureError, match="FileNotFoundError"):
        await processes.run(divmod, 17, 5)
