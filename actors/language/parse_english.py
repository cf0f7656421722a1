"""The inverse of the wording: from a text and its format note back to every program it can mean.

It reads nothing but the text, the note and the profile of the table. An axis that neither settles is
open, and every option of it is a reading: a text with k readings yields k programs.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from actors.language.format_note import note
from actors.language.kinds import ASKED, COLUMN_KINDS, DERIVED, Kind, ParameterKind
from actors.language.lexicon import Lexicon
from actors.language.matched import Found, built, is_consistent, literal, passed
from actors.language.operator import AxisDeclaration, Columns, IllTyped, Operator, grammar
from actors.language.pattern import Slot, items, same_word, tokens
from actors.language.program import TABLE, Program
from actors.language.readings import MOST_READINGS, readings
from actors.language.render_english import STYLES, WHAT_IS, Style, again, contrast, is_again
from actors.language.templates import TEMPLATES
from actors.language.templates.template import Template
from actors.language.term import Input, Term, field_of, to_record
from events.question import ProgramRecord


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
        """What is asked of all records, or of those that selections lead to; one text keeps to one style."""
        for final in self._asked(0, TABLE):
            yield {field_of(final): final}
        for style in STYLES:
            for final in self._led(style, 0, 0, TABLE):
                yield {field_of(final): final}

    def _led(self, style: Style, before: int, at: int, rows: Input) -> Iterator[Term]:
        """What is asked after so many selections, the last of them or one more before it."""
        opening, middle = style.last[before].removesuffix("{ask}").split("{clause}")
        for stop, selection in self._clause(opening, middle, at, rows):
            yield from self._asked(stop, selection)
        if before < len(style.leads):
            opening, middle = style.leads[before].split("{clause}")
            for stop, selection in self._clause(opening, middle, at, rows):
                yield from self._led(style, before + 1, stop, selection)

    def _clause(self, before: str, after: str, at: int, rows: Input) -> Iterator[tuple[int, Term]]:
        for start in self._words(before, at):
            for end, selection in self._phrase("table", start, rows, {}):
                for stop in self._words(after, end):
                    yield stop, selection

    def _asked(self, at: int, rows: Input) -> Iterator[Term]:
        """What is asked of these records, up to the end of the text."""
        for stop, final in self._ask(at, rows):
            if stop == len(self.said):
                yield final

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
            if is_consistent(found, more):
                yield from self._template(declared, tuple(rest), end, found | more)

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
        self, kind: Kind | ParameterKind, at: int, rows: Input, inherited: Found, *, is_told: bool = False
    ) -> Iterator[tuple[int, Term]]:
        """Each phrase of this kind from a place on; read once, however many readings of what is before it."""
        key = (kind, at, rows, is_told, tuple(sorted(inherited.items(), key=lambda one: one[0])))
        if key not in self._read:
            said = self.said[at] if at < len(self.said) else ""
            self._read[key] = []
            self._read[key] = [
                found
                for declared, pattern, first in _phrases(kind)
                if first is None or same_word(said, first)
                for found in self._operator(
                    declared, again(pattern) if is_told else pattern, at, (rows, inherited)
                )
            ]
        yield from self._read[key]

    def _operator(
        self, declared: type[Operator], pattern: str, at: int, context: tuple[Input, Found]
    ) -> Iterator[tuple[int, Term]]:
        rows, inherited = context
        for end, found in self._match(declared, items(pattern), at, (rows, dict(inherited))):
            node = built(declared, found, rows)
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
            if is_consistent(found, more):
                yield from self._match(declared, pattern[1:], end, (rows, found | more))

    def _one(
        self, declared: type[Operator], head: str | Slot, at: int, context: tuple[Input, Found]
    ) -> Iterator[tuple[int, Found]]:
        rows, found = context
        name = head.name if isinstance(head, Slot) else ""
        axis = next((axis for axis in declared.axes if axis.name == name), None)
        if name in declared.inputs:
            inherited = passed(declared, found)
            is_told = is_again(declared, name)
            for end, node in self._phrase(declared.inputs[name], at, rows, inherited, is_told=is_told):
                yield end, {name: node}
            if name == "second" and isinstance(first := found.get("first"), Term):
                yield from self._contrast(first, at)
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

    def _contrast(self, first: Term, at: int) -> Iterator[tuple[int, Found]]:
        """The contrary of what was just told, in short."""
        second = first.contrary()
        if second is not None and second.declared.contrast:
            for end in self._row(tokens(contrast(second, 0, self.words)), at):
                yield end, {"second": second}

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
        elif (value := literal(self.said[at], kind)) is not None:
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
