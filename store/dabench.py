"""DABench's files as they are published: questions with format strings, labels as texts, and tables."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import msgspec

from store.dabench_formats import Described, described

FILES = ("questions.jsonl", "labels.jsonl", "tables")


class _Label(msgspec.Struct, frozen=True):
    """A line of the labels, as it must be."""

    id: int
    common_answers: tuple[tuple[str, str], ...]


class _Question(msgspec.Struct, frozen=True):
    """A line of the questions, as it must be."""

    id: int
    question: str
    constraints: str
    format: str
    file_name: str
    level: str = ""
    concepts: tuple[str, ...] = ()


class NoBenchmarkError(ValueError):
    """A folder does not hold the benchmark; the message says what is missing."""


@dataclass(frozen=True)
class Asked:
    """A question of the benchmark and what it counts as right."""

    id: int
    """Its number."""
    text: str
    """What is asked, with its constraints."""
    fields: Mapping[str, Described]
    """What its format string asks for, by tag."""
    table: Path
    """The CSV file that it is about."""
    labels: Mapping[str, str]
    """By tag the text that counts as right; not every tag has one."""
    format: str = ""
    """The format string itself."""
    level: str = ""
    """How hard it is, as its authors say."""
    concepts: tuple[str, ...] = ()
    """What it is about, as its authors say."""


_Line = TypeVar("_Line", _Label, _Question)


def read_dabench(folder: Path) -> tuple[Asked, ...]:
    """The questions of a folder, in the order of their file.

    Raises:
        NoBenchmarkError: it does not hold what it should.
    """
    missing = [name for name in FILES if not (folder / name).exists()]
    if missing:
        message = f"{folder} is no DABench folder: it has no {', '.join(missing)}"
        raise NoBenchmarkError(message)
    labels = {one.id: dict(one.common_answers) for _, one in _lines(folder / FILES[1], _Label)}
    asked = tuple(_asked(folder, line, one, labels) for line, one in _lines(folder / FILES[0], _Question))
    if not asked:
        message = f"{folder / FILES[0]} holds no question"
        raise NoBenchmarkError(message)
    return asked


def _asked(folder: Path, line: int, one: _Question, labels: Mapping[int, dict[str, str]]) -> Asked:
    table = folder / FILES[2] / Path(one.file_name).name
    problem = (
        f"there is no label for question {one.id}" if one.id not in labels
        else "" if table.is_file() else f"there is no table {table}"
    )  # fmt: skip
    if problem:
        message = f"{folder / FILES[0]}, line {line}: {problem}"
        raise NoBenchmarkError(message)
    fields = {found.field.name: found for found in described(one.format, one.constraints)}
    return Asked(
        id=one.id,
        text=f"{one.question}\n{one.constraints}",
        fields=fields,
        table=table,
        labels=labels[one.id],
        format=one.format,
        level=one.level,
        concepts=one.concepts,
    )


def _lines(path: Path, kind: type[_Line]) -> Iterator[tuple[int, _Line]]:
    """Each line with its number, as what it must be."""
    decoder = msgspec.json.Decoder(kind)
    for number, line in enumerate(path.read_bytes().splitlines(), start=1):
        try:
            yield number, decoder.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            message = f"{path}, line {number}: no line of this benchmark: {error}"
            raise NoBenchmarkError(message) from error
