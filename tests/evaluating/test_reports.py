"""A report counts what was answered, leaves out what says nothing, and compares two question by question."""

import pytest
from msgspec.structs import replace

from actors.evaluating.comparison import NothingInCommonError, compared
from actors.evaluating.report import reported
from actors.evaluating.selection import NoQuestionError, Side, chosen
from events.episode import Verdict
from events.question import SOURCES, Question, Source
from events.wire import AnyEvent
from store.projections.state import fold
from store.splits import Split
from tests.evaluating.answering import answered, begun
from tests.history import History, told


def test_rates_are_told_with_intervals_beside_chance() -> None:
    answers = [answered(number, right=number < 3, chance=0.25) for number in range(4)]
    solved = reported(begun(answers), answers)["solved"]
    assert (solved["right"], solved["of"], solved["rate"], solved["chance"]) == (3, 4, 0.75, 0.25)
    assert solved["low"] < 0.75 < solved["high"]


def test_what_was_lost_or_does_not_fit_together_is_named_and_in_no_rate() -> None:
    answers = [answered(0, right=True), answered(1, right=False, broken="cell 2 was said but not executed")]
    found = reported(begun(answers, "a trace that the machine lost"), answers)
    assert (found["solved"]["of"], found["solved"]["rate"]) == (1, 1.0)
    assert found["left_out"] == {"lost": 1, "broken": 1}
    assert not found["complete"]
    assert reported(begun(answers), answers)["complete"]


def test_nothing_answered_has_no_rate() -> None:
    found = reported(begun([], "lost"), [])
    assert (found["solved"]["rate"], found["solved"]["low"], found["solved"]["high"]) == (None, 0.0, 1.0)


def test_rates_are_told_by_source_template_and_difficulty() -> None:
    hard = {"source": "procedural", "difficulty": "hard"}
    answers = [answered(0, right=True), answered(1, right=False, sort=hard)]
    by = reported(begun(answers), answers)["by"]
    assert {name: {key: one["rate"] for key, one in rows.items()} for name, rows in by.items()} == {
        "source": {"procedural": 0.0, "template": 1.0},
        "template": {"plain_mean": 1.0},
        "difficulty": {"easy": 1.0, "hard": 0.0},
    }


def test_checkpoints_count_by_question_and_a_wrong_answer_tells_where_it_went() -> None:
    answers = [
        answered(0, right=True, passed=("m", "n")),
        answered(1, right=False, passed=(), departed="m", expected="m = 1", found="m = 2"),
    ]
    found = reported(begun(answers), answers)
    assert found["hooks"] == {"raised": 4, "grounded": 2, "checkpoints": 4, "passed": 2, "coverage": 0.5}
    assert [(one["step"], one["expected"], one["found"]) for one in found["departures"]] == [
        ("m", "m = 1", "m = 2")
    ]


def test_what_answers_cost_is_summed_with_those_of_broken_records() -> None:
    answers = [
        answered(0, right=True, calls=2, tokens=30, cost=10**12),
        answered(1, right=False, calls=3, tokens=5, cost=10**11, broken="lost"),
    ]
    cost = reported(begun(answers), answers)["cost"]
    assert (cost["calls"], cost["tokens"], cost["cost"], cost["turns"], cost["seconds"]) == (
        5,
        35,
        1.1,
        2,
        1.0,
    )


def test_two_are_compared_on_the_questions_that_both_answered() -> None:
    first = [answered(number, right=number < 6, player="a") for number in range(8)]
    second = [answered(number, right=number in (0, 7), player="b") for number in range(1, 9)]
    found = compared(first, second)
    assert {name: found[name] for name in ("questions", "apart", "both", "only_first", "only_second", "neither")} == {
        "questions": 7, "apart": 2, "both": 0, "only_first": 5, "only_second": 1, "neither": 1,
    }  # fmt: skip
    assert found["difference"] == pytest.approx(4 / 7)
    assert found["p_value"] == pytest.approx(2 * (1 + 6) / 2**6)


def test_two_without_a_question_in_common_are_not_compared() -> None:
    broken = answered(0, right=True, broken="edited")
    with pytest.raises(NothingInCommonError):
        compared([answered(0, right=True)], [broken, answered(1, right=True)])


def home(verdict: Verdict = "verified") -> History:
    history = told(2)
    if verdict != "verified":
        for place, one in enumerate(history.events):
            if type(one.event).__name__ == "EpisodeJudged":
                history.events[place] = replace(one, event=replace(one.event, verdict=verdict))
    return history


def everywhere(_: Question) -> Split:
    return "train"


def by_number(asked: Question) -> Split | None:
    """Template questions are trained on or in no split, and the others are held out."""
    if asked.source == "procedural":
        return "test_programs"
    return "train" if "0th" in asked.question_text else None


def test_questions_of_verified_episodes_are_asked_always_the_same_ones() -> None:
    state = home().state()
    every = chosen(state, everywhere, "all", SOURCES).questions
    assert len(every) == 4
    assert chosen(state, everywhere, "all", SOURCES, 3).questions == every[:3]
    assert {one.source for one in chosen(state, everywhere, "all", ["procedural"]).questions} == {
        "procedural"
    }


@pytest.mark.parametrize(("side", "count"), [("all", 4), ("held-out", 2), ("test_programs", 2), ("train", 1)])
def test_of_a_split_only_its_questions_are_asked_and_each_says_where_it_is(side: Side, count: int) -> None:
    found = chosen(home().state(), by_number, side, SOURCES)
    assert len(found.questions) == count
    assert found.splits == {one.id: split for one in found.questions if (split := by_number(one))}


@pytest.mark.parametrize(
    ("verdict", "side", "sources", "words"),
    [
        ("ambiguous", "all", SOURCES, "no verified episode to take questions from"),
        ("verified", "all", ("llm",), "no verified episode is of source llm"),
        ("verified", "held-out", SOURCES, "none of 4 questions is of split held-out; use --split all"),
    ],
)
def test_where_there_is_nothing_to_ask_the_reason_is_told(
    verdict: Verdict, side: Side, sources: tuple[Source, ...], words: str
) -> None:
    with pytest.raises(NoQuestionError, match=words):
        chosen(home(verdict).state(), everywhere, side, sources)


def test_an_evaluation_is_rebuilt_from_the_log_with_answers_it_shares_with_others() -> None:
    history, answers = home(), [answered(number, right=True) for number in range(3)]
    first, second = begun(answers[:2]), begun(answers, "lost")
    events: list[AnyEvent] = [first, *answers[:2], second, answers[2], first]
    for event in events:
        history.tell(event)
    kept = fold(history.events).evaluations
    assert list(kept.started) == [first.evaluation, second.evaluation]
    assert kept.answers(first.evaluation) == answers[:2]
    assert kept.answers(second.evaluation) == answers
