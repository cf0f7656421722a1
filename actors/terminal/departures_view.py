"""Where traces of an episode left those with the accepted answer, as a person reads it."""

import json
from collections.abc import Iterator, Sequence

from rich.console import RenderableType

from actors.terminal.plain import block, code, heading, line
from events.episode import Departure, Place
from events.values import Value

_BRIEF = 160
"""Characters of a value that are shown."""


def departures_view(found: Sequence[Departure]) -> list[RenderableType]:
    """Each departure: the step of the others, what the trace did instead, and which reading that is."""
    if not found:
        return []
    return [heading("where traces part"), *(part for one in found for part in _departure(one))]


def _departure(one: Departure) -> Iterator[RenderableType]:
    yield line(f"  {one.role} {one.index} (trace {one.trace})", "bold cyan")
    if one.shared is not None:
        yield line(f"    shared up to `{one.shared.name}` in cell {one.shared.cell}", "dim")
    if one.expected:
        held = len(one.expected)
        yield from _side(f"the others ({held} of them hold it)", one.expected[0], one.expected_value)
    else:
        yield line("    it holds every value of the others")
    if one.found is not None:
        yield from _side("this trace", one.found, one.found_value)
    else:
        yield line("    this trace did nothing of its own there")
    for reading in one.readings:
        yield block(f"its answer is right for {reading}", "yellow")


def _side(who: str, place: Place, value: Value | None) -> Iterator[RenderableType]:
    yield line(f"    {who}: `{place.name}` in cell {place.cell} of trace {place.trace}")
    yield code(place.statement)
    if value is not None:
        shown = f"{value.kind} of {value.size}: {json.dumps(value.shown, ensure_ascii=False)}"
        yield block(shown if len(shown) <= _BRIEF else f"{shown[:_BRIEF]}…")
