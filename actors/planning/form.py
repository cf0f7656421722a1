"""Rules of a plan's form: sections, words, dates, names."""

import re
from collections import Counter
from collections.abc import Iterator

from actors.planning.flaw import Flaw, Rule
from actors.planning.plan import (
    BELIEFS,
    DATE,
    KNOWLEDGE,
    OPTIONAL,
    SECTIONS,
    SPECD,
    Item,
    Plan,
    ahead,
    day,
)

STATUS = ("open", "parked")
"""How a brainstormed item may stand."""
SPECD_STATUS = ("ready", "in_progress", "blocked", "done")
"""How a specd item may stand."""
READINESS = ("early", "mid-spec", "near-spec")
"""How near a brainstormed item is to being specd."""
_OTHER_DAY = re.compile(r"(?<![\w./-])(?:19|20)\d{2}(?:[/.]\d{1,2}[/.]\d{1,2}|-\d{1,2}-\d{1,2})(?![\w/-])")
"""A day that is written in another way."""


def sections_in_order(plan: Plan) -> Iterator[Flaw]:
    """Every section stands there once, in its order, and no other."""
    due = list(SECTIONS)
    names = [one.name for one in plan.outline.sections]
    for one in plan.outline.sections:
        if one.name not in SECTIONS:
            yield Flaw(one.line, f"there is no section `{one.name}`", f"name it one of {_told(SECTIONS)}")
        elif one.name not in due:
            what = "stands here again" if names.count(one.name) > 1 else "stands too late"
            yield Flaw(one.line, f"the section `{one.name}` {what}", f"the order is {_told(SECTIONS)}")
        else:
            due = due[due.index(one.name) + 1 :]
    for name in SECTIONS:
        if name not in names and name not in OPTIONAL:
            last = max(len(plan.outline.lines) - (not plan.outline.lines[-1]), 1)
            yield Flaw(
                last,
                f"the section `{name}` is not there",
                f"add `## {name}`; docs/plan.md says what it holds",
            )


def sections_say_something(plan: Plan) -> Iterator[Flaw]:
    """No section is empty; one that has nothing yet says so."""
    for one in plan.outline.sections:
        if one.name in SECTIONS and not (
            one.items or any(part.text or part.parts or part.kind == "table" for part in one.parts)
        ):
            yield Flaw(
                one.line, f"`{one.name}` says nothing", "write what holds, or that there is nothing and why"
            )


def names_once(plan: Plan) -> Iterator[Flaw]:
    """No two items, candidates, experiments or cards have one name."""
    for items in (
        plan.brainstormed,
        plan.candidates,
        plan.specd,
        plan.experiments,
        plan.cards,
        plan.priorities,
    ):
        seen: dict[str, int] = {}
        for one in items:
            name = " ".join(re.findall(r"\w+", one.name.casefold()))
            if name in seen:
                told = f"`{one.name}` is named on line {seen[name]} already"
                yield Flaw(one.line, told, "merge the two, or name what tells them apart")
            seen.setdefault(name, one.line)


def dates_exist(plan: Plan) -> Iterator[Flaw]:
    """Every date on the page is one that the calendar has."""
    for line, text in enumerate(plan.outline.lines, 1):
        if line in plan.outline.unread:
            continue
        for found in DATE.findall(text):
            if day(found) is None:
                yield Flaw(line, f"there is no {found}", "write the day that is meant, as YYYY-MM-DD")
        for found in _OTHER_DAY.findall(text):
            if not DATE.fullmatch(found):
                yield Flaw(line, f"`{found}` is read by nobody as a day", "write the day as YYYY-MM-DD")


def knowledge_is_dated(plan: Plan) -> Iterator[Flaw]:
    """Every line of knowledge and every belief begins with its day, `[YYYY-MM-DD]`, which is not to come."""
    for name in (KNOWLEDGE, BELIEFS):
        for one in (part for part in plan.parts(name) if part.kind == "line"):
            found = DATE.match(one.text[1:]) if one.text.startswith("[") else None
            if found is None or not one.text.startswith(f"[{found[0]}] "):
                yield Flaw(
                    one.line,
                    "no date begins the line",
                    "begin it with the day it was learned: `- [YYYY-MM-DD] `",
                )
            elif ahead(found[0], plan.today):
                yield Flaw(one.line, f"{found[0]} is still to come", "date it with the day it was learned")


def words_of_status(plan: Plan) -> Iterator[Flaw]:
    """A brainstormed item is `open` or `parked`; a specd one `ready`, `in_progress`, `blocked` or `done`."""
    yield from _wording(plan.brainstormed, "status", STATUS)
    yield from _wording(plan.specd, "status", SPECD_STATUS)


def words_of_readiness(plan: Plan) -> Iterator[Flaw]:
    """Each brainstormed item's readiness is `early`, `mid-spec` or `near-spec`."""
    yield from _wording(plan.brainstormed, "readiness", READINESS)


def _wording(items: list[Item], name: str, words: tuple[str, ...]) -> Iterator[Flaw]:
    for one in items:
        part = one.part(name)
        if part is None or part.value not in words:
            told = f"`{one.name}` has the {name} `{part.value}`" if part else f"`{one.name}` has no {name}"
            yield Flaw(part.line if part else one.line, told, f"write `{name}: ` and one of {_told(words)}")


def open_items_say_what_is_missing(plan: Plan) -> Iterator[Flaw]:
    """An open item says what is `missing`, or has a candidate."""
    for one in plan.brainstormed:
        missing = one.part("missing")
        if one.value("status") == "open" and not (missing and missing.said) and one.part("candidate") is None:
            yield Flaw(
                one.line,
                f"`{one.name}` is open, and nothing is missing",
                "list it under `missing:`, or remove it",
            )


def fields_once(plan: Plan) -> Iterator[Flaw]:
    """No item, candidate, experiment or card says one thing twice."""
    for item in (*plan.brainstormed, *plan.candidates, *plan.specd, *plan.experiments, *plan.cards):
        seen: dict[str, int] = {}
        for one in item.parts:
            if one.name in seen and one.name != "candidate":
                told = f"`{item.name}` says its {one.name} on line {seen[one.name]} already"
                yield Flaw(one.line, told, "keep one of the two")
            if one.name:
                seen.setdefault(one.name, one.line)


def specd_is_listed(plan: Plan) -> Iterator[Flaw]:
    """What is specd stands in a list of `- title: ITEM -> SLICE`."""
    section = plan.section(SPECD)
    for one in section.items if section else ():
        yield Flaw(
            one.line, f"`{one.name}` is a heading under `{SPECD}`", f"write it as `- title: {one.name}`"
        )
    known = Counter(one.name for one in plan.brainstormed)
    for item in plan.specd:
        origin = item.name.partition(" -> ")[0]
        if " -> " not in item.name or origin not in known:
            told = f"`{item.name}` comes from no brainstormed item"
            yield Flaw(item.line, told, "title it `ITEM -> SLICE`, where ITEM stands under `Brainstormed`")


def _told(words: tuple[str, ...]) -> str:
    return ", ".join(f"`{word}`" for word in words)


RULES: tuple[Rule, ...] = (
    sections_in_order,
    sections_say_something,
    names_once,
    dates_exist,
    knowledge_is_dated,
    words_of_status,
    words_of_readiness,
    open_items_say_what_is_missing,
    fields_once,
    specd_is_listed,
)
