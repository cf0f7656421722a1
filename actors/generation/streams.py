"""Streams of proposals: a pure function of dataset, source and seed, long before anything is judged."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from random import Random

from actors.generation.balance import comes_first
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


@dataclass(frozen=True)
class Outcome:
    """How the decisions of a program go on a table."""

    ways: tuple[str, ...]
    """The way of each that goes one of several."""
    flags: tuple[tuple[str, bool], ...]
    """The fields that are answered by yes or no, with the answer."""


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
    """In a drawn order, but that of the first ones each way of what the template decides comes in turn.

    The way that is gone most rarely comes first, and of yes and no the one that this stream may give first;
    where what it decides has no value, nothing can be asked, and so they come last.
    """
    found = list(template.bindings(subject.columns))
    Random(f"{key}/{template.name}").shuffle(found)
    undefined: list[Bindings] = []
    looked: defaultdict[Outcome, list[Bindings]] = defaultdict(list)
    for bindings in found[:LOOKED_AT]:
        outcome = _outcome(template.program(bindings), subject)
        (undefined if outcome is None else looked[outcome]).append(bindings)
    may_lead: list[list[Bindings]] = []
    others: list[list[Bindings]] = []
    for known, such in sorted(looked.items(), key=lambda one: len(one[1])):
        leads = all(given == comes_first(key, (template.name, name)) for name, given in known.flags)
        (may_lead if leads else others).append(such)
    return [*_in_turn([_in_turn(may_lead), _in_turn(others)]), *found[LOOKED_AT:], *undefined]


def _in_turn(queues: Sequence[Sequence[Bindings]]) -> list[Bindings]:
    """One of each, then the second of each, and so on."""
    return [one for turn in zip_longest(*queues) for one in turn if one is not None]


def _outcome(answer: Mapping[str, Term], subject: Subject) -> Outcome | None:
    """How a program's decisions go on a table; None where one of them has no value."""
    every = dict.fromkeys(part for node in answer.values() for part in parts(node))
    deciding = [part for part in every if part.declared.branches]
    asked = {name: node for name, node in answer.items() if node.kind == "flag"}
    table = subject.arithmetic
    try:
        found = {node: table.value(node) for node in (*deciding, *asked.values())}
        ways = tuple(way for way, _ in filter(None, map(table.decided, deciding)))
    except Undefined:
        return None
    return Outcome(ways, tuple((name, bool(found[node])) for name, node in asked.items()))


def _searched(subject: Subject, key: str) -> Iterator[Proposal]:
    """Whatever search grows, for ever, unless the table allows next to nothing."""
    for index, answer in enumerate(search.proposals(subject, key)):
        drawn = list(PHRASINGS)
        Random(f"{key}/{index}/phrasing").shuffle(drawn)
        short = (one for one in drawn if not is_long(question(answer, one, subject.words)))
        yield Proposal("procedural", answer, next(short, drawn[0]))
