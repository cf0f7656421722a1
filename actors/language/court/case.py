"""What stands before the court, and what is known of it so far."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from actors.language.program import Program
from actors.language.settle import Settled
from actors.language.subject import Subject
from actors.language.templates.template import Bindings
from actors.language.term import Terms, to_record
from events.answers import AnswerContract
from events.question import Source


@dataclass(frozen=True)
class Proposal:
    """A program that may become a question."""

    source: Source
    answer: Terms
    phrasing: int
    template: str | None = None
    bindings: Bindings = field(default_factory=dict)


@dataclass(frozen=True)
class Case:
    """A proposal about one table, whose program is well typed there and has an answer."""

    proposal: Proposal
    subject: Subject
    program: Program
    terms: Terms
    """The program; from the readings on with every axis settled that matters."""
    answer: Mapping[str, Any]
    """What it gives by the second implementation, unrounded."""
    contract: AnswerContract
    """How that is asked for."""
    settled: Settled | None = None
    """The evidence of the readings, once they were run."""

    def with_readings(self, settled: Settled) -> "Case":
        """The case with its readings settled."""
        program = self.subject.program(to_record(settled.terms))
        return replace(
            self,
            program=program,
            terms=settled.terms,
            answer=settled.answer,
            contract=settled.contract,
            settled=settled,
        )
