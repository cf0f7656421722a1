"""The table in which a run ends: for each CSV and source, what became of the proposals."""

from rich.console import Group, RenderableType
from rich.table import Table

from actors.terminal.plain import line
from events.question import SOURCES
from store.projections.funnel import Row
from store.projections.state import State

_NUMBERS = ("proposed", "accepted")


def summary_table(state: State) -> RenderableType:
    """Per CSV and source: proposed, accepted, rejected by reason, verified, refused by category."""
    table = Table(title="From proposals to verified episodes", title_justify="left", show_footer=True)
    rows = _rows(state)
    totals = _totals([row for _, _, row in rows])
    table.add_column("CSV", footer="all", overflow="fold")
    table.add_column("source")
    for name in _NUMBERS:
        table.add_column(name, justify="right", footer=str(totals[name]))
    table.add_column("rejected", footer=str(totals["rejected"]), overflow="fold")
    table.add_column("verified", justify="right", footer=str(totals["verified"]))
    table.add_column("refused", footer=str(totals["refused"]), overflow="fold")
    for name, source, row in rows:
        table.add_row(line(name), source, *_cells(row))
    return Group(table, *_refused_files(state))


def _rows(state: State) -> list[tuple[str, str, Row]]:
    """Rows by the table's name, then id, then source in the order of the triad."""
    found: list[tuple[str, str, str, Row]] = []
    for dataset, rows in state.funnel.rows.items():
        registered = state.datasets.by_id.get(dataset)
        name = registered.name if registered else dataset[:8]
        found.extend((name, dataset, source, rows[source]) for source in SOURCES if source in rows)
    ordered = sorted(found, key=lambda one: (one[0], one[1]))
    return [(name, source, row) for name, _, source, row in ordered]


def _cells(row: Row) -> list[str | RenderableType]:
    return [
        str(row.proposed),
        f"{len(row.accepted)} (+{row.again} again)" if row.again else str(len(row.accepted)),
        line(_by_count(row.rejected)),
        str(row.verified),
        line(_by_count(row.refused())),
    ]


def _totals(rows: list[Row]) -> dict[str, int]:
    return {
        "proposed": sum(row.proposed for row in rows),
        "accepted": sum(len(row.accepted) for row in rows),
        "rejected": sum(sum(row.rejected.values()) for row in rows),
        "verified": sum(row.verified for row in rows),
        "refused": sum(sum(row.refused().values()) for row in rows),
    }


def _by_count(counts: dict[str, int]) -> str:
    """Reasons with their counts, the most frequent first; a dash when there is none."""
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return ", ".join(f"{name} {count}" for name, count in ordered) or "-"


def _refused_files(state: State) -> list[RenderableType]:
    return [
        line(f"left out: {path}: {one.detail} ({one.reason})", style="yellow")
        for path, one in sorted(state.datasets.refused.items())
    ]
