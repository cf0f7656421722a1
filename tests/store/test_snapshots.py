"""A snapshot shortens a replay, changes nothing of what it gives, and is believed only where it belongs."""

import gc
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import anyio
import msgspec
import pytest
from structlog.testing import capture_logs

from actors.gating.gate import judge_home
from store.durable import Disk
from store.home import Home
from store.log.closing import compress_segment
from store.log.judged import Batch, Point
from store.log.published import Publisher
from store.log.read import batches
from store.log.segments import segments
from store.projections.code import PENDING, fold_digest
from store.projections.state import MODELS
from store.replay import rebuild
from store.snapshot_files import SnapshotHeader, forget_behind, header_digest
from store.snapshots import heads_seen, nearest
from tests.history import told, write_history
from tests.store.snapshotting import HISTORY, batch_ending_at, keep_at, plain


def test_with_snapshots_every_position_gives_what_it_gives_without(home: Home) -> None:
    end = plain(home).seq
    keep_at(home, 10, 30, 60)
    for upto in range(1, end + 1):
        with_it, without = rebuild(home, upto), plain(home, upto)
        assert (with_it.seq, with_it.head) == (without.seq, without.head)
        assert with_it.digests() == without.digests()
    assert nearest(home).known == dict.fromkeys(MODELS, 60)
    assert nearest(home, 59).known == dict.fromkeys(MODELS, 30)


def test_what_lies_before_a_snapshot_is_not_read(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    keep_at(home, 40)
    assert nearest(home).point.head.seq == 40
    read: list[int] = []

    def watched(place: Home, since: Point) -> Iterator[Batch]:
        for batch in batches(place, since):
            read.append(batch.first)
            yield batch

    monkeypatch.setattr("store.replay.batches", watched)
    rebuild(home)
    assert min(read) == 41


def test_a_changed_fold_is_folded_again_alone(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    keep_at(home, 20, 50)
    digest = fold_digest
    monkeypatch.setattr(
        "store.snapshots.fold_digest", lambda name: "changed" if name == "funnel" else digest(name)
    )
    with capture_logs() as told_of:
        base = nearest(home)
    assert {name: seq for name, seq in base.known.items() if seq != 50} == {"funnel": 0}
    assert [(one["why"], one["count"]) for one in told_of] == [("it was folded by other code", 2)]
    assert rebuild(home).digests() == plain(home).digests()


def test_what_a_changed_fold_made_useless_is_kept_again(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    keep_at(home, 20, 50)
    monkeypatch.setattr("store.replay.EVERY", 25)
    monkeypatch.setattr("store.snapshots.fold_digest", lambda name: f"changed {name}")
    assert nearest(home).known == dict.fromkeys(MODELS, 0)
    rebuild(home, keep=True)
    assert nearest(home).known == dict.fromkeys(MODELS, plain(home).seq // 25 * 25)
    assert nearest(home, 49).known == dict.fromkeys(MODELS, 25)


@pytest.mark.parametrize("behind", ["funnel", "integrity", PENDING])
def test_no_snapshot_is_kept_at_which_one_model_stands_ahead_of_another(
    home: Home, monkeypatch: pytest.MonkeyPatch, behind: str
) -> None:
    """One model's newer snapshots are lost, as after a change of its fold; on the way the others know more."""
    keep_at(home, 20, 60)
    (home.snapshots / behind / "000000000060.snapshot").unlink()
    monkeypatch.setattr("store.replay.EVERY", 5)
    rebuild(home, keep=True)
    for upto in range(1, plain(home).seq + 1):
        assert rebuild(home, upto).digests() == plain(home, upto).digests(), upto


def test_the_collector_of_cycles_runs_again_after_snapshots_were_read(home: Home) -> None:
    keep_at(home, 20)
    assert gc.isenabled()
    nearest(home)
    assert gc.isenabled()


@pytest.mark.parametrize("spoil", ["a folder", "a link to nowhere", "another version", "another position"])
def test_what_is_no_snapshot_of_this_version_is_ignored_with_one_notice(home: Home, spoil: str) -> None:
    keep_at(home, 30)
    for path in list(home.snapshots.rglob("*.snapshot")):
        line, _, body = path.read_bytes().partition(b"\n")
        path.unlink()
        if spoil == "a folder":
            path.mkdir()
        elif spoil == "a link to nowhere":
            path.symlink_to("nowhere")
        elif spoil == "another version":
            path.write_bytes(line.replace(b'{"home"', b'{"form":2,"home"') + b"\n" + body)
        else:
            path.with_name("000000000020.snapshot").write_bytes(line + b"\n" + body)
    with capture_logs() as told_of:
        assert nearest(home, 29).known == nearest(home).known == dict.fromkeys(MODELS, 0)
    assert {one["event"] for one in told_of} == {"snapshots ignored"}
    assert len(told_of) <= 2
    with capture_logs():
        assert rebuild(home).digests() == plain(home).digests()


def test_where_no_snapshot_can_be_kept_the_state_is_given_all_the_same(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store.replay.EVERY", 25)
    home.snapshots.write_text("a file where the folder should be")
    with capture_logs() as told_of:
        found = rebuild(home, keep=True)
    assert [one["event"] for one in told_of] == ["snapshot not kept"]
    home.snapshots.unlink()
    assert found.digests() == plain(home).digests()


def test_what_lies_behind_a_position_can_be_forgotten(home: Home) -> None:
    keep_at(home, 20, 30, 50)
    forget_behind(home, 30, Disk())
    assert nearest(home).known == dict.fromkeys(MODELS, 30)
    forget_behind(home, 0, Disk())
    assert not list(home.snapshots.rglob("*.snapshot"))


def test_a_snapshot_of_another_home_is_ignored_with_a_notice(home: Home, tmp_path: Path) -> None:
    other = Home(tmp_path / "other")
    anyio.run(
        lambda: write_history(
            other, told(1), clock=lambda: __import__("datetime").datetime.now().astimezone()
        )
    )
    keep_at(home, 30)
    shutil.copytree(home.snapshots, other.snapshots)
    # The same id was drawn for both, but the chain of the other log is not this one's.
    with capture_logs() as told_of:
        assert nearest(other).known == dict.fromkeys(MODELS, 0)
    assert {one["why"] for one in told_of} == {"its position is not in this log"}


def test_a_sound_snapshot_of_a_home_of_another_id_is_ignored_and_bears_no_witness(home: Home) -> None:
    keep_at(home, 30)
    for path in home.snapshots.rglob("*.snapshot"):
        line, _, body = path.read_bytes().partition(b"\n")
        header = msgspec.structs.replace(msgspec.json.decode(line, type=SnapshotHeader), home="another")
        header = msgspec.structs.replace(header, digest=header_digest(header, body))
        path.write_bytes(msgspec.json.encode(header) + b"\n" + body)
    assert heads_seen(home) == ()
    with capture_logs() as told_of:
        assert nearest(home).known == dict.fromkeys(MODELS, 0)
    assert {one["why"] for one in told_of} == {"it is of another home"}


@pytest.mark.parametrize("name", [PENDING, "traces"])
def test_a_damaged_snapshot_is_ignored_with_a_notice(home: Home, name: str) -> None:
    keep_at(home, 30, 50)
    path = max((home.snapshots / name).iterdir())
    data = path.read_bytes()
    for at in range(0, len(data), max(1, len(data) // 40)):
        path.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
        with capture_logs() as told_of:
            assert rebuild(home).digests() == plain(home).digests()
        assert [one["event"] for one in told_of] == ["snapshots ignored"], at


@pytest.mark.parametrize(
    ("old", "new"), [(b'"seq":50', b'"seq":52'), (b'"event":"', b'"event":"0'), (b'"chain":"', b'"chain":"0')]
)
def test_a_snapshot_whose_header_was_changed_bears_no_witness_and_closes_no_gate(
    home: Home, old: bytes, new: bytes
) -> None:
    keep_at(home, 30, 50)
    seen = [(one.seq, one.event) for one in heads_seen(home)]
    assert seen == [(30, plain(home, 30).head), (50, plain(home, 50).head)]
    path = home.snapshots / "traces" / "000000000050.snapshot"
    stood = path.read_bytes()
    path.write_bytes(stood.replace(old, new, 1))
    assert path.read_bytes() != stood
    with capture_logs() as told_of:
        assert [(one.seq, one.event) for one in heads_seen(home)] == seen
    (notice,) = told_of
    assert (notice["event"], notice["first"]) == ("snapshots ignored", "traces/000000000050.snapshot")
    with capture_logs():
        judged, _ = judge_home(home)
    assert "log_integrity" not in [rule.rule for rule in judged.reasons]


def test_a_log_that_ends_before_a_sound_snapshot_closes_the_gate_which_names_the_file(home: Home) -> None:
    keep_at(home, 50)
    segment = segments(home.log)[0]
    segment.write_bytes(segment.read_bytes()[: batch_ending_at(home, 49).end])
    (home.log / "head").unlink()
    judged, _ = judge_home(home)
    (reason,) = [rule for rule in judged.reasons if rule.rule == "log_integrity"]
    assert re.match(r"snapshots/\w+/000000000050.snapshot saw event \w+ at position 50$", reason.where)


@pytest.mark.parametrize("name", ["seq", "segment", "offset"])
@pytest.mark.parametrize("number", [b"99999999999999999999999", b"9" * 18, b"-7"])
def test_an_impossible_number_in_a_header_is_ignored_with_a_notice(
    home: Home, name: str, number: bytes
) -> None:
    keep_at(home, 30)
    path = home.snapshots / "traces" / "000000000030.snapshot"
    path.write_bytes(
        re.sub(b'"%s":[0-9]+' % name.encode(), b'"%s":%s' % (name.encode(), number), path.read_bytes())
    )
    with capture_logs() as told_of:
        assert nearest(home).known["traces"] == 0
        assert len(heads_seen(home)) == 1
    assert [one["event"] for one in told_of] == ["snapshots ignored"] * 2


def test_a_snapshot_beyond_the_end_of_a_shortened_log_is_not_believed(home: Home) -> None:
    keep_at(home, 50)
    batch = batch_ending_at(home, 49)
    segment = segments(home.log)[0]
    segment.write_bytes(segment.read_bytes()[: batch.end])
    (home.log / "head").unlink()
    assert nearest(home).known == dict.fromkeys(MODELS, 0)
    assert rebuild(home).seq == 49


def test_a_snapshot_beyond_what_a_writer_has_made_durable_is_not_believed(home: Home) -> None:
    keep_at(home, 30, 50)
    durable = batch_ending_at(home, 40)
    publisher = Publisher(home, "", Disk())
    publisher.publish(durable.place, durable.head)
    publisher.close()
    assert nearest(home).known == dict.fromkeys(MODELS, 30)
    assert rebuild(home).seq == 40, "what stands behind it in the segment may never become durable"


def test_a_snapshot_holds_after_its_segment_was_compressed(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    anyio.run(lambda: write_history(home, HISTORY, segment_bytes=20_000, compress=False))
    keep_at(home, 30, 55)
    first, *_, newest = segments(home.log)
    assert first != newest
    for path in segments(home.log)[:-1]:
        compress_segment(path, Disk())
    assert nearest(home).known == dict.fromkeys(MODELS, 55)
    assert rebuild(home).digests() == plain(home).digests()
