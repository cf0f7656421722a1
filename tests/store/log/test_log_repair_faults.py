"""A repair may be broken off at every call to the disk, and is asked for again."""

import errno
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import anyio
import pytest

from store.home import Home
from store.log.append import LogPoisoned, LogWriter, NoSpace
from store.log.damaged import NAME as KEPT
from store.log.follow import NoLogError
from store.log.lock import HomeLocked, HomeUnwritable
from store.log.published import NAME
from store.log.repair import repair
from store.log.segments import segments
from store.log.verify import verify_log
from tests.store.lives import Witness
from tests.store.log.damage import files_of, sample
from tests.store.log.disks import CALLS, FailingDisk, QuickDisk
from tests.store.log.repairing import (
    FORMS,
    Wholes,
    append,
    damages,
    is_repaired,
    put,
    repaired,
    told_in,
)


@pytest.fixture(scope="module")
def wholes(tmp_path_factory: pytest.TempPathFactory) -> Wholes:
    """The same log in plain segments and in compressed ones."""
    return {
        form: sample(tmp_path_factory.mktemp(form), sealed=True, compressed=form == "compressed")
        for form in ("plain", "compressed")
    }


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
                assert is_repaired(home, wholes[form], files, due) == []
    assert broken > 20


@pytest.mark.parametrize(("form", "way"), EVERY_WAY)
def test_a_repair_may_die_at_every_call_to_the_disk_and_be_asked_for_again(
    form: str, way: str, wholes: Wholes, tmp_path: Path
) -> None:
    change, due = damages(wholes[form])[way]
    files = change(wholes[form].files)
    home = put(Home(tmp_path / "home"), files)
    disk = Witness(home.root, tmp_path / "images")
    anyio.run(repair, home, disk)
    for _, image in disk.images:
        left = Home(image)
        _is_never_silent(left, due, failed=True)
        repaired(left)
        append(left, 0)
        assert is_repaired(left, wholes[form], files, due) == []
    assert len(disk.images) > 20


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
