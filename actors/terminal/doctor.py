"""What a machine can and cannot do, for a person."""

from collections.abc import Mapping
from typing import Any

from rich.console import Group, RenderableType

from actors.terminal.plain import line


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
    return Group(*map(line, lines))
