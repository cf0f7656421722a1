"""Answers that were scored, as tests of reports want them."""

from typing import Any

from msgspec.structs import replace

from events.evaluation import AnswerScored, EvaluationStarted, evaluation_id
from tests.history import attempt, question

TABLE = "d" * 32


def answered(number: int, *, right: bool, player: str = "somebody", **fields: Any) -> AnswerScored:
    """An answer to a question of this number; without one to a template's."""
    asked = question(TABLE, "template", number)
    made = attempt(asked, "consistency", 0, {"mean_mass": 4201.75 if right else 1.0})
    scored = AnswerScored(
        question=asked.id,
        dataset=TABLE,
        attempt=replace(made, trace=f"{player} {number}", teacher=player),
        right=right,
        sort={"source": "template", "template": "plain_mean", "difficulty": "easy"},
        steps=2,
        hooks=2,
        grounded=1,
        passed=("m",),
    )
    return replace(scored, **fields)


def begun(answers: list[AnswerScored], *lost: str, benchmark: str = "") -> EvaluationStarted:
    """An evaluation of these answers, and of further traces that came to none."""
    items = {one.attempt.trace: one.question for one in answers} | {trace: f"of {trace}" for trace in lost}
    return EvaluationStarted(
        evaluation=evaluation_id("somebody", None, benchmark, tuple(items.values())),
        player="somebody",
        settings={"seed": 0},
        chosen="of the home",
        items=items,
        benchmark=benchmark,
    )
