"""Ambiguous questions that are made: what an accepted question settles is left open, one thing at a time.

Whether that leaves an ambiguous question is told by the first implementation, in every reading; whether the
court would have seen it, by what the court goes by, which runs the second.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, cast

from actors.generation.streams import proposals
from actors.language.contract import NotAskable, reaches
from actors.language.court import judge
from actors.language.evaluation import Undefined
from actors.language.holes import Choice, filled
from actors.language.kinds import COLUMN_KINDS
from actors.language.loose import LOOSE, loose
from actors.language.paths import MOST_PATHS, is_nothing, paths
from actors.language.program import plain
from actors.language.readings import axis_key, read
from actors.language.settle import Ambiguous, settle
from actors.language.subject import Subject
from actors.language.term import Bound, Term, Terms, parts, to_terms
from events.answers import AnswerContract
from events.question import Question, Source

SOURCES: tuple[Source, ...] = ("template", "procedural")
PROPOSALS = 20
"""Proposals that are judged at most for each question wanted."""


@dataclass(frozen=True)
class Made:
    """One thing left open again."""

    kind: str
    """axis, method or constant."""
    name: str
    """Which one."""
    ambiguous: bool
    """Whether the first implementation gives different answers: what is to be caught."""
    caught: bool
    """Whether the court, by the second, finds that the readings differ, or no answer."""


def accepted(subject: Subject, most: int, seed: int) -> Iterator[Question]:
    """The first questions that the court accepts of a seeded stream of each source, at most so many."""
    for source in SOURCES:
        found = 0
        for proposal in islice(proposals(source, subject, f"ambiguity/{seed}"), PROPOSALS * most):
            verdict = judge(proposal, subject) if proposal else None
            if isinstance(verdict, Question):
                found += 1
                yield verdict
            if found == most:
                break


def is_refused(question: Question, subject: Subject) -> bool:
    """Whether a question that leaves nothing open is found ambiguous all the same."""
    return _is_caught(to_terms(question.recipe.program), subject)


def made(question: Question, subject: Subject) -> Iterator[Made]:
    """What comes of everything in a question that can be left open again."""
    terms, contract = to_terms(question.recipe.program), question.contract
    every = list({part: None for node in terms.values() for part in parts(node)})
    for name, left in _axes(terms, every):
        answers = [_answer(reading, subject) for reading in read(left)]
        yield Made("axis", name, _differ(answers, contract), _is_caught(left, subject))
    for kind, name, left in (*_methods(terms, every), *_constants(terms, every)):
        tried = [_answer(one, subject) for _, one in islice(filled(left, subject), MOST_PATHS)]
        there = [answer for answer in tried if answer is not None]
        yield Made(kind, name, _differ(there, contract), paths(left, subject).resolution == "open")


def _is_caught(terms: Terms, subject: Subject) -> bool:
    """Whether the court would not let a question pass as it stands."""
    try:
        return settle(terms, subject, lambda _, options: options[0]).clusters > 1
    except (Ambiguous, Undefined, NotAskable):
        return True


def _axes(terms: Terms, every: Sequence[Term]) -> Iterator[tuple[str, Terms]]:
    """The question with each axis that it settles left open again, wherever the same words settle it."""
    keys = {axis_key(part, part.declared.axis(name)) for part in every for name, _ in part.axes}
    for key in sorted(keys):
        yield key[0], {field: _without(node, key) for field, node in terms.items()}


def _without(node: Term, key: tuple[str, str]) -> Term:
    kept = {name: option for name, option in node.axes if axis_key(node, node.declared.axis(name)) != key}
    rebuilt = node.rebuilt(lambda child: _without(child, key) if isinstance(child, Term) else child)
    return rebuilt.with_axes(kept)


def _methods(terms: Terms, every: Sequence[Term]) -> Iterator[tuple[str, str, Terms]]:
    """The question with each operator that a loose word may mean said by that word."""
    for part in every:
        for word, meant in LOOSE.items():
            if part.operator in meant:
                vague = replace(part, operator=loose(word))
                yield "method", word, _exchanged(terms, part, vague)


def _constants(terms: Terms, every: Sequence[Term]) -> Iterator[tuple[str, str, Terms]]:
    """The question with each number that it names left out."""
    for part in every:
        for name, kind in part.declared.parameters.items():
            if kind not in COLUMN_KINDS and kind != "level" and name in part.declared.constants:
                own = dict(part.parameters) | {name: cast("Bound", Choice())}
                vague = replace(part, parameters=tuple(sorted(own.items(), key=lambda one: one[0])))
                yield "constant", f"{part.operator}: {name}", _exchanged(terms, part, vague)


def _exchanged(terms: Terms, part: Term, other: Term) -> Terms:
    def exchanged(node: Term) -> Term:
        if node == part:
            return other
        return node.rebuilt(lambda child: exchanged(child) if isinstance(child, Term) else child)

    return {field: exchanged(node) for field, node in terms.items()}


def _answer(terms: Terms, subject: Subject) -> dict[str, Any] | None:
    """The answer by the first implementation; None where it has none."""
    try:
        answer = {field: plain(subject.idioms.value(node)) for field, node in terms.items()}
    except Undefined:
        return None
    return None if any(is_nothing(value) for value in answer.values()) else answer


def _differ(answers: Sequence[dict[str, Any] | None], contract: AnswerContract) -> bool:
    """Whether not all answers are the first; one that is none is another."""
    if not answers:
        return False
    first = answers[0]
    if first is None:
        return any(other is not None for other in answers)
    return not all(other is not None and reaches(contract, other, first) for other in answers)
