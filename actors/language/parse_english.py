"""The inverse of the wording: from a text and its format note back to every program it can mean.

It reads nothing but the text, the note and the profile of the table. An axis that neither settles is
open, and every option of it is a reading: a text with k readings yields k programs.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from actors.language.kinds import ASKED, COLUMN_KINDS, DERIVED, Kind, ParameterKind
from actors.language.lexicon import Lexicon
from actors.language.operator import AxisDeclaration, Columns, IllTyped, Operator, grammar
from actors.language.pattern import PLACES, Slot, is_day, items, same_word, tokens, unquoted
from actors.language.program import TABLE, Program
from actors.language.readings import MOST_READINGS, readings
from actors.language.render_english import OPENERS, REMAINING, WHAT_IS, note
from actors.language.templates import TEMPLATES
from actors.language.templates.template import Template
from actors.language.term import Input, Term, field_of, over_all_records, to_record
from events.question import ProgramRecord

Found = dict[str, Any]
"""Slot name to what filled it."""


def parse(text: str, note_text: str, words: Lexicon) -> list[ProgramRecord]:
    """Every program that the text can mean, in a fixed order; at most `MOST_READINGS`.

    Args:
        text: the question.
        note_text: its format note, whose conventions settle axes.
        words: what things are called in the table that it is asked of.
    """
    columns = words.columns
    reader = _Reader(tokens(text), words)
    records: dict[str, ProgramRecord] = {}
    for answer in [*reader.templates(), *reader.sentences()]:
        settled = {field: _settle(node, note_text, columns) for field, node in answer.items()}
        for record in readings(to_record(settled)):
            if _well_typed(record, columns):
                records.setdefault(repr(record), record)
    return list(records.values())[:MOST_READINGS]


def _settle(node: Term, note_text: str, columns: Columns) -> Term:
    """The term with every axis settled that a sentence of the format note settles."""
    settled = dict(node.axes)
    for axis in node.declared.axes:
        for option in axis.notes:
            sentence = note(node, axis.name, option, columns)
            if axis.name not in settled and f"Convention: {sentence}" in note_text.splitlines():
                settled[axis.name] = option
    rebuilt = node.rebuilt(
        lambda child: _settle(child, note_text, columns) if isinstance(child, Term) else child
    )
    return rebuilt.with_axes(settled)


def _well_typed(record: ProgramRecord, columns: Columns) -> bool:
    try:
        Program(record, columns)
    except IllTyped:
        return False
    return True


class _Reader:
    """Matches patterns against one row of tokens; each method yields where a match ends and what it found."""

    def __init__(self, said: tuple[str, ...], words: Lexicon) -> None:
        self.said = said
        self.words = words
        self._read: dict[tuple[Any, ...], list[tuple[int, Term]]] = {}
        self._nouns = {"record": tokens(words.record), "records": tokens(words.records)}

    def templates(self) -> Iterator[Mapping[str, Term]]:
        """The programs of every template whose sentence this is."""
        for declared in TEMPLATES:
            for sentence in declared.sentences:
                for end, found in self._template(declared, items(sentence), 0, {}):
                    if end == len(self.said):
                        names = {axis.name for axis in declared.axes}
                        axes = {name: found.pop(name) for name in names & found.keys()}
                        answer = declared.program(found)
                        yield {field: _state(node, axes) for field, node in answer.items()}

    def sentences(self) -> Iterator[Mapping[str, Term]]:
        """Selections, then the sentence that asks; one text keeps to one style of openers."""
        for openers, remaining in zip(OPENERS, REMAINING, strict=True):
            for end, rows in self._selections(openers, 0, TABLE):
                lead = remaining.removesuffix("{ask}") if isinstance(rows, Term) else ""
                for start in self._words(lead, end):
                    for stop, final in self._ask(start, rows):
                        if stop == len(self.said):
                            yield {field_of(final): final}

    def _template(
        self, declared: Template, pattern: tuple[str | Slot, ...], at: int, found: Found
    ) -> Iterator[tuple[int, Found]]:
        if not pattern:
            yield at, dict(found)
            return
        head, *rest = pattern
        name = head.name if isinstance(head, Slot) else ""
        if ways := declared.choices.get(name):
            for option, words in ways.items():
                yield from self._template(declared, (*items(words), *rest), at, found | {name: option})
            return
        axis = next((axis for axis in declared.axes if axis.name == name), None)
        for end, more in self._axis(axis, at) if axis else self._leaf(head, declared.parameters, at):
            if _consistent(found, more):
                yield from self._template(declared, tuple(rest), end, found | more)

    def _selections(self, openers: tuple[str, ...], at: int, rows: Input) -> Iterator[tuple[int, Input]]:
        yield at, rows
        if openers:
            before, after = openers[0].split("{clause}")
            for start in self._words(before, at):
                for end, selection in self._phrase("table", start, rows, {}):
                    for stop in self._words(after, end):
                        yield from self._selections(openers[1:], stop, selection)

    def _ask(self, at: int, rows: Input) -> Iterator[tuple[int, Term]]:
        before, after = WHAT_IS.split("{value}")
        for kind in ASKED:
            for start in self._words(before, at):
                for end, node in self._phrase(kind, start, rows, {}):
                    for stop in self._words(after, end):
                        yield stop, node
            for declared in grammar().values():
                if declared.result == kind:
                    for pattern in declared.asks:
                        yield from self._operator(declared, pattern, at, (rows, {}))

    def _phrase(
        self, kind: Kind | ParameterKind, at: int, rows: Input, inherited: Found
    ) -> Iterator[tuple[int, Term]]:
        """Each phrase of this kind from a place on; read once, however many readings of what is before it."""
        key = (kind, at, rows, tuple(sorted(inherited.items(), key=lambda one: one[0])))
        if key not in self._read:
            said = self.said[at] if at < len(self.said) else ""
            self._read[key] = []
            self._read[key] = [
                found
                for declared, pattern, first in _phrases(kind)
                if first is None or same_word(said, first)
                for found in self._operator(declared, pattern, at, (rows, inherited))
            ]
        yield from self._read[key]

    def _operator(
        self, declared: type[Operator], pattern: str, at: int, context: tuple[Input, Found]
    ) -> Iterator[tuple[int, Term]]:
        rows, inherited = context
        for end, found in self._match(declared, items(pattern), at, (rows, dict(inherited))):
            node = _build(declared, found, rows)
            if node is not None:
                yield end, node

    def _match(
        self, declared: type[Operator], pattern: tuple[str | Slot, ...], at: int, context: tuple[Input, Found]
    ) -> Iterator[tuple[int, Found]]:
        rows, found = context
        if not pattern:
            yield at, found
            return
        for end, more in self._one(declared, pattern[0], at, context):
            if _consistent(found, more):
                yield from self._match(declared, pattern[1:], end, (rows, found | more))

    def _one(
        self, declared: type[Operator], head: str | Slot, at: int, context: tuple[Input, Found]
    ) -> Iterator[tuple[int, Found]]:
        rows, found = context
        name = head.name if isinstance(head, Slot) else ""
        axis = next((axis for axis in declared.axes if axis.name == name), None)
        if name in declared.inputs:
            passed = _passed(declared, found)
            for end, node in self._phrase(declared.inputs[name], at, rows, passed):
                yield end, {name: node}
        elif axis is not None:
            yield from self._axis(axis, at)
        else:
            lifted: dict[str, ParameterKind] = {name: "category"} if name in declared.lifted else {}
            kinds = {**declared.parameters, **lifted}
            yield from self._leaf(head, kinds, at)
            if isinstance(head, Slot) and kinds.get(name) in DERIVED:
                for start in self._words("the", at) if head.has_article else (at,):
                    for end, node in self._phrase(kinds[name], start, rows, {}):
                        yield end, {name: node}

    def _axis(self, axis: AxisDeclaration, at: int) -> Iterator[tuple[int, Found]]:
        for option, words in axis.words.items():
            for end in self._words(words, at):
                yield end, {axis.name: option}
        for end in self._words(axis.unsaid, at):
            yield end, {}

    def _leaf(
        self, head: str | Slot, kinds: Mapping[str, ParameterKind], at: int
    ) -> Iterator[tuple[int, Found]]:
        if at >= len(self.said):
            return
        if not isinstance(head, Slot):
            if same_word(self.said[at], head):
                yield at + 1, {}
            return
        kind = kinds.get(head.name)
        if head.name in self._nouns:
            for end in self._row(self._nouns[head.name], at):
                yield end, {}
        elif kind in COLUMN_KINDS:
            for end, header in self.words.headers_at(self.said, at):
                yield end, {head.name: header}
        elif (value := _value(self.said[at], kind)) is not None:
            yield at + 1, {head.name: value}

    def _words(self, pattern: str, at: int) -> Iterator[int]:
        row: list[str] = []
        for item in items(pattern):
            row += self._nouns[item.name] if isinstance(item, Slot) else [item]
        yield from self._row(row, at)

    def _row(self, row: Sequence[str], at: int) -> Iterator[int]:
        if len(self.said) >= at + len(row) and all(map(same_word, self.said[at:], row)):
            yield at + len(row)


@lru_cache(maxsize=64)
def _phrases(kind: Kind | ParameterKind) -> list[tuple[type[Operator], str, str | None]]:
    """Every phrase of the operators that give a kind, with its first word; None for a slot."""
    found: list[tuple[type[Operator], str, str | None]] = []
    for declared in grammar().values():
        for pattern in declared.phrases if declared.result == kind else ():
            first = items(pattern)[0]
            found.append((declared, pattern, first if isinstance(first, str) else None))
    return found


def _state(node: Term, axes: Mapping[str, str]) -> Term:
    """The term with the axes that a template's words state, wherever they occur in it."""
    own = {axis.name: axes[axis.name] for axis in node.declared.axes if axis.name in axes}
    rebuilt = node.rebuilt(lambda child: _state(child, axes) if isinstance(child, Term) else child)
    return rebuilt.with_axes(dict(node.axes) | own)


def _consistent(found: Found, more: Found) -> bool:
    return all(found.get(key, value) == value for key, value in more.items())


def _passed(declared: type[Operator], found: Found) -> Found:
    """What an input is about as its operator's words say, or as the inputs before it do."""
    passed: Found = {}
    for key in declared.lifted:
        if key in found:
            passed[key] = found[key]
        for name in declared.inputs:
            if key not in passed and isinstance(found.get(name), Term):
                passed[key] = found[name].parameter(key)
    return passed


def _value(token: str, kind: ParameterKind | None) -> Any:
    if kind == "share":
        return float(token[:-1]) / 100 if token.endswith("%") and len(token) > 1 else None
    if kind == "place":
        return PLACES.index(token) if token in PLACES[2:] else None
    if kind == "day":
        return token if is_day(token) else None
    try:
        value = unquoted(token)
    except ValueError:
        return None
    if kind in ("number", "whole"):
        return value if isinstance(value, int if kind == "whole" else int | float) else None
    return value if kind == "level" or isinstance(value, str) else None


def _build(declared: type[Operator], found: Found, rows: Input) -> Term | None:
    """The term of a match; None when a parameter that no words gave cannot be taken from an input."""
    inputs = tuple(_input(declared, name, kind, found, rows) for name, kind in declared.inputs.items())
    settled = {axis.name: found[axis.name] for axis in declared.axes if axis.name in found}
    given: Found = {}
    for name in declared.parameters:
        try:
            given[name] = found[name] if name in found else Term(declared.name, inputs).parameter(name)
        except IllTyped:
            return None
    return Term(declared.name, inputs, tuple(sorted(given.items()))).with_axes(settled)


def _input(declared: type[Operator], name: str, kind: Kind, found: Found, rows: Input) -> Input:
    """An input as the words gave it; a table is the records at hand; `before` is `after` over all records."""
    if kind == "table":
        return rows
    if name in found:
        node: Input = found[name]
        return node
    return over_all_records(found["after"]) if declared.name == "change" else rows
