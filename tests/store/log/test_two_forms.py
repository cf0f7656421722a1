"""A segment that stands plain and compressed: what is whole is read, and the other form costs nothing."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from store.home import Home
from store.log.closing import Closer, compress_segment
from store.log.read import read_events
from store.log.segments import compressed, find_segment, is_compressed, segment_name, segments
from store.log.verify import verify_log
from tests.store.log.disks import QuickDisk
from tests.store.log.indexing import many, write
from tests.store.log.repairing import decompressed, kept_by, read_until_damage, repaired
from tests.trials import Trial


def logged(root: Path, word: str, number: int = 40) -> Home:
    """A log whose segments are compressed but for the last one, and hold what belongs to a word."""
    home = Home(root)
    write(home, many(number, (word,)), compress=False)
    for path in segments(home.log)[:-1]:
        compress_segment(path, QuickDisk())
    assert len(segments(home.log)) > 3
    return home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return logged(tmp_path / "home", "ours")


@pytest.fixture
def other(tmp_path: Path) -> Home:
    return logged(tmp_path / "other", "them")


def closed(home: Home) -> None:
    """Have closed segments compressed as a writer has it done, to its end."""
    closer = Closer(home, QuickDisk())
    closer.look(int(segments(home.log)[-1].name[:8]))
    for thread in threading.enumerate():
        if thread.name == "tracegate-segments":
            thread.join()
    closer.close()


def standing(home: Home) -> dict[str, bytes]:
    """Every form of every segment."""
    return {path.name: path.read_bytes() for path in home.log.glob("*.jsonl*")}


def changed(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


STRAYS: dict[str, Callable[[bytes, bytes], bytes]] = {
    "of another home": lambda _, theirs: theirs,
    "zeros": lambda ours, _: bytes(len(ours)),
    "rotten in its first byte": lambda ours, _: changed(ours, 0),
    "rotten in its last byte": lambda ours, _: changed(ours, len(ours) - 1),
    "rotten in its middle": lambda ours, _: changed(ours, len(ours) // 2),
    "cut": lambda ours, _: ours[:-10],
    "longer": lambda ours, _: ours + b"more\n",
    "of another home and more": lambda _, theirs: theirs * 2,
}


@pytest.mark.parametrize("stray", STRAYS)
def test_a_stray_plain_form_is_named_not_read_and_costs_nothing(stray: str, home: Home, other: Home) -> None:
    events = list(read_events(home))
    for packed in segments(home.log)[:-1]:
        ours, theirs = (decompressed((one.log / packed.name).read_bytes()) for one in (home, other))
        assert len(ours) == len(theirs), "a size tells nothing here"
        plain = home.log / packed.name.removesuffix(".zst")
        plain.write_bytes(STRAYS[stray](ours, theirs))
        before = standing(home)
        (problem,) = verify_log(home).problems
        assert problem.segment == plain.name
        assert f"{packed.name}, which is read in its place: move it elsewhere" in problem.what
        assert list(read_events(home)) == events
        assert repaired(home) is None
        assert standing(home) == before
        plain.unlink()


@pytest.mark.parametrize("stray", ["of another home", "no segment", "empty"])
def test_a_stray_compressed_form_is_named_not_read_and_not_written_over(
    stray: str, tmp_path: Path, other: Home
) -> None:
    home = Home(tmp_path / "plain")
    write(home, many(40, ("ours",)), compress=False)
    events = list(read_events(home))
    for plain in segments(home.log):
        strange = find_segment(other.log, 1 if plain == segments(home.log)[-1] else int(plain.name[:8]))
        assert strange is not None
        put = compressed(plain)
        put.write_bytes({"of another home": strange.read_bytes(), "empty": b""}.get(stray, b"hello\n"))
        before = standing(home)
        assert [one.segment for one in verify_log(home).problems] == [put.name]
        assert list(read_events(home)) == events
        assert repaired(home) is None
        assert standing(home) == before
        put.unlink()
    first = segments(home.log)[0]
    compressed(first).write_bytes(b"hello\n")
    closed(home)
    assert compressed(first).read_bytes() == b"hello\n"
    assert first.is_file()
    assert all(map(is_compressed, segments(home.log)[1:-1]))


def test_a_first_segment_of_another_home_in_the_other_form_is_a_stray(tmp_path: Path, other: Home) -> None:
    home = Home(tmp_path / "short")
    write(home, many(2, ("ours",)), compress=False)
    (only,) = segments(home.log)
    events = list(read_events(home))
    compressed(only).write_bytes(segments(other.log)[0].read_bytes())
    assert [one.segment for one in verify_log(home).problems] == [compressed(only).name]
    assert list(read_events(home)) == events


def test_two_forms_of_an_interruption_are_no_problem_and_the_next_writer_leaves_one(home: Home) -> None:
    events = list(read_events(home))
    for packed in segments(home.log)[:-1]:
        packed.with_name(packed.name.removesuffix(".zst")).write_bytes(decompressed(packed.read_bytes()))
    assert verify_log(home).ok
    assert list(read_events(home)) == events
    assert repaired(home) is None
    before = {path: path.read_bytes() for path in segments(home.log)[:-1]}
    closed(home)
    assert [path.name for path in home.log.glob("*.jsonl")] == [segments(home.log)[-1].name]
    assert {path: path.read_bytes() for path in before} == before
    assert verify_log(home).ok


def test_rot_anywhere_in_one_of_two_forms_of_an_interruption_costs_nothing(home: Home, trial: Trial) -> None:
    events = list(read_events(home))
    for packed in segments(home.log)[:-1]:
        data = packed.read_bytes()
        plain = packed.with_name(packed.name.removesuffix(".zst"))
        forms = {plain: decompressed(data), packed: data}
        for rotten, whole in forms.items():
            for at in (0, len(whole) - 1, *trial.random.sample(range(len(whole)), 10)):
                for path, stood in forms.items():
                    path.write_bytes(changed(stood, at) if path == rotten else stood)
                assert [one.segment for one in verify_log(home).problems] == [rotten.name], at
                assert list(read_events(home)) == events
                assert repaired(home) is None
                trial.counts["flips"] += 1
        packed.write_bytes(data)
        plain.unlink()


def test_what_is_cut_is_the_form_that_was_read(
    other: Home, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("store.log.closing.BLOCK_BYTES", 300)
    home = Home(tmp_path / "blocks")
    write(home, many(40, ("ours",)), compress=False)
    second = segments(home.log)[1]
    compress_segment(second, QuickDisk())
    packed = compressed(second)
    data = packed.read_bytes()
    packed.write_bytes(changed(data, data.rindex(b"\x28\xb5\x2f\xfd") + 30))
    second.write_bytes(decompressed((other.log / packed.name).read_bytes()))
    before = read_until_damage(home)
    stood = standing(home)
    told = repaired(home)
    assert told is not None
    assert told.segment == packed.name
    events = list(read_events(home))
    assert events[:-1] == before
    assert told.seq > 4
    kept = kept_by(home, told)
    assert kept[packed.name] == stood[packed.name]
    assert verify_log(home).ok
    assert (home.log / segment_name(2)).is_file()
