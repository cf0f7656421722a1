"""Other words for a question: what can be told of them before they are tried, and the question they make."""

import re
from collections.abc import Collection, Iterator

from msgspec.structs import replace

from actors.language.lexicon import Lexicon
from actors.language.lint import MOST_WORDS, faults, is_long
from actors.language.pattern import tokens
from actors.language.program import declaration
from actors.language.soundness import Refusal
from events.answers import rounded
from events.question import Question, Rewording, question_id

FEWEST_WORDS = 5
"""A shorter text asks nothing that has one answer."""
TOLD_BY_HINT = 6
"""So many words in a row of the hint, which the question has not, give it away."""
CHECK = "blind attempts on the words of a model give the same answer"
"""What a certificate says beside what it says of the question in its own words."""
_WORD = re.compile(r"\w+")
_NUMBER = re.compile(r"-?\d")


def in_other_words(question: Question, words: Rewording) -> Question:
    """The question with other words: one of its own, whose answer and contract are those of its origin."""
    program = question.recipe.program
    return replace(
        question,
        id=question_id(question.source, question.dataset, program, words.text, question.contract),
        question_text=words.text,
        recipe=replace(question.recipe, reworded=words),
        certificate=replace(question.certificate, checks=(*question.certificate.checks, CHECK)),
    )


def plain_words(text: str) -> str:
    """A text's words alone: two texts with the same ask in the same words."""
    return " ".join(_WORD.findall(text.casefold()))


def objection(text: str, question: Question, names: Lexicon, known: Collection[str]) -> Refusal | None:
    """Why other words cannot be taken whatever they mean; None where they can be tried.

    Args:
        text: the words.
        question: in its own words.
        names: what the columns are called in texts.
        known: the plain words of every question of its table.
    """
    return next(_objections(text, question, names, known), None)


def _objections(text: str, question: Question, names: Lexicon, known: Collection[str]) -> Iterator[Refusal]:
    own = question.question_text
    if plain_words(text) == plain_words(own):
        yield Refusal("unchanged", "these are the question's own words")
    if plain_words(text) in known:
        yield Refusal("duplicate", "another question has these words")
    if len(text.split()) < FEWEST_WORDS or not text.isprintable():
        yield Refusal("malformed", f"the words are fewer than {FEWEST_WORDS}, or more than one line")
    if is_long(text):
        yield Refusal("too_long", f"the words are {len(text.split())}, and may be {MOST_WORDS}")
    if (lost := _differing(_named(own, names), _named(text, names))) is not None:
        yield Refusal("names_differ", lost)
    if (lost := _differing(_numbers(own), _numbers(text))) is not None:
        yield Refusal("numbers_differ", lost)
    if (said := _given_away(text, question)) is not None:
        yield Refusal("gives_away", said)
    if found := faults(text, is_of_quality=_is_of_quality(question)):
        yield Refusal("unpolished", "the text " + ", ".join(found))


def _differing(wanted: set[str], found: set[str]) -> str | None:
    if wanted == found:
        return None
    lost, new = sorted(wanted - found), sorted(found - wanted)
    told = (
        f"{', '.join(lost)} must stand in it" if lost else "",
        f"{', '.join(new)} must not" if new else "",
    )
    return " and ".join(filter(None, told))


def _named(text: str, names: Lexicon) -> set[str]:
    """The columns and values that a text names: what it quotes, and readable names of columns."""
    quoted = {token for token in tokens(text) if token.startswith('"')}
    bare = re.sub(r'"(?:[^"\\]|\\.)*"', '""', text)
    said = {names.name(column.name) for column in names.columns}
    return quoted | {name for name in said if not name.startswith('"') and _stands_in(name, bare)}


def _numbers(text: str) -> set[str]:
    """The numbers, shares and days of a text."""
    return {token for token in tokens(text) if _NUMBER.match(token)}


def _given_away(text: str, question: Question) -> str | None:
    """What of answer or hint stands in a text and not in the question's own; None where nothing does.

    Neither is spelled out: whoever rewords is told this, and is to know neither.
    """
    own = question.question_text
    for answer in question.answers:
        for label in _labels(rounded(question.contract, answer)):
            if _stands_in(label, text) and not _stands_in(label, own):
                return "a text of the answer stands in it"
    hint, asked, given = (plain_words(one) for one in (question.hint, own, text))
    row = hint.split()
    for at in range(len(row) - TOLD_BY_HINT + 1):
        stretch = " ".join(row[at : at + TOLD_BY_HINT])
        if f" {stretch} " in f" {given} " and f" {stretch} " not in f" {asked} ":
            return "it tells how the answer is computed"
    return None


def _labels(value: object) -> Iterator[str]:
    """Every text in an answer."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _labels(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _labels(one)


def _stands_in(name: str, text: str) -> bool:
    """Whether a name stands in a text, not as a part of a longer word."""
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE) is not None


def _is_of_quality(question: Question) -> bool:
    return any(declaration(step).family == "quality" for step in question.recipe.program.steps)
