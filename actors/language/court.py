"""The court: whether a proposal becomes a question. Checks run cheapest first; each refusal has a word."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random

import numpy as np

from actors.language.contract import NotAskable, reaches
from actors.language.kinds import COLUMN_KINDS
from actors.language.lexicon import Lexicon
from actors.language.liveness import dead_step
from actors.language.operator import IllTyped
from actors.language.parse_english import parse
from actors.language.program import Program, Undefined, declaration, operators_of
from actors.language.readings import MOST_READINGS, readings
from actors.language.render_english import format_note, hint, question, template_question
from actors.language.settle import Ambiguous, Settled, settle
from actors.language.soundness import Refusal, unsound
from actors.language.subject import Subject
from actors.language.templates.template import Bindings
from actors.language.term import Term, over_all_records, to_record, to_terms
from events.question import (
    Certificate,
    Difficulty,
    Parameter,
    ProgramRecord,
    Question,
    Recipe,
    Source,
    question_id,
)

NARROW_CORRELATION = 1e-4
COPIES = 0.9999
"""Columns that correlate more strongly are copies of each other."""
MOST_WORDS = 90


@dataclass(frozen=True)
class Proposal:
    """A program that may become a question."""

    source: Source
    answer: Mapping[str, Term]
    phrasing: int
    template: str | None = None
    bindings: Bindings = field(default_factory=dict)


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


def wording(
    record: ProgramRecord, template: str | None, bindings: Bindings, phrasing: int, words: Lexicon
) -> str:
    """The text of a program, rebuilt from what its recipe keeps."""
    terms = to_terms(record)
    if template is None:
        return question(terms, phrasing, words)
    said = {name: option for step in record.steps for name, option in step.axes.items()}
    return template_question(template, bindings, said, phrasing, words)


def _judge(proposal: Proposal, subject: Subject) -> Question | Refusal:
    rng = Random(repr(to_record(proposal.answer)))
    settled = settle(to_record(proposal.answer), subject, lambda axis, options: _prefer(rng, axis, options))
    program = subject.program(settled.record)
    refusals = (
        check(program, settled, subject)
        for check in (_repetition, _placeholder, _soundness, _rival, _second_engine, _liveness, _row_order)
    )
    refusal = next((refusal for refusal in refusals if refusal), None)
    return refusal or _write(proposal, program, settled, subject)


def _prefer(rng: Random, axis: str, options: tuple[str, ...]) -> str:
    """The option to state: mostly the usual one; where words state it, now and then another."""
    return rng.choice(options) if axis in ("ddof", "variances") and rng.random() < 0.5 else options[0]


def _repetition(program: Program, _: Settled, __: Subject) -> Refusal | None:
    """The same selection twice reads as a slip of the pen."""
    selections = [
        over_all_records(node)
        for node in program.terms.values()
        if node.kind == "table" and len(node.inputs) == 1
    ]
    again = next((one for one in selections if selections.count(one) > 1), None)
    return Refusal("repeated", f"{again.operator} is applied twice in the same way") if again else None


def _placeholder(program: Program, _: Settled, subject: Subject) -> Refusal | None:
    """Whether a value is known must be beyond doubt where the question turns on it."""
    for step in program.steps:
        declared, doubtful = declaration(step), subject.placeholders
        if not declared.turns_on_missing:
            continue
        if COLUMN_KINDS & set(declared.parameters.values()):
            doubtful = doubtful & set(step.parameters.values())
        if doubtful:
            return Refusal("placeholder", f"{min(map(str, doubtful))} holds values that may mean 'no value'")
    return None


def _rival(program: Program, _: Settled, subject: Subject) -> Refusal | None:
    """The strongest of several pairs must lead by more than rounding noise, and be no copy."""
    if all(step.operator != "strongest_pair" for step in program.steps):
        return None
    values = program.run(subject.arithmetic)
    columns = next(values[step.inputs[1]] for step in program.steps if step.operator == "strongest_pair")
    strength = subject.frame[columns].corr().abs().to_numpy(copy=True)
    ranked = np.sort(strength[np.triu_indices(len(columns), k=1)])
    ranked = ranked[~np.isnan(ranked)]
    if ranked[-1] > COPIES:
        return Refusal("degenerate", "two of the columns are copies of each other")
    if ranked.size > 1 and ranked[-1] - ranked[-2] < NARROW_CORRELATION:
        return Refusal("narrow_margin", "two pairs of columns correlate equally strongly")
    return None


def _soundness(program: Program, settled: Settled, subject: Subject) -> Refusal | None:
    found = (unsound(program.terms[step.name], subject) for step in program.steps)
    if refusal := next((one for one in found if one), None):
        return refusal
    if any(type(value) is int and value == 0 for value in settled.answer.values()):
        return Refusal("degenerate", "the answer is a count of nothing")
    return None


def _second_engine(program: Program, settled: Settled, subject: Subject) -> Refusal | None:
    first = program.answer(program.run(subject.idioms))
    if reaches(settled.contract, dict(settled.answer), first):
        return None
    return Refusal("engines_differ", f"{first} by the first implementation, {settled.answer} by the second")


def _liveness(_: Program, settled: Settled, subject: Subject) -> Refusal | None:
    dead = dead_step(settled.record, dict(settled.answer), settled.contract, subject)
    return Refusal("dead_step", f"{dead} changes nothing") if dead else None


def _row_order(program: Program, settled: Settled, subject: Subject) -> Refusal | None:
    other = program.answer(program.run(subject.shuffled.idioms))
    if reaches(settled.contract, other, dict(settled.answer)):
        return None
    return Refusal("row_order", f"{other} after the rows were shuffled, {settled.answer} before")


def _write(proposal: Proposal, program: Program, settled: Settled, subject: Subject) -> Question | Refusal:
    record, terms = settled.record, to_terms(settled.record)
    bindings: dict[str, Parameter] = dict(proposal.bindings)
    text = wording(record, proposal.template, bindings, proposal.phrasing, subject.words)
    note = format_note(terms, settled.contract, subject.words)
    meant = {repr(reading) for reading in readings(record)}
    if {repr(reading) for reading in parse(text, note, subject.words)} != meant:
        return Refusal("unreadable", "reading the text back gives other programs than it was made from")
    if len(text.split()) > MOST_WORDS:
        return Refusal("too_long", f"the text has {len(text.split())} words")
    gold = program.answer(program.run(subject.idioms))
    return Question(
        id=question_id(proposal.source, subject.dataset, record, text, settled.contract),
        source=proposal.source,
        dataset=subject.dataset,
        question_text=text,
        format=note,
        hint=hint(terms, subject.words),
        contract=settled.contract,
        answers=(gold,),
        difficulty=_difficulty(program),
        recipe=Recipe(
            dataset=subject.dataset,
            reader=subject.reader,
            program=record,
            operators=operators_of(record),
            template=proposal.template,
            bindings=bindings,
            phrasing=proposal.phrasing,
        ),
        certificate=_certificate(settled),
    )


def _difficulty(program: Program) -> Difficulty:
    depth = program.depth()
    return Difficulty(len(program.steps), depth, "easy" if depth <= 2 else "medium" if depth == 3 else "hard")


def _certificate(settled: Settled) -> Certificate:
    decided = sum(1 for step in settled.record.steps if declaration(step).opposite)
    checks = [
        "every selection changes the answer",
        "no selection or group is left with too few records",
        "a second implementation agrees",
        "shuffling the rows changes nothing",
        "reading the text back gives the program, under every reading that is left",
    ]
    if decided:
        checks.insert(
            1, f"{decided} decisions lead by more than rounding noise, and their contrary changes the answer"
        )
    return Certificate(settled.axes, settled.readings, MOST_READINGS, settled.clusters, tuple(checks))
