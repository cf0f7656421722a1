"""Streams of proposals: a pure function of dataset, source and seed, long before anything is judged."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from random import Random

from actors.language import search
from actors.language.court import Proposal
from actors.language.lint import is_long
from actors.language.meaning import RESAMPLES, meaning
from actors.language.program import Undefined
from actors.language.render_english import PHRASINGS, question
from actors.language.subject import Subject
from actors.language.templates import TEMPLATES
from actors.language.templates.template import Bindings, Template
from actors.language.term import Term, parts
from events.question import Source

LOOKED_AT = 48
"""Bindings of a template of which it is known, before any is proposed, how its decisions go."""


def proposals(source: Source, subject: Subject, key: str) -> Iterator[Proposal | None]:
    """The sequence of a stream; None stands for a proposal that asks what an earlier one does.

    Args:
        source: `template` or `procedural`.
        subject: the table.
        key: what all randomness derives from; the id of the stream.
    """
    for proposal, is_repetition in proposed(source, subject, key):
        yield None if is_repetition else proposal


def proposed(source: Source, subject: Subject, key: str) -> Iterator[tuple[Proposal, bool]]:
    """The same with every proposal, and whether it asks what an earlier one does."""
    made = _templates(subject, key) if source == "template" else _searched(subject, key)
    seen: set[str] = set()
    for proposal in made:
        # What templates ask of different columns differs; should it not on this table, one of them is enough.
        asked = meaning(proposal.answer, subject, resamples=0 if source == "template" else RESAMPLES)
        yield proposal, asked in seen
        seen.add(asked)


def _templates(subject: Subject, key: str) -> Iterator[Proposal]:
    """One binding of each template in turn, each template's in a drawn order, until all are used up."""
    drawn = [_bindings(template, subject, key) for template in TEMPLATES]
    for turn in zip_longest(*drawn):
        for template, bindings in zip(TEMPLATES, turn, strict=True):
            if bindings is not None:
                phrasing = Random(f"{key}/{template.name}/{sorted(bindings.items())}").randrange(2)
                answer = template.program(bindings)
                yield Proposal("template", answer, phrasing, template.name, bindings)


def _bindings(template: Template, subject: Subject, key: str) -> Sequence[Bindings]:
    """In a drawn order, but that of the first ones each way of what the template decides comes in turn."""
    found = list(template.bindings(subject.columns))
    Random(f"{key}/{template.name}").shuffle(found)
    by_ways: defaultdict[tuple[str, ...], list[Bindings]] = defaultdict(list)
    for bindings in found[:LOOKED_AT]:
        by_ways[_ways(template.program(bindings), subject)].append(bindings)
    turns = zip_longest(*by_ways.values())
    return [one for turn in turns for one in turn if one is not None] + found[LOOKED_AT:]


def _ways(answer: Mapping[str, Term], subject: Subject) -> tuple[str, ...]:
    """Which ways a program's decisions go on a table; none where one of them has no value."""
    every = dict.fromkeys(part for node in answer.values() for part in parts(node))
    try:
        decided = [subject.arithmetic.decided(part) for part in every if part.declared.branches]
    except Undefined:
        return ()
    return tuple(way for way, _ in filter(None, decided))


def _searched(subject: Subject, key: str) -> Iterator[Proposal]:
    """Whatever search grows, for ever, unless the table allows next to nothing."""
    for index, answer in enumerate(search.proposals(subject, key)):
        drawn = list(PHRASINGS)
        Random(f"{key}/{index}/phrasing").shuffle(drawn)
        short = (one for one in drawn if not is_long(question(answer, one, subject.words)))
        yield Proposal("procedural", answer, next(short, drawn[0]))
