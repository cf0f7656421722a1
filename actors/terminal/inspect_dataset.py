"""One dataset in full: how it was read, what its rows and columns are, what became of its questions."""

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.table import Table

from actors.language.lexicon import Lexicon
from actors.language.offer import MAIN, nothing_to_ask, offer_of
from actors.language.pattern import quoted
from actors.terminal.plain import block, escaped, heading, line, pairs
from events.dataset import ColumnProfile, DatasetRegistered, DateForm, NumberForm, Relation
from events.question import SOURCES
from store.projections.funnel import Row
from store.projections.state import State

_SHOWN_LEVELS = 12


def inspect_dataset(state: State, dataset: str) -> RenderableType:
    """A table: how it was read, what its rows and columns are, what became of its questions.

    Raises:
        KeyError: no dataset has this id.
    """
    one = state.datasets.by_id[dataset]
    notes = [block(f"- {note}") for note in one.notes]
    known = [block(escaped(f"- {column.name}: {fact}")) for column in one.columns for fact in _facts(column)]
    return Group(
        heading(f"dataset {one.name}"),
        pairs(_table(one)),
        heading("what the reader found"),
        *notes,
        heading("columns"),
        _columns(one.columns),
        *([heading("what else is known of them"), *known] if known else []),
        heading("funnel"),
        _funnel(state, dataset),
    )


def _table(one: DatasetRegistered) -> list[tuple[str, str]]:
    facts = [
        ("id", one.dataset),
        ("name", one.name),
        ("path", one.path),
        ("size", f"{one.size} bytes, {one.rows} rows, {len(one.columns)} columns"),
        ("encoding", one.reader.encoding),
        ("delimiter", repr(one.reader.delimiter)),
        ("header line", str(one.reader.header)),
        ("missing", ", ".join(map(repr, one.reader.missing)) or "the empty cell alone"),
        ("questions", _offered(one.columns)),
        ("one row", one.noun + (f": {one.noun_why}" if one.noun_why else "")),
        ("blob", one.blob),
    ]
    if one.settings is not None:
        said = [*(["row"] if one.settings.row else []), *map(repr, one.settings.columns)]
        facts.append(("settings", f"a person said something of {', '.join(said)}"))
    return facts


def _offered(columns: tuple[ColumnProfile, ...]) -> str:
    """What can be asked about, or why nothing can."""
    found = offer_of(columns).items()
    there = [f"{count} column{'' if count == 1 else 's'} {what}" for what, count in found if count]
    lacking = [f"none {what}" for what, count in found if not count and what in MAIN]
    told = f"can be about {', '.join(there)}" + (f"; it has {', '.join(lacking)}" if lacking else "")
    return nothing_to_ask(columns) or told


def _columns(columns: tuple[ColumnProfile, ...]) -> Table:
    table = Table(box=None, pad_edge=False)
    for name in ("column", "called", "kind", "unit", "missing", "distinct", "why"):
        table.add_column(name, overflow="fold")
    words = Lexicon(columns)
    for one in columns:
        table.add_row(
            line(one.name),
            line(_called(one, words)),
            one.kind,
            line(one.unit),
            str(one.missing),
            str(one.distinct),
            line(one.why or ", ".join(one.levels)),
        )
    return table


def _called(one: ColumnProfile, words: Lexicon) -> str:
    """What a question calls a column."""
    name = words.name(one.name)
    return "left out" if one.unasked else "by its header" if name == quoted(one.name) else name


def _facts(one: ColumnProfile) -> Iterator[str]:
    """What is known of a column beside its kind and unit, a sentence each."""
    if one.unasked:
        yield f"left out of questions: {one.unasked}"
    if one.proportion:
        yield (
            "its values are shares of a whole, 0 to 1"
            if one.proportion == "share"
            else "its values are percentages"
        )
    if one.date is not None:
        yield _date(one.date)
    if one.number is not None:
        yield _number(one.number)
    if one.kind == "ordinal" and one.levels and len(one.levels) <= _SHOWN_LEVELS:
        yield f"its levels in order: {', '.join(one.levels)}"
    if one.doubtful:
        told = ", ".join(f"{value.value!r} in {value.rows} rows" for value in one.doubtful)
        yield f"may mean 'no value', and counts as a value: {told}"
    yield from map(_relation, one.relations)


def _date(form: DateForm) -> str:
    what = (
        f"its values are a part of dates, the {form.grain}"
        if form.part
        else f"each value is a date, the {form.grain}"
    )
    unread = f"; {form.unread} rows have something else" if form.unread else ""
    return f"{what}, written as {form.form}{unread}"


def _number(form: NumberForm) -> str:
    parts = [
        f"{form.thousands!r} between thousands" if form.thousands else "",
        f"{form.decimal!r} before decimals",
        f"{form.before!r} before them" if form.before else "",
        f"{form.after!r} behind them" if form.after else "",
        f"{form.unread} rows with something else" if form.unread else "",
    ]
    return f"its texts can be read as numbers: {', '.join(part for part in parts if part)}"


def _relation(one: Relation) -> str:
    others = " + ".join(one.others)
    return {
        "equal": f"a copy of {others}",
        "relabels": f"divides the rows as {others} does, under other names",
        "linear": f"equals {one.factor:g} x {others} {'-' if one.offset < 0 else '+'} {abs(one.offset):g}",
        "total": f"equals {others}",
    }[one.kind]


def _funnel(state: State, dataset: str) -> RenderableType:
    rows = state.funnel.rows.get(dataset, {})
    told = [
        (
            str(source),
            _row(row),
        )
        for source in SOURCES
        if (row := rows.get(source)) is not None
    ]
    return pairs(told or [("nothing", "no question was asked of it")])


def _row(row: Row) -> str:
    rejected, refused = sum(row.rejected.values()), sum(row.refused().values())
    made = f"{row.proposed} proposed, {len(row.accepted)} accepted, {rejected} rejected"
    return f"{made}, {row.verified} verified, {refused} refused"
