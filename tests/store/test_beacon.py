"""Whether the daemon that a beacon tells of still runs."""

import os
import subprocess
import sys

import msgspec
import pytest

from store.beacon import Beacon, born


def beacon(pid: int, told: str) -> Beacon:
    return Beacon(
        pid=pid, born=told, since="", told="", stage="working", seq=1, artifacts=0, workers="", settings={},
        origin="", files=0, unsettled=0, actors=(),
    )  # fmt: skip


@pytest.fixture
def child() -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)


def test_a_daemon_is_alive_as_long_as_its_process_and_no_longer(child: "subprocess.Popen[bytes]") -> None:
    told = beacon(child.pid, born(child.pid))
    assert told.born
    assert told.alive
    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)  # it has ended, and nobody has asked how
    assert not told.alive
    child.communicate()
    assert not told.alive


def test_another_process_of_the_same_number_is_another() -> None:
    assert beacon(os.getpid(), born(os.getpid())).alive
    assert not beacon(os.getpid(), "an earlier start of the system/1").alive


def test_a_daemon_that_said_that_it_ended_is_not_alive() -> None:
    ended = msgspec.structs.replace(beacon(os.getpid(), born(os.getpid())), stage="ended")
    assert not ended.alive


def test_where_the_system_does_not_say_more_the_number_alone_tells(child: "subprocess.Popen[bytes]") -> None:
    assert beacon(child.pid, "").alive
    child.kill()
    child.communicate()
    assert not beacon(child.pid, "").alive
