import os
import socket
from pathlib import Path

import msgspec
import pytest

from actors.profiling.discover import PathProblem, discover, printable, table_name
from actors.profiling.registration import inspect_file


def put(path: Path, text: str = "a,b\n1,2\n") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def reasons(folder: Path) -> dict[str, str]:
    """What each candidate is refused for without a look inside; empty when it may be opened."""
    return {found.path.name: found.refusal.reason if found.refusal else "" for found in discover(folder)}


def test_a_file_stands_for_itself_whatever_its_ending(tmp_path: Path) -> None:
    path = put(tmp_path / "table.data")
    assert [found.path for found in discover(path)] == [path]


def test_a_folder_stands_for_its_tables_at_any_depth_in_order(tmp_path: Path) -> None:
    for name in ("b.csv", "a/z.TSV", "a.csv", "c.Csv", "notes.txt", "noext", ".hidden.csv", ".git/x.csv"):
        put(tmp_path / name)
    (tmp_path / "folder.csv").mkdir()
    assert [str(found.path.relative_to(tmp_path)) for found in discover(tmp_path)] == [
        "a.csv",
        "a/z.TSV",
        "b.csv",
        "c.Csv",
    ]


def test_the_home_is_left_out_of_a_folder_however_either_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, home = tmp_path / "folder", tmp_path / "folder" / "home"
    put(folder / "a.csv")
    put(home / "inside.csv")
    put(home / "deeper" / "inside.csv")
    put(folder / "homes" / "b.csv")
    (tmp_path / "link").symlink_to(folder)
    (tmp_path / "link home").symlink_to(home)
    monkeypatch.chdir(folder)
    for one in (folder, tmp_path / "link", Path(), Path("homes/..")):
        for aside in (home, tmp_path / "link home", Path("home"), Path("homes/../home")):
            assert [found.path.name for found in discover(one, aside)] == ["a.csv", "b.csv"]
    assert len(discover(folder)) == len(discover(folder, folder / "none yet")) == 4


def test_of_a_home_only_what_is_named_within_it_is_read(tmp_path: Path) -> None:
    table = put(tmp_path / "home" / "data" / "a.csv")
    home = tmp_path / "home"
    with pytest.raises(PathProblem, match="holds no"):
        discover(home, home)
    assert [found.path for found in discover(home / "data", home)] == [table]
    assert [found.path for found in discover(table, home)] == [table]


def test_links_are_followed_inside_the_folder_only(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    put(folder / "target.csv")
    put(tmp_path / "outside.csv")
    (folder / "inside.csv").symlink_to("target.csv")
    (folder / "outside.csv").symlink_to("../outside.csv")
    (folder / "zero.csv").symlink_to("/dev/zero")
    (folder / "dangling.csv").symlink_to("nowhere.csv")
    (folder / "loop.csv").symlink_to("loop.csv")
    (folder / "up").symlink_to("..")
    assert reasons(folder) == {
        "target.csv": "",
        "inside.csv": "",
        "outside.csv": "link_outside",
        "zero.csv": "link_outside",
        "dangling.csv": "broken_link",
        "loop.csv": "broken_link",
    }


def test_pipes_and_sockets_are_never_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket.csv")
        assert reasons(tmp_path) == {"pipe.csv": "not_a_file", "socket.csv": "not_a_file"}


@pytest.mark.parametrize("name", ["nowhere.csv", "folder", "loop.csv"])
def test_a_path_that_leads_to_no_table_is_a_problem(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "loop.csv").symlink_to("loop.csv")
    with pytest.raises(PathProblem, match=name):
        discover(tmp_path / name)


@pytest.mark.parametrize(
    "name",
    [
        b"new\nline.csv",
        b"latin1_\xe9.csv",
        b"\x1b[31mred.csv",
        b"-rf.csv",
        b"quote'\".csv",
        b"{brace}%s.csv",
        "名前🙂.csv".encode(),
        "\u202evsc.csv".encode(),
        b"n" * 240 + b".csv",
    ],
)
def test_every_file_name_can_be_printed_and_logged(tmp_path: Path, name: bytes) -> None:
    Path(os.fsdecode(os.path.join(os.fsencode(tmp_path), name))).write_text("a,b\n" + "1,2\n3,5\n" * 9)  # noqa: PTH118
    (found,) = discover(tmp_path)
    event = inspect_file(found.path)
    assert type(event).__name__ == "DatasetRegistered"
    assert event.path.isprintable()
    assert table_name(found.path).isprintable()
    assert len(table_name(found.path).encode()) <= 120
    msgspec.json.encode(event)


def test_a_printable_path_stands_as_it_is() -> None:
    assert printable("data/Übersicht 2020.csv") == "data/Übersicht 2020.csv"
