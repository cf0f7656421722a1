"""Pairs are cut at the first wrong step below a shared history, and steps are labelled by what hooks prove."""

import msgspec
import pytest

from events.episode import Departure, EpisodeJudged, Place
from events.identity import digest_of
from events.trace import AttemptEnded, CellResult, Executed, HookGrade, HookRaised, HooksGraded, Message
from events.values import value_of
from store.export.conversation import TOOL
from store.export.harvest import Harvest, Row
from store.export.preferences import dpo, reward
from store.export.stepwise import stepwise
from store.projections.state import State
from store.splits import Splits, TablePlace
from tests.history import told

RIGHT = ("k = df", "m = k.mean()", "submit(m)")
WRONG = ("k = df", "m = k.median()", "submit(m)")
NAMES = ("k", "m")
"""The hooks raised in the first two cells."""


def played(attempt: AttemptEnded, codes: tuple[str, ...], prose: str = "I go on.") -> AttemptEnded:
    """The attempt, had it run these cells."""
    said = tuple(Message(prose, code, number) for number, code in enumerate(codes))
    ran = tuple(
        Executed(
            digest_of(code.encode()),
            CellResult(
                number,
                hooks=tuple(HookRaised(one, code, value_of(1.5)) for one in NAMES[number : number + 1]),
            ),
            f"shown {code[:3]}",
        )
        for number, code in enumerate(codes)
    )
    mistake = attempt.mistake and msgspec.structs.replace(attempt.mistake, cell=1)
    return msgspec.structs.replace(attempt, said=said, executed=ran, mistake=mistake)


def grades(attempt: AttemptEnded, paired: tuple[str | None, ...]) -> HooksGraded:
    found = tuple(
        HookGrade(
            name, at, one is not None, "grounded" if one else "other_value", "", one, (f"data:{parent}",)
        )
        for at, (name, parent, one) in enumerate(zip(NAMES, ("table", "k"), paired, strict=True))
    )
    return HooksGraded(attempt.trace, attempt.question, found, (), True)


@pytest.fixture
def state() -> State:
    """One episode in which each trace takes three turns, and the mistaken one errs in the second."""
    found = told(1, ("template",)).state()
    for trace, attempt in list(found.traces.attempts.items()):
        wrong = attempt.mistake is not None
        found.traces.attempts[trace] = played(attempt, WRONG if wrong else RIGHT, f"{attempt.role} speaks.")
        paired = ("one", None) if wrong else ("one", "two")
        found.traces.grades[trace] = grades(attempt, paired)
    return found


def harvest(state: State) -> Harvest:
    return Harvest(state, Splits({dataset: TablePlace("train", ()) for dataset in state.datasets.by_id}))


def judged_of(state: State) -> EpisodeJudged:
    (judged,) = state.episodes.judged.values()
    return judged


def mistaken(state: State) -> str:
    return next(trace for trace, one in state.traces.attempts.items() if one.mistake is not None)


def code_of(row: Row, key: str) -> str:
    (message,) = row[key]
    code: str = message["tool_calls"][0]["function"]["arguments"]["code"]
    return code


def test_a_pair_is_one_turn_each_below_what_both_have_seen(state: State) -> None:
    (row,) = dpo(harvest(state))
    assert (code_of(row, "chosen"), code_of(row, "rejected")) == (RIGHT[1], WRONG[1])
    assert [one["role"] for one in row["prompt"]] == ["system", "user", "assistant", "tool"]
    assert row["prompt"][-1]["content"] == "shown k ="
    assert row["tools"] == [TOOL]
    assert row["lineage"]["trace"] == mistaken(state)


def test_who_solved_without_the_hint_is_chosen_before_the_gold(state: State) -> None:
    (row,) = dpo(harvest(state))
    assert row["chosen"][0]["content"] == "consistency speaks."


def test_the_margin_is_what_the_wrong_trace_lacks_of_checkpoints_and_answer(state: State) -> None:
    (row,) = reward(harvest(state))
    assert row["margin"] == pytest.approx(2 / 3)
    assert {key: row[key] for key in ("prompt", "chosen", "rejected")} == {
        key: one[key] for one in dpo(harvest(state)) for key in ("prompt", "chosen", "rejected")
    }


def test_traces_that_had_parted_before_make_no_pair(state: State) -> None:
    trace = mistaken(state)
    early = ("k = df.copy()", *WRONG[1:])
    state.traces.attempts[trace] = played(state.traces.attempts[trace], early)
    assert list(dpo(harvest(state))) == []


def test_a_trace_without_a_label_is_cut_where_the_verdict_found_it_to_depart(state: State) -> None:
    trace, judged = mistaken(state), judged_of(state)
    attempt = msgspec.structs.replace(state.traces.attempts[trace], mistake=None)
    state.traces.attempts[trace] = attempt
    assert list(dpo(harvest(state))) == []
    place = Place(trace, 1, WRONG[1], "m")
    parted = Departure(trace, "consistency", 1, (), None, place, None, None)
    state.episodes.judged[judged.episode] = msgspec.structs.replace(judged, departures=(parted,))
    (row,) = dpo(harvest(state))
    assert code_of(row, "rejected") == WRONG[1]


def test_a_right_answer_is_never_rejected(state: State) -> None:
    judged = judged_of(state)
    votes = tuple(msgspec.structs.replace(one, accepted=True) for one in judged.votes)
    state.episodes.judged[judged.episode] = msgspec.structs.replace(judged, votes=votes)
    assert list(dpo(harvest(state))) == []


def steps_of(state: State, trace: str) -> Row:
    (row,) = (one for one in stepwise(harvest(state)) if one["lineage"]["trace"] == trace)
    return row


def test_every_trace_has_its_steps_labelled(state: State) -> None:
    assert len(list(stepwise(harvest(state)))) == 5
    right = steps_of(state, judged_of(state).votes[0].trace)
    assert right["states"] == ["right", "right", "unknown"]
    assert right["labels"] == [1.0, 1.0, None]
    assert right["hook_ids"] == [["k"], ["m"], []]
    assert right["hook_parents"] == {"k": [], "m": ["k"]}
    assert right["turn_index"] == [0, 1, 2]
    assert right["completions"][1].endswith("```python\nm = k.mean()\n```")


def test_the_first_wrong_step_of_a_wrong_answer_is_fatal(state: State) -> None:
    row = steps_of(state, mistaken(state))
    assert row["states"] == ["right", "fatal", "unknown"]
    assert row["labels"] == [1.0, 0.0, None]


def test_a_turn_without_a_hook_is_not_judged_even_where_the_mistake_is(state: State) -> None:
    trace = mistaken(state)
    attempt = state.traces.attempts[trace]
    assert attempt.mistake is not None
    moved = msgspec.structs.replace(attempt.mistake, cell=2)
    state.traces.attempts[trace] = msgspec.structs.replace(attempt, mistake=moved)
    assert steps_of(state, trace)["labels"] == [1.0, None, None]


def test_a_hook_that_holds_later_makes_its_turn_correctable(state: State) -> None:
    trace = judged_of(state).votes[0].trace
    attempt = state.traces.attempts[trace]
    again = tuple(
        msgspec.structs.replace(
            one,
            result=msgspec.structs.replace(one.result, hooks=(HookRaised("k", "c", value_of(1.5)),)),
        )
        for one in attempt.executed
    )
    state.traces.attempts[trace] = msgspec.structs.replace(attempt, executed=again)
    found = tuple(HookGrade("k", at, at > 0, "", "", "one" if at else None, ("data:k",)) for at in range(3))
    state.traces.grades[trace] = HooksGraded(trace, attempt.question, found, (), True)
    row = steps_of(state, trace)
    assert row["states"] == ["correctable", "right", "right"]
    assert row["hook_ids"] == [["k"], ["k#2"], ["k#3"]]
    assert row["hook_parents"] == {"k": [], "k#2": ["k"], "k#3": ["k#2"]}


def test_broken_and_tampering_traces_are_no_steps(state: State) -> None:
    first, second = (vote.trace for vote in judged_of(state).votes[1:3])
    graded = state.traces.grades[first]
    state.traces.grades[first] = msgspec.structs.replace(graded, tampering="sys._getframe")
    state.traces.records[second] = msgspec.structs.replace(state.traces.records[second], broken="foreign")
    assert not {first, second} & {one["lineage"]["trace"] for one in stepwise(harvest(state))}
