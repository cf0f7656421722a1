"""What a machine can and cannot do, for a person."""

import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from rich.console import Group, RenderableType

from actors.terminal.plain import line

_MARKS = {"enforced": "✓", "sampled": "~", "absent": "✗"}


def examined(machine: Mapping[str, Any], home: Path) -> dict[str, Any]:
    """What this machine offers, as plain JSON values.

    Args:
        machine: engine, image, the walls that can or cannot be had, the strongest first; and what was
            removed, where somebody asked for it.
        home: where everything lies.
    """
    return {
        "workers": _taken(machine),
        **machine,
        "python": sys.version.split()[0],
        "home": str(home),
        "cpus": os.cpu_count(),
    }


def doctor_view(found: Mapping[str, Any]) -> RenderableType:
    """Engine and image, and each wall, the strongest first, with all that it holds a session to.

    Args:
        found: as `doctor --json` gives it.
    """
    engine = found["engine"]
    lines = [
        f"python {found['python']}, {found['cpus']} CPUs, home {found['home']}",
        f"engine: {_engine(engine)}",
        f"image: {engine['image']} {engine['digest'] or '(not seen)'}",
        f"--workers auto takes: {found['workers']}",
    ]
    for wall in found["walls"]:
        lines += ["", *_wall(wall)]
    if found["reaped"] is not None:
        lines += ["", *_reaped(found["reaped"])]
    return Group(*map(line, lines))


def _taken(machine: Mapping[str, Any]) -> str:
    """What `auto` takes: containers where engine and image are there, if their wall is not weaker."""
    docker, local = machine["walls"]
    is_weaker = docker["level"] == "process" != local["level"]
    return "local" if machine["engine"]["problem"] is not None or is_weaker else "docker"


def _engine(engine: Mapping[str, Any]) -> str:
    if not engine["version"]:
        return "none answers"
    return f"{engine['version']}, API {engine['api']}, at {engine['address'] or 'its usual place'}"


def _wall(wall: Mapping[str, Any]) -> Iterator[str]:
    yield f"{wall['backend']} (level {wall['level']}): {wall['problem'] or 'ready'}"
    if wall["around"]:
        yield f"  around its workers: {wall['around']}"
    if wall["weaker"]:
        yield f"  no stronger, because {wall['weaker']}"
    if wall["remedy"]:
        yield f"  to have it: {wall['remedy']}" if wall["problem"] else f"  for more: {wall['remedy']}"
    for one in (*wall["limits"], *wall["bounds"]):
        yield f"  {_held(one)}"
    yield f"  can read: {', '.join(wall['visible']) or 'whatever the user can'}"


def _reaped(reaped: Mapping[str, Any]) -> Iterator[str]:
    unasked = reaped["unasked"] and f"none was looked for, because {reaped['unasked']}"
    yield f"removed containers: {', '.join(reaped['containers']) or unasked or 'none was left'}"
    yield f"removed folders: {', '.join(reaped['folders']) or 'none was left'}"


def _held(one: Mapping[str, Any]) -> str:
    most = f" ({one['most']})" if one["most"] else ""
    raised = f"; for more: {one['raised_by']}" if one["raised_by"] else ""
    return f"{_MARKS[one['strength']]} {one['what']}{most}: {one['strength']}, {one['how']}{raised}"
