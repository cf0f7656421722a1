"""What a plan holds: items, candidates, what is specd, experiments and cards, each by its name."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from actors.planning.outline import Outline, Part, Section, entries, named

KNOWLEDGE, BELIEFS, BRAINSTORMED, SPECD, PRIORITIES, MATRIX, CARDS, POLICY, RUBRIC, NOTES = SECTIONS = (
    "Institutional Knowledge",
    "Beliefs",
    "Brainstormed",
    "Specd",
    "Priorities",
    "Experiment Matrix",
    "Experiment Cards",
    "Compression Policy",
    "Merge Rubric",
    "Recovery Notes",
)
"""The sections of a plan in their order."""
OPTIONAL = {NOTES}
DATE = re.compile(r"(?<![\d-])\d{4}-\d{2}-\d{2}(?![\d-])")
SPAN = re.compile(r"`([^`]+)`")
_NOTHING = {"", "none", "-", "n/a"}


@dataclass(frozen=True)
class Item:
    """Something that may be built: brainstormed, a candidate of that, or specd."""

    line: int
    name: str
    """A candidate's is `ITEM -> CANDIDATE`."""
    parts: tuple[Part, ...]

    def part(self, name: str) -> Part | None:
        """What it says under a name."""
        return named(self.parts, name)

    def value(self, name: str) -> str:
        """The words behind a name; empty where nothing is said."""
        found = self.part(name)
        return found.value if found else ""

    def names(self, name: str) -> list[Part]:
        """The items that it names there, one a part, none for `none`."""
        found = self.part(name)
        return [] if found is None else [one for entry in entries(found) for one in _names_in(entry)]


@dataclass(frozen=True)
class Plan:
    """A page, and what stands around it."""

    outline: Outline
    today: date
    root: Path
    """The tree that the plan is of: the folder of the page."""
    amiss: Callable[[list[str]], str | None]
    """Why the words of a command of ours cannot be parsed; None when they can."""

    def section(self, name: str) -> Section | None:
        """The first section of a name."""
        return next((one for one in self.outline.sections if one.name == name), None)

    def parts(self, name: str) -> tuple[Part, ...]:
        """What a section says before its own headings; nothing where it is not there."""
        found = self.section(name)
        return found.parts if found else ()

    def items(self, name: str) -> list[Item]:
        """What stands below the headings of a section."""
        found = self.section(name)
        return [Item(one.line, one.name, one.parts) for one in (found.items if found else ())]

    @cached_property
    def brainstormed(self) -> list[Item]:
        """The items that nobody has approved."""
        return self.items(BRAINSTORMED)

    @cached_property
    def candidates(self) -> list[Item]:
        """What might be promoted, of every item."""
        return [
            Item(one.line, f"{item.name} -> {plain(one.value)}", one.parts)
            for item in self.brainstormed
            for one in entries_of(item.parts, "candidate")
        ]

    @cached_property
    def specd(self) -> list[Item]:
        """What may be built."""
        return _listed(self.parts(SPECD), "title")

    @cached_property
    def experiments(self) -> list[Item]:
        """The experiments of the matrix."""
        return _listed(self.parts(MATRIX), "experiment")

    @cached_property
    def cards(self) -> list[Item]:
        """The cards of experiments."""
        return self.items(CARDS)

    @cached_property
    def priorities(self) -> list[Item]:
        """What comes first, in its order."""
        return _listed(self.parts(PRIORITIES), "priority")

    @cached_property
    def workable(self) -> list[Item]:
        """Everything that others can depend on, in the order of the page."""
        return [*self.brainstormed, *self.candidates, *self.specd]


def _listed(parts: Iterable[Part], name: str) -> list[Item]:
    return [Item(one.line, plain(one.value), one.parts) for one in entries_of(parts, name)]


def entries_of(parts: Iterable[Part], name: str) -> Iterator[Part]:
    """Every part of a name, at any depth."""
    for one in parts:
        if one.name == name:
            yield one
        yield from entries_of(one.parts, name)


def plain(text: str) -> str:
    """A name without the marks of code around parts of it."""
    return " ".join(text.replace("`", "").replace("**", "").split())


def _names_in(entry: Part) -> Iterator[Part]:
    """The names in a line: what stands between backticks, or between commas where there are none."""
    found = SPAN.findall(entry.text) or entry.text.split(",")
    yield from (Part(entry.line, plain(one)) for one in found if plain(one).lower() not in _NOTHING)


def ahead(text: str, today: date) -> bool:
    """Whether the first date of a text is still to come."""
    found = day(text)
    return found is not None and found > today


def day(text: str) -> date | None:
    """The first date in a text; None where there is none, or none that exists."""
    found = DATE.search(text)
    try:
        return date.fromisoformat(found[0]) if found else None
    except ValueError:
        return None
