"""Prints what is made of two tables, so that processes can be held against each other."""

from itertools import islice
from typing import Any

from actors.generation.streams import proposals
from actors.generation.trial import solution
from actors.language.court import judge
from actors.language.subject import Subject
from events.identity import digest_of
from events.question import SOURCES, Question, Source
from tests.language.odd_court import subject_of, taken
from tests.language.odd_tables import TABLES

NAMES = ("nothing odd", "signs in names and labels")
MOST: dict[Source, int] = {"template": 40, "procedural": 20}


def told(subject: Subject, source: Source) -> list[Any]:
    """Each proposal of a stream, and what the court makes of it."""
    found: list[Any] = []
    for proposal in islice(proposals(source, subject, "seeds"), MOST[source]):
        verdict = judge(proposal, subject) if proposal else None
        found.append((proposal, verdict))
        if isinstance(verdict, Question):
            found.append(solution(verdict, subject.columns))
    return found


def main() -> None:
    """A line for each thing: the profile with its reasons, then each stream."""
    for name in NAMES:
        print(name, "profile", digest_of(repr(taken(TABLES[name])).encode()))  # noqa: T201  for its parent
        subject = subject_of(TABLES[name])
        for source in (one for one in SOURCES if one in MOST):
            made = told(subject, source)
            asked = sum(isinstance(one, str) for one in made)
            print(name, source, asked, digest_of(repr(made).encode()))  # noqa: T201


if __name__ == "__main__":
    main()
