"""What a disk refuses is told by the name of the file, and with what to do."""

import errno
import os
import re
from pathlib import Path

import anyio
import pytest

from events.identity import digest_of
from store.blobs import Blobs
from store.durable import Disk, make_folders, put_whole, what_to_do, write_file
from store.home import Home
from store.log.append import LogWriter
from store.log.lock import HomeUnwritable
from store.verify import verify_home
from tests.store.log.disks import FailingDisk


def blocked(home: Home) -> str:
    """What is due to be said of a home whose folder of blobs is a file."""
    home.blobs.mkdir(exist_ok=True)
    home.blobs.rename(home.root / "elsewhere")
    home.blobs.write_text("")
    return f"{home.blobs} is no folder, and one is due there: move it elsewhere"


def test_a_file_where_the_blobs_are_due_is_named_by_who_reads(home: Home) -> None:
    due = blocked(home)
    for read in (lambda: Blobs(home).digests(), lambda: verify_home(home)):
        with pytest.raises(NotADirectoryError) as error:
            read()
        assert what_to_do(error.value) == due


def test_a_file_where_the_blobs_are_due_is_named_by_who_writes(home: Home) -> None:
    due = blocked(home)

    async def keep() -> None:
        async with LogWriter.open(home) as writer:
            await writer.keep({digest_of(b"some"): b"some"})

    with pytest.raises(HomeUnwritable, match=f"{re.escape(due)}, or name another with --home"):
        anyio.run(keep)


def test_a_folder_that_cannot_be_made_for_a_file_names_the_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for path in (tmp_path / "file", tmp_path / "file" / "below" / "it"):
        with pytest.raises(NotADirectoryError) as error:
            make_folders(path, Disk())
        assert what_to_do(error.value).startswith(f"{tmp_path / 'file'} is no folder, and one is due there")


@pytest.mark.parametrize("kind", ["write", "sync_all"])
def test_a_full_disk_is_told_by_the_file_for_which_it_has_no_room(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "rows.jsonl"
    with pytest.raises(OSError, match="No space left on device") as error:
        write_file(path, iter([b"some"]), FailingDisk(kind, 1, errno.ENOSPC))
    assert what_to_do(error.value) == f"no space left for {path}: free some and run the same command again"


def test_what_cannot_be_put_in_place_says_which_file_failed(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"/rows\.jsonl") as error:
        put_whole(tmp_path / "rows.jsonl", b"some", FailingDisk("write", 1, errno.EIO), durable=True)
    assert os.strerror(errno.EIO) in what_to_do(error.value)
    assert list(tmp_path.iterdir()) == []
