"""A small file is told anew on a full disk, on room that was held for it while there was some."""

import os
from pathlib import Path

import msgspec
import pytest

from store.beacon import Beacon, read_beacon, write_beacon
from store.home import Home
from store.spare import SIZE, Spare
from tests.store.log.conftest import no_space_error
from tests.store.log.disks import HookedDisk
from tests.store.test_beacon import beacon


class Full(HookedDisk):
    """Has no room for anything that is not there already, once it is told that it is full."""

    full = False

    def before(self, kind: str, descriptor: int = -1, data: bytes = b"") -> None:  # noqa: ARG002  whichever
        if self.full and kind in ("write", "allocate"):
            raise no_space_error()

    def write_at(self, descriptor: int, data: bytes, offset: int) -> None:
        if self.full and offset + len(data) > os.fstat(descriptor).st_size:
            raise no_space_error()
        super().write_at(descriptor, data, offset)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def test_a_beacon_is_told_anew_on_a_full_disk_as_often_as_is_asked(home: Home) -> None:
    disk = Full()
    spare = Spare(home.beacon, disk)
    write_beacon(home, beacon(1, "before"), disk, spare)
    disk.full = True
    for number in range(5):
        with home.beacon.open("rb") as opened_before:
            seen = read_beacon(home)
            write_beacon(home, beacon(2, f"told {number}"), disk, spare)
            assert msgspec.json.decode(opened_before.read(), type=Beacon) == seen
        assert read_beacon(home) == beacon(2, f"told {number}")
    disk.full = False
    write_beacon(home, beacon(1, "after"), disk, spare)
    assert read_beacon(home) == beacon(1, "after")
    assert home.beacon.stat().st_size < SIZE


def test_on_a_disk_that_was_always_full_the_one_before_stands(home: Home) -> None:
    write_beacon(home, beacon(1, "before"))
    disk = Full()
    disk.full = True
    spare = Spare(home.beacon, disk)
    spare.lay_by()
    with pytest.raises(OSError, match="no room is held"):
        write_beacon(home, beacon(2, "told"), disk, spare)
    assert read_beacon(home) == beacon(1, "before")
    assert list(home.beacon.parent.iterdir()) == [home.beacon]


def test_more_than_the_room_that_is_held_is_refused_and_the_one_before_stands(home: Home) -> None:
    disk = Full()
    spare = Spare(home.beacon, disk)
    write_beacon(home, beacon(1, "before"), disk, spare)
    disk.full = True
    with pytest.raises(OSError, match="no room is held"):
        write_beacon(home, beacon(2, "x" * SIZE), disk, spare)
    assert read_beacon(home) == beacon(1, "before")


def test_a_death_between_two_names_changes_nothing(home: Home) -> None:
    disk = Full()
    write_beacon(home, beacon(1, "before"), disk, Spare(home.beacon, disk))
    disk.full = True
    (home.beacon.parent / f".{home.beacon.name}.seen").hardlink_to(home.beacon)
    write_beacon(home, beacon(2, "told"), disk, Spare(home.beacon, disk))
    assert read_beacon(home) == beacon(2, "told")
