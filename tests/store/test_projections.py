"""Folds of the log: what counts, and what each read model says."""

import pytest
from hypothesis import given, settings, strategies as st

import store.projections.datasets
import store.projections.funnel
from events.dataset import DatasetRefused
from events.envelope import Recorded
from events.gate import FailureAcknowledged, IntegrityFailureSimulated
from events.identity import canonical_json
from events.question import QuestionAccepted, QuestionRejected
from events.runtime import (
    ActorCrashed,
    ActorEscalated,
    ActorRestarted,
    DeadLettered,
    HomeOpened,
    WorkFailed,
    WorkParked,
    WorkStamp,
)
from events.struct import Event
from events.wire import decode, encode
from events.worker import WorkerLost, WorkerStarted
from store.artifacts import render_artifacts
from store.projections.fold import BrokenHistoryError, FinishedWork, hears, project
from store.projections.rows import plain
from store.projections.state import MODELS, fold
from tests.events.samples import EVENTS, of
from tests.history import History, dataset_registered, question, told


def test_several_projections_are_folded_in_one_pass() -> None:
    datasets, funnel = project(iter(told().events), store.projections.datasets, store.projections.funnel)
    assert len(datasets.by_id) == 1
    assert set(funnel.rows) == set(datasets.by_id)


def test_the_same_events_fold_to_the_same_digests() -> None:
    assert fold(told().events).digests() == fold(told().events).digests()
    assert fold(told(1).events).digests() != fold(told(2).events).digests()


def test_what_was_written_and_read_again_folds_to_the_same() -> None:
    events = told().events
    read = fold(decode(encode(one)) for one in events)
    assert read.digests() == fold(events).digests()
    assert render_artifacts(read) == render_artifacts(fold(events))


def test_a_state_that_was_folded_halfway_goes_on_to_the_same_end() -> None:
    events = told().events
    state = fold(events[:50])
    for recorded in events[50:]:
        state.apply(recorded)
    assert state.digests() == fold(events).digests()
    assert (state.seq, state.head) == (len(events), events[-1].id)


def test_the_funnel_counts_each_stage_by_dataset_and_source() -> None:
    state = told(3).state()
    (rows,) = state.funnel.rows.values()
    row = rows["template"]
    assert (row.proposed, len(row.accepted), row.rejected, row.verified) == (4, 3, {"dead_step": 1}, 3)
    assert row.refused() == {}


def test_a_question_that_two_streams_propose_is_counted_once() -> None:
    history = told(1, ("template",))
    dataset = next(iter(history.state().datasets.by_id))
    stream = history.stream(dataset, "template", seed=7)
    history.finish(QuestionAccepted(stream, 0, question(dataset, "template", 0)), "court:again")
    state = history.state()
    assert state.questions.counts() == {"template": 1, "procedural": 0, "llm": 0}
    row = state.funnel.rows[dataset]["template"]
    assert (row.proposed, len(row.accepted), row.again) == (3, 1, 1)


def test_rejections_are_counted_by_source_and_reason_and_kept_in_full() -> None:
    state = told().state()
    assert state.questions.rejected == {"template": {"dead_step": 1}, "procedural": {"dead_step": 1}}
    details = [one.detail for found in state.questions.rejections.values() for one in found]
    assert details == ["step 2 does not matter"] * 2


def test_a_rejection_of_an_unknown_stream_is_a_broken_history() -> None:
    history = History()
    history.tell(QuestionRejected("nowhere", 0, "dead_step", ""))
    with pytest.raises(BrokenHistoryError, match=r"event 1 .*stream nowhere"):
        history.state()


def test_events_of_unfinished_work_do_not_count() -> None:
    history = History()
    history.tell(dataset_registered(), WorkStamp("register", 1))
    assert history.state().datasets.by_id == {}
    assert history.state().seq == 1


def test_only_the_finished_try_of_a_piece_of_work_counts() -> None:
    history = History()
    history.tell(dataset_registered("lost"), WorkStamp("register", 1))
    history.tell(dataset_registered("kept"), WorkStamp("register", 2))
    history.tell(DatasetRefused("x.csv", "empty", "it is empty"), WorkStamp("register", 2, finishes=True))
    state = history.state()
    assert [one.name for one in state.datasets.by_id.values()] == ["kept"]
    assert list(state.datasets.refused) == ["x.csv"]


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(1, 3), st.booleans()), max_size=30))
def test_what_is_let_through_is_in_order_and_each_event_at_most_once(
    stamps: list[tuple[int, int, bool]],
) -> None:
    history = History()
    for key, attempt, finishes in stamps:
        history.tell(dataset_registered(), WorkStamp(f"key{key}", attempt, finishes=finishes))
    gate = FinishedWork()
    for recorded in history.events:
        released = gate.release(recorded)
        seqs = [one.seq for one in released]
        assert seqs == sorted(set(seqs))
        assert bool(released) == bool(recorded.work and recorded.work.finishes)
        assert len({(one.work.key, one.work.attempt) for one in released if one.work}) <= 1


def test_a_file_that_serves_after_all_is_no_longer_refused() -> None:
    history = History()
    table = dataset_registered()
    history.tell(DatasetRefused(table.path, "empty", "it is empty"))
    history.tell(table)
    assert history.state().datasets.refused == {}


def test_the_first_name_of_a_dataset_stays() -> None:
    history = History()
    first = dataset_registered("penguins")
    history.tell(first)
    history.tell(
        type(first)(**{name: getattr(first, name) for name in first.__struct_fields__} | {"name": "b"})
    )
    assert [one.name for one in history.state().datasets.by_id.values()] == ["penguins"]


def test_a_dead_letter_counts_until_it_is_acknowledged_or_finished() -> None:
    history = History()
    letter = history.tell(DeadLettered("a", "boom"))
    history.tell(DeadLettered("b", "boom"))
    assert set(history.state().integrity.open_letters()) == {"a", "b"}
    history.tell(FailureAcknowledged(letter.id, "looked at it"))
    history.finish(dataset_registered(), "b")
    assert history.state().integrity.open_letters() == {}


def test_infrastructure_failures_are_a_share_of_all_tries() -> None:
    history = History()
    history.tell(WorkFailed("a", 1, "lost", infrastructure=True))
    history.tell(WorkFailed("a", 2, "our fault", infrastructure=False))
    history.tell(WorkParked("a", "lost"))
    assert history.state().integrity.parked == {"a": "lost"}
    history.finish(dataset_registered(), "a")
    history.finish(dataset_registered(), "b")
    state = history.state()
    assert state.integrity.infrastructure_rate() == 0.25
    assert state.integrity.parked == {}


def test_crashes_restarts_and_escalations_are_counted_by_actor() -> None:
    history = told(1)
    for event in (
        ActorCrashed("solver", "KeyError"),
        ActorRestarted("solver", 1),
        ActorCrashed("solver", "KeyError"),
        ActorCrashed("grounder", "KeyError"),
        ActorEscalated("solver", 1, 60.0),
    ):
        history.tell(event)
    found = history.state().integrity
    assert found.crashes == {"solver": 2, "grounder": 1}
    assert found.restarts == {"solver": 1}
    assert found.escalations == {"solver": 1}


def test_an_acknowledged_failure_quarantines_what_it_touched() -> None:
    history = told(2, ("template",))
    kept, touched = sorted(history.state().verified())
    failure = history.tell(IntegrityFailureSimulated("broken_trace", touched))
    assert set(history.state().verified()) == {kept, touched}
    history.tell(FailureAcknowledged(failure.id, "seen"))
    assert set(history.state().verified()) == {kept}
    assert history.state().integrity.open_failures() == {}


def test_acknowledging_an_event_about_a_trace_or_question_quarantines_its_episodes() -> None:
    for kind in ("attempts", "accepted"):
        history = told(2, ("template",))
        state = history.state()
        places = state.traces.events if kind == "attempts" else state.questions.events
        history.tell(FailureAcknowledged(sorted(places.values())[0], "seen"))
        assert len(history.state().quarantined()) == 1


def test_workers_are_known_with_what_became_of_them() -> None:
    history = History()
    history.tell(WorkerStarted("w1", "local", "process", "f"))
    history.tell(WorkerStarted("w2", "local", "process", "f"))
    history.tell(WorkerLost("w1", "local", "killed"))
    state = history.state()
    assert (state.workers.lost(), state.workers.levels()) == (1, {"process": 2})


def test_refusals_name_every_category() -> None:
    state = History().state()
    assert set(state.episodes.refused().values()) == {0}
    assert len(state.episodes.refused()) == 6


STAMPS = st.none() | st.builds(WorkStamp, st.sampled_from(("a", "b")), st.just(1), st.booleans())


@pytest.mark.parametrize("kind", EVENTS, ids=lambda kind: kind.__name__)
@settings(max_examples=10)
@given(st.data())
def test_a_model_that_is_not_told_of_an_event_would_not_have_changed(
    kind: type[Event], data: st.DataObject
) -> None:
    event, work = data.draw(of(kind)), data.draw(STAMPS)
    finishes = work is not None and work.finishes
    state = told(1).state()
    for name in [name for name in MODELS if not hears(MODELS[name], kind, finishes=finishes)]:
        before = canonical_json(plain(getattr(state, name)))
        recorded = Recorded(999, "2026-01-02T03:04:05+00:00", "id", event, work=work)
        MODELS[name].apply(getattr(state, name), recorded)
        assert canonical_json(plain(getattr(state, name))) == before


def test_each_model_is_told_of_what_changes_it() -> None:
    assert all(any(hears(model, kind, finishes=False) for kind in EVENTS) for model in MODELS.values())
    assert all(hears(MODELS["integrity"], kind, finishes=True) for kind in EVENTS)
    assert not hears(MODELS["workers"], HomeOpened, finishes=True)
