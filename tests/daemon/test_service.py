"""What leads the seasons: signals, waits, the stage that is shown, and what earlier lives left."""

import errno
import os
import signal
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from threading import Event as Flag

import anyio
import pytest
from anyio import to_thread

from actors.ports import InfrastructureError
from events.identity import digest_of
from events.runtime import Paused, Resumed, SettingsRead, SettingsRefused, WorkParked
from events.struct import Event
from events.wire import AnyRecorded
from store.durable import Disk, read_file
from store.log.append import LogWriter
from store.log.drafts import Draft
from store.log.read import log_head, read_events
from store.packs.collect import LEAST_GARBAGE
from tests.daemon.stage import Stage

RETRY = 0.05
"""Seconds until what failed is tried again for the first time."""


async def append(stage: Stage, event: Event) -> None:
    await stage.writer.append([Draft(event)])


async def test_settings_that_did_not_change_are_read_and_all_files_are_looked_at(stage: Stage) -> None:
    async with stage.living():
        os.kill(os.getpid(), signal.SIGHUP)
        await stage.looked_again.wait()
        assert not stage.asked_to_drain.is_set()
    assert len(stage.seasons) == 1
    assert len(list(read_events(stage.home, types=(SettingsRead,)))) == 1


async def test_a_pipe_in_the_place_of_the_settings_is_refused_and_hinders_no_end(stage: Stage) -> None:
    refused = anyio.Event()

    def hear(recorded: Sequence[AnyRecorded]) -> None:
        if any(isinstance(one.event, SettingsRefused) for one in recorded):
            refused.set()

    def late(*_: object) -> None:
        raise AssertionError("it waits for somebody to open the other end")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(20)
    try:
        async with stage.living():
            stage.writer.subscribe(hear)
            os.mkfifo(stage.home.settings)
            os.kill(os.getpid(), signal.SIGHUP)
            await refused.wait()
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
    (told,) = [one.event for one in read_events(stage.home, types=(SettingsRefused,))]
    assert isinstance(told, SettingsRefused)
    assert told.detail.endswith("is a pipe, a socket or a device where a file is due: move it elsewhere")


async def test_settings_that_take_long_to_be_read_hold_up_nothing_and_are_not_waited_for(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, released = Flag(), Flag()

    def read_late(path: Path) -> bytes:
        asked.set()
        released.wait(60)
        return read_file(path)

    try:
        async with stage.living():
            monkeypatch.setattr("actors.daemon.orders.read_file", read_late)
            stage.home.settings.write_text("target = 2\n")
            os.kill(os.getpid(), signal.SIGHUP)
            await to_thread.run_sync(asked.wait, 30)
            await append(stage, Paused("no space left"))
    finally:
        released.set()
    assert "settings: changed" not in stage.told


class FullDisk(Disk):
    """One that is full once it is told to be, and says when it has refused something."""

    full = False
    refused = Flag()

    def write(self, descriptor: int, data: bytes) -> None:
        if FullDisk.full:
            FullDisk.refused.set()
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        super().write(descriptor, data)


@pytest.mark.parametrize("written", ["", "targt = 2\n"], ids=["as they were", "bad"])
async def test_settings_that_are_read_again_on_a_full_disk_leave_the_end_as_it_is_due(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, written: str
) -> None:
    monkeypatch.setattr(FullDisk, "full", False)
    monkeypatch.setattr(FullDisk, "refused", Flag())
    monkeypatch.setattr("store.log.append.Disk", FullDisk)
    async with stage.living():
        stage.home.settings.write_text(written)
        FullDisk.full = True
        os.kill(os.getpid(), signal.SIGHUP)
        assert await to_thread.run_sync(FullDisk.refused.wait, 30)
    assert stage.told[-1].startswith("the log does not tell that settings were read again: ")


class LateDisk(Disk):
    """One that, once it is told to, takes a while to write, and says when it begins to."""

    late = False
    began = Flag()

    def write(self, descriptor: int, data: bytes) -> None:
        if LateDisk.late:
            LateDisk.began.set()
            Flag().wait(0.2)
        super().write(descriptor, data)


async def test_the_last_place_that_is_told_is_the_last_of_the_log(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def leave_an_append_on_its_way() -> None:
        await stage.drained.wait()
        LateDisk.late = True
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(append, stage, WorkParked("key", "the engine is gone"))
            await to_thread.run_sync(LateDisk.began.wait, 30)
            tasks.cancel_scope.cancel()

    monkeypatch.setattr(LateDisk, "late", False)
    monkeypatch.setattr(LateDisk, "began", Flag())
    monkeypatch.setattr("store.log.append.Disk", LateDisk)
    stage.begins = leave_an_append_on_its_way
    async with stage.living():
        pass
    assert stage.keeper.last is not None
    assert (stage.keeper.last.stage, stage.keeper.last.seq) == ("ended", log_head(stage.home).seq)
    assert list(read_events(stage.home, types=(WorkParked,)))


async def test_a_daemon_whose_disk_is_full_is_shown_as_paused_until_there_is_room(stage: Stage) -> None:
    async with stage.living():
        assert stage.keeper.look().stage == "starting"
        await append(stage, Paused("no space left"))
        assert stage.keeper.look().stage == "paused"
        assert stage.keeper.look().problem == "the disk is full, and work waits for room: no space left"
        await append(stage, Resumed(1.0))
        assert stage.keeper.look().stage == "starting"


async def test_what_was_parked_has_a_new_season_begun_for_it(stage: Stage) -> None:
    stage.given["retry_seconds"] = RETRY
    async with stage.living():
        began = anyio.current_time()
        await append(stage, WorkParked("key", "the engine is gone"))
        await stage.asked_to_drain.wait()
        assert anyio.current_time() - began >= RETRY
    assert "what was parked is tried again" in stage.told


async def test_where_no_worker_can_be_had_a_later_season_is_tried_again_after_longer_and_longer(
    stage: Stage,
) -> None:
    times: list[float] = []

    async def fail_three_times() -> None:
        times.append(anyio.current_time())
        if len(times) == 1:
            await stage.asked_to_drain.wait()
        elif len(times) <= 4:
            raise InfrastructureError("the engine is gone")
        else:
            again.set()
            await stage.drained.wait()

    again = anyio.Event()
    stage.given["retry_seconds"] = RETRY
    stage.begins = fail_three_times
    async with stage.living():
        stage.home.settings.write_text("target = 2\n")
        os.kill(os.getpid(), signal.SIGHUP)
        await again.wait()
        told = "no work can be done, and it is tried again later: the engine is gone"
        assert stage.keeper.look().problem == told
    waits = [after - before for before, after in pairwise(times[1:])]
    assert [wait >= RETRY * 2**number for number, wait in enumerate(waits)] == [True] * 3
    assert [season.orders.target for season in stage.seasons] == [None, 2, 2, 2, 2]


async def test_where_no_worker_can_be_had_at_the_start_a_daemon_ends_in_words(stage: Stage) -> None:
    async def fail() -> None:
        raise InfrastructureError("there is no engine")

    stage.begins = fail
    with pytest.raises(InfrastructureError, match="there is no engine"):
        await stage.serves()
    assert (stage.keeper.look().stage, stage.keeper.look().problem) == ("ended", "there is no engine")


async def test_a_daemon_drops_what_interrupted_work_left_that_no_event_names(stage: Stage) -> None:
    data = os.urandom(LEAST_GARBAGE + 2**20)
    async with LogWriter.open(stage.home) as writer:
        await writer.keep({digest_of(data): data})
    async with stage.living():
        pass
    assert [told for told in stage.told if told.startswith("blobs: 1 dropped that the log does not name")]
