"""The format note: what the answer must look like, what names mean, and the conventions that hold."""

from collections.abc import Collection, Iterable, Iterator, Mapping

from actors.language.contract import format_of
from actors.language.kinds import COLUMN_KINDS, DERIVED
from actors.language.lexicon import Lexicon
from actors.language.operator import Columns
from actors.language.pattern import fill, listing
from actors.language.term import Term, parts
from events.answers import AnswerContract

REFERENCE = (
    "A mean, median, quantile, deviation, rank, band, total or leading group is that of the records left by"
    " the selections before it."
)
"""The convention of every text in which what refers to a statistic of the records follows a selection."""


def format_note(answer: Mapping[str, Term], contract: AnswerContract, words: Lexicon) -> str:
    """What the answer must look like, what names mean, and the conventions that settle what is left open."""
    conventions = [*conventions_of(answer.values(), words.columns), *_plain_values(answer.values(), words)]
    return "\n".join(
        [
            format_of(contract),
            *(f"Name: {sentence}" for sentence in words.legend(columns_of(answer.values()))),
            *(f"Convention: {sentence}" for sentence in conventions),
        ]
    )


def columns_of(nodes: Iterable[Term]) -> set[str]:
    """The columns of the dataset that some terms take."""
    return {
        str(value)
        for node in nodes
        for part in parts(node)
        for name, value in part.parameters
        if part.declared.parameters[name] in COLUMN_KINDS and not isinstance(value, Term)
    }


def conventions_of(nodes: Collection[Term], columns: Columns) -> list[str]:
    """The sentences that settle axes in the format note, each once."""
    refers = any(
        (part.declared.refers or part.kind in DERIVED) and isinstance(part.rows(), Term)
        for node in nodes
        for part in parts(node)
    )
    found = (
        note(part, axis, option, columns)
        for node in nodes
        for part in parts(node)
        for axis, option in part.axes
    )
    explained = (part.declared.explained for node in nodes for part in parts(node))
    said = [sentence for sentence in dict.fromkeys((*explained, *found)) if sentence]
    return [REFERENCE, *said] if refers else said


def _plain_values(nodes: Iterable[Term], words: Lexicon) -> Iterator[str]:
    """That what looks like no value is one, for each column of a question that holds such."""
    asked = columns_of(nodes)
    for column in words.columns:
        if column.name in asked and column.doubtful:
            held = listing(tuple(one.value for one in column.doubtful))
            yield f"In {words.name(column.name)}, {held} stands for itself, a value like any other."


def note(node: Term, axis: str, option: str, columns: Columns) -> str:
    """The format note's sentence for an option; empty when the text itself states it."""
    declared = node.declared.axis(axis)
    sentence = declared.notes.get(option, "")
    literal = declared.literal(option, columns)
    names = tuple(str(name) for name in literal) if isinstance(literal, tuple) else ()
    return fill(sentence, {"value": listing(names) if names else "none here"}) if sentence else ""
