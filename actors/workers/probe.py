"""What walls this machine offers, and why not more: facts for `doctor` and for `--workers auto`."""

import tempfile
from pathlib import Path

from anyio import to_process

from actors.workers.engine import EngineFact, engine_of
from actors.workers.guarantees import BOUNDS, LIMITS, NEEDS_KERNEL, Guarantee, Strength
from actors.workers.link import BackendName
from actors.workers.reaping import Reaped
from actors.workers.sandbox.visible import SYSTEM, shown
from actors.workers.sandbox.wall import missing
from events.struct import Fact
from events.trace import Level


class Held(Fact, frozen=True):
    """One thing that a session of this machine is held to, or is not."""

    what: str
    """What it may not, or not more of."""
    most: str
    """How much it may; empty where that is nothing."""
    strength: Strength
    """Whether it is held to it."""
    how: str
    """By what, or why not."""
    raised_by: str
    """What would have it enforced; empty where it is, or nothing would."""


class WallFact(Fact, frozen=True):
    """One backend on this machine."""

    backend: BackendName
    """What its workers run in."""
    level: Level
    """How strong its wall is."""
    problem: str | None
    """Why it cannot be had; None when it can."""
    remedy: str
    """What would let it be had, or make it stronger; empty where nothing is missing."""
    limits: tuple[Held, ...]
    """Of what a session may have so much."""
    bounds: tuple[Held, ...]
    """What it may not do."""
    visible: tuple[str, ...]
    """The paths that it can read beside its own folder; none where it can read all that its user can."""
    weaker: str = ""
    """Why it is no stronger than that; empty where nothing is missing."""


class Machine(Fact, frozen=True):
    """What a machine has to run workers with."""

    engine: EngineFact
    """The engine and the image, as far as they answer."""
    walls: tuple[WallFact, ...]
    """The walls that can or cannot be had, the strongest first; at least one can."""
    reaped: Reaped | None = None
    """What was removed first, where somebody asked for it."""


async def probe(image: str, reaped: Reaped | None = None) -> Machine:
    """What is here; a backend is told whether it can be had or not.

    Args:
        image: tag or id of the worker image.
        reaped: what was removed first.
    """
    engine = await engine_of(image)
    return Machine(engine, walls(engine, await to_process.run_sync(_unwalled)), reaped)


def walls(engine: EngineFact, unwalled: str) -> tuple[WallFact, ...]:
    """The walls of a machine, the strongest first.

    Args:
        engine: what engine and image are here.
        unwalled: why no wall can be raised here; empty where one can.
    """
    docker = _wall("docker", "container", engine.problem, SYSTEM, remedy=engine.remedy)
    return (docker, _local(unwalled))


def _local(unwalled: str) -> WallFact:
    if unwalled:
        return _wall("local", "process", None, (), weaker=unwalled, remedy=NEEDS_KERNEL)
    return _wall("local", "sandbox", None, tuple(map(str, shown())))


def _wall(  # noqa: PLR0913  two of them have defaults
    backend: BackendName,
    level: Level,
    problem: str | None,
    visible: tuple[str, ...],
    *,
    remedy: str = "",
    weaker: str = "",
) -> WallFact:
    limits, bounds = (tuple(_held(one, level) for one in group) for group in (LIMITS, BOUNDS))
    return WallFact(backend, level, problem, remedy, limits, bounds, visible, weaker)


def _held(one: Guarantee, level: Level) -> Held:
    at = one.at(level)
    return Held(one.what, one.most, at.strength, at.how, one.raised_by(level))


def _unwalled() -> str:
    """Why sessions have no wall here; tried by a process that this one forks, so it must have one thread."""
    with tempfile.TemporaryDirectory(prefix="tracegate-probe-") as folder:
        return missing(Path(folder))
