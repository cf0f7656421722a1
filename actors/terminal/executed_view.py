"""What came of running episodes again, as a person reads it."""

from collections.abc import Mapping
from typing import Any

from rich.console import Group, RenderableType

from actors.terminal.plain import block, code, heading, line

_WORDS = {
    "ran": "other statements ran",
    "hook": "a hook has another value",
    "answer": "another answer was submitted",
    "error": "it raised something else",
    "end": "the session ended otherwise",
    "stdout": "something else was printed",
    "stderr": "something else went to stderr",
    "display": "its value is shown otherwise",
}


def executed_view(found: Mapping[str, Any]) -> RenderableType:
    """Each divergence with its statement and both sides, and the counts below them.

    Args:
        found: as `replay --execute --json` gives it.
    """
    parts = [part for one in found["divergences"] for part in _divergence(one)]
    if found["broken"]:
        parts.append(line(f"not run again, as their records are broken: {', '.join(found['broken'])}"))
    return Group(*parts, line(_counts(found)))


def _divergence(found: Mapping[str, Any]) -> list[RenderableType]:
    differs = found["differs"]
    where = f"episode {found['episode']}, {found['role']} {found['index']}, cell {differs['cell']}"
    why = (
        "" if differs["settled"] else "; it gives something else each time it is run: is a seed left unfixed?"
    )
    return [
        heading(where),
        line(f"  {_WORDS[differs['what']]}{why}", "red"),
        code(differs["statement"]),
        line("  recorded:", "dim"),
        block(differs["recorded"] or "(nothing)"),
        line("  came now:", "dim"),
        block(differs["again"] or "(nothing)"),
    ]


def _counts(found: Mapping[str, Any]) -> str:
    elsewhere = found["elsewhere"]
    how = f", {elsewhere} of them recorded in another numeric environment" if elsewhere else ""
    return (
        f"{found['episodes']} episodes, {found['traces']} traces{how}, {found['cells']} cells run again: "
        f"{len(found['divergences'])} divergences"
    )
