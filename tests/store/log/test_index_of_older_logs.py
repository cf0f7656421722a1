"""By index, events under retired tags are found as the events that took their place, among those written today."""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from store.home import Home
from store.log.closing import compress_segment
from store.log.lines import START, seal
from store.log.segments import segment_name, segments
from tests.histories.golden import event_lines
from tests.histories.invented import INVENTED
from tests.store.log.disks import QuickDisk
from tests.store.log.indexing import build, kept

RETIRING = """
import runpy, sys
import events.upcast
from tests.histories.invented import INVENTED
events.upcast.RETIRED = INVENTED
runpy.run_module("tests.store.log.older_process", run_name="__main__", alter_sys=True)
"""
"""A later version, for which the tags of `INVENTED` are retired."""
OLD = {step.old for step in INVENTED} - {"ProposalAccepted"}
"""Those under which events were written; one came and went between two of them."""


def parts(lines: Sequence[bytes], size: int) -> Iterator[Sequence[bytes]]:
    """So many at a time."""
    return (lines[start : start + size] for start in range(0, len(lines), size))


def older_log(home: Home, *, compress: bool) -> Home:
    """The history under older tags in segments of a few batches each, all but the newest compressed if wanted."""
    home.log.mkdir(parents=True)
    head = START
    lines = event_lines("older_tags")
    for number, segment in enumerate(parts(lines, 12), start=1):
        data = b""
        for batch in parts(segment, 4):
            commit, head = seal(head, len(batch), b"".join(batch))
            data += b"".join(batch) + commit
        (home.log / segment_name(number)).write_bytes(data)
    for path in segments(home.log)[:-1] if compress else ():
        compress_segment(path, QuickDisk())
    assert len(segments(home.log)) > 3
    return home


def found_by_a_later_version(home: Home) -> list[dict[str, Any]]:
    """What it finds in the log as it is, and once it has written to it."""
    command = [sys.executable, "-c", RETIRING, str(home.root)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("compress", [False, True], ids=["plain", "compressed"])
@pytest.mark.parametrize("built", [False, True], ids=["no index", "an index kept before they were retired"])
def test_by_index_retired_events_are_found_as_by_reading_everything(
    built: bool, compress: bool, tmp_path: Path
) -> None:
    home = older_log(Home(tmp_path / "home"), compress=compress)
    if built:
        build(home)
        before = {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in kept(home)}
        assert len(before) == len(segments(home.log)) - 1
    as_it_is, written_to = found_by_a_later_version(home)
    assert as_it_is["differences"] == []
    assert set(as_it_is["tags"]) >= OLD
    assert not set(as_it_is["tags"]) & {step.new for step in INVENTED}
    assert written_to["differences"] == []
    assert set(written_to["tags"]) >= OLD | {"DatasetRegistered"}, "old and new stand side by side"
    if built:
        for path, (at, data) in before.items():
            assert (path.stat().st_mtime_ns, path.read_bytes()) == (at, data), "it served"
