"""What the gate decided and on which data: one line each, beside the log and never in it."""

import fcntl
import os
from datetime import UTC, datetime

import msgspec
import xxhash

from events.gate import GateScope
from events.struct import Fact
from store.durable import Disk, make_folders, read_file
from store.home import Home
from store.log.lines import UNREADABLE

_DIGEST = b',"digest":"'
"""What stands between a decision and the xxh3-64 of its bytes; lines of earlier versions have none."""


class InvalidDecisionsError(ValueError):
    """A line of the decisions file is not one that was written."""


class Decision(Fact, frozen=True):
    """One judgement of the gate."""

    time: str
    """When, UTC, ISO 8601."""
    seq: int
    """The log position judged."""
    head: str
    """Id of the event at that position: a log that was shortened or replaced no longer has it there."""
    data: str
    """Digest of what could be trained on."""
    open: bool
    """Whether training might start."""
    reasons: tuple[str, ...]
    """Names of the rules that failed."""
    repaired: str = ""
    """Id of the last event that told of a repair of the log; empty before the first."""
    scope: GateScope = "data"
    """What was judged: the record, or also whether a model can train on its export."""
    model: str = ""
    """The model that was judged; empty in data scope."""


def decide(  # noqa: PLR0913  each by its name
    *,
    seq: int,
    head: str,
    data: str,
    is_open: bool,
    reasons: tuple[str, ...],
    repaired: str = "",
    scope: GateScope = "data",
    model: str = "",
) -> Decision:
    """A decision made now."""
    now = datetime.now(UTC).isoformat(timespec="microseconds")
    return Decision(now, seq, head, data, is_open, reasons, repaired, scope, model)


def append_decision(home: Home, decision: Decision, disk: Disk | None = None) -> None:
    """Add a decision durably; two gates at once keep both, and half a line left by a full disk is cut.

    Raises:
        OSError: the disk refused.
    """
    disk = disk or Disk()
    path = home.gate_decisions
    make_folders(path.parent, disk)
    with os.fdopen(disk.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT), "rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        stood = file.read()
        if (whole := stood.rfind(b"\n") + 1) < len(stood):
            disk.truncate(file.fileno(), whole)
        disk.write(file.fileno(), _line(decision))
        disk.sync_all(file.fileno())
    disk.sync_folder(path.parent)


def read_decisions(home: Home) -> list[Decision]:
    """Every decision, oldest first; none when there is no file.

    A last line without its end is one whose writing was interrupted: it decided nothing.

    Raises:
        InvalidDecisionsError: a whole line is not one that was written.
    """
    if not home.gate_decisions.exists():
        return []
    lines = read_file(home.gate_decisions).split(b"\n")[:-1]
    return [_decode(number, line) for number, line in enumerate(lines, start=1)]


def last_decision(home: Home) -> Decision | None:
    """The newest decision; None when the gate was never asked.

    Raises:
        InvalidDecisionsError: a whole line is not one that was written.
    """
    decisions = read_decisions(home)
    return decisions[-1] if decisions else None


def _line(decision: Decision) -> bytes:
    told = msgspec.json.encode(decision)
    return told[:-1] + _DIGEST + xxhash.xxh3_64_hexdigest(told).encode() + b'"}\n'


def _decode(number: int, line: bytes) -> Decision:
    begin, mark, digest = line.rpartition(_DIGEST)
    told = begin + b"}" if mark else line
    if mark and digest != xxhash.xxh3_64_hexdigest(told).encode() + b'"}':
        raise _spoiled(number, "its bytes are not those that were written")
    try:
        return msgspec.json.decode(told, type=Decision)
    except UNREADABLE as error:
        raise _spoiled(number, str(error)) from error


def _spoiled(number: int, why: str) -> InvalidDecisionsError:
    return InvalidDecisionsError(
        f"gate/decisions.jsonl, line {number}: {why}; move the file aside and run `tracegate gate`"
    )
