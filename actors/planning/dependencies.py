"""What waits for what: the rules of dependencies, and the order in which items can be done."""

from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

from actors.planning.flaw import Flaw, Rule
from actors.planning.plan import Item, Plan

WAITS = ("depends_on", "blocked_by")
BESIDE = "parallelizable_with"


def dependencies_exist(plan: Plan) -> Iterator[Flaw]:
    """Whatever an item depends on, is blocked by or can be done beside is an item of the page."""
    known = {one.name for one in plan.workable}
    for item in _own(plan):
        for name in (*WAITS, BESIDE):
            for one in item.names(name):
                if one.text not in known:
                    told = f"`{item.name}` is {_said(name)} `{one.text}`, which there is not"
                    yield Flaw(
                        one.line, told, "name an item as its heading does, a candidate as `ITEM -> CANDIDATE`"
                    )


def no_cycles(plan: Plan) -> Iterator[Flaw]:
    """No item waits for itself, not by way of others either."""
    waits = waiting(plan)
    while cycle := _cycle(waits):
        line = min(_lines_of_waiting(plan, cycle))
        told = " waits for ".join(f"`{one}`" for one in cycle)
        yield Flaw(
            line, f"{told}: none of them can begin", "take one of these out of `depends_on` or `blocked_by`"
        )
        waits = {name: others for name, others in waits.items() if name not in cycle}


def _lines_of_waiting(plan: Plan, cycle: list[str]) -> Iterator[int]:
    """The lines on which items of a cycle name each other."""
    for item in _own(plan):
        if item.name in cycle:
            yield from (one.line for name in WAITS for one in item.names(name) if one.text in cycle)


def parallel_is_mutual(plan: Plan) -> Iterator[Flaw]:
    """What can be done beside another says so on both sides, and neither waits for the other."""
    items = {one.name: one for one in _own(plan)}
    waits = waiting(plan)
    for item in items.values():
        for one in item.names(BESIDE):
            other = items.get(one.text)
            if other is not None and item.name not in {name.text for name in other.names(BESIDE)}:
                told = f"`{item.name}` can be done beside `{other.name}`, which does not say so"
                yield Flaw(
                    one.line, told, f"add `{BESIDE}: {item.name}` to `{other.name}`, or take it out here"
                )
            if one.text in _reached(waits, item.name):
                told = f"`{item.name}` can be done beside `{one.text}`, and waits for it"
                yield Flaw(one.line, told, f"take it out of `{BESIDE}`, or out of what it waits for")


RULES: tuple[Rule, ...] = (dependencies_exist, no_cycles, parallel_is_mutual)


def waiting(plan: Plan) -> dict[str, list[str]]:
    """What each item waits for, of what there is; in the order of the page."""
    items = _own(plan)
    known = {one.name for one in plan.workable}
    return {
        item.name: [one.text for name in WAITS for one in item.names(name) if one.text in known]
        for item in items
    }


def in_order(plan: Plan) -> list[list[str]]:
    """Steps in which items can be done: those of one step wait for nothing but steps before it.

    What waits in a cycle, or for one, stands in no step.
    """
    waits = waiting(plan)
    shown = {
        *(one.name for one in (*plan.brainstormed, *plan.specd)),
        *(one for all_ in waits.values() for one in all_),
    }
    shown |= {name for name, others in waits.items() if others}
    left = {name: set(waits.get(name, ())) for name in waits if name in shown}
    steps: list[list[str]] = []
    while ready := [name for name, others in left.items() if not others]:
        steps.append(ready)
        left = {name: others - {*ready} for name, others in left.items() if others}
    return steps


def _cycle(waits: Mapping[str, list[str]]) -> list[str]:
    try:
        TopologicalSorter(waits).prepare()
    except CycleError as problem:
        found: list[str] = problem.args[1]
        return found[::-1]
    return []


def _reached(waits: Mapping[str, list[str]], name: str) -> set[str]:
    """Everything that an item waits for, by way of others too."""
    found: set[str] = set()
    due = list(waits.get(name, ()))
    while due:
        one = due.pop()
        if one not in found:
            found.add(one)
            due.extend(waits.get(one, ()))
    return found


def _own(plan: Plan) -> list[Item]:
    """Items without what their candidates say: a candidate speaks for itself; of one name, the first."""
    items: dict[str, Item] = {}
    for one in plan.workable:
        parts = tuple(part for part in one.parts if part.name != "spec candidates")
        items.setdefault(one.name, Item(one.line, one.name, parts))
    return list(items.values())


def _said(name: str) -> str:
    return {"depends_on": "said to depend on", "blocked_by": "said to be blocked by"}.get(
        name, "said to go beside"
    )
