"""Events to be appended and read back: drawn by a seed, so the same each time."""

import random
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate, count, cycle, islice

from events.dataset import DatasetRefused
from events.envelope import Recorded
from events.episode import EpisodeJudged, TraceVote
from events.identity import identify
from events.question import StreamRequested
from events.runtime import ActorCrashed, Paused, SettingsRead, WorkFailed
from events.struct import Event
from events.trace import AttemptEnded, CellResult, Executed, HookGrade, HooksGraded, Message, TraceRecorded
from events.wire import encode
from events.worker import WorkerLost, WorkerStarted
from store.log.drafts import Draft

LINE_BYTES = 600
"""Length of an event line where all are alike."""
SHORTEST, LONGEST = 16, 2048
"""Characters of text in an event where they differ."""
STREAM = 40
"""Events that belong together, spread over the whole history."""
REPEATED = 200
"""Different workers, paths and streams that the events of a history tell of again and again."""
EVENTS_A_TRACE = 200
"""A trace comes to its end so seldom, for what is known of it is kept: see `history`."""

TIME = "2026-01-31T12:00:00.000000+00:00"


class Prose:
    """Text of words that differ in frequency as those of a language do, so that it compresses like one."""

    def __init__(self, seed: int = 0, words: int = 4096, size: int = 1 << 20) -> None:
        self.random = random.Random(seed)
        """Draws all else, too."""
        known = ["".join(self._letters()) for _ in range(words)]
        often = list(accumulate(1 / rank for rank in range(1, words + 1)))
        self._text = " ".join(self.random.choices(known, cum_weights=often, k=size // 4))[:size]

    def cut(self, size: int) -> str:
        """So many characters of it, from anywhere."""
        start = self.random.randrange(len(self._text) - size)
        return self._text[start : start + size]

    def of_any_length(self) -> str:
        """Short as a rule, at times long: half are below 300 characters, and the mean is 524."""
        return self.cut(int(SHORTEST + (LONGEST - SHORTEST) * self.random.random() ** 3))

    def _letters(self) -> list[str]:
        return self.random.choices(
            "eeeettaaooiinnsshhrrdlcumwfgypbvk", k=1 + min(self.random.getrandbits(4), 9)
        )


def alike(number: int, prose: Prose) -> list[Draft]:
    """So many different events whose lines are all of one length."""
    room = LINE_BYTES - len(line_of(_failure(prose, 0)))
    return [_failure(prose, room) for _ in range(number)]


def line_of(draft: Draft, seq: int = 10**6) -> bytes:
    """The draft as it stands in a log, with its line end."""
    recorded = Recorded(seq, TIME, "0" * 32, draft.event, draft.cause, draft.correlation, draft.work)
    return encode(recorded) + b"\n"  # type: ignore[arg-type]


def _failure(prose: Prose, size: int) -> Draft:
    event = WorkFailed(f"solve:{prose.random.getrandbits(64):016x}", 1, prose.cut(size), infrastructure=False)
    return Draft(event, correlation=f"{prose.random.getrandbits(128):032x}")


def history(length: int, prose: Prose) -> Iterator[Draft]:
    """Events of eight types in turn, and now and then those of a trace and an episode, kept as rows.

    What is kept of a million of them is 45,000 rows: the others only count, or replace what was known.
    """
    streams = cycle([stream_of(number, length) for number in range(_streams(length))])
    return islice((Draft(event, correlation=next(streams)) for event in _endless(prose)), length)


def stream_of(number: int, length: int) -> str:
    """What events of a history so long belong to; each stream goes through all of it."""
    return identify("stream", number % _streams(length))


def _streams(length: int) -> int:
    return max(1, length // STREAM)


def _endless(prose: Prose) -> Iterator[Event]:
    for number in count():
        yield _passing(number, prose)
        if number % EVENTS_A_TRACE == 0:
            yield from _kept(number // EVENTS_A_TRACE, prose)


def _passing(number: int, prose: Prose) -> Event:
    """An event that adds no row."""
    which, text = number // len(_PASSING) % REPEATED, prose.of_any_length()
    return _PASSING[number % len(_PASSING)](which, text)


_PASSING: Sequence[Callable[[int, str], Event]] = (
    lambda which, text: WorkFailed(f"solve:{which}", 1, text, infrastructure=which % 2 == 0),
    lambda which, text: DatasetRefused(f"/tables/{which}.csv", "one_column", text),
    lambda which, _: WorkerStarted(f"worker {which}", "local", "process", identify("fingerprint", which)),
    lambda which, text: ActorCrashed(f"actor {which}", text),
    lambda which, _: StreamRequested(identify("s", which), identify("d", which), "template", which, 16),
    lambda which, text: WorkerLost(f"worker {which}", "local", text),
    lambda which, text: SettingsRead(
        f"{which}.toml", {text[at : at + 9]: at for at in range(0, len(text), 99)}
    ),
    lambda _, text: Paused(text),
)
FAILURES: tuple[type[Event], ...] = (WorkFailed, ActorCrashed)
"""A quarter of the types."""


def _kept(number: int, prose: Prose) -> Iterator[Event]:
    """A trace with all that is said of it, and an episode for every other one."""
    trace, question = identify("trace", number), identify("question", number)
    said = [Message(prose.cut(90), prose.cut(160), cell) for cell in range(2)]
    ran = [Executed(trace, CellResult(cell, stdout=prose.cut(60)), prose.cut(60)) for cell in range(2)]
    yield AttemptEnded(
        trace=trace,
        question=question,
        source="template",
        role="gold",
        index=0,
        teacher="scripted",
        said=tuple(said),
        executed=tuple(ran),
        outcome="answered",
        stop="submitted",
        level="process",
        fingerprint=identify("fingerprint"),
    )
    yield TraceRecorded(trace, question, "gold", 0, "answered", {"mean": number / 7})
    grades = [HookGrade(name, 0, True, "grounded", prose.cut(40)) for name in ("rows", "mean")]
    yield HooksGraded(trace, question, tuple(grades), (), reproduced=True)
    if number % 2:
        vote = TraceVote(
            trace, "gold", 0, "answered", {"mean": number / 7}, accepted=True, hooks=2, grounded=2
        )
        episode, dataset = identify("episode", number), identify("d", number % REPEATED)
        yield EpisodeJudged(
            episode, question, dataset, "template", "scripted", "process", "verified", prose.cut(60), (vote,)
        )
