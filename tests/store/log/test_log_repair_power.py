"""The power is cut at every call of a repair: what it gives up is kept and told, whoever asks or writes next."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import anyio
import pytest

from store.home import Home
from store.log.published import NAME
from store.log.repair import repair
from store.log.scan import LogCorrupt
from store.log.verify import verify_log
from tests.store.log.damage import Sample, sample
from tests.store.log.power import PowerDisk, put_image, states
from tests.store.log.repairing import FORMS, append, damages, is_repaired, repaired
from tests.trials import Trial

Closed = dict[str, tuple[Sample, bytes]]
QUICK = ("no commit line", "a table")
EVERY_WAY = [
    pytest.param(form, way, id=f"{form}: {way}", marks=[] if way in QUICK else [pytest.mark.full])
    for form, ways in FORMS.items()
    for way in ways
]


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Closed:
    """The same log in plain segments and in compressed ones, and what its writer told at its clean end."""
    folders = {form: tmp_path_factory.mktemp(form) for form in FORMS}
    return {
        form: (
            sample(folder, sealed=True, compressed=form == "compressed"),
            (Home(folder).log / NAME).read_bytes(),
        )
        for form, folder in folders.items()
    }


@pytest.fixture
def disk(tmp_path: Path, trial: Trial) -> Iterator[PowerDisk]:
    """A disk whose power can be cut; what was told of the log may be lost with it."""
    folder = Home(tmp_path).log
    folder.mkdir()
    disk = PowerDisk(folder, passed_over=frozenset({"lock", "ballast"}), random=trial.random)
    yield disk
    disk.close()


@pytest.mark.parametrize("told", [True, False], ids=["with a head", "without"])
@pytest.mark.parametrize(("form", "way"), EVERY_WAY)
def test_a_power_cut_at_every_call_of_a_repair_loses_nothing_that_it_gives_up(
    *,
    form: str,
    way: str,
    told: bool,
    closed: Closed,
    disk: PowerDisk,
    memory: Home,
    trial: Trial,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (whole, head), home = closed[form], Home(disk.folder.parent)
    change, due = damages(whole)[way]
    damaged = change(whole.files)
    put_image(home.log, damaged | ({NAME: head} if told else {}))
    disk.settle()
    anyio.run(repair, home, disk)
    disk.look()
    monkeypatch.setattr("store.log.published.boot_id", lambda: "another")
    for image in states(disk):
        for asks in (True, False):
            put_image(memory.log, image)
            trial.counts["asked for again"] += _gone_on(memory, asks=asks)
            besides = is_repaired(memory, whole, damaged, due)
            # Sectors may be missing of the batch that was to tell of it: that is a damage of its own.
            assert [one.events for one in besides] == [0] * len(besides)
            trial.counts["damaged anew"] += bool(besides)
            trial.counts["states"] += 1
    assert trial.counts["states"] > 10
    assert trial.counts["asked for again"] > 3


def _gone_on(home: Home, *, asks: bool) -> bool:
    """Start again, with a repair or by writing on; whether a repair had to be asked for then."""
    if asks:
        repaired(home)
    with suppress(LogCorrupt):
        append(home, 0)
        if verify_log(home).ok:
            return False
    repaired(home)
    append(home, 0)
    return True
