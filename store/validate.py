"""Whether a line is a question or an episode by the contract, and what to do when it is not.

Older shapes are refused, never repaired: there is one shape of a record, and every reader shares it.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from events.question import SOURCES, Question
from store.records import EpisodeRecord
from store.soundness import episode_problem, question_problem

_LEGACY = {
    "_ground_truth": "accepted answers stand in `answers`, unrounded; generate the question again",
    "_ground_truths": "accepted answers stand in `answers`, unrounded; generate the question again",
    "question": "the text stands in `question_text`; generate the question again",
}
_EPISODE_MARKS = {"question_id", "verdict", "turns", "traces", "evidence"}
_QUESTION_MARKS = {"question_text", "contract", "answers", "recipe", "certificate", "hint", "format"}

RecordT = TypeVar("RecordT", Question, EpisodeRecord)


_KIND = {Question: "question", EpisodeRecord: "episode"}


class InvalidRecordError(ValueError):
    """A record is not what the contract says; the message says what to do."""


@dataclass(frozen=True)
class Problem:
    """What is wrong with one record of a file."""

    path: str
    """The file, as it was named."""
    line: int
    """The line, or in a .json file the number of the record, from 1; 0 for the file as a whole."""
    what: str
    """What is wrong and what to do about it."""


@dataclass(frozen=True)
class Validation:
    """What was found in one or many files."""

    files: int
    """Files that were read."""
    records: int
    """Records that were judged, good and bad."""
    problems: tuple[Problem, ...]
    """Everything that is wrong."""


def parse_record(line: bytes) -> Question | EpisodeRecord:
    """The question or episode that a line holds.

    Raises:
        InvalidRecordError: it holds neither, or one that breaks the contract.
    """
    fields = _fields(line)
    _refuse_legacy(fields)
    if fields.keys() & _EPISODE_MARKS:
        episode = _decode(line, EpisodeRecord)
        return _refuse_unsound(episode, episode_problem(episode))
    if not fields.keys() & _QUESTION_MARKS:
        message = "neither a question nor an episode: it has none of their fields"
        raise InvalidRecordError(message)
    question = _decode(line, Question)
    return _refuse_unsound(question, question_problem(question))


def validate_line(line: bytes) -> str | None:
    """What is wrong with a line and what to do about it; None when it is a sound record."""
    try:
        parse_record(line)
    except InvalidRecordError as error:
        return str(error)
    return None


def validate(path: Path) -> Validation:
    """Everything that is wrong with a file, or with every .jsonl and .json file under a folder.

    Raises:
        FileNotFoundError: there is nothing at this path.
        OSError: a file cannot be read.
    """
    if not path.exists():
        message = f"there is nothing at {path}"
        raise FileNotFoundError(message)
    if not path.is_file() and not path.is_dir():
        message = f"{path} is a pipe, device or socket; name a file or a folder"
        raise FileNotFoundError(message)
    files = _files(path)
    judged = [(file, list(_records(file))) for file in files]
    problems = [one for file, records in judged for one in _problems(file, records)]
    if not files:
        problems.append(Problem(str(path), 0, "no .jsonl or .json file lies in this folder"))
    return Validation(len(files), sum(len(records) for _, records in judged), tuple(problems))


def questions_of(path: Path) -> Iterator[Question]:
    """The sound questions of a file, or of every file under a folder.

    Raises:
        OSError: a file cannot be read.
    """
    for file in _files(path):
        for _, line in _records(file):
            try:
                record = parse_record(line)
            except InvalidRecordError:
                continue
            if isinstance(record, Question):
                yield record


def validate_file(path: Path) -> list[Problem]:
    """Everything that is wrong with a file or folder; nothing when all its records are sound.

    Raises:
        FileNotFoundError: there is nothing at this path.
        OSError: a file cannot be read.
    """
    return list(validate(path).problems)


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    return sorted(file for file in path.rglob("*") if file.suffix in (".jsonl", ".json") and file.is_file())


def _records(file: Path) -> Iterator[tuple[int, bytes]]:
    """Each record with its number; a .json file holds one record or a list of them."""
    data = file.read_bytes()
    if file.suffix == ".json":
        yield from enumerate(_items(data), start=1)
    elif data:
        yield from enumerate(data.removesuffix(b"\n").split(b"\n"), start=1)


def _items(data: bytes) -> list[bytes]:
    """The records of a .json file, each as it is spelled; what cannot be parsed is judged as one record."""
    try:
        return [bytes(item) for item in msgspec.json.decode(data, type=list[msgspec.Raw])]
    except msgspec.DecodeError:
        return [data] if data.strip() else []


def _problems(file: Path, records: list[tuple[int, bytes]]) -> Iterator[Problem]:
    if not records:
        yield Problem(str(file), 0, "there is no record in this file")
    seen: dict[str, int] = {}
    for number, line in records:
        try:
            record = parse_record(line)
        except InvalidRecordError as error:
            yield Problem(str(file), number, str(error))
            continue
        if record.id in seen:
            first = seen[record.id]
            yield Problem(str(file), number, f"repeats {record.id} of record {first}; keep one of the two")
        seen.setdefault(record.id, number)


def _fields(line: bytes) -> dict[str, Any]:
    """The fields of a record as plain JSON, before anything is expected of them."""
    if not line.strip():
        message = "blank line; remove it"
        raise InvalidRecordError(message)
    try:
        found = json.loads(line.decode("utf-8"), object_pairs_hook=_unrepeated, parse_constant=_no_constant)
    except UnicodeDecodeError as error:
        message = f"not UTF-8 at byte {error.start}; write the file as UTF-8"
        raise InvalidRecordError(message) from error
    except json.JSONDecodeError as error:
        message = f"not JSON at column {error.colno}: {error.msg}"
        raise InvalidRecordError(message) from error
    except RecursionError as error:
        message = "nested too deeply to be a record"
        raise InvalidRecordError(message) from error
    if not isinstance(found, dict):
        message = f"a record is an object of named fields, not {type(found).__name__}"
        raise InvalidRecordError(message)
    return found


def _unrepeated(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Readers disagree on which of two equal keys counts, so neither is taken."""
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            message = f"the field {key!r} stands twice in one object; keep one of the two"
            raise InvalidRecordError(message)
        found[key] = value
    return found


def _no_constant(name: str) -> Any:
    message = f"{name} is not JSON; a record holds finite numbers and null"
    raise InvalidRecordError(message)


def _refuse_legacy(fields: dict[str, Any]) -> None:
    for name, remedy in _LEGACY.items():
        if name in fields:
            message = f"carries the legacy field {name!r}, which is refused: {remedy}"
            raise InvalidRecordError(message)
    source = fields.get("source")
    if source not in SOURCES:
        found = "has no source" if source is None else f"has the source {source!r}"
        message = f"{found}; the source is one of {', '.join(SOURCES)}, and nothing else tells the origin"
        raise InvalidRecordError(message)


def _decode(line: bytes, kind: type[RecordT]) -> RecordT:
    try:
        return msgspec.json.decode(line, type=kind)
    except msgspec.DecodeError as error:
        # msgspec names the field and the path to it, which is all that can be said of a wrong shape.
        message = f"{error}; a {_KIND[kind]} record has exactly the fields of its kind"
        raise InvalidRecordError(message) from error


def _refuse_unsound(record: RecordT, what: str | None) -> RecordT:
    if what is not None:
        raise InvalidRecordError(what)
    return record
