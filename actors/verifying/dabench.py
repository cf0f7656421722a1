"""DABench's labels under their own text: what each format asks for, and what the tables give.

A label is unfit when its own format could not be answered by it, or when of the readings that the question's
text admits none gives it on the table.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from msgspec import structs

from actors.profiling.registration import inspect_file
from actors.profiling.table import read_table
from actors.verifying.dabench_readings import READINGS, Compute, Reading
from events.answer_kind import Unreadable
from events.answer_tags import read_tags, tagged
from events.answers import AnswerContract, matches
from events.dataset import DatasetRegistered
from store.dabench import Asked, NoBenchmarkError
from store.dabench_formats import Described, contract_of


@dataclass(frozen=True)
class Unfit:
    """A label that cannot be right under its own text."""

    question: int
    """Number of the question."""
    field: str
    """The tag."""
    label: str
    """What counts as right."""
    why: str
    """Why it cannot be."""


@dataclass(frozen=True)
class LabelReport:
    """What became of every label."""

    questions: int
    """Questions read."""
    labels: int
    """Labels read."""
    forms: int
    """Forms in which the labels were written and read again."""
    misread: tuple[str, ...]
    """Forms of a label that do not match it."""
    computed: int
    """Labels for which readings were computed."""
    unfit: tuple[Unfit, ...]
    """Labels that cannot be right under their own text."""

    def to_dict(self) -> dict[str, Any]:
        """The report as plain JSON values."""
        return asdict(self)


def judge_labels(questions: Sequence[Asked], known: Mapping[int, Compute] = READINGS) -> LabelReport:
    """Every label against its own format, and against the readings of its question that are known.

    Args:
        questions: those of the benchmark.
        known: by number of a question, what computes its readings.

    Raises:
        NoBenchmarkError: a table is not the one that a reading is about.
    """
    pairs = [(one, field, label) for one in questions for field, label in sorted(one.labels.items())]
    forms = [(one, field, label, form) for one, field, label in pairs for form in _forms(one, field, label)]
    misread = [
        f"{one.id}: @{field}[{form}] does not match the label {label!r}"
        for one, field, label, form in forms
        if not _reads_as(one.fields[field], form, label)
    ]
    computed = {one.id: _readings(one, known[one.id]) for one in questions if one.id in known}
    unfit = [
        Unfit(one.id, field, label, why)
        for one, field, label in pairs
        if (why := _format_fault(one, field, label))
    ]
    compared = [(one, field, label) for one, field, label in pairs if _of(computed, one, field)]
    unfit += [
        Unfit(one.id, field, label, why)
        for one, field, label in compared
        if (why := _reading_fault(one.fields[field], label, _of(computed, one, field)))
    ]
    return LabelReport(len(questions), len(pairs), len(forms), tuple(misread), len(compared), tuple(unfit))


def _of(computed: Mapping[int, list[Reading]], one: Asked, field: str) -> list[Reading]:
    return [reading for reading in computed.get(one.id, ()) if reading.field == field]


def _format_fault(one: Asked, field: str, label: str) -> str:
    """Why a label is no answer to its own format; empty when it is."""
    if field not in one.fields:
        return "its format asks for no such tag"
    asked = one.fields[field]
    found = _read(asked, label)
    if isinstance(found, Unreadable):
        return found.why
    value = found[field]
    number = value if isinstance(value, int | float) and not isinstance(value, bool) else None
    if number is not None and asked.least is not None and number < asked.least:
        return f"its format asks for at least {asked.least:g}"
    if number is not None and asked.most is not None and number > asked.most:
        return f"its format asks for at most {asked.most:g}"
    return ""


def _reading_fault(asked: Described, label: str, readings: Sequence[Reading]) -> str:
    """Why no admissible reading gives a label; empty when one does, or it cannot be read at all."""
    found, contract = _read(asked, label), contract_of([_as_precise(asked, label)])
    if isinstance(found, Unreadable):
        return ""
    giving = [one for one in readings if matches(contract, found, {asked.field.name: one.value})]
    if any(one.admissible for one in giving):
        return ""
    wanted = "; ".join(f"{one.said} gives {one.value:.6g}" for one in readings if one.admissible)
    other = "; it is what another reading gives: " + ", ".join(one.said for one in giving) if giving else ""
    return f"{wanted}{other}"


def _as_precise(asked: Described, label: str) -> Described:
    """The field with the decimals of its label, where no words tell any."""
    field = asked.field
    if field.kind != "number" or field.decimals is not None:
        return asked
    return replace(asked, field=structs.replace(field, decimals=len(label.partition(".")[2].strip())))


def _forms(one: Asked, field: str, label: str) -> Iterator[str]:
    """A label as people who take care would write it."""
    found = _read(one.fields[field], label) if field in one.fields else Unreadable()
    if isinstance(found, Unreadable):
        return
    contract, value = contract_of([one.fields[field]]), found[field]
    yield from (label, f" {label} ", tagged(contract, found).removeprefix(f"@{field}[").removesuffix("]"))
    yield from _respelled(contract, value, label)


def _respelled(contract: AnswerContract, value: Any, label: str) -> Iterator[str]:
    kind = contract.fields[0].kind
    if kind == "number":
        yield from (repr(float(value)), f"{value:.6f}")
    elif kind == "integer":
        yield from (str(value), f"{value}.0")
    elif kind == "label":
        yield from (f'"{value}"', f"'{value}'", str(value).lower())
    elif kind == "flag":
        yield from (str(value), str(value).lower())
    elif label.startswith("{"):
        yield json.dumps(dict(value))
    else:
        yield from (label.replace(", ", ","), label.replace(", ", ",").replace(",", ", "))


def _reads_as(asked: Described, form: str, label: str) -> bool:
    given, wanted = _read(asked, form), _read(asked, label)
    return not isinstance(given, Unreadable) and matches(contract_of([asked]), given, wanted)


def _read(asked: Described, label: str) -> Any:
    return read_tags(contract_of([asked]), f"@{asked.field.name}[{label}]")


def _readings(one: Asked, compute: Compute) -> list[Reading]:
    taken = inspect_file(one.table)
    if not isinstance(taken, DatasetRegistered):
        message = f"{one.table} cannot be read: {taken.detail}"
        raise NoBenchmarkError(message)
    table = read_table(one.table.read_bytes(), taken.reader).rename(columns=str.strip)
    try:
        return list(compute(table))
    except (KeyError, TypeError) as error:
        message = f"{one.table} is not the table that question {one.id} is about: {error}"
        raise NoBenchmarkError(message) from error
