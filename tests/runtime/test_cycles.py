"""Actors that hear each other in circles come to an end, however little each reads or remembers at once."""

from collections import Counter
from collections.abc import Mapping

import anyio
import pytest

from actors.runtime.settings import Settings
from actors.runtime.supervisor import Supervisor
from events.dataset import DatasetRefused
from events.question import StreamExhausted
from events.struct import Event
from events.worker import WorkerStopFailed
from store.home import Home
from store.log.append import LogWriter
from store.log.read import read_events
from tests.runtime.conftest import Relay, give

ORIGINS, HOPS = 3, 6
CIRCLES: dict[str, tuple[type[Event], type[Event]]] = {
    "ring a": (DatasetRefused, StreamExhausted),
    "ring b": (StreamExhausted, WorkerStopFailed),
    "ring c": (WorkerStopFailed, DatasetRefused),
    "back": (StreamExhausted, DatasetRefused),
    "self": (WorkerStopFailed, WorkerStopFailed),
}
"""A ring of three, a ring of two that shares an actor with it, and one that hears itself."""


def onward(label: str) -> str | None:
    """The same origin, one hop on."""
    origin, hops = label.split(".")
    return f"{origin}.{int(hops) + 1}" if int(hops) < HOPS else None


def expected() -> set[str]:
    """Every piece of work that follows, by hand: who hears what owes it once, and tells it on."""
    todo: list[tuple[type[Event], str]] = [(DatasetRefused, f"{origin}.0") for origin in range(ORIGINS)]
    keys: set[str] = set()
    while todo:
        kind, label = todo.pop()
        for name, (source, target) in CIRCLES.items():
            told, key = onward(label), f"{name}/{label}"
            if source is kind and told is not None and key not in keys:
                keys.add(key)
                todo.append((target, told))
    return keys


@pytest.mark.parametrize("keep", [0, 1, 512])
@pytest.mark.parametrize("window", [1, 4, 64, 1024])
@pytest.mark.parametrize(
    ("limit", "sources"), [(1, {}), (8, {}), (1, {"ring a": 1}), (8, {"ring a": 1, "self": 2})]
)
async def test_a_cyclic_topology_ends_with_everything_done_once(
    keep: int, window: int, limit: int, sources: Mapping[str, int], home: Home
) -> None:
    actors = [Relay(name, *kinds, onward=onward) for name, kinds in CIRCLES.items()]
    settings = Settings(window=window, keep=keep, concurrency=limit)
    async with LogWriter.open(home) as writer:
        await give(writer, [f"{origin}.0" for origin in range(ORIGINS)])
        with anyio.fail_after(60):
            supervisor = Supervisor(writer, actors, sources=sources, settings=settings)
            assert await supervisor.run_until_idle() == "idle"
    finished = Counter(one.work.key for one in read_events(home) if one.work and one.work.finishes)
    assert finished == Counter(expected())
    assert len(finished) > 50
