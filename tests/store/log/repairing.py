"""Damaged logs of every kind, for the tests of repairing them."""

from collections.abc import Callable
from dataclasses import dataclass

import anyio
import pytest
import zstandard

from events.runtime import HomeOpened, LogRepaired, TailCut
from events.wire import AnyRecorded
from store.home import Home
from store.log.append import Draft, LogWriter
from store.log.read import read_events
from store.log.repair import repair
from store.log.scan import LogCorrupt
from store.log.verify import verify_log
from tests.store.log.conftest import clock, refused
from tests.store.log.damage import SEGMENT_BYTES, Files, Sample, files_of
from tests.store.log.disks import QuickDisk

Damage = Callable[[Files], Files]


def repaired(home: Home) -> LogRepaired | None:
    return anyio.run(repair, home, QuickDisk())


def told_in(home: Home) -> list[LogRepaired]:
    return [one.event for one in read_events(home) if isinstance(one.event, LogRepaired)]


def put(home: Home, files: Files) -> Home:
    home.log.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (home.log / name).write_bytes(data)
    return home


def kept_by(home: Home, told: LogRepaired) -> Files:
    """The segments that a repair kept."""
    return {
        path.name: path.read_bytes()
        for path in (home.log / told.kept).iterdir()
        if path.name != "repair.json"
    }


def plain(files: Files) -> Files:
    """The bytes of segments when they are not compressed, by number; a damaged one as it is."""
    found: Files = {}
    for name, data in files.items():
        try:
            found[name[:8]] = decompressed(data) if name.endswith(".zst") else data
        except zstandard.ZstdError:
            found[name[:8]] = data
    return found


def is_repaired(home: Home, whole: Sample, files: Files, due: int) -> list[LogRepaired]:
    """The log goes on as it should behind a repair, which is told first, and all that it gave up is kept.

    Gives the repairs that are told besides.
    """
    events = list(read_events(home))
    assert events[: due - 1] == list(whole.events[: due - 1])
    first, *besides = told_in(home)
    kinds = [type(one.event) for one in events[due - 1 :] if not isinstance(one.event, TailCut)]
    assert kinds == [*[HomeOpened, LogRepaired][due > 1 :], *map(type, besides)], kinds
    assert first.seq == due
    kept, stands = kept_by(home, first), plain(files_of(home))
    assert kept == {name: files[name] for name in kept}
    for name, data in plain(files).items():
        assert name in plain(kept) or stands[name].startswith(data), "nothing went unkept"
    assert verify_log(home).ok
    return besides


def read_until_damage(home: Home) -> list[AnyRecorded]:
    """What is handed out before the damage that is met."""
    events: list[AnyRecorded] = []
    try:
        for one in read_events(home):
            events.append(one)  # noqa: PERF402  it is kept when the damage is met
    except LogCorrupt:
        return events
    pytest.fail("nothing is damaged")


def decompressed(data: bytes) -> bytes:
    with zstandard.ZstdDecompressor().stream_reader(data, read_across_frames=True) as stream:
        return stream.read()


def flipped(name: str, at: int) -> Damage:
    """One bit of a segment changed."""

    def change(files: Files) -> Files:
        data = files[name]
        return files | {name: data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]}

    return change


def without(name: str) -> Damage:
    return lambda files: {other: data for other, data in files.items() if other != name}


Wholes = dict[str, Sample]


def damages(whole: Sample) -> dict[str, tuple[Damage, int]]:
    """Ways to damage a log, each with the place before which it must be cut."""
    first, second, newest = whole.files
    begins = min(one.first for one in whole.batches if one.segment[:8] == second[:8])
    last = whole.last
    found: dict[str, tuple[Damage, int]] = {
        "the first batch": (flipped(first, 30), 1),
        "the first segment missing": (without(first), 1),
        "a segment missing": (without(second), begins),
        "the beginning of a segment": (flipped(second, 10), begins),
        "the last batch": (flipped(newest, last.start + 40), last.first),
        "a foreign segment": (lambda files: files | {second: files[first]}, begins),
        "an emptied segment": (lambda files: files | {second: b""}, begins),
    }
    if second.endswith(".zst"):
        found["a table"] = (lambda files: files | {second: files[second][:-3] + b"abc"}, begins)
        found["a cut table"] = (lambda files: files | {second: files[second][:-9]}, begins)
    else:
        _, inside, *_, ends = [one for one in whole.batches if one.segment == second]
        found["the middle of a segment"] = (flipped(second, inside.start + 40), inside.first)
        found["no commit line"] = (lambda files: files | {second: files[second][:-5]}, ends.first)
    return found


WAYS = (
    "the first batch",
    "the first segment missing",
    "a segment missing",
    "the beginning of a segment",
    "the last batch",
    "a foreign segment",
    "an emptied segment",
)
FORMS = {
    "plain": (*WAYS, "the middle of a segment", "no commit line"),
    "compressed": (*WAYS, "a table", "a cut table"),
}


@dataclass(frozen=True)
class Case:
    """A damaged log."""

    home: Home
    files: Files
    """Its segments."""
    whole: Sample
    """The log before it was damaged."""
    due: int
    """The place before which it must be cut."""


def append(home: Home, number: int) -> None:
    async def write() -> None:
        opening = LogWriter.open(home, clock=clock, segment_bytes=SEGMENT_BYTES, disk=QuickDisk())
        async with opening as writer:
            for one in range(number):
                await writer.append([Draft(refused(one))])

    anyio.run(write)
