"""What a running daemon tells of itself in one small file, for whoever looks on without asking it.

It is written whole and renamed into place, and never synced: it is of no use after the system went down. On
a full disk it is written on room that is held for it.
"""

import os
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from events.runtime import Setting
from events.struct import Fact
from store.durable import Disk, is_full, make_folders, put_whole, read_file
from store.home import Home
from store.log.published import boot_id
from store.spare import Spare

Stage = Literal["starting", "working", "waiting", "paused", "draining", "ended"]
"""`waiting`: nothing is owed; `paused`: the disk is full."""


class ActorTold(Fact, frozen=True):
    """How one actor of a daemon stood."""

    name: str
    """The actor's name."""
    behind: int
    """Durable events that it had not folded yet, or passed by."""
    owed: int
    """Pieces of work that were owed."""
    running: int
    """Pieces of work under way."""
    cooling: int
    """Pieces of work that failed and waited for their next try."""
    oldest: float | None
    """Seconds that the oldest of them had been owed; None when nothing was owed."""
    crashes: int
    """Crashes lately."""


class Beacon(Fact, frozen=True):
    """One daemon at one moment."""

    pid: Annotated[int, msgspec.Meta(ge=1, lt=2**31)]
    """Its process."""
    born: str
    """Which process of that number it is; empty where the system does not say."""
    since: str
    """When it began, UTC."""
    told: str
    """When this was written, UTC."""
    stage: Stage
    """What it does."""
    seq: int
    """The last durable place of the log."""
    artifacts: int
    """The place of the log that the artifacts were last written at; 0 before they were."""
    workers: str
    """What runs the code, and why that; empty while nothing does."""
    settings: dict[str, Setting]
    """Every setting in force by its name."""
    origin: str
    """The file of settings; empty when there is none."""
    files: int
    """Files under the watched paths that were read."""
    unsettled: int
    """Files that somebody may still be writing."""
    actors: tuple[ActorTold, ...]
    """How each actor stands."""
    problem: str | None = None
    """What went wrong last, of all that is wrong now; of one that ended, what ended it."""

    @property
    def alive(self) -> bool:
        """Whether this daemon still runs, as far as this process can see."""
        if self.stage == "ended":
            return False
        return born(self.pid) == self.born if self.born else _answers(self.pid)


def write_beacon(home: Home, beacon: Beacon, disk: Disk | None = None, spare: Spare | None = None) -> None:
    """Put it in the place of the one before, at once.

    Args:
        home: whose.
        beacon: what is told.
        disk: what writes.
        spare: the room that is held for it, and used on a full disk; None where none is.

    Raises:
        OSError: the disk refused; the one before stands.
    """
    disk = disk or Disk()
    if not home.beacon.parent.is_dir():
        make_folders(home.beacon.parent, disk)
    data = msgspec.json.format(msgspec.json.encode(beacon)) + b"\n"
    try:
        put_whole(home.beacon, data, disk, durable=False)
    except OSError as error:
        if spare is None or not is_full(error):
            raise
        spare.put(data)
    else:
        if spare is not None:
            spare.lay_by()


def read_beacon(home: Home) -> Beacon | None:
    """What the last daemon of this home told; None when there was none, or its words are not ours."""
    try:
        return msgspec.json.decode(read_file(home.beacon), type=Beacon)
    except (FileNotFoundError, NotADirectoryError, msgspec.DecodeError, RecursionError):
        return None  # the last: nested deeper than words of ours ever are


def born(pid: int) -> str:
    """What tells this process from another that has, or had, its number; empty when it is gone or unknown."""
    try:
        told = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    state, *rest = told.rpartition(")")[2].split()
    return "" if state in "ZX" else f"{boot_id()}/{rest[18]}"


def _answers(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
