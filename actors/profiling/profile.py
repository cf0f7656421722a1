"""What each column of a table is to a person, with the evidence.

Distinctness alone proves nothing: nearly every measure is distinct in nearly every row. So an identifier is
known by its name, its type, its spacing (a counter), its form and its place; a code by small whole numbers
without gaps. No judgement follows from the order of the rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pandas as pd
from msgspec.structs import replace

from actors.profiling import numbers, texts
from actors.profiling.column import Column, columns_of
from actors.profiling.date_numbers import date_number, part_of_date
from actors.profiling.dates import cycle_of, dated_text
from actors.profiling.doubtful import doubtful_of, sentinels
from actors.profiling.proportions import proportion_of
from actors.profiling.readable import readable_of
from actors.profiling.relations import Relations, relations_of
from actors.profiling.scales import order_of
from actors.profiling.spelled import spelled_numbers
from actors.profiling.units import unit_of, unit_of_place
from actors.profiling.verdict import Verdict, as_whole
from events.dataset import ColumnKind, ColumnProfile, DateForm, Doubtful, NumberForm

_LEVELLED: tuple[ColumnKind, ...] = ("category", "flag", "ordinal")


@dataclass
class _Judged:
    """What was found out about one column, piece by piece."""

    column: Column
    plain: Column
    """The column without values that may mean that there is none."""
    base: str
    """The header without its unit."""
    unit: str
    doubtful: tuple[Doubtful, ...]
    """Values that may mean that there is none."""
    verdict: Verdict = field(default_factory=lambda: Verdict("constant", "it has no values"))
    why: list[str] = field(default_factory=list)
    """The evidence for all but the kind."""
    proportion: str = ""
    date: DateForm | None = None
    number: NumberForm | None = None
    order: tuple[str, ...] = ()


def profile(frame: pd.DataFrame) -> tuple[ColumnProfile, ...]:
    """One profile for each column, in column order; the frame is one that `read_table` made."""
    columns = columns_of(frame)
    judged = [_judge(column) for column in columns]
    names = readable_of([one.base for one in judged], [one.column.name for one in judged])
    related = relations_of(columns)
    told = [_told(one, name, related) for one, name in zip(judged, names, strict=True)]
    return _followed({one.name: one for one in told}, related)


def _judge(column: Column) -> _Judged:
    doubtful = doubtful_of(column) if column.distinct > 1 else ()
    doubts = sentinels(column) if column.numeric else tuple(one.value for one in doubtful)
    plain = column.without(frozenset(doubts))
    base, unit, evidence = unit_of(column.name)
    kept = plain if plain.distinct > 1 else column
    judged = _Judged(column, kept, base, unit, doubtful, why=[evidence] if unit else [])
    if column.distinct < 2:
        judged.verdict = Verdict(
            "constant", "all its values are equal" if column.distinct else "it has no values"
        )
        if not column.numeric:
            _forget_unit(judged)
    elif column.numeric:
        _judge_numbers(judged)
    else:
        _judge_texts(judged)
    return judged


def _judge_numbers(judged: _Judged) -> None:
    plain = judged.plain
    if plain.whole and (dated := date_number(plain) or part_of_date(plain)) is not None:
        judged.date, evidence = dated
        judged.verdict = Verdict("ordinal" if judged.date.part else "date", evidence)
        _forget_unit(judged)
        return
    if not judged.unit:
        judged.unit, evidence = unit_of_place(plain.words, plain.numbers[0], plain.numbers[-1])
        judged.why += [evidence] if evidence else []
    _find_proportion(judged)
    amount = bool(judged.unit or judged.proportion)
    judged.verdict = numbers.judge(plain, plain.numbers, amount=amount)
    if judged.verdict.kind not in ("measure", "count"):
        _forget_unit(judged)


def _judge_texts(judged: _Judged) -> None:
    dated = dated_text(judged.column)
    if dated is not None:
        judged.date = dated.form
        judged.verdict = Verdict("text" if dated.form is None else "date", dated.why)
        _forget_unit(judged)
        return
    spelled = spelled_numbers(judged.column)
    judged.verdict = texts.judge(judged.column, spelled=spelled is not None)
    if spelled is None or spelled.form is None:
        _forget_unit(judged)
        _find_order(judged)
    else:
        judged.number = spelled.form
        judged.unit = judged.unit or spelled.form.after or spelled.form.before
        _find_proportion(judged)
    judged.why += [spelled.why] if spelled is not None else []


def _forget_unit(judged: _Judged) -> None:
    """What looked like a unit is a part of the name, for the column has no amounts."""
    judged.base, judged.unit, judged.why = judged.column.name, "", []


def _find_proportion(judged: _Judged) -> None:
    judged.proportion, evidence = proportion_of(judged.plain, judged.unit, judged.number)
    judged.why += [evidence] if evidence else []
    if judged.proportion == "percent":
        judged.unit = "%"


def _find_order(judged: _Judged) -> None:
    """Levels of a category that are in an order make it an ordinal."""
    if judged.verdict.kind not in ("category", "flag"):
        return
    levels = [str(value) for value in judged.plain.values]
    doubted = tuple(str(value) for value in judged.column.values if str(value) not in levels)
    if (cycle := cycle_of(levels)) is not None:
        judged.date, judged.order = cycle[0], cycle[1] + doubted
        judged.verdict = Verdict("ordinal", f"names of {judged.date.grain}s, which have an order")
    elif (order := order_of(levels)) is not None:
        judged.order = order + doubted
        judged.verdict = Verdict("ordinal", f"{len(order)} levels with an order in their words")


def _told(judged: _Judged, readable: str, related: Relations) -> ColumnProfile:
    column, doubtful = judged.column, judged.doubtful
    evidence = [judged.verdict.why, *judged.why]
    if doubtful:
        listed = ", ".join(f"{one.value!r} ({one.rows})" for one in doubtful)
        evidence.append(f"may mean 'no value': {listed}")
    return ColumnProfile(
        name=column.name,
        kind=judged.verdict.kind,
        numeric=column.numeric,
        missing=column.rows - column.known,
        distinct=column.distinct,
        levels=judged.order or levels_of(column, judged.verdict.kind),
        why="; ".join(evidence),
        readable=readable,
        unit=judged.unit,
        proportion=judged.proportion,  # type: ignore[arg-type]
        date=judged.date,
        number=judged.number,
        doubtful=doubtful,
        relations=related.get(column.name, ()),
    )


def levels_of(column: Column, kind: ColumnKind) -> tuple[str, ...]:
    """The levels of a column of this kind, sorted, whole numbers without a decimal point."""
    return tuple(str(as_whole(value)) for value in column.values) if kind in _LEVELLED else ()


def _followed(told: dict[str, ColumnProfile], related: Relations) -> tuple[ColumnProfile, ...]:
    """What follows for one column from what others are."""
    for name, relations in related.items():
        for relation in relations:
            if relation.kind == "equal":
                _same_kind(told, name, relation.others[0])
            elif relation.kind == "total":
                _same_unit(told, name, relation.others)
                if all(told[part].kind == "count" for part in relation.others):
                    _as_count(told, name)
    return tuple(told.values())


def _same_kind(told: dict[str, ColumnProfile], name: str, other: str) -> None:
    """A column with the values of an identifier is one."""
    for one, known in ((name, other), (other, name)):
        if told[known].kind == "identifier" != told[one].kind:
            why = f"the same values as {known!r}, an identifier"
            told[one] = replace(told[one], kind="identifier", levels=(), unit="", why=why)


def _same_unit(told: dict[str, ColumnProfile], total: str, parts: Sequence[str]) -> None:
    """What is added up has the unit of its sum, and of its fellows."""
    group = [told[name] for name in (total, *parts)]
    units = {one.unit for one in group if one.unit}
    if len(units) == 1 and "%" not in units and all(one.kind == "measure" for one in group):
        unit, witness = min(units), next(one.name for one in group if one.unit)
        for one in group:
            if not one.unit:
                why = f"{one.why}; unit {unit}: adds up with {witness!r}"
                told[one.name] = replace(one, unit=unit, why=why)


def _as_count(told: dict[str, ColumnProfile], name: str) -> None:
    """The sum of counts is one."""
    one = told[name]
    if one.kind == "measure" and not one.unit:
        rest = one.why.split("; ")[1:]
        told[name] = replace(one, kind="count", why="; ".join(["whole, and the total of counts", *rest]))
