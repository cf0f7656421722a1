"""From votes to a verdict: every category, and nothing verified without a strict majority."""

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest
from hypothesis import given, strategies as st

from actors.verifying.evidence import Evidence
from actors.verifying.verdict import judge
from events.answers import Answer
from events.episode import EpisodeJudged, Verdict
from events.question import Question
from events.trace import HookGrade, HooksGraded, Level, Outcome, Role, TraceRecorded
from tests.history import GOLD, attempt, graded, question, recorded_trace

ASKED = question("d" * 32, "template", 0)
RIGHT: Answer = {"mean_mass": 4201.75}
EXACT: Answer = {"mean_mass": GOLD}
WRONG: Answer = {"mean_mass": 17.0}
ALSO_WRONG: Answer = {"mean_mass": 18.0}
AND_WRONG: Answer = {"mean_mass": 19.0}
GAVE_UP, FAILED, LOST = "gave_up", "execution_failed", "infrastructure_failed"
Voice = Answer | str
"""An answer, or how a trace ended without one."""


def trace(role: Role, index: int, voice: Voice, asked: Question = ASKED, **changes: Any) -> Evidence:
    answer = voice if isinstance(voice, dict) else None
    outcome: Outcome = "answered" if isinstance(voice, dict) else voice  # type: ignore[assignment]
    ended = msgspec.structs.replace(attempt(asked, role, index, answer), outcome=outcome)
    record: TraceRecorded = msgspec.structs.replace(
        recorded_trace(ended, answer), **changes.get("record", {})
    )
    grades: HooksGraded = msgspec.structs.replace(graded(ended), **changes.get("grades", {}))
    return Evidence(msgspec.structs.replace(ended, **changes.get("attempt", {})), record, grades)


def verdict(
    others: Sequence[Voice], gold: Voice = RIGHT, asked: Question = ASKED, **changes: Any
) -> EpisodeJudged:
    first = trace("gold", 0, gold, asked, **changes)
    rest = [trace("consistency", index, voice, asked) for index, voice in enumerate(others)]
    return judge(asked, [first, *rest], "e" * 32)


CHAIN: list[Answer] = [{"mean_mass": 17.01}, {"mean_mass": 17.02}, {"mean_mass": 17.03}, {"mean_mass": 17.04}]
VOICES: list[Voice] = [RIGHT, EXACT, GAVE_UP, FAILED, LOST, WRONG, *CHAIN]


@given(st.lists(st.sampled_from(VOICES), max_size=6), st.randoms(use_true_random=False))
def test_the_verdict_does_not_depend_on_the_order_of_the_traces_also_where_closeness_is_no_chain(
    others: list[Voice], rng: Any
) -> None:
    told, shuffled = verdict(others), verdict(rng.sample(others, len(others)))
    assert (told.verdict, told.why) == (shuffled.verdict, shuffled.why)


@pytest.mark.parametrize(
    ("others", "gold", "expected"),
    [
        # A strict majority for the accepted answer.
        ([RIGHT] * 4, RIGHT, "verified"),
        ([RIGHT, RIGHT, RIGHT, WRONG], RIGHT, "verified"),
        ([EXACT, RIGHT, EXACT, GAVE_UP], RIGHT, "verified"),
        ([RIGHT, RIGHT, RIGHT, FAILED], EXACT, "verified"),
        ([RIGHT], RIGHT, "verified"),
        # Half is not more than half.
        ([RIGHT, RIGHT, WRONG, WRONG], RIGHT, "ambiguous"),
        ([RIGHT, RIGHT, WRONG, ALSO_WRONG], RIGHT, "ambiguous"),
        ([RIGHT, RIGHT, GAVE_UP, GAVE_UP], RIGHT, "too_hard"),
        ([RIGHT, RIGHT, FAILED, FAILED], RIGHT, "execution_failure"),
        ([RIGHT, RIGHT, FAILED, GAVE_UP], RIGHT, "ambiguous"),
        ([RIGHT, WRONG], RIGHT, "ambiguous"),
        # Nobody's answer has a majority.
        ([RIGHT, WRONG, ALSO_WRONG, AND_WRONG], RIGHT, "ambiguous"),
        ([WRONG, ALSO_WRONG, AND_WRONG, GAVE_UP], RIGHT, "ambiguous"),
        # Giving up counts against.
        ([RIGHT, GAVE_UP, GAVE_UP, GAVE_UP], RIGHT, "too_hard"),
        ([GAVE_UP] * 4, RIGHT, "too_hard"),
        ([FAILED] * 4, RIGHT, "execution_failure"),
        ([RIGHT, FAILED, FAILED, FAILED], RIGHT, "execution_failure"),
        # Another answer has the majority, or the gold stands alone.
        ([WRONG] * 4, RIGHT, "hint_necessary"),
        ([WRONG, WRONG, WRONG, RIGHT], RIGHT, "hint_necessary"),
        ([WRONG, WRONG, WRONG, RIGHT], WRONG, "hint_necessary"),
        ([RIGHT] * 4, WRONG, "hint_necessary"),
        ([RIGHT, RIGHT, RIGHT, WRONG], ALSO_WRONG, "hint_necessary"),
        # Infrastructure counts neither for nor against.
        ([RIGHT, LOST, LOST, LOST], RIGHT, "verified"),
        ([RIGHT, RIGHT, LOST, WRONG], RIGHT, "verified"),
        ([RIGHT, WRONG, LOST, LOST], RIGHT, "ambiguous"),
        ([WRONG, LOST, LOST, LOST], RIGHT, "hint_necessary"),
        # The gold trace itself.
        ([RIGHT] * 4, GAVE_UP, "too_hard"),
        ([RIGHT] * 4, FAILED, "execution_failure"),
    ],
)
def test_the_votes_decide_the_verdict(others: list[Voice], gold: Voice, expected: Verdict) -> None:
    judged = verdict(others, gold)
    assert judged.verdict == expected, judged.why


def test_closeness_is_to_one_answer_and_no_chain() -> None:
    """Neighbours agree within a cent; the first and the last of three do not."""
    chain: list[Voice] = [
        {"mean_mass": 17.00},
        {"mean_mass": 17.01},
        {"mean_mass": 17.02},
        {"mean_mass": 17.03},
    ]
    pairs: list[Voice] = [chain[0], chain[1], chain[3], RIGHT]
    assert verdict(chain).verdict == "hint_necessary"
    assert verdict(pairs).verdict == "ambiguous"


def test_accepted_answers_count_as_one() -> None:
    both = msgspec.structs.replace(ASKED, answers=(EXACT, WRONG))
    assert verdict([RIGHT, WRONG, RIGHT, WRONG], WRONG, both).verdict == "verified"
    assert verdict([RIGHT, WRONG, ALSO_WRONG, ALSO_WRONG], RIGHT, both).verdict == "ambiguous"


@pytest.mark.parametrize(
    "changed",
    [
        {"question_text": "What is the mean mass in pounds?"},
        {"dataset": "e" * 32},
        {"source": "procedural"},
        {"contract": msgspec.structs.replace(ASKED.contract, fields=())},
        {"id": "f" * 32},
    ],
)
def test_a_question_that_is_not_what_its_id_says_is_broken(changed: dict[str, Any]) -> None:
    judged = verdict([RIGHT] * 4, asked=msgspec.structs.replace(ASKED, **changed))
    assert judged.verdict == "broken_trace"
    assert "does not match its id" in judged.why


@pytest.mark.parametrize("changed", [{"hint": "?"}, {"format": "?"}])
def test_what_is_no_part_of_the_id_breaks_nothing(changed: dict[str, Any]) -> None:
    assert verdict([RIGHT] * 4, asked=msgspec.structs.replace(ASKED, **changed)).verdict == "verified"


BAD = HookGrade("m", 0, False, "constant", "it reads nothing")
GOOD = HookGrade("k", 0, True, "grounded", "held")


@pytest.mark.parametrize(
    ("changes", "expected", "says"),
    [
        ({"record": {"broken": "cell 1 was not executed"}}, "broken_trace", "cell 1 was not executed"),
        ({"grades": {"tampering": "sys._getframe"}}, "ungrounded", "sys._getframe"),
        ({"grades": {"grades": ()}}, "ungrounded", "no hook"),
        ({"grades": {"grades": (GOOD, BAD)}}, "ungrounded", "hook m is constant"),
        ({"grades": {"grades": (GOOD, GOOD)}}, "ungrounded", "stands for a step"),
        ({"grades": {"reproduced": False}}, "ungrounded", "running the gold trace again"),
    ],
)
def test_an_unsound_gold_trace_is_refused_though_all_agree(
    changes: dict[str, Any], expected: Verdict, says: str
) -> None:
    judged = verdict([RIGHT] * 4, **changes)
    assert judged.verdict == expected
    assert says in judged.why


def test_the_first_thing_that_is_wrong_names_the_category() -> None:
    ungrounded = {"grades": (BAD,)}
    assert verdict([WRONG] * 4, grades=ungrounded).verdict == "hint_necessary"
    assert verdict([WRONG] * 4, record={"broken": "why"}, grades=ungrounded).verdict == "broken_trace"


def test_a_gold_trace_that_submits_no_object_has_no_answer() -> None:
    judged = verdict([RIGHT] * 4, record={"answer": None})
    assert judged.verdict == "hint_necessary"
    assert "no answer" in judged.why


def test_a_broken_trace_without_the_hint_counts_against_and_its_hooks_do_not_decide() -> None:
    first, *rest = [trace("gold", 0, RIGHT), *(trace("consistency", at, RIGHT) for at in range(4))]
    broken = [
        Evidence(one.attempt, msgspec.structs.replace(one.record, broken="why"), one.grades) for one in rest
    ]
    ungrounded = [
        Evidence(one.attempt, one.record, msgspec.structs.replace(one.grades, grades=(BAD,))) for one in rest
    ]
    assert judge(ASKED, [first, *broken[:2], *rest[2:]], "e").verdict != "verified"
    assert judge(ASKED, [first, broken[0], *rest[1:]], "e").verdict == "verified"
    assert judge(ASKED, [first, *ungrounded], "e").verdict == "verified"


def test_votes_tell_what_each_trace_gave() -> None:
    judged = verdict([RIGHT, WRONG, GAVE_UP, LOST])
    assert [(vote.role, vote.index) for vote in judged.votes] == [
        ("gold", 0), ("consistency", 0), ("consistency", 1), ("consistency", 2), ("consistency", 3)
    ]  # fmt: skip
    assert [vote.accepted for vote in judged.votes] == [True, True, False, False, False]
    assert [vote.outcome for vote in judged.votes][3:] == [GAVE_UP, LOST]
    assert judged.votes[2].mistake
    assert (judged.votes[0].hooks, judged.votes[0].grounded) == (1, 1)


@pytest.mark.parametrize(
    ("levels", "weakest"),
    [
        (("container", "sandbox"), "sandbox"),
        (("sandbox", "process"), "process"),
        (("container",) * 2, "container"),
    ],
)
def test_an_episode_is_as_strong_as_its_weakest_wall(levels: tuple[Level, Level], weakest: Level) -> None:
    gold = trace("gold", 0, RIGHT, attempt={"level": levels[0]})
    other = trace("consistency", 0, RIGHT, attempt={"level": levels[1]})
    assert judge(ASKED, [gold, other], "e").level == weakest


def test_one_trace_of_a_model_makes_it_evidence_of_a_model() -> None:
    gold = trace("gold", 0, RIGHT)
    other = trace("consistency", 0, RIGHT, attempt={"teacher": "some-model"})
    assert judge(ASKED, [gold, gold], "e").evidence == "scripted"
    assert judge(ASKED, [gold, other], "e").evidence == "model"


@pytest.mark.parametrize(
    ("others", "expected"),
    [
        ([RIGHT] * 3, "verified"),
        ([RIGHT, RIGHT, RIGHT, RIGHT, WRONG], "verified"),
        ([RIGHT] * 2, "too_hard"),
        ([RIGHT, RIGHT, WRONG], "ambiguous"),
        ([RIGHT, RIGHT, RIGHT, WRONG], "ambiguous"),
        ([RIGHT, RIGHT, RIGHT, GAVE_UP, GAVE_UP], "too_hard"),
        ([RIGHT, RIGHT, RIGHT, FAILED, FAILED], "execution_failure"),
        ([RIGHT, RIGHT, RIGHT, LOST, LOST], "verified"),
        ([RIGHT, RIGHT, LOST, LOST, LOST], "too_hard"),
    ],
)
def test_a_model_needs_three_of_three_or_four_of_five(others: list[Voice], expected: Verdict) -> None:
    model = {"teacher": "some-model"}
    rest = [trace("consistency", at, voice, attempt=model) for at, voice in enumerate(others)]
    found = judge(ASKED, [trace("gold", 0, RIGHT, attempt=model), *rest], "e")
    assert (found.verdict, found.evidence) == (expected, "model")
