"""A run of training for a person: how it ended, and examples with what is learned of them in colour."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from actors.terminal.plain import line

LEARNED = "black on green"
"""How a text is shown that the model is to learn."""


def learned_view(found: Mapping[str, Any]) -> RenderableType:
    """How a run ended: its id, its last measures, and where everything lies."""
    word = "trained" if found["finished"] else "interrupted; the same command goes on here"
    measured = ", ".join(f"{name} {value:.4g}" for name, value in sorted(found["metrics"].items()))
    told = [
        f"{word}: run {found['run']}, {found['step']} updates on {found['rows']} rows",
        f"last measured: {measured}" if measured else "",
        f"model: {found['model']}" if found["model"] else f"checkpoints: {found['folder']}",
        *(f"picture: {path}" for path in found["pictures"]),
    ]
    return Group(*(line(one) for one in told if one))


def examples_view(examples: Sequence[Sequence[tuple[str, bool]]]) -> RenderableType:
    """Each example as the model sees it; what it is to learn in colour, and in brackets for those without."""
    parts: list[RenderableType] = []
    for number, spans in enumerate(examples, start=1):
        parts.append(Text(f"example {number}", "bold"))
        shown = Text()
        for text, learned in spans:
            shown.append(f"⟦{text}⟧" if learned else text, LEARNED if learned else "dim")
        parts.append(shown)
    return Group(*parts)
