"""Rules of what stands on the page and would be read by nobody."""

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from actors.planning.flaw import Flaw, Rule
from actors.planning.outline import Part, below, named
from actors.planning.plan import (
    BRAINSTORMED,
    CARDS,
    MATRIX,
    NOTES,
    PRIORITIES,
    SPECD,
    Plan,
    plain,
)

CANDIDATES = "spec candidates"
HEADED = {BRAINSTORMED, CARDS, SPECD, NOTES}
"""Sections that may have headings; those of `Specd` have a rule of their own."""
LISTED = {SPECD: "title", MATRIX: "experiment", PRIORITIES: "priority"}
"""What each entry of a section begins with."""
UNLISTED = ("ready-to-promote shortlist", "promotion checklist", "version")
"""What may stand there and is no entry, by how it begins."""
MAY_BE_SAID = (
    "depends_on",
    "blocked_by",
    "parallelizable_with",
    "approval_status",
    "dependency snapshot",
    "current code evidence",
    "line anchors",
    CANDIDATES,
)
"""Fields that no rule misses, so that one that is misspelled would be lost."""
_FIELD = re.compile(r"[A-Za-z][\w -]{1,40}:")
_EMPTY = re.compile(r"Empty[:.,]")
_ALIKE = 0.8


def nothing_stands_unread(plan: Plan) -> Iterator[Flaw]:
    """Whatever is said stands in lines and lists below the headings that are read, not in quotes."""
    for name, one in _everything(plan):
        if one.kind == "other":
            told = f"what stands here in `{name}` is read by nobody"
            yield Flaw(one.line, told, "write it as lines and entries of lists, without quotes or headings")
    for section in plan.outline.sections:
        for item in section.items if section.name not in HEADED else ():
            told = f"the heading `{item.name}` in `{section.name}` is read by nobody"
            yield Flaw(item.line, told, "write what stands below it as entries of the section's own list")


def lists_not_tables(plan: Plan) -> Iterator[Flaw]:
    """What a page says stands in lines and lists, never in tables."""
    for name, one in _everything(plan):
        if one.kind == "table":
            yield Flaw(one.line, f"a table stands in `{name}`", "write each row as an entry of a list")


def _everything(plan: Plan) -> Iterator[tuple[str, Part]]:
    """Every part of the page, with the section that it stands in."""
    places = [("current.md", plan.outline.opening)]
    for section in plan.outline.sections:
        places += [(section.name, one.parts) for one in (section, *section.items)]
    return ((name, one) for name, parts in places for part in parts for one in below(part))


def entries_are_named(plan: Plan) -> Iterator[Flaw]:
    """Specd, matrix, priorities and candidates hold `- title:`, `experiment:`, `priority:`, `candidate:`."""
    for name, first in LISTED.items():
        for one in _listed(plan.parts(name)):
            if one.name != first:
                yield _unnamed(one, name, first)
    for item in plan.brainstormed:
        part = named(item.parts, CANDIDATES)
        for one in part.parts if part else ():
            if one.name != "candidate":
                yield _unnamed(one, item.name, "candidate")


def _listed(parts: Iterable[Part]) -> Iterator[Part]:
    """What would be an entry; a list below a line that says there is none yet is the section's own."""
    for one in parts:
        if one.kind == "line" and _EMPTY.match(one.text):
            yield from one.parts
        elif one.kind == "line" and not one.name.startswith(UNLISTED):
            yield one


def _unnamed(one: Part, place: str, first: str) -> Flaw:
    told = f"`{plain(one.text)[:60]}` under `{place}` is not read as an entry"
    return Flaw(one.line, told, f"begin it with `- {first}: `, in these letters, or move it elsewhere")


def fields_are_spelled(plan: Plan) -> Iterator[Flaw]:
    """No field that may be left out stands there misspelled, and so unread."""
    for item in (*plan.brainstormed, *plan.specd):
        for part in item.parts:
            for one in below(part):
                spelled = one.text.partition(":")[0] if _FIELD.match(one.text) else ""
                meant = _meant(spelled)
                if meant and meant != one.name:
                    yield Flaw(one.line, f"nobody reads `{spelled}`", f"spell it `{meant}:`")


def _meant(name: str) -> str | None:
    """The field that a name comes nearest to; None where it is like none."""
    near = get_close_matches(name.lower().replace("-", "_"), MAY_BE_SAID, 1, _ALIKE)
    return near[0] if near else None


RULES: tuple[Rule, ...] = (nothing_stands_unread, lists_not_tables, entries_are_named, fields_are_spelled)
