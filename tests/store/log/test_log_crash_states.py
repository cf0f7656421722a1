"""Whatever a power cut leaves of the last batch: none of it, all of it, or a refusal; never less than before it."""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from pathlib import Path
from random import Random

import pytest

from store.home import Home
from store.log.verify import verify_log
from tests.store.log.conftest import put
from tests.store.log.damage import Sample, appends, reading, refusal, sample, written_on
from tests.store.log.disks import SECTOR
from tests.trials import Trial

ZEROS = (1, 7, 511, 512, 513, 4096)
Crashed = tuple[str, bytes]
"""What may have become of it, and the newest segment as the power cut left it."""


@pytest.fixture(scope="module", params=[False, True], ids=["plain", "compressed"])
def intact(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Sample:
    """A log whose last batch was not synced yet."""
    return sample(tmp_path_factory.mktemp("sample"), compressed=request.param)


def newest(log: Sample) -> tuple[bytes, bytes]:
    """The bytes of the newest segment up to the last batch, and those of the last batch."""
    data, start = log.files[log.last.segment], log.last.start
    return data[:start], data[start:]


def prefixes(log: Sample, random: Random) -> Iterator[Crashed]:
    """Every prefix of the last batch; and with zeros behind it, as where the size was known before the bytes."""
    before, last = newest(log)
    for length in range(len(last) + 1):
        whole, data = length == len(last), before + last[:length]
        yield ("whole" if whole else "torn" if length else "none"), data
        to_the_end = (-len(data) % SECTOR or SECTOR, len(last) - length or SECTOR)
        for zeros in (random.choice(ZEROS), random.choice(to_the_end)):
            yield ("whole, torn" if whole else "torn"), data + bytes(zeros)


def sectors(log: Sample, random: Random, stale: Callable[[int], bytes]) -> Iterator[Crashed]:
    """Random subsets of the last batch's sectors lost or stale, for ever.

    Args:
        log: the log.
        random: draws.
        stale: what may stand in a sector, by its first byte, instead of what was written.
    """
    before, last = newest(log)
    whole = before + last
    while True:
        image = bytearray(whole)
        for at in range(len(before) // SECTOR * SECTOR, len(whole), SECTOR):
            start, end = max(at, len(before)), min(at + SECTOR, len(whole))
            match random.randrange(3):
                case 0:
                    image[start:end] = bytes(end - start)
                case 1:
                    image[start:end] = stale(start)[: end - start].ljust(end - start, b"\0")
        size = random.choice([len(whole), len(whole), random.randrange(len(before), len(whole))])
        yield "any", bytes(image[:size]) + bytes(random.choice((0, 0, -size % SECTOR)))


def garbage(random: Random) -> Callable[[int], bytes]:
    return lambda _: random.randbytes(SECTOR)


def earlier_bytes(log: Sample, random: Random) -> Callable[[int], bytes]:
    """Bytes that stood elsewhere in this log: whole lines of it among them."""
    data = b"".join(log.files.values())
    starts = [at for at in range(len(data)) if data.startswith(b'{"seq":', at) or data.startswith(b"\t{", at)]
    return lambda _: data[(at := random.choice([*starts, random.randrange(len(data))])) : at + SECTOR]


def another_batch(log: Sample, folder: Path) -> Callable[[int], bytes]:
    """What an earlier writer left at this very place, of another batch that never got its commit line."""
    home = put(Home(folder), log.files | {log.last.segment: newest(log)[0]})
    written_on(home, [*appends("other")][-1])
    data = (home.log / log.last.segment).read_bytes()
    data = data[: data.rindex(b"\t", 0, data.rindex(b'"count":7')) - 1]
    return lambda at: data[at : at + SECTOR]


def tried(log: Sample, home: Home, states: Iterable[Crashed], trial: Trial) -> None:
    """Hold every state to what may become of it."""
    put(home, log.files)
    for due, data in states:
        (home.log / log.last.segment).write_bytes(data)
        told = _examined(log, home, data)
        assert due in (told, "any"), (due, told, len(data))
        trial.counts["states"] += 1
        trial.counts[f"ended {told}"] += 1


def _examined(log: Sample, home: Home, data: bytes) -> str:
    """What became of a state."""
    start, before = log.last.start, log.before(log.last)
    whole = data[start:].startswith(newest(log)[1])
    there = log.events if whole else before
    found, report = reading(home), verify_log(home)
    assert found.events == there, "what is read is what was appended: all before the last batch, and it whole"
    torn = [problem.torn for problem in report.problems]
    fault = refusal(home)
    if fault is None:
        assert found.fault is None
        assert (report.events, report.head) == (len(there), verify_log(home).head)
        assert reading(home) == found
        return ("whole" if whole else "") + _cut(home, data, torn, whole=whole)
    assert found.fault is not None
    assert (fault.segment, fault.start) == (log.last.segment, start + whole * len(newest(log)[1]))
    assert not torn[0]
    assert (home.log / log.last.segment).read_bytes() == data, "what is refused is not touched"
    assert not list(home.log.glob("*.torn*"))
    return "refused"


def _cut(home: Home, data: bytes, torn: list[bool], *, whole: bool) -> str:
    """Whether a tail was set aside, which is then kept whole."""
    kept = list(home.log.glob("*.torn*"))
    assert torn == [True] * len(kept)
    if not kept:
        return "" if whole else "none"
    (path,) = kept
    left = (home.log / path.name.partition(".jsonl")[0]).with_suffix(".jsonl").read_bytes()
    assert left + path.read_bytes() == data
    path.unlink()
    return ", torn" if whole else "torn"


def everything(log: Sample, folder: Path, random: Random, each: int) -> Iterator[Crashed]:
    """Every prefix, and so many states of each kind of lost and stale sectors."""
    kinds = (garbage(random), earlier_bytes(log, random), another_batch(log, folder))
    return chain(prefixes(log, random), *(islice(sectors(log, random, kind), each) for kind in kinds))


def test_some_crash_states_of_the_last_batch_end_right(
    intact: Sample, memory: Home, tmp_path: Path, trial: Trial
) -> None:
    states = everything(intact, tmp_path, trial.random, 40)
    tried(intact, memory, (state for state in states if trial.random.random() < 0.04), trial)
    assert trial.counts["states"] > 200


@pytest.mark.full
def test_every_crash_state_of_the_last_batch_ends_right(
    intact: Sample, memory: Home, tmp_path: Path, trial: Trial
) -> None:
    tried(intact, memory, everything(intact, tmp_path, trial.random, 1500), trial)
    assert trial.counts["states"] > 10_000
