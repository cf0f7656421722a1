"""What a question's recipe makes of it today, held against what is kept of it.

Traces tell what a text and its note mean, and the second implementation what the program gives. Neither looks
at a contract that lets more pass than the note says, nor at a hint that belongs to another question.
"""

from collections.abc import Iterator, Mapping

from msgspec import UNSET

from actors.language.contract import NotAskable, contract_for
from actors.language.court import wording
from actors.language.format_note import format_note
from actors.language.kinds import Kind
from actors.language.program import operators_of
from actors.language.render_english import hint
from actors.language.subject import Subject
from actors.language.term import to_terms
from events.answers import Answer, AnswerContract
from events.question import Question, question_id


def unlike(question: Question, subject: Subject, answer: Answer) -> str:
    """The first part of a question that its recipe makes otherwise; empty where there is none.

    Args:
        question: as it is judged.
        subject: its table.
        answer: what its program gives.
    """
    if operators_of(question.recipe.program) != question.recipe.operators:
        return ""  # made when the operators were others: what they were called then is not known any more
    return next(_unlike(question, subject, answer), "")


def _unlike(question: Question, subject: Subject, answer: Answer) -> Iterator[str]:
    recipe, words = question.recipe, subject.words
    terms = to_terms(recipe.program)
    if _contract(question, answer) != question.contract:
        yield "contract"
    if format_note(terms, question.contract, words) != question.format:
        yield "format note"
    if hint(terms, words) != question.hint:
        yield "hint"
    text, words_of = _text(question, subject), recipe.reworded
    if words_of is UNSET:
        if text != question.question_text:
            yield "text"
    elif words_of.text != question.question_text:
        yield "text"
    elif words_of.origin != _id_with(question, text):
        yield "origin"


def _contract(question: Question, answer: Answer) -> AnswerContract | None:
    kinds: Mapping[str, Kind] = {name: node.kind for name, node in to_terms(question.recipe.program).items()}
    try:
        return contract_for(kinds, answer)
    except NotAskable:
        return None


def _id_with(question: Question, text: str | None) -> str | None:
    """The id of the question with this text; what a model reworded is told by it."""
    if text is None:
        return None
    program = question.recipe.program
    return question_id(question.source, question.dataset, program, text, question.contract)


def _text(question: Question, subject: Subject) -> str | None:
    recipe = question.recipe
    try:
        return wording(recipe.program, recipe.template, recipe.bindings, recipe.phrasing, subject.words)
    except KeyError:  # no such template, or one with other slots
        return None
