"""A home that lives through everything that is ever written to it, on disks that fail or die at one call.

Each life goes on from what the log says, as every command does: so however often it breaks off, the end is known.
"""

import os
import shutil
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import anyio

from events.episode import EpisodeJudged
from events.identity import digest_of
from events.runtime import HomeOpened, TailCut
from events.wire import AnyEvent, AnyRecorded
from store.artifacts import write_artifacts
from store.beacon import Beacon, read_beacon, write_beacon
from store.blobs import Blobs
from store.decisions import Decision, append_decision, decide, read_decisions
from store.durable import Disk
from store.home import Home
from store.log.append import Draft, LogPoisoned, LogWriter, NoSpace
from store.log.closing import compress_segment
from store.log.index import LogIndex
from store.log.lock import HomeUnwritable
from store.log.read import read_events
from store.log.segments import is_compressed, segments
from store.replay import check, rebuild
from store.verify import verify_home
from tests.history import told
from tests.store.log.disks import HookedDisk, QuickDisk

SCRIPT = told(1).events[1:]
"""What is to be in the log in the end, behind the event that opens the home."""
GROUP = 4
"""How many events an append holds."""
SEGMENT_BYTES = 6000
EVERY = 7
"""Events between two snapshots."""
BEACON = Beacon(1, "", "", "", "working", 0, 0, "", {}, "", 0, 0, ())
REFUSALS = (NoSpace, LogPoisoned, HomeUnwritable)
"""What the log says of a disk that fails."""


@dataclass
class Life:
    """What was promised, and what was said of failures."""

    acknowledged: int = 0
    """Events of the script."""
    decided: list[Decision] = field(default_factory=list)
    """Decisions that are durable."""
    errors: list[Exception] = field(default_factory=list)


@dataclass
class FailingAt(HookedDisk):
    """Fails at one call, whatever it is, or from that call on."""

    at: int
    """From 1; 0 for never."""
    number: int = 0
    """The error's number."""
    lasting: bool = False
    calls: list[str] = field(default_factory=list)
    """What was called, in order."""

    @property
    def happened(self) -> bool:
        """Whether it came to that call."""
        return 0 < self.at <= len(self.calls)

    def before(self, kind: str, descriptor: int = -1, data: bytes = b"") -> None:
        """Half of what is written is there when the failure shows."""
        self.calls.append(kind)
        if self.happened and (self.lasting or len(self.calls) == self.at):
            Disk.write(self, descriptor, data[: len(data) // 2])
            raise OSError(self.number, os.strerror(self.number))


@dataclass
class Witness(HookedDisk):
    """Keeps what a death before each call, or in the midst of a write, would leave."""

    root: Path
    """Whose state it keeps."""
    folder: Path
    """Where."""
    told: Callable[[], int] = int
    """How much was promised so far."""
    images: list[tuple[int, Path]] = field(default_factory=list)
    """Each with what was promised by then."""

    def before(self, kind: str, descriptor: int = -1, data: bytes = b"") -> None:  # noqa: ARG002
        """Copy all of it: what a process wrote outlives it."""
        image = self.folder / f"{len(self.images)}-{kind}"
        image.mkdir(parents=True)
        if self.root.exists():
            shutil.copytree(self.root, image, dirs_exist_ok=True)
        self.images.append((self.told(), image))

    def write(self, descriptor: int, data: bytes) -> None:
        """Write it in two pieces, with a look at it in between."""
        half = len(data) // 2
        super().write(descriptor, data[:half])
        super().write(descriptor, data[half:])


def clock() -> datetime:
    """A time that stands still."""
    return datetime(2026, 1, 2, tzinfo=UTC)


def blob(number: int) -> bytes:
    """The bytes that come with an event of the script: those of the table, and some that are only kept."""
    return b"penguins" if number == 0 else b"%d" % number * 500


def live(home: Home, disk: Disk, life: Life) -> None:
    """Write the script in two sittings, and after each bring everything else up to it.

    Raises:
        NoSpace, LogPoisoned, HomeUnwritable, OSError: the disk refused.
    """
    for upto in (len(SCRIPT) // 2, len(SCRIPT)):
        anyio.run(_append, home, disk, life, upto)
        for path in segments(home.log)[:-1]:
            if not is_compressed(path):
                compress_segment(path, disk)
        look_up(home, disk)
        state = rebuild(home, keep=True, disk=disk)
        write_artifacts(home, state, disk=disk)
        decision = decide(seq=state.seq, head=state.head, data="d", is_open=False, reasons=())
        append_decision(home, decision, disk)
        life.decided.append(decision)
        write_beacon(home, BEACON, disk)


async def _append(home: Home, disk: Disk, life: Life, upto: int) -> None:
    opening = LogWriter.open(
        home, clock=clock, draw=lambda: "home", segment_bytes=SEGMENT_BYTES, compress=False, disk=disk
    )
    async with opening as writer:
        for start in range(len(script_in(home)), upto, GROUP):
            end = min(start + GROUP, upto)
            drafts = [Draft(one.event, work=one.work) for one in SCRIPT[start:end]]
            await writer.append(drafts, {digest_of(blob(at)): blob(at) for at in range(start, end)})
            life.acknowledged = end


def live_on(home: Home, disk: Disk, life: Life) -> None:
    """Live; what breaks it off is noted."""
    try:
        live(home, disk, life)
    except (*REFUSALS, OSError) as error:
        life.errors.append(error)


def look_up(home: Home, disk: Disk) -> None:
    """By the index as by reading everything, whether the index can be kept or not."""
    every = list(read_events(home))
    with closing(LogIndex(home, disk)) as index:
        assert list(index.of_types(None)) == every
        judged = [one for one in every if isinstance(one.event, EpisodeJudged)]
        assert list(index.of_types((EpisodeJudged,))) == judged


def script_in(home: Home) -> list[AnyEvent]:
    """The events of the script that are in the log; there is nothing else in it that was not called for."""
    found: list[AnyRecorded] = [one for one in read_events(home) if not isinstance(one.event, TailCut)]
    assert [one.seq for one in found if isinstance(one.event, HomeOpened)] == [1][: len(found)]
    return [one.event for one in found[1:]]


def nothing_is_lost(home: Home, life: Life) -> None:
    """What is in the log is the script's beginning, each event once, and holds all that was acknowledged."""
    found = script_in(home)
    assert found == [one.event for one in SCRIPT[: len(found)]]
    assert len(found) >= life.acknowledged
    blobs = Blobs(home)
    assert all(blobs.get(digest_of(blob(at))) == blob(at) for at in range(len(found)))
    decided = read_decisions(home)
    assert [one for one in decided if one in life.decided] == life.decided
    assert read_beacon(home) in (None, BEACON)


def ends_as_undisturbed(home: Home, life: Life) -> dict[str, bytes]:
    """Go on where it broke off; the end is the one that there would have been. Gives the artifacts."""
    live(home, QuickDisk(), life)
    nothing_is_lost(home, life)
    assert len(script_in(home)) == len(SCRIPT)
    look_up(home, QuickDisk())
    assert rebuild(home).digests() == rebuild(home, cached=False).digests()
    assert check(home).same, check(home).differences
    log, blobs = verify_home(home)
    assert log.ok, log.problems
    assert blobs.ok
    return artifacts(home)


def artifacts(home: Home) -> dict[str, bytes]:
    """Every file of both sets by its path."""
    return {
        path.relative_to(home.root).as_posix(): path.read_bytes()
        for folder in (home.questions, home.episodes)
        for path in folder.rglob("*")
        if path.is_file()
    }
