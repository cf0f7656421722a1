"""Artifacts: rebuilt from the log alone, split by source, equal to the byte."""

import json
from pathlib import Path

import pytest

from store.artifacts import data_digest, file_slug, render_artifacts, write_artifacts
from store.home import Home
from store.validate import validate_line
from tests.history import History, told


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def files(home: Home) -> dict[str, bytes]:
    return {
        path.relative_to(home.root).as_posix(): path.read_bytes()
        for path in home.root.rglob("*")
        if path.is_file()
    }


def test_a_file_is_named_after_its_source_and_dataset() -> None:
    history = told(1, ("template",))
    (dataset,) = history.state().datasets.by_id
    wanted = [f"{kind}/template/penguins-{dataset[:8]}.jsonl" for kind in ("episodes", "questions")]
    assert list(render_artifacts(history.state())) == wanted


def test_lines_are_sorted_by_id_and_each_is_a_sound_record() -> None:
    for path, data in render_artifacts(told(4).state()).items():
        lines = data.splitlines()
        assert [validate_line(line) for line in lines] == [None] * 4
        ids = [json.loads(line)["id"] for line in lines]
        assert ids == sorted(ids)
        assert all(json.loads(line)["source"] == path.split("/")[1] for line in lines)


def test_the_order_of_events_changes_no_byte() -> None:
    there = told(2, ("template", "procedural")).state()
    back = told(2, ("procedural", "template")).state()
    assert render_artifacts(there) == render_artifacts(back)
    assert data_digest(there, render_artifacts(there)) == data_digest(back, render_artifacts(back))


def test_no_time_seconds_level_or_place_in_the_log_is_in_an_artifact() -> None:
    data = b"".join(render_artifacts(told().state()).values())
    for word in (b"2026-", b'"seconds"', b'"seq"', b'"level":"process"', b'"fingerprint"', b'"cpu_seconds"'):
        assert word not in data


def test_refused_episodes_are_written_like_verified_ones() -> None:
    history = told(0, ("template",))
    dataset = next(iter(history.state().datasets.by_id))
    from_told = told(1, ("template",)).state().questions.accepted
    history.judge(next(iter(from_told.values())), "too_hard")
    (data,) = (
        data for path, data in render_artifacts(history.state()).items() if path.startswith("episodes")
    )
    assert json.loads(data)["verdict"] == "too_hard"
    assert json.loads(data)["dataset"] == dataset


def test_a_second_writing_changes_nothing(home: Home) -> None:
    state = told().state()
    first = write_artifacts(home, state)
    stamps = {path: path.stat().st_mtime_ns for path in home.root.rglob("*.jsonl")}
    second = write_artifacts(home, state)
    assert (len(first.written), first.unchanged) == (4, 0)
    assert (second.written, second.removed, second.unchanged) == ((), (), 4)
    assert stamps == {path: path.stat().st_mtime_ns for path in home.root.rglob("*.jsonl")}
    assert files(home) == render_artifacts(state)


def test_one_source_alone_touches_no_file_of_another(home: Home) -> None:
    write_artifacts(home, told(1).state())
    before = files(home)
    write_artifacts(home, told(3).state(), ["template"])
    after = files(home)
    assert {name for name in before if before[name] != after[name]} == {
        name for name in before if "/template/" in name
    }


def test_files_that_the_log_no_longer_gives_go_and_strangers_stay(home: Home) -> None:
    write_artifacts(home, told().state())
    stranger = home.questions / "template" / "notes.txt"
    stranger.write_text("mine")
    left_over = home.questions / "template" / ".penguins-00000000.jsonl.unfinished"
    left_over.write_bytes(b"{")
    done = write_artifacts(home, History().state(), ["template"])
    assert len(done.removed) == 3
    assert sorted(files(home)) == sorted(
        [
            "questions/template/notes.txt",
            *(name for name in render_artifacts(told().state()) if "/procedural/" in name),
        ]
    )


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Penguins (raw)", "penguins-raw"),
        ("../../etc", "etc"),
        ("Größe", "gr-e"),
        ("", "table"),
        ("x" * 99, "x" * 60),
    ],
)
def test_a_dataset_name_becomes_a_harmless_file_name(name: str, slug: str) -> None:
    assert file_slug(name) == slug
