"""Whatever happens to the lock file, two writers never both acknowledge."""

import errno
import fcntl
import os
from collections.abc import Callable

import pytest

from store.home import Home
from store.log.append import Draft, LogPoisoned, LogWriter
from store.log.lock import HomeLocked, hold_lock
from store.log.read import read_events
from store.log.verify import verify_log
from tests.store.log.conftest import refused
from tests.store.log.disks import QuickDisk


def removed(home: Home) -> None:
    (home.log / "lock").unlink()


def replaced(home: Home) -> None:
    (home.log / "lock").rename(home.root / "elsewhere")
    (home.log / "lock").write_text("1\n")


def folder_moved(home: Home) -> None:
    home.log.rename(home.root / "elsewhere")
    home.log.mkdir()
    (home.log / "lock").touch()


def home_moved(home: Home) -> None:
    home.root.rename(home.root.with_name("elsewhere"))


@pytest.mark.parametrize("harm", [removed, replaced, folder_moved, home_moved])
async def test_a_writer_whose_lock_is_gone_acknowledges_nothing_more_and_says_why(
    home: Home, harm: Callable[[Home], None]
) -> None:
    async with LogWriter.open(home, disk=QuickDisk()) as writer:
        await writer.append([Draft(refused(1))])
        harm(home)
        for number in (2, 3):
            with pytest.raises(LogPoisoned, match=r"log/lock was removed or replaced.*run the same command"):
                await writer.append([Draft(refused(number))])
        assert writer.head.seq == 2


async def test_a_lock_file_that_is_gone_lets_nobody_in_beside_its_holder(home: Home) -> None:
    async with LogWriter.open(home, disk=QuickDisk()) as writer:
        await writer.append([Draft(refused(1))])
        removed(home)
        for _ in range(2):
            with pytest.raises(HomeLocked, match=f"in use by process {os.getpid()};"):
                async with LogWriter.open(home, disk=QuickDisk()):
                    pass
        with pytest.raises(LogPoisoned):
            await writer.append([Draft(refused(2))])
    async with LogWriter.open(home, disk=QuickDisk()) as writer:
        await writer.append([Draft(refused(3))])
    assert [one.event for one in read_events(home, 1)] == [refused(1), refused(3)]
    assert verify_log(home).ok


async def test_who_is_refused_touches_nothing(home: Home) -> None:
    async with LogWriter.open(home, disk=QuickDisk()):
        removed(home)
        before = {path.name: path.stat().st_mtime_ns for path in home.log.iterdir()}
        with pytest.raises(HomeLocked):
            async with LogWriter.open(home, disk=QuickDisk()):
                pass
        assert {path.name: path.stat().st_mtime_ns for path in home.log.iterdir()} == before


def test_a_process_of_a_version_that_locks_the_file_alone_is_refused_and_refuses(home: Home) -> None:
    with hold_lock(home), (home.log / "lock").open("rb+") as file, pytest.raises(BlockingIOError):
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    with (home.log / "lock").open("rb+") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        with pytest.raises(HomeLocked), hold_lock(home):
            pass


def test_where_folders_cannot_be_locked_the_file_binds(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    lock = fcntl.flock

    def of_files_alone(descriptor: int, operation: int) -> None:
        if os.path.isdir(f"/proc/self/fd/{descriptor}"):  # noqa: PTH112  a descriptor
            raise OSError(errno.EBADF, "Bad file descriptor")
        lock(descriptor, operation)

    monkeypatch.setattr(fcntl, "flock", of_files_alone)
    with hold_lock(home), pytest.raises(HomeLocked), hold_lock(home):
        pass
