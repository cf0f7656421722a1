"""Streams of proposals: a pure function of dataset, source and seed, long before anything is judged."""

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from random import Random

from actors.language import search
from actors.language.court import Proposal
from actors.language.meaning import RESAMPLES, meaning
from actors.language.operator import Columns
from actors.language.subject import Subject
from actors.language.templates import TEMPLATES
from actors.language.templates.template import Bindings, Template
from events.question import Source


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
    made = _templates(subject.columns, key) if source == "template" else _searched(subject, key)
    seen: set[str] = set()
    for proposal in made:
        # What templates ask of different columns differs; should it not on this table, one of them is enough.
        asked = meaning(proposal.answer, subject, resamples=0 if source == "template" else RESAMPLES)
        yield proposal, asked in seen
        seen.add(asked)


def _templates(columns: Columns, key: str) -> Iterator[Proposal]:
    """One binding of each template in turn, each template's in a drawn order, until all are used up."""
    drawn = [_bindings(template, columns, key) for template in TEMPLATES]
    for turn in zip_longest(*drawn):
        for template, bindings in zip(TEMPLATES, turn, strict=True):
            if bindings is not None:
                phrasing = Random(f"{key}/{template.name}/{sorted(bindings.items())}").randrange(2)
                answer = template.program(bindings)
                yield Proposal("template", answer, phrasing, template.name, bindings)


def _bindings(template: Template, columns: Columns, key: str) -> Sequence[Bindings]:
    found = list(template.bindings(columns))
    Random(f"{key}/{template.name}").shuffle(found)
    return found


def _searched(subject: Subject, key: str) -> Iterator[Proposal]:
    """Whatever search grows, for ever, unless the table allows next to nothing."""
    for index, answer in enumerate(search.proposals(subject, key)):
        yield Proposal("procedural", answer, Random(f"{key}/{index}/phrasing").randrange(2))
