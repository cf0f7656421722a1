"""The gate for a person: every rule, what was found, what is allowed, where to look."""

from collections.abc import Mapping
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from actors.terminal.plain import block, line, pairs


def gate_view(gate: Mapping[str, Any]) -> RenderableType:
    """The judgement as lines: the verdict, each rule, and below a rule that fails where to look.

    Args:
        gate: `open`, `rules`, `reasons` and `seq`, as `gate --json` gives them.
    """
    failed = {rule["rule"] for rule in gate["reasons"]}
    word = Text("the gate is open", "bold green") if gate["open"] else Text("the gate is closed", "bold red")
    parts: list[RenderableType] = [Text.assemble(word, f" at log position {gate['seq']}")]
    for rule in gate["rules"]:
        parts.extend(_rule(rule, rule["rule"] in failed))
    return Group(*parts)


def smoke_view(outputs: Mapping[str, Mapping[str, int]], seconds: float) -> RenderableType:
    """Each output of the smoke suite with its counts, and how long it took."""
    told = [
        (name, ", ".join(f"{count} {what}" for what, count in counts.items()))
        for name, counts in outputs.items()
    ]
    return Group(pairs(told), line(f"the smoke suite passed in {seconds:.1f} s"))


def _rule(rule: Mapping[str, Any], failed: bool) -> list[RenderableType]:
    mark = Text("no ", "bold red") if failed else Text("yes", "green")
    told = f"{rule['rule']}: found {rule['found']}; allowed {rule['allowed']}"
    parts: list[RenderableType] = [Text.assemble("  ", mark, "  ", line(told))]
    if failed:
        parts.append(block("\n".join(f"  {place}" for place in _places(rule)), "yellow"))
    return parts


def _places(rule: Mapping[str, Any]) -> list[str]:
    where = [f"where: {rule['where']}"] if rule["where"] else []
    remedy = rule.get("opens_with", "")
    return where + ([f"opens with: {remedy}"] if remedy else [])
