"""What is told of a disk, and of a process by which it can be suspected of what takes it up."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from actors.workers.sandbox.confine import MAX_FILE_BYTES
from actors.workers.sandbox.evidence import OWN_FILES, Evidence
from actors.workers.sandbox.room import FASTEST, Room, Use

USES = st.builds(Use, st.integers(0, 2**40), st.integers(0, 2**24))


@given(USES, USES)
def test_uses_add_up_and_one_exceeds_another_in_bytes_or_in_files(one: Use, other: Use) -> None:
    assert one + other - other == one
    assert not one.exceeds(one + other)
    assert (one + Use(1)).exceeds(one)
    assert (one + Use(0, 1)).exceeds(one)


@given(whole=USES, used=USES, part=st.floats(0, 1, exclude_max=True))
def test_however_much_is_written_there_is_room_for_as_long_as_it_says(
    whole: Use, used: Use, part: float
) -> None:
    room = Room(used if whole.files else Use(used.bytes), whole)
    if room.is_scarce:
        assert room.seconds_left == 0
        return
    seconds = room.seconds_left * part
    files = int(FASTEST.files * seconds) if whole.files else 0
    assert not Room(room.used + Use(int(FASTEST.bytes * seconds), files), whole).is_scarce


SEEN = Use(int(3.6 * 1024**3), 250_000)
"""What all sessions together were seen to write in a second, on two cores."""


def test_it_is_looked_in_time_for_what_was_seen_and_not_ten_times_as_often() -> None:
    """As much as a container has of a disk."""
    empty = Room(Use(), Use(1024**3, 65_536))
    seconds = empty.seconds_left
    assert not Room(Use(int(SEEN.bytes * seconds), int(SEEN.files * seconds)), empty.whole).is_scarce
    late = 3 * seconds
    assert Room(Use(int(SEEN.bytes * late)), empty.whole).is_scarce
    assert Room(Use(0, int(SEEN.files * late)), empty.whole).is_scarce


def test_where_the_number_of_files_is_not_bounded_bytes_alone_count() -> None:
    assert not Room(Use(0, 0), Use(1000, 0)).is_scarce
    assert Room(Use(0, 0), Use(1000, 0)).seconds_left > 0
    assert Room(Use(751, 0), Use(1000, 0)).is_scarce


def test_a_disk_is_told_with_what_lies_on_it(tmp_path: Path) -> None:
    room = Room.at(tmp_path)
    assert 0 < room.used.bytes <= room.whole.bytes
    assert room.used.files <= room.whole.files


HOLDS = """
import mmap, os, sys
held = [os.open('.', os.O_TMPFILE | os.O_RDWR) for _ in range(int(sys.argv[1]))]
mapped = mmap.mmap(-1, int(sys.argv[2]))
print(flush=True)
sys.stdin.read()
"""


def told_of(folder: Path, files: int, mapped: int) -> Evidence:
    command = [sys.executable, "-c", HOLDS, str(files), str(mapped)]
    with subprocess.Popen(
        command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        told = Evidence.of(process.pid)
        process.kill()
    return told


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="only Linux tells of processes")
def test_nobody_holds_more_than_it_has_open_or_mapped() -> None:
    if not Path("/proc/self/fd").stat().st_size:
        assert Evidence.of(os.getpid()).most is None
        return
    with tempfile.TemporaryDirectory() as folder:
        few, many = told_of(Path(folder), 1, 4096), told_of(Path(folder), 8, 4096)
        large = told_of(Path(folder), 1, 8 * 2**30)
    assert few.most is not None
    assert many.most is not None
    assert large.most is not None
    assert many.most.bytes - few.most.bytes == 7 * MAX_FILE_BYTES
    assert many.most.files - few.most.files == 7
    ours = int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGESIZE")
    assert (
        large.most.bytes > few.most.bytes + 7 * 2**30 - ours
    )  # what is ours was before the fork, and nobody's
    assert few.most.files < OWN_FILES
    assert many.spent >= many.system >= 0


def test_of_one_that_is_no_more_nothing_is_told() -> None:
    assert Evidence.of(2**22 + 1) == Evidence()


@pytest.mark.parametrize(
    ("most", "unseen", "since", "does"),
    [
        (None, Use(900, 0), Use(900, 0), True),
        (None, Use(900, 0), Use(449, 0), False),
        (Use(), Use(900, 0), Use(900, 0), False),
        (Use(450), Use(900, 0), Use(900, 0), True),
        (Use(449), Use(900, 0), Use(900, 0), False),
        (Use(900), Use(900, 0), Use(450, 0), True),
        (Use(900), Use(900, 0), Use(449, 0), False),
        (Use(0, 45), Use(900, 0), Use(900, 0), False),
        (Use(0, 45), Use(0, 90), Use(0, 90), True),
        (Use(0, 90), Use(0, 90), Use(0, 44), False),
        (Use(900, 0), Use(50, 90), Use(50, 90), False),
    ],
)
def test_it_explains_what_is_too_much_if_the_half_of_it_may_be_its(
    most: Use | None, unseen: Use, since: Use, *, does: bool
) -> None:
    assert Evidence(most=most).explains(unseen, Use(100, 50), since) is does
