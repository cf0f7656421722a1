"""Each single call to the disk of a home's whole life fails, or is the last; it ends as if nothing had been."""

import errno
import shutil
from collections import Counter
from collections.abc import Sequence
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from store.home import Home
from store.log.append import LogPoisoned
from store.replay import rebuild
from store.verify import verify_home
from tests.store.lives import (
    EVERY,
    SCRIPT,
    FailingAt,
    Life,
    Witness,
    ends_as_undisturbed,
    live,
    live_on,
    look_up,
    nothing_is_lost,
)
from tests.store.log.disks import CALLS, QuickDisk
from tests.trials import Trial

QUICK = 25
"""How many of the calls are tried where there is little time."""
CACHES = ("snapshots", "log/index", "daemon")


@pytest.fixture(autouse=True)
def _many_snapshots(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("store.replay.EVERY", EVERY)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The artifacts of a home whose disk never failed."""
    return ends_as_undisturbed(Home(tmp_path_factory.mktemp("undisturbed")), Life())


@pytest.fixture(scope="module")
def calls() -> list[str]:
    """Every call of a whole life."""
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patched:
        patched.setattr("store.replay.EVERY", EVERY)
        disk, home = FailingAt(0), Home(Path(folder) / "home")
        live(home, disk, Life())
        assert all(list((home.root / cache).iterdir()) for cache in CACHES)
    return disk.calls


def test_a_life_makes_every_kind_of_call(calls: list[str]) -> None:
    kinds = Counter(calls)
    # A tail is cut off only where one is torn, and a reserve laid by only with patience.
    assert set(kinds) == set(CALLS) - {"truncate", "allocate"}
    assert min(kinds["open"], kinds["write"], kinds["replace"], kinds["sync_folder"]) > 20, kinds


def fails_at(
    number: int, lasting: bool, places: Sequence[int], undisturbed: dict[str, bytes]
) -> Counter[str]:
    """Have each of these calls fail in a home of its own; how often which error was told."""
    said: Counter[str] = Counter()
    for at in places:
        with TemporaryDirectory() as folder:
            home, life = Home(Path(folder) / "home"), Life()
            disk = FailingAt(at, number, lasting)
            live_on(home, disk, life)
            assert disk.happened
            kind = disk.calls[at - 1]
            assert all(_is_clear(error, number) for error in life.errors), (at, kind, life.errors)
            nothing_is_lost(home, life)
            assert ends_as_undisturbed(home, life) == undisturbed, (at, kind)
            assert not list(home.root.rglob("*.unfinished")), (at, kind)
            said.update(type(error).__name__ for error in life.errors)
            said["nothing was told"] += not life.errors
    return said


def _is_clear(error: Exception, number: int) -> bool:
    """Whether it says what the disk said, and for the log what to do."""
    said = {errno.ENOSPC: "No space left on device", errno.EIO: "Input/output error"}[number]
    if isinstance(error, OSError):
        return error.errno == number
    return said in str(error) and any(word in str(error) for word in ("run the same command", "--home"))


WAYS = pytest.mark.parametrize("lasting", [False, True], ids=["once", "for good"])
ERRORS = pytest.mark.parametrize("number", [errno.EIO, errno.ENOSPC], ids=["EIO", "ENOSPC"])


@WAYS
@ERRORS
def test_wherever_some_call_fails_the_home_ends_as_if_none_had(
    number: int, lasting: bool, calls: list[str], undisturbed: dict[str, bytes], trial: Trial
) -> None:
    places = trial.random.sample(range(1, len(calls) + 1), QUICK)
    trial.counts.update(fails_at(number, lasting, places, undisturbed))


@pytest.mark.full
@WAYS
@ERRORS
def test_wherever_any_call_fails_the_home_ends_as_if_none_had(
    number: int, lasting: bool, calls: list[str], undisturbed: dict[str, bytes], trial: Trial
) -> None:
    said = fails_at(number, lasting, range(1, len(calls) + 1), undisturbed)
    trial.counts.update(said)
    assert lasting or said["nothing was told"] > 10, "caches may be lost without a word"
    assert said[LogPoisoned.__name__] > 10


@pytest.mark.full
@WAYS
@ERRORS
def test_a_cache_that_cannot_be_kept_fails_nothing_and_changes_nothing(
    number: int, lasting: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store.replay.EVERY", len(SCRIPT) // 2)
    whole, bare = Home(tmp_path / "whole"), tmp_path / "bare"
    live(whole, QuickDisk(), Life())
    shutil.copytree(whole.log, bare / "log", ignore=shutil.ignore_patterns("index"))
    shutil.copytree(whole.blobs, bare / "blobs")
    due = rebuild(whole, cached=False).digests()
    for at in count(1):
        home, disk = Home(tmp_path / f"{at}"), FailingAt(at, number, lasting)
        shutil.copytree(bare, home.root)
        assert rebuild(home, keep=True, disk=disk).digests() == due
        look_up(home, disk)
        assert rebuild(home, keep=True).digests() == due
        look_up(home, QuickDisk())
        assert verify_home(home)[0].ok
        shutil.rmtree(home.root)
        if not disk.happened:
            break
    assert at > 50 or lasting, "the first refusal is the last call for a snapshot"
    assert at > 2


def witnessed(folder: Path) -> Witness:
    """What a death at each call would leave."""
    home, life = Home(folder / "home"), Life()
    disk = Witness(home.root, folder / "images", lambda: life.acknowledged)
    live(home, disk, life)
    return disk


def dies_at(images: Sequence[tuple[int, Path]], undisturbed: dict[str, bytes]) -> None:
    """Go on from each of these."""
    for acknowledged, image in images:
        home, life = Home(image), Life(acknowledged)
        nothing_is_lost(home, life)
        assert ends_as_undisturbed(home, life) == undisturbed, image.name


def test_wherever_it_dies_a_home_ends_as_if_it_had_not(
    undisturbed: dict[str, bytes], tmp_path: Path, trial: Trial
) -> None:
    images = witnessed(tmp_path).images
    dies_at(trial.random.sample(images, QUICK), undisturbed)
    trial.counts["died"] += QUICK


@pytest.mark.full
def test_at_whichever_call_it_dies_a_home_ends_as_if_it_had_not(
    undisturbed: dict[str, bytes], tmp_path: Path, trial: Trial
) -> None:
    images = witnessed(tmp_path).images
    assert {image.name.partition("-")[2] for _, image in images} == set(CALLS) - {"truncate", "allocate"}
    assert [at for at, _ in images] == sorted(at for at, _ in images)
    assert images[-1][0] == len(SCRIPT)
    dies_at(images, undisturbed)
    trial.counts["died"] += len(images)
