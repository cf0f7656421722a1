"""What the smoke suite holds its outputs to: each of these would let it fail, in words."""

from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from actors.replaying import Found, Replayed
from actors.smoke import suite
from actors.smoke.outputs import NotAsItShould, again, episodes, files, folders, grader, questions, rows
from actors.smoke.suite import exported
from actors.tracing.reexecution import Divergence
from events.runtime import DeadLettered
from events.trace import AttemptEnded
from store.artifacts import write_artifacts
from store.export.formats import FORMATS
from store.export.harvest import Harvest
from store.export.writing import Made
from store.home import Home
from store.projections.state import State
from store.replay import compare
from store.splits import Splits, TablePlace
from tests.history import History, told
from tests.smoke.exports import ALWAYS, made_here
from tests.store.test_export import parted

SAME = Replayed(1, "local", episodes=2, traces=10, cells=30)
SFT = {"sft": FORMATS["sft"]}


def harvest(state: State) -> Harvest:
    return Harvest(state, Splits({key: TablePlace("train", ()) for key in state.datasets.by_id}))


def other(change: type, **fields: object) -> State:
    """The history with fields of every event of a type replaced."""
    events = [
        msgspec.structs.replace(one, event=msgspec.structs.replace(one.event, **fields))
        if isinstance(one.event, change)
        else one
        for one in told().events
    ]
    return History(events).state()


def test_sound_outputs_are_counted() -> None:
    state = told().state()
    assert questions(state, 4) == {"rows": 4, "sources": 2, "steps": 4}
    assert grader(state)["answers"] == 4
    assert rows(harvest(state), SFT)["export sft"]["rows"] == 16
    assert again([SAME], 2) == {"episodes": 2, "traces": 10, "cells": 30}


def test_every_export_is_made_by_its_name() -> None:
    assert exported(harvest(parted(told().state())), lambda _: b"mass\n1\n").keys() == made_here()


def test_without_the_extra_for_parquet_all_others_are_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suite, "find_spec", lambda _: None)
    assert exported(harvest(parted(told().state())), lambda _: b"mass\n1\n").keys() == ALWAYS


def test_too_few_questions_fail_it() -> None:
    with pytest.raises(NotAsItShould, match="questions: 4 were accepted, 6 wanted"):
        questions(told().state(), 6)


def test_questions_without_a_verdict_fail_it() -> None:
    history = told()
    state = history.state()
    del state.episodes.judged[next(iter(state.episodes.judged))]
    with pytest.raises(NotAsItShould, match="episodes: 3 were judged"):
        episodes(state)


def test_work_that_was_put_aside_fails_it() -> None:
    history = told()
    history.tell(DeadLettered("solve:x", "it raised"))
    with pytest.raises(NotAsItShould, match="put aside: solve:x"):
        episodes(history.state())


def test_artifacts_that_are_not_those_of_the_log_fail_it(tmp_path: Path) -> None:
    home, state = Home(tmp_path), told().state()
    write_artifacts(home, state)
    assert files(home, compare(home, state)) == {"files": 4, "rows": 8}
    next(home.episodes.rglob("*.jsonl")).unlink()
    with pytest.raises(NotAsItShould, match="a replay gives others"):
        files(home, compare(home, state))


def test_an_empty_conversation_fails_it() -> None:
    with pytest.raises(NotAsItShould, match="export sft: it has no row"):
        rows(harvest(History().state()), SFT)
    silent = other(AttemptEnded, said=())
    with pytest.raises(NotAsItShould, match="export sft: a conversation lacks its assistant"):
        rows(harvest(silent), SFT)


def test_what_does_not_come_again_fails_it() -> None:
    differs = Found("e", "t", "gold", 0, Divergence(0, "x = 1", "hook", "1", "2"))
    for found in (
        [],
        [replace(SAME, episodes=1)],
        [replace(SAME, divergences=[differs])],
        [replace(SAME, broken=["t"])],
    ):
        with pytest.raises(NotAsItShould, match="execution"):
            again(found, 2)


@pytest.mark.parametrize(
    ("made", "told_of"),
    [
        (Made({}, {}, "d"), "it has no file"),
        (Made({"a": b""}, {"a": 1}, "d"), "a file is empty"),
        (Made({"a": b"x"}, {"a": 0}, "d"), "a file holds nothing"),
    ],
)
def test_an_empty_folder_fails_it(made: Made, told_of: str) -> None:
    with pytest.raises(NotAsItShould, match=f"export harbor: {told_of}"):
        folders({"harbor": made})
