"""Replay: the log alone gives everything, and what stands is compared by bytes."""

from pathlib import Path

import anyio
import msgspec
import pytest

from store.artifacts import write_artifacts
from store.decisions import InvalidDecisionsError, append_decision, decide, last_decision, read_decisions
from store.home import Home
from store.replay import check, rebuild
from tests.history import told, write_history


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home with a history in its log, and its artifacts in place."""
    place = Home(tmp_path / "home")
    anyio.run(write_history, place, told())
    write_artifacts(place, rebuild(place))
    return place


def some_file(home: Home) -> Path:
    return min((home.episodes / "template").iterdir())


def test_artifacts_as_the_log_gives_them_are_the_same(home: Home) -> None:
    report = check(home)
    assert (report.same, report.differences, report.seq) == (True, (), len(told().events))
    assert {"artifacts/questions", "artifacts/episodes", "projection/funnel"} <= report.digests.keys()


def test_an_edited_artifact_is_named_with_its_line(home: Home) -> None:
    file = some_file(home)
    lines = file.read_bytes().split(b"\n")
    lines[1] = lines[1].replace(b"e", b"3", 1)
    file.write_bytes(b"\n".join(lines))
    report = check(home)
    assert not report.same
    (found,) = report.differences
    assert (found.path, found.what) == (file.relative_to(home.root).as_posix(), "edited")
    assert "line 2" in found.detail


def test_missing_and_extra_files_are_named(home: Home) -> None:
    some_file(home).unlink()
    (home.questions / "synthetic").mkdir()
    (home.questions / "synthetic" / "x.jsonl").write_bytes(b"{}\n")
    report = check(home)
    assert {(one.what, one.path.split("/")[1]) for one in report.differences} == {
        ("missing", "template"),
        ("extra", "synthetic"),
    }
    assert report.to_dict()["differences"][0].keys() == {"path", "what", "detail"}


def test_a_link_in_place_of_an_artifact_to_nowhere_is_an_edit(home: Home) -> None:
    file = some_file(home)
    file.unlink()
    file.symlink_to("nowhere")
    assert [one.what for one in check(home).differences] == ["edited"]


def test_checking_changes_no_file(home: Home) -> None:
    some_file(home).write_bytes(b"edited")
    before = {path: path.read_bytes() for path in home.root.rglob("*") if path.is_file()}
    check(home)
    assert before == {path: path.read_bytes() for path in home.root.rglob("*") if path.is_file()}


def test_any_past_position_can_be_rebuilt(home: Home) -> None:
    assert rebuild(home, 0).seq == 0
    assert rebuild(home, 2).seq == 2
    assert rebuild(home, 10_000).digests() == rebuild(home).digests()
    assert len(rebuild(home, 2).datasets.by_id) == 1


def test_decisions_are_kept_in_order_and_half_a_line_is_cut(home: Home) -> None:
    assert last_decision(home) is None
    first = decide(seq=1, head="a", data="d", is_open=False, reasons=("enough_verified",))
    second = decide(seq=2, head="b", data="d", is_open=True, reasons=())
    append_decision(home, first)
    with home.gate_decisions.open("ab") as file:
        file.write(b'{"seq":')
    assert read_decisions(home) == [first]
    append_decision(home, second)
    assert read_decisions(home) == [first, second]


def test_a_decision_that_cannot_be_read_is_named_by_its_line(home: Home) -> None:
    home.gate_decisions.parent.mkdir()
    for line in (b"{}", b"", b"\xff", b"[" * 100_000):
        home.gate_decisions.write_bytes(line + b"\n")
        with pytest.raises(InvalidDecisionsError, match="line 1"):
            read_decisions(home)


def test_a_decision_of_other_bytes_than_were_written_is_named_and_told_what_to_do_about(home: Home) -> None:
    for seq in (135, 140):
        append_decision(home, decide(seq=seq, head="a", data="d", is_open=True, reasons=("evidence",)))
    stood = home.gate_decisions.read_bytes()
    first, second, _ = stood.split(b"\n")
    for at in range(len(second)):
        spoiled = second[:at] + bytes([second[at] ^ 2]) + second[at + 1 :]
        home.gate_decisions.write_bytes(first + b"\n" + spoiled + b"\n")
        with pytest.raises(InvalidDecisionsError, match=r"decisions\.jsonl, line 2: .*; move the file aside"):
            read_decisions(home)


def test_a_decision_of_an_earlier_version_has_no_digest_and_is_read(home: Home) -> None:
    kept = decide(seq=1, head="a", data="d", is_open=False, reasons=())
    home.gate_decisions.parent.mkdir()
    home.gate_decisions.write_bytes(msgspec.json.encode(kept) + b"\n")
    assert read_decisions(home) == [kept]
