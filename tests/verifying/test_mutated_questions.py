"""Verification is not circular: a question that was changed after it was accepted is refused.

Changes are drawn by seed, and a hundred are written by hand outside the declared axes. `judged` runs the real
thing: sessions, recorder, grounder, second opinion, verdict.
"""

import os
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import aclosing
from dataclasses import dataclass
from itertools import islice
from random import Random

import msgspec
import pytest
import pytest_asyncio

from actors.language.contract import reaches
from actors.language.court import wording
from actors.language.format_note import format_note
from actors.language.program import Undefined
from actors.language.readings import axis_key, readings
from actors.language.settle import answer_of
from actors.language.subject import Subject
from actors.language.term import Term, parts, to_record, to_terms
from actors.teaching.dialogue import Dialogue, Task
from actors.teaching.scripted import Script, ScriptedTeacher, Written
from events.answers import Answer
from events.episode import Verdict
from events.question import ProgramRecord, Question, question_id
from events.trace import Message
from tests.birds import birds
from tests.contracts.conftest import in_a_task
from tests.trials import Trial
from tests.trying import SOURCES, Bench, accepted, accepted_one_by_one, bench
from tests.verifying.mutants import Mutant, table
from tests.verifying.mutants_of_programs import MUTANTS as OF_PROGRAMS
from tests.verifying.mutants_of_records import MUTANTS as OF_RECORDS
from tests.verifying.mutants_of_words import MUTANTS as OF_WORDS

BY_HAND = (*OF_WORDS, *OF_PROGRAMS, *OF_RECORDS)
SOME = (OF_WORDS[0], OF_WORDS[-1], OF_PROGRAMS[0], OF_RECORDS[0], OF_RECORDS[-1])
pytestmark = pytest.mark.asyncio(loop_scope="module")
SEED = int(os.environ.get("TRACEGATE_TEST_SEED", "20261124"))
SIBLINGS = {
    "mean": "median", "median": "mean", "standard_deviation": "mean", "interquartile_range": "median",
    "most": "least", "least": "most", "pearson": "spearman", "spearman": "pearson", "largest": "mean",
    "above_mean": "below_median", "mean_by_group": "median_by_group", "median_by_group": "mean_by_group",
    "keep_level": "leave_out_level", "leave_out_level": "keep_level", "slope": "pearson",
}  # fmt: skip


@dataclass(frozen=True)
class Mutation:
    """A changed question, and the verdict that it has to meet."""

    kind: str
    question: Question
    expected: Verdict
    says: str = ""


def _identified(question: Question) -> Question:
    """The same under the id that its content has now: only judgement can tell."""
    new = question_id(
        question.source, question.dataset, question.recipe.program, question.question_text, question.contract
    )
    return msgspec.structs.replace(question, id=new)


def _with_program(question: Question, record: ProgramRecord) -> Question:
    recipe = msgspec.structs.replace(question.recipe, program=record)
    return msgspec.structs.replace(question, recipe=recipe)


def axis_unsettled(question: Question, subject: Subject, rng: Random) -> Iterator[Mutation]:
    """A choice that the text or the note settled is left open again."""
    terms = to_terms(question.recipe.program)
    keys = {
        axis_key(part, axis)
        for node in terms.values()
        for part in parts(node)
        for axis in part.declared.axes
        if axis.name in dict(part.axes)
    }
    for key in sorted(keys, key=lambda _: rng.random()):
        record = to_record({field: _opened(node, key) for field, node in terms.items()})
        try:
            answers = [answer_of(reading, subject) for reading in readings(record)]
        except Undefined:
            continue  # a reading without a value would give up: another category
        if all(reaches(question.contract, answer, question.answers[0]) for answer in answers):
            continue  # this axis was stated beside another one, which alone matters
        recipe = question.recipe
        text = wording(record, recipe.template, recipe.bindings, recipe.phrasing, subject.words)
        note = format_note(to_terms(record), question.contract, subject.words)
        if (text, note) == (question.question_text, question.format):
            continue  # the sentence of a template closes it whatever its program says
        opened = msgspec.structs.replace(_with_program(question, record), question_text=text, format=note)
        yield Mutation("axis unsettled", _identified(opened), "ambiguous")


def _opened(node: Term, key: tuple[str, str]) -> Term:
    axes = {
        axis.name: option
        for axis in node.declared.axes
        if axis_key(node, axis) != key and (option := dict(node.axes).get(axis.name))
    }
    inputs = tuple(_opened(child, key) if isinstance(child, Term) else child for child in node.inputs)
    return Term(node.operator, inputs, node.parameters).with_axes(axes)


def operator_changed(question: Question, subject: Subject, rng: Random) -> Iterator[Mutation]:
    """The program does something else than the text says; its gold answer follows the program."""
    record = question.recipe.program
    places = [at for at, step in enumerate(record.steps) if step.operator in SIBLINGS]
    for at in rng.sample(places, len(places)):
        step = record.steps[at]
        axes = {} if SIBLINGS[step.operator] in ("mean", "median", "pearson", "spearman") else step.axes
        changed = msgspec.structs.replace(step, operator=SIBLINGS[step.operator], axes=axes)
        other = ProgramRecord((*record.steps[:at], changed, *record.steps[at + 1 :]), record.answer)
        try:
            answer, *others = (answer_of(reading, subject) for reading in readings(other))
        except Undefined:
            continue
        if not all(reaches(question.contract, one, answer) for one in others):
            continue  # what it does turns on a choice of which nothing is said: another category
        if not reaches(question.contract, answer, question.answers[0]):
            mutated = msgspec.structs.replace(_with_program(question, other), answers=(answer,))
            yield Mutation("operator changed", _identified(mutated), "hint_necessary")


def gold_changed(question: Question, _: Subject, rng: Random) -> Iterator[Mutation]:
    """The accepted answer is another one."""
    gold: Answer = dict(question.answers[0])
    for name in rng.sample(sorted(gold), len(gold)):
        value = gold[name]
        if isinstance(value, float | int) and not isinstance(value, bool):
            yield Mutation(
                "gold changed",
                msgspec.structs.replace(question, answers=(gold | {name: value * 1.3 + 2},)),
                "broken_trace",
                says="the second implementation gives",
            )


def tolerance_loosened(question: Question, _: Subject, rng: Random) -> Iterator[Mutation]:
    """More answers would match than the id vouches for."""
    fields = list(question.contract.fields)
    at = rng.randrange(len(fields))
    fields[at] = msgspec.structs.replace(fields[at], absolute=rng.choice([0.5, 10.0, 1e6]))
    contract = msgspec.structs.replace(question.contract, fields=tuple(fields))
    loosened = msgspec.structs.replace(question, contract=contract)
    yield Mutation("tolerance loosened", loosened, "broken_trace", says="does not match its id")


Mutator = Callable[[Question, Subject, Random], Iterator[Mutation]]
MUTATORS: tuple[Mutator, ...] = (axis_unsettled, operator_changed, gold_changed, tolerance_loosened)


async def _mutations(rng: Random, desk: Bench, wanted: int) -> list[Mutation]:
    """The same number of each kind, from small tables, on which the denominator of a spread matters."""
    found: dict[str, list[Mutation]] = {mutator.__name__: [] for mutator in MUTATORS}
    share = wanted // len(MUTATORS)
    async with aclosing(_questions(rng, desk)) as drawn:
        async for subject, question in drawn:
            for mutator in MUTATORS:
                if len(found[mutator.__name__]) < share:
                    found[mutator.__name__] += list(mutator(question, subject, rng))[:1]
            if all(len(one) == share for one in found.values()):
                break
    return [mutation for mutations in found.values() for mutation in mutations]


async def _questions(rng: Random, desk: Bench) -> AsyncGenerator[tuple[Subject, Question], None]:
    """Twelve of each source from one table, then from the next, without end."""
    while True:
        subject = await desk.take(birds(rows=rng.randrange(40, 90), seed=rng.randrange(10**6)))
        for source in SOURCES:
            for question in islice(accepted_one_by_one(subject, source, key=str(rng.random())), 12):
                yield subject, question


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def desk() -> AsyncIterator[Bench]:
    async with in_a_task(bench()) as started:
        yield started


@pytest.mark.parametrize("wanted", [4, pytest.param(200, marks=pytest.mark.full)])
async def test_mutated_questions_are_refused_in_the_right_category(desk: Bench, wanted: int) -> None:
    wrong: list[str] = []
    counts: Counter[tuple[str, str]] = Counter()
    mutations = await _mutations(Random(SEED), desk, wanted)
    for mutation in mutations:
        judged = await desk.judged(mutation.question)
        counts[mutation.kind, judged.verdict] += 1
        if judged.verdict != mutation.expected or mutation.says not in judged.why:
            wrong.append(
                f"{mutation.kind}: {judged.verdict} ({judged.why}): {mutation.question.question_text}"
            )
    assert len(mutations) == wanted
    assert len(wrong) <= 0.05 * wanted, (SEED, counts, wrong)


@pytest.mark.parametrize(
    "mutants", [SOME, pytest.param(BY_HAND, marks=pytest.mark.full)], ids=["some", "all"]
)
async def test_nine_of_ten_mutants_written_by_hand_are_refused(
    desk: Bench, mutants: tuple[Mutant, ...], trial: Trial
) -> None:
    passed: list[str] = []
    unnoticed: list[str] = []
    subject = await desk.take(table())
    for mutant in mutants:
        made = mutant.made(subject)
        judged = await desk.judged(made)
        trial.counts[f"{mutant.kind}: {judged.verdict}"] += 1
        told = f"{mutant.kind}: {made.question_text} {judged.why}"
        if judged.verdict == "verified":
            passed.append(told)
        elif mutant not in OF_RECORDS and "recipe" in judged.why:
            unnoticed.append(told)  # by all who solved it: only its own recipe speaks against it
    assert len(BY_HAND) == 100
    assert 10 * len(passed) <= len(mutants), passed
    assert 10 * len(passed + unnoticed) <= len(OF_WORDS + OF_PROGRAMS), unnoticed


async def test_a_literal_in_place_of_a_computed_value_is_refused_as_constant(desk: Bench) -> None:
    refused: Counter[tuple[str, bool]] = Counter()
    subject = await desk.take(birds(rows=120, seed=3))
    for question in accepted(subject, "procedural", 3):
        literal = Literal(desk.scripted, subject)
        judged = await desk.judged(question, gold=literal)
        refused[judged.verdict, " is constant: " in judged.why] += 1
    assert refused == {("ungrounded", True): 3}


class Literal:
    """Plays the gold script of another teacher, with the last computed number written down as a literal."""

    def __init__(self, honest: ScriptedTeacher, subject: Subject) -> None:
        self.honest = honest
        self.subject = subject

    @property
    def name(self) -> str:
        return self.honest.name

    def begin(self, task: Task) -> Dialogue:
        program = self.subject.program(task.question.recipe.program)
        values = program.run(self.subject.idioms)
        (field, *_) = program.record.answer
        name = program.record.answer[field]
        line = f"{name} = {program.answer(values)[field]!r}"
        cell = f"{line}\nhook({name}, {line!r}, name={name!r})"
        messages = [
            Message(text="As anybody can see.", code=cell),
            Message(text="Done.", code=self._submit(task)),
        ]
        return Script(lambda: written(messages))

    def _submit(self, task: Task) -> str:
        return f"submit({dict(task.question.answers[0])!r})"


async def written(messages: list[Message]) -> Written:
    return messages, None
