"""What waits for what: the rules of dependencies, and the order in which items can be done."""

from collections.abc import Iterator, Mapping
from itertools import pairwise

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
    lines = _lines_of_waiting(plan)
    for cycle in _cycles(waiting(plan)):
        told = " waits for ".join(f"`{one}`" for one in cycle)
        line = min(lines[waiter, other] for waiter, other in pairwise(cycle))
        yield Flaw(
            line, f"{told}: none of them can begin", "take one of these out of `depends_on` or `blocked_by`"
        )


def _lines_of_waiting(plan: Plan) -> Mapping[tuple[str, str], int]:
    """The first line on which an item says that it waits for another."""
    lines: dict[tuple[str, str], int] = {}
    for item in _own(plan):
        for one in (one for name in WAITS for one in item.names(name)):
            lines.setdefault((item.name, one.text), one.line)
    return lines


def parallel_is_mutual(plan: Plan) -> Iterator[Flaw]:
    """What can be done beside another says so on both sides, and neither waits for the other."""
    items = _own(plan)
    beside: dict[str, set[str]] = {}
    for item in items:
        beside.setdefault(item.name, set()).update(one.text for one in item.names(BESIDE))
    waits = waiting(plan)
    for item in items:
        reached = _reached(waits, item.name) if item.names(BESIDE) else set()
        for one in item.names(BESIDE):
            if one.text == item.name:
                yield Flaw(one.line, f"`{item.name}` can be done beside itself", "take it out here")
            elif one.text in beside and item.name not in beside[one.text]:
                told = f"`{item.name}` can be done beside `{one.text}`, which does not say so"
                yield Flaw(
                    one.line, told, f"add `{BESIDE}: {item.name}` to `{one.text}`, or take it out here"
                )
            if one.text in reached:
                told = f"`{item.name}` can be done beside `{one.text}`, and waits for it"
                yield Flaw(one.line, told, f"take it out of `{BESIDE}`, or out of what it waits for")


RULES: tuple[Rule, ...] = (dependencies_exist, no_cycles, parallel_is_mutual)


def waiting(plan: Plan) -> dict[str, list[str]]:
    """What each item waits for, of what there is; in the order of the page."""
    waits: dict[str, list[str]] = {one.name: [] for one in plan.workable}
    for item in _own(plan):
        waits[item.name] += [one.text for name in WAITS for one in item.names(name) if one.text in waits]
    return waits


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
    waited_by: dict[str, list[str]] = {}
    for name, others in left.items():
        for other in others:
            waited_by.setdefault(other, []).append(name)
    ready = [name for name, others in left.items() if not others]
    places = {name: place for place, name in enumerate(left)}
    while ready:
        steps.append(ready)
        freed = []
        for name in ready:
            for waiter in waited_by.get(name, ()):
                left[waiter].discard(name)
                if not left[waiter]:
                    freed.append(waiter)
        ready = sorted(freed, key=places.__getitem__)
    return steps


def _cycles(waits: Mapping[str, list[str]]) -> Iterator[list[str]]:
    """Rings of items that wait for each other, each closed by its first item; no two share an item."""
    done: set[str] = set()
    for start in waits:
        path: dict[str, None] = {}
        due = [(start, False)]
        while due:
            name, left = due.pop()
            if left:
                path.pop(name, None)
                done.add(name)
            elif name in path:
                ring = list(path)[list(path).index(name) :]
                if not done & {*ring}:
                    yield [*ring, name]
                    done |= {*ring}
            elif name not in done:
                path[name] = None
                due.append((name, True))
                due += [(other, False) for other in waits[name]]


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
    """Items without what their candidates say: a candidate speaks for itself."""
    return [
        Item(one.line, one.name, tuple(part for part in one.parts if part.name != "spec candidates"))
        for one in plan.workable
    ]


def _said(name: str) -> str:
    return {"depends_on": "said to depend on", "blocked_by": "said to be blocked by"}.get(
        name, "said to go beside"
    )
