"""Traces of a model that are not asked for could not have changed the verdict, whatever they would have been."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import example, given, settings, strategies as st

from actors.verifying.economy import settled
from actors.verifying.evidence import Evidence
from actors.verifying.opinion import Opinion
from actors.verifying.verdict import judge
from events.episode import EpisodeJudged
from tests.verifying.test_verdict import (
    ALSO_WRONG,
    ASKED,
    EXACT,
    FAILED,
    GAVE_UP,
    LOST,
    RIGHT,
    VOICES,
    WRONG,
    Voice,
    trace,
)

BY_A_MODEL: dict[str, Any] = {"attempt": {"teacher": "some-model"}}
TAMPERED: dict[str, Any] = {"grades": {"tampering": "sys._getframe"}}
BROKEN: dict[str, Any] = {"record": {"broken": "cell 1 was executed twice"}}
UNGROUNDED: dict[str, Any] = {"grades": {"grades": ()}}
GOLDS: list[dict[str, Any]] = [{}, TAMPERED, BROKEN, UNGROUNDED]


def heard(gold: Voice, others: Sequence[Voice], changes: Mapping[str, Any] | None = None) -> list[Evidence]:
    first = trace("gold", 0, gold, **BY_A_MODEL, **(changes or {}))
    return [first, *(trace("consistency", place, one, **BY_A_MODEL) for place, one in enumerate(others))]


def needed(evidence: Sequence[Evidence]) -> int:
    """Of so many traces, in their order, the verdict is certain."""
    records, most = [one.record for one in evidence], len(evidence) - 1
    return next(count for count in range(1, most + 2) if settled(ASKED, records[:count], most))


def judged(evidence: Sequence[Evidence], read: Sequence[Voice], *, unlike: str = "") -> EpisodeJudged:
    """The verdict, where some answers are right for another reading of the question."""
    readings = {
        one.attempt.trace: ("ddof of the spread read as 0, not 1",)
        for one in evidence
        if one.record.answer in read
    }
    return judge(ASKED, evidence, "e", Opinion("agrees", unlike=unlike, readings=readings))


@given(
    st.sampled_from(VOICES),
    st.lists(st.sampled_from(VOICES), min_size=1, max_size=6),
    st.sampled_from(GOLDS),
    st.lists(st.sampled_from([one for one in VOICES if isinstance(one, dict)]), max_size=2),
    st.sampled_from(["", "hint"]),
)
@example(RIGHT, [RIGHT, RIGHT, RIGHT, RIGHT, WRONG], {}, [], "")
@example(RIGHT, [GAVE_UP, GAVE_UP, GAVE_UP, FAILED, FAILED], {}, [], "")
@example(RIGHT, [GAVE_UP, GAVE_UP, FAILED, FAILED], {}, [], "")
@example(WRONG, [RIGHT, RIGHT, RIGHT, RIGHT, ALSO_WRONG], {}, [ALSO_WRONG], "")
@example(RIGHT, [RIGHT, RIGHT, WRONG, LOST, LOST], {}, [], "")
@settings(max_examples=600, deadline=None)
def test_what_was_not_asked_changes_no_verdict(
    gold: Voice, others: list[Voice], changes: Mapping[str, Any], read: list[Voice], unlike: str
) -> None:
    evidence = heard(gold, others, changes)
    asked = evidence[: needed(evidence)]
    assert judged(asked, read, unlike=unlike).verdict == judged(evidence, read, unlike=unlike).verdict


@pytest.mark.parametrize(
    ("others", "gold", "asked"),
    [
        # Four of five are what a model needs.
        ([RIGHT, EXACT, RIGHT, RIGHT, WRONG], RIGHT, 4),
        ([RIGHT, RIGHT, WRONG, RIGHT, RIGHT], RIGHT, 5),
        ([RIGHT, RIGHT, RIGHT], RIGHT, 3),
        ([RIGHT] * 10, RIGHT, 8),
        # A gold trace without an answer is refused whatever the others are.
        ([RIGHT] * 5, GAVE_UP, 0),
        ([RIGHT] * 5, FAILED, 0),
        # Half of all gave up, or hit limits.
        ([GAVE_UP] * 5, RIGHT, 3),
        ([FAILED, RIGHT, FAILED, FAILED, RIGHT], RIGHT, 4),
        ([GAVE_UP, GAVE_UP, RIGHT, RIGHT], RIGHT, 3),
        ([GAVE_UP] * 5, WRONG, 3),
        # What several answers mean is told by all.
        ([WRONG] * 5, RIGHT, 5),
        ([WRONG, ALSO_WRONG, RIGHT, RIGHT, RIGHT], RIGHT, 5),
        ([RIGHT] * 5, WRONG, 5),
        # What was lost is nobody's, and no vote.
        ([LOST, RIGHT, RIGHT, RIGHT, RIGHT], RIGHT, 5),
        ([GAVE_UP, LOST, GAVE_UP, LOST, RIGHT], RIGHT, 4),
    ],
)
def test_so_many_are_asked_before_the_verdict_is_certain(
    others: list[Voice], gold: Voice, asked: int
) -> None:
    assert needed(heard(gold, others)) - 1 == asked


def test_nothing_is_certain_before_anybody_was_asked() -> None:
    assert not settled(ASKED, [], 5)
    assert not settled(ASKED, [heard(RIGHT, [])[0].record], 5)


def test_a_verdict_says_how_many_were_not_asked() -> None:
    evidence = heard(RIGHT, [RIGHT] * 4)
    spared, whole = judge(ASKED, evidence, "e", unasked=1), judge(ASKED, evidence, "e")
    assert (spared.verdict, spared.unasked, len(spared.votes)) == ("verified", 1, 5)
    assert spared.why == f"{whole.why}; certain without asking for 1 more"
    assert whole.unasked == 0
