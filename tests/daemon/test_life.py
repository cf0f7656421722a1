"""One life of a daemon: files come, change and go, settings are read again, and in the end it is asked to stop."""

import signal
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from events.dataset import DatasetRefused, DatasetRegistered, DatasetTaken
from events.question import QuestionAccepted
from events.runtime import SettingsRead, SettingsRefused
from store.beacon import Beacon
from store.home import Home
from store.replay import rebuild
from tests.cli import tables
from tests.cli.program import Ended, Program
from tests.daemon.daemons import daemon, events, outcome, rests, wait_until

SETTLE = 1.5


@dataclass
class Life:
    """What was seen of a daemon, and what it left."""

    program: Program
    data: Path
    pid: int = 0
    seen: dict[str, Beacon] = field(default_factory=dict)
    verified: dict[str, dict[str, int]] = field(default_factory=dict)
    status: dict[str, Any] = field(default_factory=dict)
    second: Ended = field(default_factory=lambda: Ended(0, "", ""))
    ended: Ended = field(default_factory=lambda: Ended(0, "", ""))

    @property
    def file(self) -> Path:
        return self.data.parent / "settings.toml"

    def order(self, target: int) -> None:
        lines = ('sources = ["template"]', f"settle_seconds = {SETTLE}", f"target = {target}")
        self.file.write_text("\n".join(lines), encoding="utf-8")

    def note(self, moment: str, beacon: Beacon) -> None:
        """Remember how things stand: verified episodes by table, the first digits of whose id tell it apart."""
        state = rebuild(Home(self.program.home))
        self.seen[moment] = beacon
        self.verified[moment] = {
            f"{state.datasets.by_id[dataset].name} {state.datasets.by_id[dataset].rows}": row[
                "template"
            ].verified
            for dataset, row in state.funnel.rows.items()
        }


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> Life:
    place = tmp_path_factory.mktemp("life")
    life = Life(Program(place / "home"), place / "data")
    life.data.mkdir()
    (life.data / "birds.csv").write_bytes(tables.birds(rows=60))
    life.order(target=1)
    asked = (life.data, "--settings", life.file)
    with daemon(life.program, *asked) as process:
        life.pid = process.pid

        def until_it_rests(moment: str, **settings: object) -> None:
            found = wait_until(
                life.program, process, lambda one: rests(one) and settings.items() <= one.settings.items()
            )
            life.note(moment, found)

        until_it_rests("begun")
        life.status = life.program.json("status")
        life.second = life.program.run("daemon", *asked, "--workers", "local", code=None)

        write_slowly(life.data / "days.csv", tables.days(rows=40), seconds=2 * SETTLE)
        (life.data / "birds.csv").write_bytes(tables.birds(rows=50))
        (life.data / "bad.csv").write_bytes(b"\0\1\2")
        until_it_rests("changed")

        (life.data / "days.csv").unlink()
        wait_until(life.program, process, lambda one: one.files == 2)
        life.order(target=2)
        process.send_signal(signal.SIGHUP)
        until_it_rests("more", target=2)

        life.order(target=0)
        process.send_signal(signal.SIGHUP)
        refused = wait_until(life.program, process, lambda one: one.problem is not None)
        life.note("refused", refused)
        process.send_signal(signal.SIGHUP)  # the same again
        wait_until(life.program, process, lambda one: one.seq > refused.seq and one.problem is not None)

        life.order(target=2)
        process.send_signal(signal.SIGHUP)
        life.note("mended", wait_until(life.program, process, lambda one: one.problem is None))
        life.order(target=0)
        process.send_signal(signal.SIGHUP)
        wait_until(life.program, process, lambda one: one.problem is not None)

        process.terminate()
        out, err = process.communicate(timeout=60)
        life.ended = Ended(process.returncode, out, err)
    return life


def write_slowly(path: Path, data: bytes, seconds: float) -> None:
    """Write a file line by line, as whoever makes it goes along."""
    lines = data.splitlines(keepends=True)
    pause = threading.Event()
    with path.open("wb", buffering=0) as growing:
        for line in lines:
            growing.write(line)
            pause.wait(seconds / len(lines))


def test_a_target_is_reached_exactly(life: Life) -> None:
    assert life.verified["begun"] == {"birds 60": 1}


def test_status_shows_a_daemon_at_work(life: Life) -> None:
    told = life.status["daemon"]
    assert (told["pid"], told["alive"], told["stage"]) == (life.pid, True, "waiting")
    assert (told["settings"]["target"], told["settings"]["paths"]) == (1, [str(life.data)])
    assert told["origin"] == str(life.file)
    assert {one["name"] for one in told["actors"]} == {
        "generator",
        "solver",
        "recorder",
        "grounder",
        "verifier",
    }
    assert all((one["behind"], one["owed"], one["running"]) == (0, 0, 0) for one in told["actors"])
    assert told["artifacts"] > 0
    assert told["workers"].startswith("local")


def test_a_second_daemon_is_refused_and_told_who_holds_the_home(life: Life) -> None:
    assert life.second.code == 2
    assert f"is in use by process {life.pid}" in life.second.said


def test_a_new_and_a_changed_file_are_served_beside_what_was_there(life: Life) -> None:
    """A file that is still written to is not read half-way: of its rows none is missing."""
    assert life.verified["changed"] == {"birds 60": 1, "birds 50": 1, "days 40": 1}
    registered = [one.event for one in events(life.program) if isinstance(one.event, DatasetRegistered)]
    first, *later = [(one.name, one.rows) for one in registered]
    assert (first, sorted(later)) == (
        ("birds", 60),
        [("birds", 50), ("days", 40)],
    )  # whichever was at rest first


def test_a_file_that_cannot_serve_is_told_of_and_stops_nobody(life: Life) -> None:
    (refused,) = [one.event for one in events(life.program) if isinstance(one.event, DatasetRefused)]
    assert (refused.path, refused.reason) == (str(life.data / "bad.csv"), "binary")
    assert f"left out: {refused.path}" in life.ended.err


def test_a_file_that_is_gone_is_told_of_and_its_table_stays(life: Life) -> None:
    assert f"gone: {life.data / 'days.csv'}; its table stays" in life.ended.err
    assert life.verified["more"]["days 40"] == 2


def test_sighup_reads_the_settings_again_and_what_was_served_goes_on(life: Life) -> None:
    assert life.verified["more"] == {"birds 60": 2, "birds 50": 2, "days 40": 2}
    assert life.seen["more"].settings["target"] == 2
    read = [one.event for one in events(life.program) if isinstance(one.event, SettingsRead)]
    assert [one.settings["target"] for one in read] == [1, 2, 2]
    assert {one.origin for one in read} == {str(life.file)}


def test_settings_that_cannot_be_followed_change_nothing_and_are_told_of(life: Life) -> None:
    refused = [one.event for one in events(life.program) if isinstance(one.event, SettingsRefused)]
    assert {one.origin for one in refused} == {str(life.file)}
    assert all("Expected `int` >= 1 - at `$.target`" in one.detail for one in refused)
    assert life.seen["refused"].settings["target"] == 2
    assert str(life.seen["refused"].problem).startswith("settings stay as they were: ")


def test_each_time_that_settings_are_refused_it_is_told_and_recorded(life: Life) -> None:
    refused = [one for one in events(life.program) if isinstance(one.event, SettingsRefused)]
    assert len(refused) == life.ended.err.count("settings stay as they were: ") == 3


def test_what_was_wrong_with_settings_is_shown_until_they_are_mended(life: Life) -> None:
    assert life.seen["mended"].problem is None
    assert life.program.json("status")["daemon"]["problem"] is None, "nor of a daemon that ended as asked"


def test_sigterm_drains_and_exits_0(life: Life) -> None:
    assert life.ended.code == 0, life.ended.err
    assert "Traceback" not in life.ended.err


def test_a_daemon_that_ended_is_told_of_as_such(life: Life) -> None:
    told = life.program.json("status")["daemon"]
    assert (told["pid"], told["alive"], told["stage"]) == (life.pid, False, "ended")
    assert "ended at" in life.program.run("status").out


def test_artifacts_are_written_while_it_works_and_hold_all_in_the_end(life: Life) -> None:
    found = outcome(life.program)
    assert len(found.questions) == 6
    assert len(found.artifacts) == 6
    assert {verdict for _, verdict in found.verdicts} == {"verified"}


def test_each_table_is_taken_once_a_season_under_the_path_that_leads_to_it(life: Life) -> None:
    history = [one.event for one in events(life.program)]
    taken = [one for one in history if isinstance(one, DatasetTaken)]
    assert {one.under for one in taken} == {str(life.data)}
    assert len(taken) == 3 + 3
    accepted = [one.question.dataset for one in history if isinstance(one, QuestionAccepted)]
    assert set(accepted) == {one.dataset for one in taken}
