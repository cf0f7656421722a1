"""A Markdown page as sections of lines, each line with what stands below it."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Literal

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

_NAMED = re.compile(r"([a-z][^:`]{0,50}?(?: `[^`:]*`[^:]{0,40})?)(?: \([^)]*\))?:(?:\s+(.*))?$")
_MARKDOWN = MarkdownIt("commonmark").enable("table").disable(["reference", "lheading", "inline"])
"""Blocks alone: what stands inside a line is looked at by the rules."""
PLACEHOLDERS = {"tbd", "tba", "tbc", "todo", "?", "-", "…", "", "n/a", "to be decided", "to be done"}
"""Words that say nothing yet."""
_SHOWN = {"hr", "fence", "code_block"}
_REMARK = re.compile(r"<!--.*-->", re.DOTALL)
_LINE_END = re.compile(r"\r\n?|\n")
"""What the parser takes for the end of a line."""

Kind = Literal["line", "table", "remark", "other"]


@dataclass(frozen=True)
class Part:
    """One thing that is said, and what stands below it."""

    line: int
    """Where it begins, from 1."""
    text: str
    """Its words, without the mark of a list."""
    parts: "tuple[Part, ...]" = ()
    """The entries below it."""
    kind: Kind = "line"
    """A line; or a table, what is commented out or shown as code, or any other block that is not read."""

    @cached_property
    def name(self) -> str:
        """What stands before the colon, without remarks in brackets; empty where it is no `name: value`."""
        found = _NAMED.match(self.text)
        return found[1].strip() if found else ""

    @property
    def value(self) -> str:
        """What stands behind the colon; the whole text where nothing is named."""
        found = _NAMED.match(self.text)
        return (found[2] or "").strip() if found else self.text

    @property
    def said(self) -> bool:
        """Whether anything is said: a value that is no mere placeholder, or an entry below."""
        held = [self.value, *(one.text for inner in self.parts for one in below(inner))]
        return any(one and one.rstrip(".").lower() not in PLACEHOLDERS for one in held)


@dataclass(frozen=True)
class Section:
    """What stands below a heading."""

    line: int
    name: str
    parts: tuple[Part, ...] = ()
    items: "tuple[Section, ...]" = ()
    """What stands below its own headings, one level down."""


@dataclass(frozen=True)
class Outline:
    """A whole page."""

    lines: tuple[str, ...]
    sections: tuple[Section, ...]
    opening: tuple[Part, ...] = ()
    """What stands before the first section, its title aside."""
    unread: frozenset[int] = frozenset()
    """The lines, from 1, of what is commented out or shown as code."""


def outline_of(text: str) -> Outline:
    """The page's outline; whatever is written on it has one."""
    blocks = SyntaxTreeNode(_MARKDOWN.parse(text)).children
    before, _ = _until(list(blocks), "h2")
    titled = bool(before) and before[0].type == "heading" and before[0].tag == "h1"
    sections = tuple(
        Section(heading[0], heading[1], _parts(body), _items(rest))
        for heading, inside in _below(blocks, "h2")
        for body, rest in [_until(inside, "h3")]
    )
    unread = frozenset(_unread_lines(blocks))
    return Outline(tuple(_LINE_END.split(text)), sections, _parts(before[titled:]), unread)


def _unread_lines(blocks: Iterable[SyntaxTreeNode]) -> Iterator[int]:
    for block in blocks:
        if block.type in ("html_block", "fence", "code_block") and block.map:
            yield from range(block.map[0] + 1, block.map[1] + 1)
        yield from _unread_lines(block.children)


def _items(blocks: Sequence[SyntaxTreeNode]) -> tuple[Section, ...]:
    return tuple(Section(line, name, _parts(inside)) for (line, name), inside in _below(blocks, "h3"))


def _below(
    blocks: Sequence[SyntaxTreeNode], tag: str
) -> Iterator[tuple[tuple[int, str], list[SyntaxTreeNode]]]:
    """Each heading of one level by line and words, with what stands below it."""
    places = [place for place, one in enumerate(blocks) if one.type == "heading" and one.tag == tag]
    for place, following in pairwise([*places, len(blocks)]):
        heading = blocks[place]
        yield (_line(heading), " ".join(_content(heading).split())), list(blocks[place + 1 : following])


def _until(blocks: list[SyntaxTreeNode], tag: str) -> tuple[list[SyntaxTreeNode], list[SyntaxTreeNode]]:
    """What stands before the first heading of a level, and the rest."""
    first = next((n for n, one in enumerate(blocks) if one.type == "heading" and one.tag == tag), len(blocks))
    return blocks[:first], blocks[first:]


def _parts(blocks: Iterable[SyntaxTreeNode]) -> tuple[Part, ...]:
    """What blocks say; a list belongs to the last line of the paragraph before it."""
    found: list[Part] = []
    led = False
    for block in blocks:
        if block.type == "paragraph":
            found.extend(_lines(block))
        elif block.type not in ("bullet_list", "ordered_list"):
            found.append(_unread(block))
        elif led:
            found[-1] = replace(found[-1], parts=found[-1].parts + tuple(map(_entry, block.children)))
        else:
            found.extend(map(_entry, block.children))
        led = block.type == "paragraph" or (led and block.type in ("bullet_list", "ordered_list"))
    return tuple(found)


def _entry(item: SyntaxTreeNode) -> Part:
    """An entry of a list: its first line, and below it its other lines and the lists in it."""
    blocks = list(item.children)
    if not blocks or blocks[0].type != "paragraph":
        return Part(_line(item), "", _flat(blocks))
    first, *others = _lines(blocks[0])
    return replace(first, parts=(*others, *_flat(blocks[1:])))


def _flat(blocks: Iterable[SyntaxTreeNode]) -> tuple[Part, ...]:
    """What blocks say, each list on the level of what stands before it."""
    return tuple(part for block in blocks for part in _parts([block]))


def _lines(paragraph: SyntaxTreeNode) -> list[Part]:
    """The lines of a paragraph; one that names nothing goes on with what the line before it says."""
    found: list[Part] = []
    for place, text in enumerate(_content(paragraph).split("\n")):
        words = " ".join(text.split())
        if found and not _NAMED.match(words):
            found[-1] = replace(found[-1], text=f"{found[-1].text} {words}")
        else:
            found.append(Part(_line(paragraph) + place, words))
    return found


def _unread(block: SyntaxTreeNode) -> Part:
    return Part(_line(block), "", kind=_kind(block))


def _kind(block: SyntaxTreeNode) -> Kind:
    if block.type == "table" or block.content.startswith("<table"):
        return "table"
    if block.type in _SHOWN or (block.type == "html_block" and _REMARK.fullmatch(block.content.strip())):
        return "remark"
    return "other"


def _content(block: SyntaxTreeNode) -> str:
    return "".join(one.content for one in block.children if one.type == "inline")


def _line(block: SyntaxTreeNode) -> int:
    return block.map[0] + 1 if block.map else 1


def named(parts: Iterable[Part], name: str) -> Part | None:
    """The first part of a name, looked for at this level and then, part by part, below."""
    here = list(parts)
    for one in here:
        if one.name == name:
            return one
    return next((found for one in here if (found := named(one.parts, name)) is not None), None)


def below(part: Part) -> Iterator[Part]:
    """The part and all below it, in the order of the page."""
    yield part
    for one in part.parts:
        yield from below(one)


def entries(part: Part) -> list[Part]:
    """What is said under a name, one by one: its value, and every entry below it."""
    own = [replace(part, text=part.value, parts=())] if part.value else []
    return own + [one for inner in part.parts for one in below(inner) if one.text]
