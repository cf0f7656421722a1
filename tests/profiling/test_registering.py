import os
from pathlib import Path

import pytest

from actors.profiling.overrides import ReaderOverrides
from actors.profiling.registration import file_bytes, inspect_bytes, inspect_file
from actors.profiling.table import TableRefused
from events.dataset import DatasetRefused, DatasetRegistered, dataset_id
from events.identity import digest_of

TABLE = "day,kind,v\n" + "".join(f"2020-01-{n + 1:02},{'xyz'[n % 3]},{n * 1.5}\n" for n in range(20))


def registered(path: Path, overrides: ReaderOverrides | None = None) -> DatasetRegistered:
    event = inspect_file(path, overrides)
    assert isinstance(event, DatasetRegistered)
    return event


def refusal(path: Path) -> DatasetRefused:
    event = inspect_file(path)
    assert isinstance(event, DatasetRefused)
    return event


def test_a_table_is_registered_by_bytes_and_settings(tmp_path: Path) -> None:
    path = tmp_path / "my table.csv"
    path.write_text(TABLE)
    event = registered(path)
    assert event.dataset == dataset_id(TABLE.encode(), event.reader)
    assert event.blob == digest_of(TABLE.encode())
    assert (event.name, event.rows, event.size) == ("my table", 20, len(TABLE))
    assert [(column.name, column.kind) for column in event.columns] == [
        ("day", "date"),
        ("kind", "category"),
        ("v", "measure"),
    ]


def test_the_same_bytes_are_the_same_dataset_wherever_they_lie(tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text(TABLE)
    assert registered(tmp_path / "a.csv").dataset == registered(tmp_path / "b.csv").dataset


def test_other_settings_make_another_dataset(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(TABLE)
    other = registered(path, ReaderOverrides(missing=("x",)))
    assert other.dataset != registered(path).dataset
    assert other.columns[1].missing == 7


@pytest.mark.parametrize(("rows", "reason"), [(11, "too_few_rows"), (0, "header_only")])
def test_a_table_with_too_few_rows_is_refused(tmp_path: Path, rows: int, reason: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text("".join(TABLE.splitlines(keepends=True)[: rows + 1]))
    assert refusal(path).reason == reason


def test_twelve_rows_are_enough() -> None:
    data = "".join(TABLE.splitlines(keepends=True)[:13]).encode()
    assert isinstance(inspect_bytes(data, Path("a.csv")), DatasetRegistered)


def test_a_file_beyond_the_limit_is_refused_without_being_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(TABLE)
    assert inspect_file(path, largest=len(TABLE)) == registered(path)
    with pytest.raises(TableRefused, match=r"too_large: The file has more than 10 bytes"):
        file_bytes(path, largest=10)


@pytest.mark.parametrize("name", ["/dev/zero", "/dev/null", "/"])
def test_a_device_or_folder_is_no_file(name: str) -> None:
    assert refusal(Path(name)).reason == "not_a_file"


def test_a_pipe_is_refused_without_waiting_for_a_writer(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    assert refusal(tmp_path / "pipe.csv").reason == "not_a_file"


def test_a_file_that_cannot_be_read_is_refused_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.csv"
    path.write_text(TABLE)

    def denied(*given: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", denied)
    event = refusal(path)
    assert (event.reason, event.path) == ("unreadable", str(path))


def test_a_file_that_vanished_is_refused_by_name(tmp_path: Path) -> None:
    assert refusal(tmp_path / "gone.csv").reason == "unreadable"
