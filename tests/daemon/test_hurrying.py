"""Asked to end once a daemon writes artifacts at last; asked twice it does not wait for them."""

import os
import signal
from functools import partial

import pytest

from actors.runtime import processes
from tests.daemon.stage import Stage


async def test_a_daemon_that_was_drained_writes_artifacts_at_last(stage: Stage) -> None:
    await stage.lives(stage.drained.set)
    assert stage.writings == 2


async def test_a_process_for_numeric_code_that_dies_at_the_start_ends_no_daemon(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("actors.daemon.service.Processes", processes.Processes)
    monkeypatch.setattr("actors.runtime.processes._nothing", partial(os._exit, 9))
    await stage.lives(stage.drained.set)
    assert stage.writings == 2


async def test_a_second_signal_ends_what_does_not_drain_and_writes_no_artifacts(stage: Stage) -> None:
    await stage.lives(lambda: os.kill(os.getpid(), signal.SIGTERM))
    assert stage.writings == 1
