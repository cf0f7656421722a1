"""What a repair gives up it takes from the snapshots too: none bears witness against the log that is left."""

from pathlib import Path

import anyio
import pytest

from store.home import Home
from store.log.index import events_at
from store.log.repair import repair
from store.log.segments import segments
from store.snapshots import heads_seen
from tests.store.log.power import PowerDisk, put_image, states
from tests.store.log.repairing import append, repaired
from tests.store.snapshotting import batch_ending_at, keep_at
from tests.trials import Trial


@pytest.fixture
def damaged(home: Home) -> Home:
    """A home with snapshots before and behind a flipped bit."""
    keep_at(home, 20, 30, 50)
    (path,) = segments(home.log)
    data, at = path.read_bytes(), batch_ending_at(home, 40).start + 40
    path.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
    return home


def seen(home: Home) -> list[int]:
    """The positions that snapshots bear witness to; the log says of each what they say."""
    witnesses = {one.seq: one.event for one in heads_seen(home)}
    assert events_at(home, witnesses) == witnesses
    return sorted(witnesses)


def test_a_repair_forgets_the_snapshots_of_what_it_gave_up_and_no_other(damaged: Home) -> None:
    assert repaired(damaged) is not None
    assert seen(damaged) == [20, 30]


def test_a_power_cut_at_every_call_of_a_repair_leaves_no_snapshot_of_what_was_given_up(
    damaged: Home, tmp_path: Path, trial: Trial, monkeypatch: pytest.MonkeyPatch
) -> None:
    left, disk = Home(tmp_path / "left"), PowerDisk(damaged.root, random=trial.random)
    disk.settle()
    anyio.run(repair, damaged, disk)
    disk.look()
    disk.close()
    monkeypatch.setattr("store.log.published.boot_id", lambda: "another")
    for image in states(disk):
        put_image(left.root, image)
        repaired(left)
        append(left, 0)
        assert seen(left) == [20, 30]
        trial.counts["states"] += 1
    assert trial.counts["states"] > 10
