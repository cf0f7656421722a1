"""A repair cuts before the first damage, keeps what it cuts byte by byte, and is told however often it is broken off."""

import errno
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import anyio
import pytest
import zstandard

from events.runtime import HomeOpened, LogRepaired, TailCut
from events.wire import AnyRecorded
from store.home import Home
from store.log.append import Draft, LogPoisoned, LogWriter, NoSpace
from store.log.closing import compress_segment
from store.log.damaged import NAME as KEPT
from store.log.follow import NoLogError
from store.log.lock import HomeLocked, HomeUnwritable
from store.log.published import NAME
from store.log.read import read_events
from store.log.repair import repair
from store.log.scan import Fault, LogCorrupt
from store.log.segments import is_compressed, segments
from store.log.verify import verify_log
from tests.store.log.conftest import clock, refused
from tests.store.log.damage import SEGMENT_BYTES, Files, Sample, files_of, sample
from tests.store.log.disks import CALLS, FailingDisk, QuickDisk

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


@pytest.fixture(scope="module")
def wholes(tmp_path_factory: pytest.TempPathFactory) -> Wholes:
    """The same log in plain segments and in compressed ones."""
    return {
        form: sample(tmp_path_factory.mktemp(form), sealed=True, compressed=form == "compressed")
        for form in ("plain", "compressed")
    }


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


@pytest.fixture(params=[(form, way) for form, ways in FORMS.items() for way in ways], ids=": ".join)
def damaged(request: pytest.FixtureRequest, wholes: Wholes, home: Home) -> Case:
    form, way = request.param
    change, due = damages(wholes[form])[way]
    files = change(wholes[form].files)
    put(home, files)
    assert not verify_log(home).ok
    return Case(home, files, wholes[form], due)


def test_a_damaged_log_is_cut_before_the_damage_and_all_that_is_cut_is_kept(damaged: Case) -> None:
    home, due, events = damaged.home, damaged.due, damaged.whole.events
    (first, *_) = verify_log(home).problems
    told = repaired(home)
    assert told is not None
    assert Fault(told.segment, told.start, told.end, first.seq, told.what) == first
    assert told.seq == due
    found = list(read_events(home))
    assert found[: due - 1] == list(events[: due - 1])
    assert [type(one.event) for one in found[due - 1 :]] == [HomeOpened, LogRepaired][due > 1 :]
    assert told_in(home) == [told]
    assert told.events <= len(events) - due + 1
    assert verify_log(home).ok
    kept = kept_by(home, told)
    assert kept == {name: damaged.files[name] for name in kept}
    stands = plain(files_of(home))
    for name, data in plain(damaged.files).items():
        assert name in plain(kept) or stands[name].startswith(data), "nothing went unkept"
    assert repaired(home) is None
    assert told_in(home) == [told]


def test_a_repair_touches_nothing_that_is_whole(damaged: Case) -> None:
    home = damaged.home
    ends = [one.segment[:8] for one in damaged.whole.batches if one.first + one.count <= damaged.due]
    before = {name: data for name, data in plain(damaged.files).items() if name < max(ends, default="")}
    told = repaired(home)
    assert told is not None
    stands = plain(files_of(home))
    assert {name: stands[name] for name in before} == before
    assert not before.keys() & plain(kept_by(home, told)).keys()


def test_after_a_repair_the_log_goes_on(damaged: Case) -> None:
    home = damaged.home
    repaired(home)
    places = [one.seq for one in read_events(home)]
    append(home, 8)
    assert [one.seq for one in read_events(home)] == [*places, *range(places[-1] + 1, places[-1] + 9)]
    assert verify_log(home).ok


def append(home: Home, number: int) -> None:
    async def write() -> None:
        opening = LogWriter.open(home, clock=clock, segment_bytes=SEGMENT_BYTES, disk=QuickDisk())
        async with opening as writer:
            for one in range(number):
                await writer.append([Draft(refused(one))])

    anyio.run(write)


def test_a_log_that_began_anew_has_another_home_id(home: Home, tmp_path: Path) -> None:
    found = sample(tmp_path / "whole", sealed=True)
    put(home, flipped("00000001.jsonl", 30)(found.files))
    repaired(home)
    opened, told, *_ = [one.event for one in read_events(home)]
    assert isinstance(opened, HomeOpened)
    assert isinstance(told, LogRepaired)
    assert opened.home != "ab" * 16


def test_a_removed_end_that_the_writer_told_of_is_given_up(home: Home) -> None:
    append(home, 9)
    path = segments(home.log)[-1]
    whole = path.read_bytes()
    at = whole.rindex(b'{"seq"', 0, whole.rindex(b'{"seq"'))
    path.write_bytes(whole[: at + 20])
    torn = files_of(home)
    told = repaired(home)
    assert told is not None
    assert "the end of the log was removed" in told.what
    assert kept_by(home, told) == {path.name: torn[path.name]}, "what a tear left is kept as well"
    assert verify_log(home).ok
    assert told_in(home) == [told]


def test_a_removed_segment_at_the_end_is_given_up(home: Home) -> None:
    append(home, 30)
    segments(home.log)[-1].unlink()
    before = files_of(home)
    told = repaired(home)
    assert told is not None
    assert "the end of the log was removed" in told.what
    assert {name: files_of(home)[name] for name in before} == before
    assert told_in(home) == [told]


def test_a_damaged_block_of_a_compressed_segment_leaves_the_blocks_before_it(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store.log.closing.BLOCK_BYTES", 500)
    append_plain(home, 30)
    path = segments(home.log)[1]
    compress_segment(path, QuickDisk())
    (path,) = [one for one in segments(home.log) if is_compressed(one)]
    data = path.read_bytes()
    at = data.index(b"\x28\xb5\x2f\xfd", data.index(b"\x28\xb5\x2f\xfd", 4) + 4) + 30
    path.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
    before = list(read_until_damage(home))
    told = repaired(home)
    assert told is not None
    assert told.segment == path.name
    events = list(read_events(home))
    assert events[:-1] == before
    assert 1 < told.seq == events[-1].seq < 30
    assert kept_by(home, told)[path.name] == path.parent.joinpath(told.kept, path.name).read_bytes()
    assert not path.exists()
    assert verify_log(home).ok


def append_plain(home: Home, number: int) -> None:
    async def write() -> None:
        opening = LogWriter.open(
            home, clock=clock, segment_bytes=SEGMENT_BYTES, compress=False, disk=QuickDisk()
        )
        async with opening as writer:
            for one in range(number):
                await writer.append([Draft(refused(one))])

    anyio.run(write)


def read_until_damage(home: Home) -> list[AnyRecorded]:
    found: list[AnyRecorded] = []
    with pytest.raises(LogCorrupt):
        found.extend(one for one in read_events(home))
    events: list[AnyRecorded] = []
    try:
        for one in read_events(home):
            events.append(one)  # noqa: PERF402  what was handed out before the damage
    except LogCorrupt:
        pass
    return events


def test_a_segment_that_stands_in_both_forms_leaves_neither_behind_the_cut(home: Home) -> None:
    append_plain(home, 30)
    first, second, third, *_ = segments(home.log)
    data = third.read_bytes()
    compress_segment(third, QuickDisk())
    third.write_bytes(data)
    second.write_bytes(flipped("x", 40)({"x": second.read_bytes()})["x"])
    told = repaired(home)
    assert told is not None
    assert {third.name, f"{third.name}.zst"} <= kept_by(home, told).keys()
    assert {path.name for path in home.log.glob("*.jsonl*")} <= {first.name, second.name}
    assert verify_log(home).ok


def test_a_second_damage_is_kept_apart_from_the_first(home: Home) -> None:
    append(home, 5)
    for number in (1, 2):
        path = segments(home.log)[-1]
        data = path.read_bytes()
        at = data.rindex(b'"time":"') + 10
        path.write_bytes(data[:at] + b"!" + data[at + 1 :])
        damaged = files_of(home)
        told = repaired(home)
        assert told is not None
        assert told.kept == f"{KEPT}-{number}"
        assert kept_by(home, told)[path.name] == damaged[path.name]
    # The second one took what told of the first with it: both are told of.
    assert [one.kept for one in told_in(home)] == [f"{KEPT}-1", f"{KEPT}-2"]


QUICK = ("the first batch", "a segment missing", "no commit line", "a table")
EVERY_WAY = [
    pytest.param(form, way, id=f"{form}: {way}", marks=[] if way in QUICK else [pytest.mark.full])
    for form, ways in FORMS.items()
    for way in ways
]


@pytest.mark.parametrize(("form", "way"), EVERY_WAY)
def test_every_call_to_the_disk_may_fail_and_the_repair_can_be_asked_for_again(
    form: str, way: str, wholes: Wholes
) -> None:
    change, due = damages(wholes[form])[way]
    files, broken = change(wholes[form].files), 0
    for kind in CALLS:
        for turn in count(1):
            with TemporaryDirectory() as folder:
                home = put(Home(Path(folder)), files)
                disk = FailingDisk(kind, turn, errno.EIO if turn % 2 else errno.ENOSPC)
                failed = _tried(home, disk)
                if not disk.failures:
                    break
                broken += 1
                _is_never_silent(home, due, failed=failed)
                repaired(home)
                append(home, 0)  # what was written and not published counts from here on
                _is_repaired(home, wholes[form], files, due)
    assert broken > 20


def _is_repaired(home: Home, whole: Sample, files: Files, due: int) -> None:
    events = list(read_events(home))
    assert events[: due - 1] == list(whole.events[: due - 1])
    kinds = [type(one.event) for one in events[due - 1 :] if not isinstance(one.event, TailCut)]
    assert kinds == [HomeOpened, LogRepaired][due > 1 :]
    (told,) = told_in(home)
    kept = kept_by(home, told)
    assert told.seq == due
    assert kept == {name: files[name] for name in kept}
    assert verify_log(home).ok


def _tried(home: Home, disk: FailingDisk) -> bool:
    """Whether the repair gave up."""
    try:
        anyio.run(repair, home, disk)
    except (NoSpace, HomeUnwritable, LogPoisoned):
        return True
    return False


def _is_never_silent(home: Home, due: int, *, failed: bool) -> None:
    """After a repair that was broken off the damage is still found, or told by whoever appends next."""
    if verify_log(home).ok and not told_in(home):
        with TemporaryDirectory() as folder:
            copy = Home(Path(folder) / "copy")
            _copy(home, copy)
            append(copy, 1)
            assert [one.seq for one in told_in(copy)] == [due]
    else:
        assert failed or told_in(home)


def _copy(home: Home, copy: Home) -> None:
    for path in home.root.rglob("*"):
        if path.is_file():
            target = copy.root / path.relative_to(home.root)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())


def test_a_repair_that_was_broken_off_before_it_was_told_is_told_by_the_next_writer(home: Home) -> None:
    append(home, 5)
    path = segments(home.log)[-1]
    path.write_bytes(path.read_bytes().replace(b"table 2 has", b"table 7 has"))
    with pytest.raises((NoSpace, HomeUnwritable, LogPoisoned)):
        # The batch that tells of it is the last thing that is written.
        anyio.run(repair, home, FailingDisk("sync", 1, errno.EIO))
    append(home, 1)
    (told,) = told_in(home)
    assert told.events == 2
    append(home, 1)
    assert told_in(home) == [told]


def test_a_whole_log_is_left_as_it_is(home: Home) -> None:
    append(home, 9)
    (path := segments(home.log)[-1]).write_bytes(path.read_bytes() + b'{"seq":')
    (home.log / NAME).unlink()
    before = files_of(home)
    assert repaired(home) is None
    assert files_of(home) == before, "a torn tail is no damage"
    assert not list(home.log.glob(f"{KEPT}*"))


def test_without_a_log_there_is_nothing_to_repair_and_nothing_is_made(home: Home) -> None:
    with pytest.raises(NoLogError):
        repaired(home)
    assert not home.root.exists()


async def test_beside_a_writer_there_is_no_repair(home: Home) -> None:
    async with LogWriter.open(home, disk=QuickDisk()):
        with pytest.raises(HomeLocked):
            await repair(home)


def test_what_is_kept_is_no_stranger_to_the_log(home: Home) -> None:
    append(home, 5)
    path = segments(home.log)[-1]
    path.write_bytes(path.read_bytes().replace(b"table 2 has", b"table 7 has"))
    repaired(home)
    (home.log / f"{KEPT}-2.unfinished").mkdir()
    assert verify_log(home).ok
