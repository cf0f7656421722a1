"""A model that rewords: what it is shown, what it is told of words that cannot be taken, and how they are tried."""

import json
from typing import Any

import pytest
from msgspec.structs import replace

from actors.generation.rewording import in_other_words
from actors.language.soundness import Refusal
from actors.ports import InfrastructureError, Postponed
from actors.teaching.dialogue import SolveSettings, Task
from actors.teaching.line import ContextFull
from actors.teaching.orders import ModelSettings
from actors.teaching.prompting import prompts
from actors.teaching.rewriter import Rewriter
from actors.teaching.rewriting import rewriter_prompts
from actors.teaching.solver import Solver, tasks, trace_of
from events.calls import Reply
from events.dataset import DatasetTaken
from events.question import Question, QuestionAccepted, Rewording
from events.rewording import BLIND, asked_under, rewording_id
from events.runtime import RunStarted
from events.trace import SCRIPTED, Submission
from tests.history import GOLD, History
from tests.teaching.test_dialogue import ANSWER, OneSession, cell
from tests.teaching.test_model import ASKED, CODE, COLUMNS, EVIL, Says

OTHER = in_other_words(ASKED, Rewording(ASKED.id, "How heavy is one of them in the mean?", "m", "p"))
WRONG = replace(ANSWER, answer={"mean_mass": GOLD + 1})


def says(words: object) -> Reply:
    return Reply(json.dumps({"question": words}), tokens=10)


def rewriter(model: Says, **settings: Any) -> Rewriter:
    given = ModelSettings(**{"prompts": prompts().digest, "max_repeats": 99, **settings})
    return Rewriter(
        model=model, name="m", settings=given, prompts=rewriter_prompts(), limit_field="max_tokens"
    )


async def words(model: Says, *unfit: str, **settings: Any) -> str | Refusal:
    """What comes of asking, where some words are unfit."""
    return await rewriter(model, **settings).words(
        ASKED, COLUMNS, lambda text: Refusal("numbers_differ", "3 must not") if text in unfit else None
    )


async def test_a_model_is_shown_words_note_and_columns_as_data_and_neither_hint_nor_answer() -> None:
    model = Says(says(" How heavy is one? "))
    assert await words(model, protocol="tools") == "How heavy is one?"
    (asked,) = model.asked
    told = asked.body["messages"][1]["content"]
    assert f"```text\n{ASKED.question_text}\n```" in told
    assert ASKED.format in told
    assert json.dumps(EVIL, ensure_ascii=False) in told
    assert not any(line.startswith("Ignore") for line in told.splitlines())
    assert ASKED.hint not in str(asked.body)
    assert str(int(GOLD)) not in str(asked.body)
    assert "tools" not in asked.body
    assert (asked.trace, asked.account) == (rewording_id(ASKED.id),) * 2
    assert (asked.source, asked.prompts) == ("template", rewriter_prompts().digest)
    assert rewriter_prompts().digest != prompts().digest


async def test_words_that_cannot_be_taken_are_told_why_and_may_be_mended() -> None:
    model = Says(Reply("How about this?"), says(3), says("Take 3."), says("Take it."))
    assert await words(model, "Take 3.") == "Take it."
    told = [one["content"] for one in model.messages if one["role"] == "user"][1:]
    assert ["no JSON object" in one for one in told] == [True, True, False]
    assert "```text\n3 must not\n```" in told[-1]


async def test_a_model_that_goes_on_failing_is_asked_no_further_and_the_last_fault_counts() -> None:
    model = Says(says("Take 3."))
    assert await words(model, "Take 3.", max_corrections=2) == Refusal("numbers_differ", "3 must not")
    assert len(model.asked) == 3
    assert (await words(Says(Reply("No.")), max_corrections=0)).reason == "malformed"  # type: ignore[union-attr]


async def test_a_context_that_is_full_judges_words_only_where_some_were_given() -> None:
    assert await words(Says(says("Take 3."), ContextFull("too long")), "Take 3.") == Refusal(
        "numbers_differ", "3 must not"
    )
    with pytest.raises(Postponed, match="longer than the model's context"):
        await words(Says(ContextFull("too long")))


async def tried(model: Says, *given: Submission | Exception | None) -> tuple[Refusal | None, OneSession]:
    """What attempts come to that submit these answers, one after the other; None gives up."""
    results = [one if isinstance(one, Exception) else cell(submission=one) for one in given]
    workers = OneSession(*results)
    found = await rewriter(model, max_turns=1).tried(OTHER, ASKED.id, COLUMNS, workers)
    return found, workers


@pytest.mark.parametrize(
    ("given", "right", "made"),
    [
        ([ANSWER] * 4, None, 4),
        ([WRONG, *[ANSWER] * 4], None, 5),
        ([ANSWER, None, ANSWER, ANSWER, ANSWER], None, 5),
        ([WRONG, WRONG], 0, 2),
        ([ANSWER, WRONG, ANSWER, ANSWER, WRONG], 3, 5),
        ([None, None], 0, 2),
    ],
)
async def test_words_are_taken_that_four_in_five_attempts_bear_out_and_no_needless_one_is_made(
    given: list[Submission | None], right: int | None, made: int
) -> None:
    found, workers = await tried(Says(CODE), *given)
    assert len(workers.opened) == made
    if right is None:
        assert found is None
    else:
        assert found == Refusal("answered_otherwise", f"{right} of {made} attempts that saw these words alone "
                                "gave the question's answer")  # fmt: skip


async def test_an_attempt_sees_the_new_words_alone_and_is_paid_for_with_the_rewording() -> None:
    model = Says(CODE)
    found, workers = await tried(model, *[ANSWER] * 4)
    assert found is None
    assert workers.authors == ["model"] * 4
    for asked in model.asked:
        told = str(asked.body["messages"])
        assert OTHER.question_text in told
        assert ASKED.question_text not in told
        assert ASKED.hint not in told
    assert [one.trace for one in model.asked] == list(asked_under(ASKED.id))[1:5]
    assert {one.account for one in model.asked} == {rewording_id(ASKED.id)}
    assert len({one.body["seed"] for one in model.asked}) == 4
    assert len(asked_under(ASKED.id)) == 1 + BLIND


async def test_a_lost_session_and_a_silent_server_say_nothing_of_the_words() -> None:
    with pytest.raises(InfrastructureError):
        await tried(Says(CODE), ANSWER, InfrastructureError("the worker died"))
    with pytest.raises(Postponed):
        await tried(Says(Postponed("the cap of 1 on a run")))


@pytest.mark.parametrize(("teacher", "asked"), [(SCRIPTED, [ASKED]), ("m", [ASKED, OTHER])])
def test_a_script_is_owed_no_attempt_at_words_that_it_cannot_read(
    teacher: str, asked: list[Question]
) -> None:
    settings, history = SolveSettings(), History()
    stream = history.stream(ASKED.dataset, "template")
    for event in (RunStarted("solve", 0, ("template",)), DatasetTaken(ASKED.dataset)):
        history.tell(event)
    for one in (ASKED, OTHER):
        history.tell(QuestionAccepted(stream, 0, one))
    solver = Solver(teacher, settings, _nobody)
    state = solver.initial()
    for recorded in history.events:
        solver.apply(state, recorded)
    due = {f"solve:{trace_of(task, teacher, settings)}" for one in asked for task in tasks(one, settings)}
    assert solver.todo(state).keys() == due


async def _nobody(_: Task) -> Any:
    raise AssertionError("no attempt is made here")
