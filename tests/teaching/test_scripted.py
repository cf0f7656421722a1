"""The scripted teacher: what each script may look at, and the mistakes it makes on purpose."""

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from random import Random

import msgspec
import pytest

from actors.language.mistakes import MistakenProgram, mistaken
from actors.language.program import Undefined
from actors.language.settle import answer_of
from actors.teaching.dialogue import GaveUp, SolveSettings, Task, attempt
from actors.teaching.reading import meanings
from actors.teaching.scripted import Script, ScriptedTeacher, mistaken_index
from actors.teaching.solver import tasks
from events.answers import matches, rounded
from events.question import Certificate, Difficulty, ProgramRecord, Question
from events.trace import Message, Mistake
from tests.birds import SUBJECT, birds
from tests.trying import SETTINGS, SOURCES, accepted, bench

QUESTIONS = [question for source in SOURCES for question in accepted(SUBJECT, source, 10, key="scripted")]
WITHOUT_MISTAKES = SolveSettings(mistakes=0.0)
Read = Callable[[Question], Awaitable[Sequence[ProgramRecord]]]


async def read(question: Question) -> Sequence[ProgramRecord]:
    return meanings(question.question_text, question.format, question.contract, SUBJECT)


async def spoil(question: Question, record: ProgramRecord) -> MistakenProgram | None:
    return mistaken(record, SUBJECT, question.contract, Random(f"{question.id}/mistake"))


async def never(*_: object) -> list[ProgramRecord]:
    raise AssertionError("the gold script has no need of this")


def teacher(settings: SolveSettings = SETTINGS, reader: Read = read) -> ScriptedTeacher:
    return ScriptedTeacher(lambda _: SUBJECT.columns, reader, spoil, settings)


async def blind(question: Question, index: int, settings: SolveSettings = WITHOUT_MISTAKES) -> list[Message]:
    messages, _ = await teacher(settings).script(Task(question, "consistency", index))
    return list(messages)


def stripped(question: Question) -> Question:
    """The question with everything gone that a blind solver has no right to."""
    other = QUESTIONS[0] if question != QUESTIONS[0] else QUESTIONS[1]
    return msgspec.structs.replace(
        question,
        recipe=other.recipe,
        hint="Take whatever you like.",
        answers=({"nothing": 1},),
        difficulty=Difficulty(9, 9, "hard"),
        certificate=Certificate((), 0, 0, 0, ()),
    )


@pytest.mark.parametrize("settings", [WITHOUT_MISTAKES, SETTINGS])
async def test_a_blind_script_follows_from_text_and_note_alone(settings: SolveSettings) -> None:
    for question in QUESTIONS:
        for index in range(SETTINGS.traces):
            assert await blind(question, index, settings) == await blind(stripped(question), index, settings)


async def test_a_blind_script_follows_the_text_when_that_changes() -> None:
    first, second = QUESTIONS[:2]
    swapped = msgspec.structs.replace(first, question_text=second.question_text, format=second.format,
                                      contract=second.contract)  # fmt: skip
    assert await blind(swapped, 0) == await blind(second, 0)
    assert await blind(swapped, 0) != await blind(first, 0)


async def test_a_text_that_means_nothing_is_given_up_without_code() -> None:
    unreadable = msgspec.structs.replace(QUESTIONS[0], question_text="What do birds dream of?")
    (message,) = await blind(unreadable, 0)
    assert message.code is None


async def test_the_gold_script_follows_from_the_program_alone() -> None:
    gold = ScriptedTeacher(lambda _: SUBJECT.columns, never, never, SETTINGS)  # type: ignore[arg-type]
    for question in QUESTIONS:
        other = msgspec.structs.replace(question, question_text="?", format="?", answers=(), hint="?")
        assert await gold.script(Task(question, "gold", 0)) == await gold.script(Task(other, "gold", 0))


async def test_the_two_scripts_of_a_question_share_no_step() -> None:
    """Both implementations in one trace each: agreement is no copy."""
    for question in QUESTIONS:
        gold, _ = await teacher().script(Task(question, "gold", 0))
        steps = {message.code for message in gold[1:-1]}
        assert not steps & {message.code for message in (await blind(question, 0))[1:-1]}


async def test_two_meanings_split_the_traces_evenly() -> None:
    one, other = (question.recipe.program for question in QUESTIONS[:2])

    async def both(_: Question) -> list[ProgramRecord]:
        return [one, other]

    scripted = teacher(WITHOUT_MISTAKES, both)
    scripts = [await scripted.script(Task(QUESTIONS[0], "consistency", index)) for index in range(4)]
    assert scripts[0] == scripts[2] != scripts[1] == scripts[3]


def test_an_accepted_question_means_one_thing() -> None:
    for question in QUESTIONS:
        (record,) = meanings(question.question_text, question.format, question.contract, SUBJECT)
        answer = rounded(question.contract, answer_of(record, SUBJECT))
        assert matches(question.contract, answer, question.answers[0])


def test_four_episodes_in_five_draw_one_trace_for_a_mistake() -> None:
    drawn = Counter(mistaken_index(f"{number:032x}", SETTINGS) for number in range(2000))
    assert 0.77 < 1 - drawn[None] / 2000 < 0.83
    assert set(drawn) == {None, 0, 1, 2, 3}
    assert all(350 < drawn[index] < 450 for index in range(4))
    assert all(mistaken_index(f"{number:032x}", WITHOUT_MISTAKES) is None for number in range(500))


async def test_a_mistake_is_made_in_the_drawn_trace_and_never_in_another() -> None:
    made: Counter[bool] = Counter()
    for question in QUESTIONS:
        drawn = mistaken_index(question.id, SETTINGS)
        for task in tasks(question, SETTINGS):
            _, mistake = await teacher().script(task)
            assert mistake is None or (task.role, task.index) == ("consistency", drawn)
            if (task.role, task.index) == ("consistency", drawn):
                made[mistake is not None] += 1
    assert made[True] > 2 * made[False], made  # some offer no place for one


async def test_a_mistake_changes_the_answer_and_its_label_names_the_first_wrong_cell() -> None:
    kinds: Counter[str] = Counter()
    for question in accepted(SUBJECT, "procedural", 90, key="mistakes"):
        index = mistaken_index(question.id, SETTINGS)
        wrong, mistake = await teacher().script(Task(question, "consistency", index or 0))
        if mistake is not None:
            kinds[mistake.kind] += 1
            _check_label(mistake, await blind(question, index or 0), wrong, await read(question))
            assert not matches(question.contract, _played(await _spoiled(question)), question.answers[0])
    assert {"dropped_filter", "other_column", "off_by_one"} <= set(kinds)


def _check_label(
    mistake: Mistake, right: Sequence[Message], wrong: Sequence[Message], readings: Sequence[ProgramRecord]
) -> None:
    steps = [step.name for step in readings[0].steps]
    assert mistake.step in steps
    assert 0 < mistake.cell <= 1 + steps.index(mistake.step)
    assert right[1 : mistake.cell] == wrong[1 : mistake.cell]
    assert right[mistake.cell].code != wrong[mistake.cell].code
    if mistake.kind == "other_column":
        assert mistake.cell == 1 + steps.index(mistake.step)
        was, _, taken = mistake.detail.partition(" was to be used, not ")
        assert repr(was) in str(right[mistake.cell].code)
        assert repr(taken) in str(wrong[mistake.cell].code)


async def _spoiled(question: Question) -> ProgramRecord:
    made = await spoil(question, (await read(question))[0])
    assert made is not None
    return made.record


def _played(record: ProgramRecord) -> object:
    try:
        return answer_of(record, SUBJECT)
    except Undefined:
        return None


async def test_a_script_is_written_when_the_first_message_is_asked_for() -> None:
    mistake = Mistake("other_column", "m", 1, "")
    written: list[int] = []

    async def write() -> tuple[list[Message], Mistake]:
        written.append(1)
        return [Message("one"), Message("two")], mistake

    script = Script(write)
    assert (written, script.mistake) == ([], None)
    said = [await script.next(None) for _ in range(3)]
    assert said == [Message("one"), Message("two"), GaveUp("teacher_stopped")]
    assert (written, script.mistake) == ([1], mistake)


async def test_every_script_runs_without_an_error_and_answers() -> None:
    wrong: list[str] = []
    async with bench() as desk:
        subject = await desk.take(birds(rows=120, seed=11))
        for source in SOURCES:
            for question in accepted(subject, source, 3, key="running"):
                for task in tasks(question, SETTINGS):
                    ended, _ = await attempt(task, desk.scripted, desk.workers, SETTINGS)
                    errors = [cell.result.error for cell in ended.executed if cell.result.error]
                    submitted = ended.executed[-1].result.submission
                    right = matches(question.contract, submitted and submitted.answer, question.answers[0])
                    if errors or ended.outcome != "answered" or right != (ended.mistake is None):
                        wrong.append(
                            f"{task.role} {task.index}: {ended.stop} {errors} {question.question_text}"
                        )
    assert not wrong
