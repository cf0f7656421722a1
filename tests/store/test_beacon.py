"""A beacon is put in place whole, and whether the daemon that it tells of still runs."""

import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from store.beacon import Beacon, born, read_beacon, write_beacon
from store.home import Home
from tests.store.log.disks import HookedDisk


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


class Onlooker(HookedDisk):
    """Reads the beacon before every call."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self.seen: list[Beacon | None] = []

    def before(self, kind: str, descriptor: int = -1, data: bytes = b"") -> None:  # noqa: ARG002  whichever
        self.seen.append(read_beacon(self._home))


def test_whoever_looks_at_whichever_call_sees_the_old_beacon_or_the_new_and_never_a_part(
    tmp_path: Path,
) -> None:
    home = Home(tmp_path)
    old, new = beacon(1, "old"), beacon(2, "another that is longer" * 9)
    write_beacon(home, old)
    disk = Onlooker(home)
    with home.beacon.open("rb") as opened_before:
        write_beacon(home, new, disk)
        assert msgspec.json.decode(opened_before.read(), type=Beacon) == old, "it was not written over"
    assert disk.seen
    assert set(map(repr, disk.seen)) == {repr(old)}
    assert read_beacon(home) == new
    assert list(home.beacon.parent.iterdir()) == [home.beacon]


def told_as(home: Home, **fields: object) -> None:
    """A beacon of a process that runs, with some fields as nobody of ours would write them."""
    home.beacon.parent.mkdir(parents=True, exist_ok=True)
    plain = msgspec.to_builtins(beacon(os.getpid(), "")) | fields
    home.beacon.write_bytes(msgspec.json.encode(plain))


@pytest.mark.parametrize(
    "strange",
    [
        {"actors": [{}]},
        {"actors": [{"name": "solver"}]},
        {"actors": {}},
        {"pid": 2**80},
        {"pid": -1},
        {"pid": 0},
        {"stage": "lost"},
        {"settings": {"target": {"deep": 1}}},
        {"more": 1},
    ],
)
def test_words_that_are_not_ours_are_none(tmp_path: Path, strange: dict[str, object]) -> None:
    home = Home(tmp_path)
    told_as(home)
    assert read_beacon(home) is not None
    told_as(home, **strange)
    assert read_beacon(home) is None


@pytest.mark.parametrize("data", [b"", b"\xff", b"{", b"null", b"[" * 20_000 + b"]" * 20_000])
def test_bytes_that_are_no_beacon_are_none(tmp_path: Path, data: bytes) -> None:
    home = Home(tmp_path)
    told_as(home)
    whole = home.beacon.read_bytes()
    for found in (data, whole.replace(b'"actors":[]', b'"actors":' + data)):
        home.beacon.write_bytes(found)
        assert read_beacon(home) is None
