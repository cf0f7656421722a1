"""What a person sees: everything that matters, and nothing that foreign text could forge."""

import json
import unicodedata
from io import StringIO

import msgspec
import pytest
from hypothesis import given, strategies as st
from rich.console import Console, RenderableType

from actors.terminal.describe import describe
from actors.terminal.find import AmbiguousError, Kind, NotFoundError, find
from actors.terminal.gate_view import gate_view
from actors.terminal.inspect_dataset import inspect_dataset
from actors.terminal.inspect_episode import inspect_episode, inspect_hook, inspect_trace
from actors.terminal.inspect_question import inspect_question
from actors.terminal.plain import block, escaped, line
from actors.terminal.status import status, status_view
from actors.terminal.summary import summary_table
from events.dataset import (
    ColumnProfile,
    ColumnSettings,
    DatasetRefused,
    DateForm,
    Doubtful,
    NumberForm,
    Relation,
    TableSettings,
)
from events.trace import AttemptEnded
from store.decisions import decide
from store.projections.state import State
from tests.history import CODE, History, dataset_registered, told


def shown(view: RenderableType) -> str:
    console = Console(file=StringIO(), width=200, color_system=None)
    with console.capture() as captured:
        console.print(view)
    return captured.get()


@pytest.fixture
def state() -> State:
    return told().state()


def test_the_summary_tells_each_csv_and_source_and_the_sum() -> None:
    history = told(3)
    history.tell(DatasetRefused("bad [red].csv", "empty", "the file is empty; give one with rows"))
    text = shown(summary_table(history.state()))
    rows = [[cell.strip() for cell in row.split("│")] for row in text.splitlines() if "penguins" in row]
    assert rows[0][1:-1] == ["penguins", "template", "4", "3", "dead_step 1", "3", "-"]
    assert rows[1][2] == "procedural"
    assert "left out: bad [red].csv: the file is empty; give one with rows (empty)" in text
    assert any(row.split("│")[3:5] and "8" in row and "6" in row for row in text.splitlines() if "all" in row)


def test_an_episode_is_shown_with_turns_hooks_answers_and_verdict(state: State) -> None:
    key = next(iter(state.episodes.judged))
    judged = state.episodes.judged[key]
    asked = state.questions.accepted[judged.question]
    text = shown(inspect_episode(state, key))
    for wanted in (
        key,
        asked.question_text,
        *asked.format.splitlines(),
        "I take the mean.",
        "hook m (grounded",
        "= 4201.754386",
    ):
        assert wanted in text
    assert all(row in text for row in CODE.splitlines())
    assert "mistake made on purpose: other_column at m" in text
    assert text.count("mean_mass does not match") == 1
    assert text.count("consistency ") >= 4
    assert "verified: 3 of 4 agree with the gold" in text


def test_a_question_is_shown_with_program_readings_checks_and_answers(state: State) -> None:
    key = next(iter(state.questions.accepted))
    text = shown(inspect_question(state, key))
    for wanted in (
        "0.0%: how often an answer given without the data is right",
        "1. m = mean(table)",
        'with column = "mass"',
        'axis missing = "dropped"',
        "2 readings run (bound 64); 2 different answers",
        "missing of m: dropped out of dropped, zero; stated in the text",
        "every step matters",
        "4201.754386",
        "Take the mean of the mass.",
        "rounded to 2 decimals",
    ):
        assert wanted in text


def test_a_dataset_is_shown_with_its_columns_spelled_as_they_are(state: State) -> None:
    text = shown(inspect_dataset(state, next(iter(state.datasets.by_id))))
    assert "sp[red]ecies" in text
    assert "the delimiter is a comma" in text
    assert "3 proposed, 2 accepted, 1 rejected, 2 verified, 0 refused" in text


def test_what_is_known_of_columns_and_rows_is_said_in_words() -> None:
    columns = (
        ColumnProfile("mass_g", "measure", True, 1, 8, why="floats", readable="mass", unit="g"),
        ColumnProfile("again", "measure", True, 0, 8, relations=(Relation("equal", ("mass_g",)),)),
        ColumnProfile("kg", "measure", True, 0, 8, relations=(Relation("linear", ("mass_g",), 0.001, -2.0),)),
        ColumnProfile("all", "count", True, 0, 8, relations=(Relation("total", ("men", "women")),)),
        ColumnProfile("code", "category", True, 0, 3, relations=(Relation("relabels", ("sp",)),)),
        ColumnProfile("share", "measure", True, 0, 8, proportion="share"),
        ColumnProfile("when", "date", False, 0, 8, date=DateForm("%d/%m/%Y", "day", unread=2)),
        ColumnProfile(
            "month", "ordinal", True, 0, 3, ("1", "2", "3"), date=DateForm("%m", "month", part=True)
        ),
        ColumnProfile("price", "text", False, 0, 8, number=NumberForm(",", ".", "$", unread=3)),
        ColumnProfile("sp", "category", False, 0, 3, doubtful=(Doubtful("?", 4),)),
    )
    history = History()
    history.tell(
        msgspec.structs.replace(
            dataset_registered(),
            columns=columns,
            noun="bird",
            noun_why="so it is called",
            settings=TableSettings(row="bird", columns={"sp": ColumnSettings(unit="")}),
        )
    )
    state = history.state()
    text = shown(inspect_dataset(state, next(iter(state.datasets.by_id))))
    for wanted in (
        "bird: so it is called",
        "a person said something of row, 'sp'",
        "again: a copy of mass_g",
        "kg: equals 0.001 x mass_g - 2",
        "all: equals men + women",
        "code: divides the rows as sp does, under other names",
        "share: its values are shares of a whole, 0 to 1",
        "when: each value is a date, the day, written as %d/%m/%Y; 2 rows have something else",
        "month: its values are a part of dates, the month, written as %m",
        "month: its levels in order: 1, 2, 3",
        "price: its texts can be read as numbers: ',' between thousands, '.' before decimals, '$' before them,",
        "sp: may mean 'no value', and counts as a value: '?' in 4 rows",
        "by its header",
    ):
        assert wanted in text


def test_a_trace_and_a_hook_are_shown_in_full(state: State) -> None:
    trace = next(iter(state.traces.attempts))
    assert "submitted" in shown(inspect_trace(state, trace))
    text = shown(inspect_hook(state, f"{trace}/m"))
    for wanted in ("4201.754386", "data:table", "held on 2 tables", "yes: grounded"):
        assert wanted in text
    with pytest.raises(KeyError, match="it raised m"):
        inspect_hook(state, f"{trace}/other")


def test_what_is_not_known_yet_is_said_to_be(state: State) -> None:
    history = History([one for one in told().events if isinstance(one.event, AttemptEnded)][:1])
    trace = next(iter(history.state().traces.attempts))
    text = shown(inspect_trace(history.state(), trace))
    assert "not recorded yet" in text
    assert "not grounded: ungraded" in text


def test_text_of_a_model_can_forge_neither_markup_nor_control_sequences() -> None:
    def forged(history: History) -> State:
        events = [
            msgspec.structs.replace(
                one,
                event=msgspec.structs.replace(
                    one.event,
                    said=(msgspec.structs.replace(one.event.said[0], text="[bold]\x1b[2J\u202eevil\r"),),
                ),
            )
            if isinstance(one.event, AttemptEnded)
            else one
            for one in history.events
        ]
        return History(events).state()

    state = forged(told(1))
    text = shown(inspect_episode(state, next(iter(state.episodes.judged))))
    assert "[bold]\\x1b[2J\\u202eevil\\r" in text
    assert "\x1b" not in text


def test_one_line_stays_one_line_and_a_block_keeps_its_lines() -> None:
    assert shown(line("a\nb [x]")) == "a\\nb [x]\n"
    assert [row.strip() for row in shown(block("a\nb")).splitlines()] == ["a", "b"]
    assert escaped("\ud800 ü 表") == "\\ud800 ü 表"


@given(st.text())
def test_escaped_text_holds_nothing_that_moves_the_cursor_or_turns_the_letters(text: str) -> None:
    assert not {unicodedata.category(one) for one in escaped(text)} & {"Cc", "Cf", "Cs", "Zl", "Zp"}


def test_the_gate_is_shown_with_every_rule_and_where_to_look() -> None:
    gate = {
        "open": False,
        "seq": 9,
        "rules": [
            {"rule": "dead_letters", "found": 0, "allowed": 0, "where": ""},
            {"rule": "trace_integrity", "found": 1, "allowed": 0, "where": "tracegate inspect episode [e]"},
        ],
        "reasons": [{"rule": "trace_integrity"}],
    }
    text = shown(gate_view(gate))
    assert "the gate is closed at log position 9" in text
    assert "yes  dead_letters: found 0; allowed 0" in text
    assert "no   trace_integrity: found 1; allowed 0" in text
    assert "where: tracegate inspect episode [e]" in text


@pytest.mark.parametrize("kind", ["dataset", "question", "episode", "trace", "event"])
def test_the_first_digits_of_an_id_are_enough_when_they_tell_it_apart(state: State, kind: Kind) -> None:
    places = {
        "dataset": list(state.datasets.by_id),
        "question": list(state.questions.accepted),
        "episode": list(state.episodes.judged),
        "trace": list(state.traces.attempts),
        "event": list(state.integrity.touched),
    }
    wanted = places[kind][0]
    assert find(state, kind, wanted) == wanted
    assert find(state, kind, wanted[:12]) == wanted
    with pytest.raises(NotFoundError, match=f"no {kind}.* begins with 'zz'"):
        find(state, kind, "zz")


def test_digits_that_several_ids_share_are_refused_and_the_ids_named(state: State) -> None:
    ids = list(state.integrity.touched)
    first = next(digit for digit in "0123456789abcdef" if sum(one[0] == digit for one in ids) > 1)
    with pytest.raises(AmbiguousError, match="give more of it"):
        find(state, "event", first)
    with pytest.raises(NotFoundError):
        find(state, "event", "")


def test_an_event_that_touches_nothing_cannot_be_found_to_be_acknowledged(state: State) -> None:
    with pytest.raises(NotFoundError, match="no event that can be acknowledged"):
        find(state, "event", told().events[0].id)


def test_a_dataset_is_found_by_name_and_a_hook_by_trace_or_episode(state: State) -> None:
    assert find(state, "dataset", "penguins") in state.datasets.by_id
    judged = next(iter(state.episodes.judged.values()))
    gold = judged.votes[0].trace
    assert find(state, "hook", f"{judged.episode[:12]}/m") == f"{gold}/m"
    assert find(state, "hook", f"{gold[:12]}/m") == f"{gold}/m"
    with pytest.raises(NotFoundError, match="TRACE/NAME"):
        find(state, "hook", "m")


@pytest.mark.parametrize("kind", ["dataset", "question", "episode", "trace", "hook", "event"])
def test_each_thing_is_described_as_plain_json(state: State, kind: Kind) -> None:
    gold = next(iter(state.episodes.judged.values())).votes[0].trace
    keys: dict[Kind, str] = {
        "dataset": next(iter(state.datasets.by_id)),
        "question": next(iter(state.questions.accepted)),
        "episode": next(iter(state.episodes.judged)),
        "trace": gold,
        "hook": f"{gold}/m",
        "event": next(iter(state.integrity.touched)),
    }
    assert json.loads(json.dumps(describe(state, kind, keys[kind])))


def test_status_has_its_agreed_keys(state: State) -> None:
    found = json.loads(json.dumps(status(state)))
    assert found["seq"] == state.seq
    assert found["datasets"] == 1
    assert found["questions"] == {"template": 2, "procedural": 2, "llm": 0}
    assert found["rejected"] == {"template": {"dead_step": 1}, "procedural": {"dead_step": 1}, "llm": {}}
    assert found["episodes"]["verified"] == 4
    assert set(found["episodes"]["refused"].values()) == {0}
    assert found["dead_letters"] == 0
    assert found["gate"]["open"] is False


def test_status_says_whether_the_last_decision_is_still_current(state: State) -> None:
    now = decide(seq=state.seq, head=state.head, data="d", is_open=True, reasons=())
    old = decide(seq=1, head=told().events[0].id, data="d", is_open=False, reasons=("enough_verified",))
    assert status(state, now)["gate"] == {"open": True, "seq": state.seq, "current": True, "reasons": []}
    assert "ask again" in shown(status_view(status(state, old)))
    assert "never asked" in shown(status_view(status(state)))
