"""What a machine can and cannot do, for a person."""

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Group, RenderableType

from actors.terminal.plain import line


def examined(walls: Sequence[Mapping[str, Any]], home: Path) -> dict[str, Any]:
    """What this machine offers, as plain JSON values.

    Args:
        walls: the walls that can or cannot be had, the strongest first; at least one can.
        home: where everything lies.
    """
    return {
        "workers": next(wall["backend"] for wall in walls if wall["problem"] is None),
        "walls": walls,
        "python": sys.version.split()[0],
        "home": str(home),
        "cpus": os.cpu_count(),
    }


def doctor_view(found: Mapping[str, Any]) -> RenderableType:
    """The walls that can be had, the strongest first, and which one `--workers auto` takes.

    Args:
        found: as `doctor --json` gives it.
    """
    lines = [
        f"python {found['python']}, {found['cpus']} CPUs, home {found['home']}",
        f"--workers auto takes: {found['workers']}",
    ]
    for wall in found["walls"]:
        lines.append(f"{wall['backend']} (level {wall['level']}): {wall['problem'] or 'ready'}")
        lines.append(f"  enforced: {'; '.join(wall['enforced'])}")
        lines.append(f"  absent: {'; '.join(wall['absent'])}")
        if wall["weaker"]:
            lines.append(f"  no stronger, because {wall['weaker']}")
    return Group(*map(line, lines))
