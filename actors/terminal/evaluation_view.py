"""An evaluation, and two compared, as tables for a person."""

from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table

from actors.terminal.plain import heading, line, pairs

_MOST = 20
"""Wrong answers that are shown."""


def evaluation_view(found: Mapping[str, Any]) -> RenderableType:
    """One evaluation.

    Args:
        found: the report as plain values.
    """
    parts: list[RenderableType] = [heading(f"evaluation {found['evaluation']}"), pairs(_facts(found))]
    parts += [_rates(name, rows) for name, rows in found["by"].items()]
    if found["departures"]:
        parts.append(_departures(found["departures"]))
    return Group(*parts)


def comparison_view(found: Mapping[str, Any]) -> RenderableType:
    """Two compared."""
    first, second = found["first"], found["second"]
    return Group(
        heading(f"{first['player']} beside {second['player']}"),
        pairs(
            [
                ("questions in common", str(found["questions"])),
                (first["player"], _rate(first["solved"])),
                (second["player"], _rate(second["solved"])),
                ("both right", str(found["both"])),
                (f"only {first['player']}", str(found["only_first"])),
                (f"only {second['player']}", str(found["only_second"])),
                ("neither", str(found["neither"])),
                ("difference", f"{100 * found['difference']:+.1f} points"),
                ("McNemar's exact p", f"{found['p_value']:.4g}"),
            ]
        ),
    )


def _facts(found: Mapping[str, Any]) -> list[tuple[str, str]]:
    hooks, cost, left = found["hooks"], found["cost"], found["left_out"]
    rows = [
        ("who answered", found["player"]),
        ("asked", f"{found['questions']} questions: {found['chosen']}"),
        ("solved", _rate(found["solved"])),
        ("by guessing", f"{100 * found['solved']['chance']:.1f}%"),
        ("left out", f"{left['lost']} lost to infrastructure, {left['broken']} with a broken record"),
        ("ended", ", ".join(f"{name} {count}" for name, count in found["stops"].items()) or "none"),
        (
            "cost",
            f"{cost['calls']} calls, {cost['tokens']} tokens, {cost['cost']:.4f}, {cost['turns']} turns",
        ),
    ]
    if hooks["checkpoints"]:
        covered = f"{hooks['passed']} of {hooks['checkpoints']} checkpoints ({100 * hooks['coverage']:.1f}%)"
        rows.append(("hooks", f"{hooks['raised']} raised, {hooks['grounded']} hold; {covered}"))
    return rows + _official(found)


def _official(found: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What a benchmark's own rule makes of it."""
    if "official" not in found:
        return []
    one = found["official"]
    share = "none" if one["rate"] is None else f"{100 * one['rate']:.1f}%"
    return [
        (f"{found['benchmark']}'s rule", f"{one['right']} of {one['answered']} answered ({share})"),
        ("parts", f"{one['parts_right']} of {one['parts']}; {one['parts_by_contract']} by our contract"),
        ("judged apart", f"{len(one['judged_apart'])} questions"),
    ]


def _rate(one: Mapping[str, Any]) -> str:
    if one["rate"] is None:
        return "no answer"
    sure = f"{100 * one['low']:.1f} to {100 * one['high']:.1f}%"
    return f"{one['right']} of {one['of']}: {100 * one['rate']:.1f}% ({sure})"


def _rates(name: str, rows: Mapping[str, Mapping[str, Any]]) -> Table:
    table = Table(title=f"By {name}", title_justify="left", title_style="bold")
    for head in (name, "solved, 95% sure", "by guessing"):
        table.add_column(head)
    for key, one in rows.items():
        table.add_row(line(key), _rate(one), f"{100 * one['chance']:.1f}%")
    return table


def _departures(rows: list[Mapping[str, Any]]) -> Table:
    table = Table(title="Where wrong answers left the solution", title_justify="left", title_style="bold")
    for head in ("question", "ended", "step", "expected", "instead"):
        table.add_column(head)
    for row in _shown(rows):
        table.add_row(*(line(text) for text in row))
    return table


def _shown(rows: list[Mapping[str, Any]]) -> Iterator[tuple[str, ...]]:
    for one in rows[:_MOST]:
        yield (
            one["question"][:8],
            one["outcome"],
            one["step"] or "-",
            one["expected"] or "-",
            one["found"] or "-",
        )
    if len(rows) > _MOST:
        yield f"and {len(rows) - _MOST} more", "", "", "", ""
