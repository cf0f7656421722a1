"""A segment that is compressed between being listed and being read is found under its new name."""

from pathlib import Path

import pytest

from store.durable import Disk
from store.home import Home
from store.log import scan as scan_module
from store.log.append import Draft, LogWriter
from store.log.closing import compress_segment
from store.log.read import read_events
from store.log.segments import is_compressed, segments
from tests.store.log.conftest import refused


@pytest.mark.parametrize("compressed", [1, 3])
async def test_a_reader_goes_on_when_a_segment_is_compressed_under_its_hands(
    compressed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(tmp_path / "home")
    async with LogWriter.open(home, segment_bytes=1000, compress=False) as writer:
        for number in range(30):
            await writer.append([Draft(refused(number))])
        listed = segments(home.log)
        assert len(listed) > compressed
        expected = list(read_events(home))
        for path in listed[:compressed]:
            compress_segment(path, Disk())
        assert sum(map(is_compressed, segments(home.log))) == compressed
        monkeypatch.setattr(scan_module, "segments", lambda _: listed)
        assert list(read_events(home)) == expected


async def test_a_segment_that_is_gone_is_not_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(tmp_path / "home")
    async with LogWriter.open(home, segment_bytes=1000, compress=False) as writer:
        for number in range(30):
            await writer.append([Draft(refused(number))])
        listed = segments(home.log)
        listed[1].unlink()
        monkeypatch.setattr(scan_module, "segments", lambda _: listed)
        with pytest.raises(FileNotFoundError):
            list(read_events(home))
