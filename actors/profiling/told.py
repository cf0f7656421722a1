"""A profile after a person's word: what is said takes the place of what was found, if the table allows it."""

import difflib
from collections.abc import Sequence
from typing import Any

import pandas as pd
from msgspec.structs import replace

from actors.profiling.column import Column, columns_of
from actors.profiling.date_forms import grain_of, is_form, read_by
from actors.profiling.profile import levels_of
from actors.profiling.table import TableRefused
from actors.profiling.verdict import as_whole
from events.dataset import ColumnKind, ColumnProfile, ColumnSettings, DateForm, TableSettings

_LONGEST_NAME = 60
_MOST_LEVELS = 200
_SHOWN = 3
_AMOUNTS: tuple[ColumnKind, ...] = ("measure", "count")
_LEVELLED: tuple[ColumnKind, ...] = ("category", "flag", "ordinal")


def as_told(
    columns: Sequence[ColumnProfile], frame: pd.DataFrame, said: TableSettings | None
) -> tuple[ColumnProfile, ...]:
    """The profile with what a person says about its columns.

    Args:
        columns: the profile that was found.
        frame: the table.
        said: what a person says; None when nothing.

    Raises:
        TableRefused: `settings`, when the table does not allow it.
    """
    if said is None:
        return tuple(columns)
    if said.row is not None:
        _demand_name("row", said.row)
    told = {one.name: one for one in columns}
    for header, one in said.columns.items():
        if header not in told:
            raise _refused(header, f"there is no such column{_nearest(header, list(told))}")
        (column,) = columns_of(frame[[header]])
        told[header] = _told(told[header], column, one)
    _demand_different(list(told.values()), said)
    return tuple(told.values())


def _told(found: ColumnProfile, column: Column, said: ColumnSettings) -> ColumnProfile:
    if said.dates is not None:
        found = _with_dates(found, column, said.dates, said.kind)
    if said.kind is not None:
        found = _with_kind(found, column, said.kind, ordered=said.levels is not None)
    if said.levels is not None:
        found = _with_levels(found, column, said.levels)
    if said.unit is not None:
        found = _with_unit(found, said.unit)
    if said.name is not None:
        _demand_name(f"columns.{found.name!r}.name", said.name)
        found = replace(found, readable=said.name)
    return found


def _with_dates(found: ColumnProfile, column: Column, form: str, kind: ColumnKind | None) -> ColumnProfile:
    if kind not in (None, "date"):
        raise _refused(found.name, f"with `dates` its kind is date, and cannot be {kind}")
    if not is_form(form):
        raise _refused(found.name, f"{form!r} is no form of dates: write one such as %Y-%m-%d or %d.%m.%y")
    doubted = {one.value for one in found.doubtful}
    values = [text for value in column.values if (text := str(as_whole(value))) not in doubted]
    read = read_by(form, [value.strip() for value in values])
    strange = [value for value in values if value.strip() not in read]
    if strange or not values:
        raise _refused(found.name, f"not all of its values are dates as {form}: {_shown(strange)}")
    unread = sum(one.rows for one in found.doubtful)
    date = DateForm(form, grain_of(form), unread=unread)
    why = f"dates as {form}: its settings say so"
    return replace(found, kind="date", date=date, number=None, unit="", proportion="", levels=(), why=why)


def _with_kind(found: ColumnProfile, column: Column, kind: ColumnKind, *, ordered: bool) -> ColumnProfile:
    if kind == found.kind:
        return found
    if (amiss := _amiss(found, column, kind, ordered=ordered)) is not None:
        raise _refused(found.name, f"it cannot be {kind}: {amiss}")
    amount = kind in _AMOUNTS
    return replace(
        found,
        kind=kind,
        levels=levels_of(column, kind),
        unit=found.unit if amount else "",
        proportion=found.proportion if amount else "",
        date=found.date if kind in ("date", "ordinal") else None,
        why="; ".join(["its settings say so", *found.why.split("; ")[1:]]),
    )


def _amiss(found: ColumnProfile, column: Column, kind: ColumnKind, *, ordered: bool) -> str | None:
    """Why a column can be of a kind in no way; None when it can."""
    whole = column.numeric and column.whole
    words: dict[str, str | None] = {
        "measure": None if column.numeric else f"it holds text, such as {_shown(list(column.values))}",
        "count": None
        if whole and column.values[0] >= 0
        else "it has other values than whole numbers from 0 on",
        "flag": None if column.distinct == 2 else f"it has {column.distinct} different values",
        "constant": None if column.distinct < 2 else f"it has {column.distinct} different values",
        "date": None
        if found.date is not None and not found.date.part
        else "say in `dates` how they are written",
        "category": _too_many(column),
        "ordinal": _too_many(column),
    }
    if column.distinct < 2 and kind != "constant":
        return "it has no two different values"
    if kind == "ordinal" and not column.numeric and not ordered and words["ordinal"] is None:
        return "say in `levels` in which order its values stand"
    return words.get(kind)


def _too_many(column: Column) -> str | None:
    if column.distinct <= _MOST_LEVELS:
        return None
    return f"it has {column.distinct:,} different values, more than {_MOST_LEVELS}"


def _with_levels(found: ColumnProfile, column: Column, levels: tuple[str, ...]) -> ColumnProfile:
    if found.kind not in _LEVELLED:
        raise _refused(found.name, f"it is {found.kind}, and has no levels: say its `kind`, too")
    there = levels_of(column, found.kind)
    if len(set(levels)) < len(levels):
        raise _refused(found.name, "one of its `levels` is named twice")
    if absent := [level for level in levels if level not in there]:
        raise _refused(found.name, f"no row has the level {_shown(absent)}{_nearest(absent[0], there)}")
    if unnamed := [level for level in there if level not in levels]:
        raise _refused(found.name, f"its `levels` lack {_shown(unnamed)}")
    return replace(found, levels=levels, why=f"{found.why}; the order of its levels: its settings say so")


def _with_unit(found: ColumnProfile, unit: str) -> ColumnProfile:
    if unit and found.kind not in _AMOUNTS and found.number is None:
        raise _refused(found.name, f"it is {found.kind}, and has no amounts that could have a unit")
    if unit:
        _demand_name(f"columns.{found.name!r}.unit", unit)
    why = [reason for reason in found.why.split("; ") if not reason.startswith("unit ")]
    told = f"unit {unit}: its settings say so" if unit else "no unit: its settings say so"
    proportion = "percent" if unit == "%" else "" if found.proportion == "percent" else found.proportion
    return replace(found, unit=unit, proportion=proportion, why="; ".join([*why, told]))


def _demand_name(what: str, name: str) -> None:
    if not name.strip() or name != name.strip() or not name.isprintable() or len(name) > _LONGEST_NAME:
        detail = f"write a few words on one line, at most {_LONGEST_NAME} characters"
        raise TableRefused("settings", f"In its settings, {what} = {name[:_LONGEST_NAME]!r}: {detail}.")


def _demand_different(columns: Sequence[ColumnProfile], said: TableSettings) -> None:
    """No two columns may be called the same where a person named one of them."""
    called: dict[str, str] = {}
    for one in columns:
        other = called.setdefault(one.readable.casefold(), one.name) if one.readable else one.name
        if other != one.name and any(name in said.columns for name in (other, one.name)):
            raise _refused(
                one.name, f"it would be called {one.readable!r}, as {other!r} is: give both a `name`"
            )


def _refused(header: str, detail: str) -> TableRefused:
    end = "" if detail.endswith("?") else "."
    return TableRefused("settings", f"In its settings, column {header[:_LONGEST_NAME]!r}: {detail}{end}")


def _nearest(word: str, known: Sequence[str]) -> str:
    close = difflib.get_close_matches(word, known, n=1)
    return f"; did you mean {close[0]!r}?" if close else f"; there are {_shown(list(known))}"


def _shown(values: Sequence[Any]) -> str:
    told = ", ".join(repr(str(value)[:_LONGEST_NAME]) for value in values[:_SHOWN])
    return told + (", …" if len(values) > _SHOWN else "")
