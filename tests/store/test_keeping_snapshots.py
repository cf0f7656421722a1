"""Snapshots are kept on the way, thinned out, and cleared of what a death left."""

from pathlib import Path

import pytest

from events.dataset import DatasetRefused
from store.durable import Disk
from store.home import Home
from store.log.append import Draft, LogWriter
from store.log.judged import Point
from store.projections.code import PENDING
from store.projections.state import MODELS
from store.replay import rebuild
from store.snapshot_files import thin_out
from store.snapshots import keep_snapshot, nearest
from store.thinning import DENSE
from tests.store.log.disks import QuickDisk
from tests.store.snapshotting import batch_ending_at, keep_at, plain


def test_snapshots_are_kept_on_the_way_only_when_asked_for(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store.replay.EVERY", 25)
    rebuild(home)
    assert not home.snapshots.exists()
    rebuild(home, keep=True)
    kept = sorted(int(path.name.split(".")[0]) for path in (home.snapshots / "traces").iterdir())
    assert kept == list(range(25, plain(home).seq + 1, 25))
    before = {path: path.stat().st_mtime_ns for path in home.snapshots.rglob("*.snapshot")}
    rebuild(home, keep=True)
    assert {path: path.stat().st_mtime_ns for path in home.snapshots.rglob("*.snapshot")} == before


async def test_without_being_told_how_often_a_snapshot_is_kept_after_each_fifty_thousand_events(
    tmp_path: Path,
) -> None:
    home, batch = Home(tmp_path / "home"), 1000
    drafts = [Draft(DatasetRefused(path="1.csv", reason="empty", detail="no rows")) for _ in range(batch)]
    async with LogWriter.open(home, disk=QuickDisk()) as writer:
        for _ in range(51):
            await writer.append(drafts)
    end = rebuild(home, keep=True, disk=QuickDisk()).seq
    assert end > 51 * batch
    # The event that opens the home stands before the first batch.
    for name in (PENDING, *MODELS):
        assert [path.name for path in (home.snapshots / name).iterdir()] == ["000000050001.snapshot"], name
    assert nearest(home).known == dict.fromkeys(MODELS, 50_001)


def test_of_many_snapshots_the_old_ones_are_thinned_out_and_every_position_is_what_it_was(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store.replay.EVERY", 1)
    end = plain(home).seq
    rebuild(home, keep=True)
    for name in (PENDING, *MODELS):
        kept = sorted(int(path.name[:12]) for path in (home.snapshots / name).iterdir())
        assert kept[-2 * DENSE :] == list(range(end + 1 - 2 * DENSE, end + 1))
        assert 2 * DENSE < len(kept) < end / 2
    assert {seq: rebuild(home, seq).digests() for seq in range(1, end, 7)} == {
        seq: plain(home, seq).digests() for seq in range(1, end, 7)
    }


def test_what_a_death_left_half_written_is_cleared_away(home: Home) -> None:
    keep_at(home, 30)
    left = home.snapshots / "traces" / ".000000000060.snapshot.unfinished"
    left.write_bytes(b"half of")
    thin_out(home)
    assert [path.name for path in left.parent.iterdir()] == ["000000000030.snapshot"]


def test_a_refused_disk_leaves_no_half_snapshot(home: Home) -> None:
    class Failing(Disk):
        def sync_all(self, descriptor: int) -> None:
            raise OSError(28, f"No space left on device for {descriptor}")

    batch = batch_ending_at(home, 30)
    with pytest.raises(OSError, match="No space"):
        keep_snapshot(home, plain(home, 30), Point(batch.place, batch.head), Failing())
    assert not [path for path in home.snapshots.rglob("*") if path.is_file()]
