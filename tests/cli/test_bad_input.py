"""Bad input: each is told with what is wrong and what to do; other files are still done and nothing is lost."""

import os
import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cli import tables
from tests.cli.conftest import Finished
from tests.cli.program import LOCAL, Ended, Program

FEW = (*LOCAL, "--source", "template", "--questions", 1)
ROWS = b"".join(b"%d,%d,%d\n" % (row, row * 7 % 13, row * 3 % 11) for row in range(90))
POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:%064x\nsize 12345\n" % 7

REFUSED: dict[str, tuple[bytes, str, str]] = {
    "empty.csv": (b"", "empty", "The file is empty. Check that it was written or downloaded in full."),
    "blank.csv": (b" \n\n\t\n", "empty", "empty"),
    "binary.csv": (bytes(range(256)) * 40, "binary", "The file is binary data, not text."),
    "zipped.csv": (b"PK\x03\x04" + bytes(200), "zip", "zip"),
    "pointer.csv": (POINTER, "git_lfs_pointer", "git lfs pull"),
    "page.csv": (
        b"<!DOCTYPE html>\n<html><body>Sign in, please</body></html>\n",
        "html",
        "a web page or XML",
    ),
    "header_only.csv": (b"a,b,c\n", "header_only", "No row of data stands below the line of names."),
    "one_column.csv": (b"a\n" + b"1\n" * 80, "one_column", "a table of one column allows no questions"),
    "short_header.csv": (b"a,b\n" + ROWS, "header_short", "The line of names has 2 cells, the rows have 3"),
    "few_rows.csv": (b"a,b\n1,2\n3,4\n", "too_few_rows", "The table has 2 rows; questions need at least 12."),
    'new\nline "quoted".csv': (b"", "empty", "The file is empty."),
}
"""Files that cannot serve: bytes, the reason that is counted, and a part of what is told."""

READ: dict[str, tuple[bytes, str]] = {
    "good.csv": (tables.birds(), "Encoding utf-8"),
    "twice.csv": (
        tables.birds(("kind", "place", "kind", "size", "size", "size.1", "many")),
        "Column 3 repeats the name 'kind' and is called 'kind.1'.",
    ),
    "wide16.csv": (tables.days().decode().encode("utf-16"), "Encoding utf-16: the file begins with its"),
    "names.csv": (
        tables.birds(('the "kind"', "pl\nace", "it's", "m,ass", "{bill}", "back\\slash", "`co'unt\"")),
        "Encoding utf-8",
    ),
    "qu'ote \"$(x).csv": (tables.days(seed=9), "Encoding utf-8"),
}
"""Files that are odd and serve: bytes, and a part of what the reader tells of them."""


@dataclass(frozen=True)
class Mixed:
    """What one command made of a folder with all those files."""

    folder: Path
    program: Program
    ended: Ended


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Mixed:
    place = tmp_path_factory.mktemp("mixed")
    folder = place / "files"
    folder.mkdir()
    for name, (data, *_) in (REFUSED | READ).items():
        (folder / name).write_bytes(data)
    program = Program(place / "home")
    return Mixed(folder, program, program.run("run", folder, *FEW, "--json"))


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_cannot_serve_is_told_with_what_to_do_and_stops_no_other(mixed: Mixed, name: str) -> None:
    _, reason, told = REFUSED[name]
    shown = str(mixed.folder / name).replace("\n", "\\n")
    (one,) = [one for one in mixed.ended.json["left_out"] if one["path"] == shown]
    assert one["reason"] == reason
    assert told in one["detail"]
    assert f"left out: {shown}: {one['detail']}" in mixed.ended.err


@pytest.mark.parametrize("name", READ)
def test_an_odd_file_that_can_serve_is_read_and_what_was_found_is_told(mixed: Mixed, name: str) -> None:
    found = mixed.program.json("inspect", "dataset", name.removesuffix(".csv"))
    assert READ[name][1] in " ".join(found["notes"])
    questions = [one for one in mixed.program.records("questions") if one["dataset"] == found["dataset"]]
    episodes = [one for one in mixed.program.records("episodes") if one["dataset"] == found["dataset"]]
    assert len(questions) == len(episodes) == 1
    assert [one["verdict"] for one in episodes] == ["verified"]
    assert questions[0]["question_text"].split() == _shown_text(mixed, questions[0]["id"])


def _shown_text(mixed: Mixed, question: str) -> list[str]:
    text = mixed.program.run("inspect", "question", question).out
    return text.split("what is asked")[1].split("\nformat\n")[0].split()


def test_a_folder_with_bad_files_in_it_is_done_with_exit_0_and_a_sound_record(mixed: Mixed) -> None:
    assert mixed.ended.code == 0
    status = mixed.program.json("status")
    assert (status["datasets"], status["refused_files"]) == (len(READ), len(REFUSED))
    assert status["dead_letters"] == 0
    assert mixed.program.json("replay", "--check")["same"] is True
    assert mixed.program.json("log", "verify")["ok"] is True


def test_the_summary_names_every_file_that_was_left_out(mixed: Mixed) -> None:
    text = mixed.program.run("replay", "--at", mixed.ended.json["seq"]).out
    for name in REFUSED:
        assert f"left out: {mixed.folder / name}".replace("\n", "\\n") in text


def test_names_with_quotes_and_newlines_reach_the_questions_as_they_are(mixed: Mixed) -> None:
    found = mixed.program.json("inspect", "dataset", "names")
    assert {'the "kind"', "pl\nace", "it's"} <= {one["name"] for one in found["columns"]}


def test_bad_files_and_paths_that_were_named_give_exit_2_and_the_others_are_done(
    mixed: Mixed, program: Program, tmp_path: Path
) -> None:
    hollow, missing = tmp_path / "hollow", tmp_path / "missing.csv"
    hollow.mkdir()
    named = [missing, mixed.folder / "empty.csv", hollow, mixed.folder / "good.csv"]
    ended = program.run("generate", *named, *FEW, "--quiet", code=2)
    errors = [line for line in ended.err.splitlines() if line.startswith("Error: ")]
    assert errors == [
        f"Error: {missing}: No such file or directory. Check the path.",
        f"Error: {mixed.folder / 'empty.csv'}: {REFUSED['empty.csv'][2]}",
        f"Error: {hollow}: the folder holds no .csv or .tsv file. Name one that does.",
    ]
    status = program.json("status")
    assert (status["datasets"], status["questions"]["template"]) == (1, 1)


@pytest.mark.parametrize("name", ["missing", "hollow", "empty.csv"])
def test_a_command_with_nothing_to_work_on_says_why_with_exit_2(
    mixed: Mixed, copy: Program, tmp_path: Path, name: str
) -> None:
    (tmp_path / "hollow").mkdir()
    path = mixed.folder / name if name == "empty.csv" else tmp_path / name
    before = copy.artifacts()
    told = copy.json("run", path, *LOCAL, "--quiet", code=2)
    assert told["exit_code"] == 2
    assert told["error"].startswith(f"nothing that was named can serve as a table: {path}: ")
    assert copy.artifacts() == before


def test_without_a_path_an_empty_home_says_what_to_name(program: Program) -> None:
    ended = program.run("run", *LOCAL, code=2)
    assert "the home knows no table; name a CSV file, or a folder that holds some" in ended.said


def test_a_home_that_cannot_be_made_is_told_with_what_to_do(tmp_path: Path, data: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    program = Program(tmp_path / "file" / "home")
    for command in (("run", data, *LOCAL), ("replay",)):
        ended = program.run(*command, code=2)
        assert f"cannot write to the home {program.home}" in ended.said
        due = f"{tmp_path / 'file'} is no folder, and one is due there: move it elsewhere"
        assert f"{due}, or name another with --home or TRACEGATE_HOME" in ended.said


def test_a_home_that_is_a_file_is_told_so(tmp_path: Path, data: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    ended = Program(tmp_path / "file").run("run", data, *LOCAL, code=2)
    assert "is a file" in ended.said


def test_a_home_that_may_not_be_written_to_is_told_with_what_to_do(
    anybody: Program, open_folder: Path
) -> None:
    csv = open_folder / "birds.csv"
    csv.write_bytes(tables.birds())
    closed = open_folder / "closed"
    closed.mkdir(mode=0o555)
    told = anybody.at(closed / "home").run("run", csv, *LOCAL, code=2)
    assert f"cannot write to the home {closed / 'home'}: Permission denied; make it writable" in told.said


def test_a_home_that_was_made_read_only_can_still_be_asked(
    anybody: Program, finished: Finished, open_folder: Path, data: Path
) -> None:
    program = anybody.at(finished.program.copied(open_folder).home)
    for path in (program.home, *program.home.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    assert program.json("status")["episodes"]["verified"] == 24
    assert program.json("replay", "--check")["same"] is True
    assert "make it writable" in program.run("run", open_folder, *LOCAL, code=2).said


def test_a_file_that_may_not_be_read_is_told_with_what_to_do(anybody: Program, open_folder: Path) -> None:
    secret = open_folder / "secret.csv"
    secret.write_bytes(tables.birds())
    secret.chmod(0o000)
    ended = anybody.run("generate", secret, *FEW, code=2)
    assert f"left out: {secret}: Permission denied. Make the file readable." in ended.err
    assert "Permission denied" in anybody.run("validate", secret, code=2).said


@pytest.fixture
def refusing(tmp_path: Path) -> Iterator[str]:
    """The address of a socket at which nobody listens."""
    path = tmp_path / "docker.sock"
    with socket.socket(socket.AF_UNIX) as unheard:
        unheard.bind(os.fspath(path))
        yield f"unix://{path}"


def test_a_docker_socket_that_refuses_is_the_machines_failure_and_nothing_is_lost(
    copy: Program, data: Path, refusing: str
) -> None:
    before = copy.artifacts()
    told = copy.with_env(DOCKER_HOST=refusing)
    ended = told.run("run", data, "--workers", "docker", "--questions", 7, "--seed", 7, code=3)
    assert "Docker Engine failed to 'give its version'" in ended.said
    assert "or use --workers local" in ended.said
    assert copy.artifacts() == before
    assert copy.json("log", "verify")["ok"] is True


def test_where_docker_refuses_auto_takes_local_workers_and_says_so(
    program: Program, data: Path, refusing: str
) -> None:
    ended = program.with_env(DOCKER_HOST=refusing).json("generate", data / "birds.csv", *FEW[2:])
    assert re.match(
        r"local \(level (sandbox|process)\); no Docker: the Docker Engine failed to", ended["workers"]
    )
    assert ended["questions"]["template"] == 1


def test_doctor_says_which_wall_is_used_and_why_not_the_other(program: Program, refusing: str) -> None:
    found = program.with_env(DOCKER_HOST=refusing).json("doctor")
    assert found["workers"] == "local"
    walls = {wall["backend"]: wall["problem"] for wall in found["walls"]}
    assert walls["local"] is None
    assert "failed to" in walls["docker"]
    assert not program.home.exists()


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (("--delimiter", "ab"), "'ab' cannot divide cells: name one character"),
        (("--encoding", "klingon"), "unknown encoding: klingon"),
        (("--header", "500"), "or which line is its header"),
    ],
    ids=lambda given: str(given[0]) if isinstance(given, tuple) else "",
)
def test_reader_settings_that_do_not_fit_are_told(
    program: Program, data: Path, given: tuple[str, ...], told: str
) -> None:
    assert told in program.run("run", data / "birds.csv", *given, *LOCAL, code=2).said


def test_what_a_person_says_about_a_file_goes_before_what_would_be_found(
    program: Program, tmp_path: Path
) -> None:
    lines = tables.days().decode().splitlines()
    text = "\n".join(["# made by hand", *(line.replace(",", ";") for line in lines)])
    (tmp_path / "days.csv").write_text(text, encoding="latin-1")
    said = (
        "--encoding",
        "latin-1",
        "--delimiter",
        ";",
        "--header",
        "1",
        "--missing",
        "n.a.",
        "--missing",
        "-",
    )
    program.run("generate", tmp_path, *FEW, *said)
    reader = program.json("inspect", "dataset", "days")["reader"]
    assert reader == {
        "encoding": "latin-1",
        "delimiter": ";",
        "header": 1,
        "missing": ["n.a.", "-"],
        "kept": [],
    }


def test_the_first_line_can_be_said_to_be_the_header(program: Program, tmp_path: Path) -> None:
    (tmp_path / "days.csv").write_bytes(b"# title\n" + tables.days())
    told = program.run("generate", tmp_path / "days.csv", *FEW, "--header", "0", code=2)
    assert "days.csv: The line of names has 1 cells, the rows have 6" in told.said
