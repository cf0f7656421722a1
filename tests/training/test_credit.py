"""What an attempt earns follows from its answer and from the checkpoints that it reached, and from nothing else."""

from collections.abc import Sequence
from typing import get_args

import msgspec
import pytest
from hypothesis import given, strategies as st

from actors.training.credit import CONSOLATION, HookGraph, earned, hook_graph, progress, reached
from events.question import ProgramRecord, Step
from events.trace import HookGrade, HooksGraded, Outcome
from events.values import value_of

GRAPH = HookGraph({"a": (), "b": ("a",), "c": ("a", "b"), "d": ()}, most=8)
NAMES = ("a", "b", "c", "d", "e", None)


def grade(checkpoint: str | None, grounded: bool = True) -> HookGrade:
    return HookGrade("x", 0, grounded, "grounded" if grounded else "constant", "", checkpoint)


def graded(*checkpoints: str | None) -> HooksGraded:
    return HooksGraded("t", "q", tuple(map(grade, checkpoints)), (), reproduced=True)


def step(name: str, *inputs: str) -> Step:
    return Step(name, "any", inputs, {}, {})


GRADES = st.lists(st.builds(grade, st.sampled_from(NAMES), st.booleans()), max_size=10)


@given(GRADES)
def test_the_potential_is_a_share_and_no_checkpoint_counts_before_what_it_is_made_from(
    grades: Sequence[HookGrade],
) -> None:
    found = reached(GRAPH, grades)
    assert len(set(found)) == len(found)
    assert all(set(GRAPH.needs[name]) <= set(found[:place]) for place, name in enumerate(found))
    assert 0.0 <= progress(GRAPH, grades) <= 1.0


@given(GRADES, GRADES)
def test_saying_more_within_the_limit_never_lowers_the_potential_and_repeating_never_raises_it(
    grades: list[HookGrade], more: list[HookGrade]
) -> None:
    if len(grades) + len(more) <= GRAPH.most:
        assert progress(GRAPH, [*grades, *more]) >= progress(GRAPH, grades)
    if 2 * len(grades) <= GRAPH.most:
        once = reached(GRAPH, grades)
        assert reached(GRAPH, [one for one in grades for _ in range(2)]) == once


def test_more_hooks_than_twice_the_programs_steps_count_for_nothing() -> None:
    assert progress(GRAPH, [grade("a"), *[grade(None)] * 7]) == 0.25
    assert progress(GRAPH, [grade("a"), *[grade(None)] * 8]) == 0.0


@given(GRADES, GRADES, st.sampled_from(get_args(Outcome)))
def test_a_wrong_answer_earns_at_most_a_fifth_of_any_right_one(
    grades: list[HookGrade], others: list[HookGrade], outcome: Outcome
) -> None:
    right = earned("answered", right=True, graded=_all(grades), graph=GRAPH).reward
    wrong = earned(outcome, right=False, graded=_all(others), graph=GRAPH).reward
    assert right is not None
    assert wrong is None or 0.0 <= wrong <= CONSOLATION * right
    assert (wrong is None) == (outcome == "infrastructure_failed")


@pytest.mark.parametrize("outcome", ["execution_failed", "infrastructure_failed"])
def test_own_crashes_are_zero_and_faults_from_outside_are_no_reward_at_all(outcome: Outcome) -> None:
    found = earned(outcome, right=False, graded=graded("a", "b", "c", "d"), graph=GRAPH)
    assert found.reward == (0.0 if outcome == "execution_failed" else None)


def test_tampering_and_what_does_not_come_again_are_not_paid() -> None:
    whole = graded("a", "b", "c", "d")
    assert earned("answered", right=True, graded=whole, graph=GRAPH).reward == 1.0
    reaching = msgspec.structs.replace(whole, tampering="cell 0 reaches for a frame")
    assert earned("answered", right=True, graded=reaching, graph=GRAPH).reward == 0.0
    drawn = msgspec.structs.replace(whole, reproduced=False)
    assert earned("answered", right=True, graded=drawn, graph=GRAPH).reward == 0.8


def test_trivial_values_are_no_checkpoints_and_lead_to_what_is_behind_them() -> None:
    record = ProgramRecord((step("a", "table"), step("n", "a"), step("b", "n"), step("c", "b")), {"x": "c"})
    held = {"a": value_of(12.5), "n": value_of(1), "b": value_of(240), "c": value_of("Gentoo")}
    graph = hook_graph(record, held, rows=240, columns=7)
    assert graph.needs == {"a": (), "c": ("a",)}
    assert graph.most == 8


@pytest.mark.parametrize("value", [0, 1, -1, True, None, 240, 7, float("nan"), "", list(range(65)), []])
def test_what_anybody_could_print_tells_nothing(value: object) -> None:
    record = ProgramRecord((step("a", "table"),), {"x": "a"})
    graph = hook_graph(record, {"a": value_of(value)}, rows=240, columns=7)
    assert graph.needs == ({"a": ()} if value == "" else {})


def _all(grades: list[HookGrade]) -> HooksGraded:
    return HooksGraded("t", "q", tuple(grades), (), reproduced=True)
