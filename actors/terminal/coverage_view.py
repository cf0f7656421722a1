"""How far the questions reach, as tables for a person."""

from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table

from actors.terminal.plain import block, heading, line


def coverage_view(found: Mapping[str, Any], *, whole: bool) -> RenderableType:
    """What is wanted beside what was found; and the whole of it, where that is asked for.

    Args:
        found: the report as plain values.
        whole: whether to tell every count beside.
    """
    told = f"{found['proposals']} proposals judged, {found['accepted']} of them questions"
    parts: list[RenderableType] = [line(told), _promised(found["promises"])]
    if whole:
        parts += [_counted(name, rows) for name, rows in found["coverage"].items() if rows]
        parts += [heading("never yet"), *_never(found["never"])]
        parts += [heading("one rejection for each reason"), *_examples(found["examples"])]
    return Group(*parts)


def _promised(promises: list[Mapping[str, Any]]) -> Table:
    kept = sum(one["met"] for one in promises)
    title = f"What is wanted: {kept} of {len(promises)} hold"
    table = _table(title, ("of what", "found", "wanted", "", "detail"), figures=(1,))
    for one in promises:
        verdict = line("met") if one["met"] else line("not met", style="yellow")
        table.add_row(line(one["what"]), one["shown"], one["wanted"], verdict, line(one["detail"]))
    return table


def _counted(name: str, rows: list[Mapping[str, Any]]) -> Table:
    """By name; what only questions tell has no column for those that were tried."""
    if "tried" not in rows[0]:
        table = _table(f"By {name}", (name, "questions"), figures=(1,))
        for one in rows:
            table.add_row(line(one["name"]), str(one["accepted"]))
        return table
    head = (name, "tried", "accepted", "yield, 95% sure", "refused")
    table = _table(f"By {name}", head, figures=(1, 2, 3))
    for one in rows:
        sure = f"{100 * one['low']:.1f} to {100 * one['high']:.1f}%"
        refused = ", ".join(f"{reason} {count}" for reason, count in one["refused"].items())
        table.add_row(line(one["name"]), str(one["tried"]), str(one["accepted"]), sure, line(refused or "-"))
    return table


def _never(never: Mapping[str, Mapping[str, list[str]]]) -> Iterator[RenderableType]:
    for name, missing in never.items():
        for stage, names in missing.items():
            if names:
                word = "in no proposal" if stage == "proposed" else "proposed, in no question"
                yield block(f"{name}, {word}: {', '.join(names)}")


def _examples(examples: list[Mapping[str, Any]]) -> Iterator[RenderableType]:
    for one in examples:
        yield block(f"{one['reason']}: {one['stream']}, proposal {one['index']}: {one['detail']}")


def _table(title: str, head: tuple[str, ...], figures: tuple[int, ...]) -> Table:
    table = Table(title=title, title_justify="left")
    for number, name in enumerate(head):
        table.add_column(name, justify="right" if number in figures else "left", overflow="fold")
    return table
