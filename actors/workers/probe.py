"""What walls this machine offers, and why not more: facts for `doctor` and for `--workers auto`."""

import tempfile
from pathlib import Path
from typing import NamedTuple

from anyio import to_process, to_thread

from actors.workers import firstword
from actors.workers.bubble import why_not
from actors.workers.engine import EngineFact, engine_of
from actors.workers.guarantees import BOUNDS, LIMITS, NEEDS_KERNEL, Guarantee, Hold, Strength, held_to
from actors.workers.link import BackendName, StopFailed, WorkerGone
from actors.workers.questioned import to_be_asked
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
    around: str = ""
    """What is around its workers beside the wall of each session; empty where nothing is."""


class Machine(Fact, frozen=True):
    """What a machine has to run workers with."""

    engine: EngineFact
    """The engine and the image, as far as they answer."""
    walls: tuple[WallFact, ...]
    """The walls that can or cannot be had, the strongest first; at least one can."""
    reaped: Reaped | None = None
    """What was removed first, where somebody asked for it."""


class Inside(NamedTuple):
    """What is told of the inside of a container."""

    problem: str | None
    """Why there is none; None where there is."""
    remedy: str = ""
    """What would help."""
    unwalled: str = ""
    """Why its sessions have no wall each; empty where they have."""


async def probe(image: str, reaped: Reaped | None = None) -> Machine:
    """What is here; a backend is told whether it can be had or not.

    Args:
        image: tag or id of the worker image.
        reaped: what was removed first.
    """
    engine = await engine_of(image)
    unwalled = await unwalled_here()
    unbubbled = await to_thread.run_sync(why_not)
    found = walls(engine, unwalled, unbubbled, await _inside(engine, image))
    return Machine(engine, found, reaped)


async def unwalled_here() -> str:
    """Why local sessions have no wall each on this machine; empty where they have."""
    return await to_process.run_sync(_unwalled)


async def _inside(engine: EngineFact, image: str) -> Inside:
    """What a container says that is started for the question; nothing where none can be had."""
    if engine.problem is not None:
        return Inside(engine.problem, engine.remedy)
    try:
        return Inside(None, unwalled=await firstword.unwalled(to_be_asked(image)))
    except (WorkerGone, StopFailed) as problem:
        return Inside(f"engine and image are there, but no worker: {problem}")


def walls(
    engine: EngineFact, unwalled: str, unbubbled: tuple[str, str], inside: Inside | None = None
) -> tuple[WallFact, ...]:
    """The walls of a machine, the strongest first.

    Args:
        engine: what engine and image are here.
        unwalled: why no wall can be raised here; empty where one can.
        unbubbled: why bubblewrap is not around local workers, and what would change it; empty where it is.
        inside: what a container told; all is well inside where nobody asked one.
    """
    inside = inside or Inside(engine.problem, engine.remedy)
    return (_docker(inside), _local(unwalled, *unbubbled))


def _docker(inside: Inside) -> WallFact:
    if inside.unwalled:
        weaker = f"no wall can be raised around each session in a container: {inside.unwalled}"
        remedy = f"{NEEDS_KERNEL} where the engine runs, and an engine that lets it through"
        return _wall("docker", "process", inside.problem, (), weaker=weaker, remedy=remedy)
    return _wall("docker", "container", inside.problem, SYSTEM, remedy=inside.remedy)


def _local(unwalled: str, unbubbled: str, remedy: str) -> WallFact:
    if unwalled:
        return _wall("local", "process", None, (), weaker=unwalled, remedy=NEEDS_KERNEL)
    visible = tuple(map(str, shown()))
    return _wall("local", "sandbox", None, visible, weaker=unbubbled, remedy=remedy, in_bubble=not unbubbled)


def _wall(  # noqa: PLR0913  two of them have defaults
    backend: BackendName,
    level: Level,
    problem: str | None,
    visible: tuple[str, ...],
    *,
    remedy: str = "",
    weaker: str = "",
    in_bubble: bool = False,
) -> WallFact:
    limits, bounds = (
        tuple(
            _held(one, level, held_to(one, level, in_bubble=in_bubble, in_container=backend == "docker"))
            for one in group
        )
        for group in (LIMITS, BOUNDS)
    )
    around = "bubblewrap" if in_bubble else ""
    return WallFact(backend, level, problem, remedy, limits, bounds, visible, weaker, around)


def _held(one: Guarantee, level: Level, at: Hold) -> Held:
    raised_by = "" if at.strength == "enforced" else one.raised_by(level)
    return Held(one.what, one.most, at.strength, at.how, raised_by)


def _unwalled() -> str:
    """Why sessions have no wall here; tried by a process that this one forks, so it must have one thread."""
    with tempfile.TemporaryDirectory(prefix="tracegate-probe-") as folder:
        return missing(Path(folder))
