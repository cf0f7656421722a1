"""Every call of a writer to the disk fails in turn: what was acknowledged stays, and nothing is there by half."""

import errno
import os
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import anyio
import pytest

from events.dataset import DatasetRefused
from events.identity import digest_of
from events.runtime import TailCut
from store.blobs import Blobs
from store.home import Home
from store.log.append import Draft, LogPoisoned, LogWriter, NoSpace
from store.log.lock import HomeUnwritable
from store.log.read import read_events
from store.log.verify import verify_log
from tests.store.log.conftest import clock, put, refused
from tests.store.log.disks import CALLS, FailingDisk, QuickDisk

SIZES = (1, 3, 1, 2, 1, 4, 2)
SEGMENT_BYTES = 1100
TORN = b'{"seq":2,"time":"'
EXPECTED = {errno.ENOSPC: (NoSpace, LogPoisoned), errno.EIO: (LogPoisoned, HomeUnwritable)}


@dataclass
class Life:
    """What a writer's appends came to."""

    acknowledged: list[int] = field(default_factory=list)
    """Numbers of the appends that were acknowledged."""
    errors: list[Exception] = field(default_factory=list)
    """What the others were told, and the opener."""


async def lived(home: Home, disk: QuickDisk, life: Life) -> None:
    """Open, append across several segments that are compressed meanwhile, and close."""
    opening = LogWriter.open(
        home, clock=clock, draw=lambda: "ab" * 16, segment_bytes=SEGMENT_BYTES, disk=disk
    )
    try:
        async with opening as writer:
            for number, size in enumerate(SIZES):
                await _appended(writer, number, size, life)
    except (NoSpace, LogPoisoned, HomeUnwritable) as error:
        life.errors.append(error)


async def _appended(writer: LogWriter, number: int, size: int, life: Life) -> None:
    drafts = [Draft(refused(number * 10 + part)) for part in range(size)]
    data = blob(number)
    try:
        await writer.append(drafts, {digest_of(data): data} if data else None)
    except (NoSpace, LogPoisoned, HomeUnwritable) as error:
        life.errors.append(error)
    else:
        assert not any(isinstance(error, LogPoisoned) for error in life.errors), (
            "poisoned is poisoned for good"
        )
        life.acknowledged.append(number)


def blob(number: int) -> bytes:
    """The bytes that come with an append; with every other there are none."""
    return b"%d" % number * 3000 if number % 2 else b""


def appends_in(home: Home) -> list[int]:
    """Numbers of the appends that are in the log, each whole, with the bytes that came with it."""
    found = [recorded.event for recorded in read_events(home)]
    numbers = [int(event.path.removesuffix(".csv")) for event in found if isinstance(event, DatasetRefused)]
    appends = list(dict.fromkeys(number // 10 for number in numbers))
    assert numbers == [number * 10 + part for number in appends for part in range(SIZES[number])]
    blobs = Blobs(home)
    assert all(blobs.get(digest_of(blob(number))) == blob(number) for number in appends if blob(number))
    return appends


def reopened(home: Home) -> None:
    """Open and close it on a disk without faults."""

    async def open_and_close() -> None:
        async with LogWriter.open(home, clock=clock, disk=QuickDisk()):
            pass

    anyio.run(open_and_close)


def tried(home: Home, disk: FailingDisk, tail: bytes) -> bool:
    """Live once, and hold what is left to the promises; False where no call failed."""
    put(home, {"00000001.jsonl": tail} if tail else {})
    open_files, life = len(os.listdir("/proc/self/fd")), Life()  # noqa: PTH208  is_dir would open more
    anyio.run(lived, home, disk, life)
    assert len(os.listdir("/proc/self/fd")) == open_files  # noqa: PTH208
    _told_rightly(disk, life)
    assert set(life.acknowledged) <= set(appends_in(home)), "acknowledged is there for any reader"
    reopened(home)
    found = appends_in(home)
    assert found == sorted(found)
    assert set(life.acknowledged) <= set(found)
    assert len(found) - len(life.acknowledged) <= len(life.errors)
    assert verify_log(home).ok, verify_log(home).problems
    kept = [path.read_bytes() for path in home.log.glob("*.torn*")]
    cuts = [one.event for one in read_events(home, types=[TailCut]) if isinstance(one.event, TailCut)]
    assert [cut.size for cut in cuts] == [len(data) for data in kept]
    assert not tail or tail in kept
    return disk.failures > 0


def _told_rightly(disk: FailingDisk, life: Life) -> None:
    """Whether errors are those that the fault calls for; the last failing calls may concern nobody."""
    for error in life.errors:
        expected = EXPECTED[disk.number] + (HomeUnwritable,) * bool(disk.also)
        assert isinstance(error, expected), (disk.kind, error)
        if disk.number == errno.ENOSPC and isinstance(error, LogPoisoned):
            assert {disk.kind, disk.also} & {"sync", "write_at", "truncate"}, error
    if not disk.lasting and not disk.also and isinstance(next(iter(life.errors), None), NoSpace):
        assert len(life.errors) == 1, "there was room again"


FAULTS = [
    (kind, number, share)
    for kind in CALLS
    for number in (errno.EIO, errno.ENOSPC)
    for share in ((0.0, 0.5, 1.0) if kind == "write" else (0.0,))
]


@pytest.mark.parametrize(
    ("lasting", "tail"),
    [
        pytest.param(False, TORN, id="once-torn"),
        pytest.param(True, b"", id="for good-whole"),
        pytest.param(False, b"", id="once-whole", marks=pytest.mark.full),
        pytest.param(True, TORN, id="for good-torn", marks=pytest.mark.full),
    ],
)
@pytest.mark.parametrize(
    "fault", FAULTS, ids=lambda fault: f"{fault[0]}-{errno.errorcode[fault[1]]}-{fault[2]}"
)
def test_whichever_call_fails_nothing_acknowledged_is_lost_or_doubled(
    fault: tuple[str, int, float], lasting: bool, tail: bytes, memory: Home
) -> None:
    kind, number, share = fault
    for turn in count(1):
        with TemporaryDirectory(dir=memory.root) as folder:
            if not tried(Home(Path(folder)), FailingDisk(kind, turn, number, share, lasting), tail):
                break
    # Nothing is cut back where no tail is torn, and no reserve is laid by without patience.
    assert turn > 1 or kind == "allocate" or (kind == "truncate" and not tail)


@pytest.mark.parametrize("number", [errno.EIO, errno.ENOSPC])
@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_a_write_that_fails_and_cannot_be_cut_back_leaves_nothing_by_half(
    share: float, number: int, memory: Home
) -> None:
    for turn in count(1):
        with TemporaryDirectory(dir=memory.root) as folder:
            if not tried(Home(Path(folder)), FailingDisk("write", turn, number, share, also="truncate"), b""):
                break
    assert turn > len(SIZES)
