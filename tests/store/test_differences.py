"""What distinguishes two states is told by kind of thing and by id, and nothing else is."""

from itertools import pairwise
from pathlib import Path

import anyio
import pytest

from events.dataset import DatasetRefused
from events.gate import FailureAcknowledged, IntegrityFailureSimulated
from store.differences import Changes, difference
from store.home import Home
from store.log.append import Draft, LogWriter
from store.projections.state import MODELS, State
from store.replay import rebuild
from tests.history import told, write_history

HISTORY = told(2)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    place = Home(tmp_path_factory.mktemp("differences") / "home")
    anyio.run(write_history, place, HISTORY)
    return place


def test_a_state_differs_from_itself_in_nothing(home: Home) -> None:
    found = difference(rebuild(home), rebuild(home))
    assert (found.same, found.models, found.things, found.verdicts) == (True, (), {}, {})


def test_from_nothing_to_the_end_everything_is_added(home: Home) -> None:
    end = rebuild(home)
    found = difference(State(), end)
    assert found.seqs == (0, end.seq)
    assert not found.same
    assert found.things["questions"] == Changes(tuple(sorted(end.questions.accepted)), (), ())
    assert found.things["episodes"].added == tuple(sorted(end.episodes.judged))
    assert found.verdicts == dict.fromkeys(sorted(end.episodes.judged), (None, "verified"))


def test_the_other_way_round_what_was_added_is_removed(home: Home) -> None:
    there, back = difference(rebuild(home, 9), rebuild(home)), difference(rebuild(home), rebuild(home, 9))
    assert there.seqs == back.seqs[::-1]
    assert there.models == back.models
    for kind, changes in there.things.items():
        turned = back.things[kind]
        assert (changes.added, changes.removed, changes.changed) == (
            turned.removed,
            turned.added,
            turned.changed,
        )


def test_step_by_step_the_differences_add_up_to_the_whole(home: Home) -> None:
    end = rebuild(home).seq
    states = [rebuild(home, seq) for seq in range(0, end + 1, 7)]
    added: list[str] = []
    for first, second in pairwise(states):
        added += difference(first, second).things.get("traces", Changes((), (), ())).added
    assert sorted(added) == sorted(states[-1].traces.attempts)


def test_an_event_that_changes_no_thing_changes_nothing_that_is_told(home: Home) -> None:
    states = [rebuild(home, seq) for seq in range(rebuild(home).seq + 1)]
    for first, second in pairwise(states):
        found = difference(first, second)
        assert found.same == (first.digests() == second.digests())
        assert set(found.models) == {
            name for name in MODELS if first.digests()[name] != second.digests()[name]
        }


def test_what_is_in_both_and_not_equal_is_changed(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    anyio.run(write_history, home, HISTORY)
    before = rebuild(home)
    episode = min(before.episodes.judged)

    async def go_on() -> None:
        async with LogWriter.open(home) as writer:
            (failed,) = await writer.append([Draft(IntegrityFailureSimulated("broken_trace", episode))])
            await writer.append([Draft(FailureAcknowledged(failed.id, "a drill"))])
            await writer.append([Draft(FailureAcknowledged(failed.id, "a drill, as I said"))])
            await writer.append([Draft(DatasetRefused("x.csv", "empty", ""))])

    anyio.run(go_on)
    end = before.seq
    simulated, first, second = (rebuild(home, end + step) for step in (1, 2, 3))
    assert set(difference(before, simulated).things) == {"simulated"}
    assert set(difference(simulated, first).things) == {"acknowledged"}
    changed = difference(first, second).things["acknowledged"]
    assert (changed.added, changed.removed, len(changed.changed)) == ((), (), 1)
    assert set(difference(second, rebuild(home)).things) == {"refused_files"}
    assert difference(before, rebuild(home)).verdicts == {}


def test_two_homes_of_the_same_events_differ_in_ids_alone(home: Home, tmp_path: Path) -> None:
    other = Home(tmp_path / "other")
    anyio.run(write_history, other, told(3))
    found = difference(rebuild(home), rebuild(other))
    assert not found.things["questions"].removed
    assert len(found.things["questions"].added) == 2
    assert len(found.verdicts) == 2


def test_the_difference_is_plain_json(home: Home) -> None:
    found = difference(rebuild(home, 3), rebuild(home)).to_dict()
    assert found["things"]["episodes"].keys() == {"added", "removed", "changed"}
    assert found["seqs"] == (3, rebuild(home).seq)
