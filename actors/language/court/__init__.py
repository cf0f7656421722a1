"""The court: whether a proposal becomes a question.

Stages run cheapest first; the first that finds something refuses, with a word that is counted and what was
seen. What the last of them, the rendered code behind the wall, says is asked for elsewhere: it needs a
session.
"""

from collections.abc import Callable

from actors.language.contract import NotAskable, contract_for
from actors.language.court.case import Case, Proposal
from actors.language.court.certificate import certificate, difficulty
from actors.language.court.disturbed import is_disturbed
from actors.language.court.engines import engines_differ
from actors.language.court.formed import repeats_itself, turns_on_placeholder
from actors.language.court.guess import is_guessable
from actors.language.court.live import has_dead_step
from actors.language.court.named import names_several
from actors.language.court.read import settled
from actors.language.court.sound import has_rival, stands_on_little
from actors.language.court.worded import is_too_long, worded, wording
from actors.language.operator import IllTyped
from actors.language.program import Undefined, operators_of
from actors.language.render_english import hint
from actors.language.settle import Ambiguous, solved
from actors.language.soundness import Refusal
from actors.language.subject import Subject
from actors.language.term import to_record
from events.question import Parameter, Question, Recipe, question_id

__all__ = ["STAGES", "Case", "Proposal", "judge", "wording"]

Stage = Callable[[Case], Refusal | None]
BEFORE_READING: tuple[Stage, ...] = (
    repeats_itself,
    turns_on_placeholder,
    stands_on_little,
    has_rival,
    is_guessable,
    is_too_long,
    has_dead_step,
)
AFTER_READING: tuple[Stage, ...] = (
    stands_on_little,
    has_dead_step,
    names_several,
    is_disturbed,
    engines_differ,
)
STAGES = tuple(stage.__name__ for stage in (*BEFORE_READING, settled, *AFTER_READING, worded))


def judge(proposal: Proposal, subject: Subject) -> Question | Refusal:
    """The question that a proposal makes on this table, or the first check that it fails."""
    try:
        return _judge(proposal, subject)
    except IllTyped as error:
        return Refusal("ill_typed", str(error))
    except Undefined as error:
        return Refusal("undefined", str(error))
    except NotAskable as error:
        return Refusal("degenerate", str(error))
    except Ambiguous as error:
        return Refusal("ambiguous", str(error))


def _judge(proposal: Proposal, subject: Subject) -> Question | Refusal:
    case = _opened(proposal, subject)
    if refusal := _first(BEFORE_READING, case):
        return refusal
    read = settled(case)
    # What was seen of the program holds for the reading that was settled on only where it is the same one.
    stages = AFTER_READING if read.terms != case.terms else AFTER_READING[2:]
    return _first(stages, read) or _written(read)


def _opened(proposal: Proposal, subject: Subject) -> Case:
    program = subject.program(to_record(proposal.answer))
    answer = solved(proposal.answer, subject)
    contract = contract_for({field: node.kind for field, node in proposal.answer.items()}, answer)
    return Case(proposal, subject, program, proposal.answer, answer, contract)


def _first(stages: tuple[Stage, ...], case: Case) -> Refusal | None:
    return next((refusal for stage in stages if (refusal := stage(case))), None)


def _written(case: Case) -> Question | Refusal:
    proposal, subject, program = case.proposal, case.subject, case.program
    told = worded(case)
    if isinstance(told, Refusal):
        return told
    assert case.settled is not None
    (text, note), record = told, program.record
    bindings: dict[str, Parameter] = dict(proposal.bindings)
    gold = program.answer(program.run(subject.idioms))
    return Question(
        id=question_id(proposal.source, subject.dataset, record, text, case.contract),
        source=proposal.source,
        dataset=subject.dataset,
        question_text=text,
        format=note,
        hint=hint(case.terms, subject.words),
        contract=case.contract,
        answers=(gold,),
        difficulty=difficulty(case, case.settled),
        recipe=Recipe(
            dataset=subject.dataset,
            reader=subject.reader,
            program=record,
            operators=operators_of(record),
            template=proposal.template,
            bindings=bindings,
            phrasing=proposal.phrasing,
        ),
        certificate=certificate(case, case.settled),
    )
