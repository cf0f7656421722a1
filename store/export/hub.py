"""A folder as data set hubs take it: Parquet alone, a configuration for each format, and a card that says so.

exports/hub/sft/train-00000-of-00001.parquet
exports/hub/README.md
"""

from collections.abc import Mapping, Sequence

from store.export.card import CARD, columns_told, tables_of, tables_told
from store.export.formats import FORMATS
from store.export.harvest import UNKNOWN_LICENCE, Harvest, Row
from store.export.tables import parquet_of
from store.splits import SPLITS

PART = "00000-of-00001"
_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))
_LARGEST = "n>1M"


def hub(harvest: Harvest, data: str) -> tuple[dict[str, bytes], dict[str, int]]:
    """The bytes of each file by its path in the folder, and how many rows each holds; touches no disk.

    Args:
        harvest: what is exported.
        data: digest of the data that it stands on.

    Raises:
        ExtraMissingError: the extra `export` is not installed.
    """
    files: dict[str, bytes] = {}
    counts: dict[str, int] = {}
    for name, form in FORMATS.items():
        for split, rows in by_split(list(form.rows(harvest))).items():
            path = f"{name}/{split}-{PART}.parquet"
            files[path], counts[path] = parquet_of(rows, form.columns), len(rows)
    return files | {CARD: _card(harvest, counts, data).encode()}, counts


def by_split(rows: Sequence[Row]) -> dict[str, list[Row]]:
    """The rows of each split that has any."""
    found = {split: [row for row in rows if row["lineage"]["split"] == split] for split in SPLITS}
    return {split: chosen for split, chosen in found.items() if chosen}


def _card(harvest: Harvest, counts: Mapping[str, int], data: str) -> str:
    lines = [*_header(harvest, counts), "", "# Verified data-analysis episodes", ""]
    for name in dict.fromkeys(path.partition("/")[0] for path in counts):
        lines += [f"## {name}: {FORMATS[name].title}", "", *columns_told(FORMATS[name].columns), ""]
    lines += ["## Tables", "", *tables_told(tables_of(harvest)), "", "## Lineage", ""]
    lines += [f"- log position: {harvest.state.seq}", f"- event there: {harvest.state.head}"]
    return "\n".join([*lines, f"- data digest: {data}", ""])


def _header(harvest: Harvest, counts: Mapping[str, int]) -> list[str]:
    lines = ["---", f"license: {_licence(harvest)}", "language:", "- en", "task_categories:"]
    lines += [
        "- text-generation",
        "- question-answering",
        "size_categories:",
        f"- {_size(sum(counts.values()))}",
    ]
    lines += ["tags:", "- data-analysis", "- tool-use", "- agent", "configs:"]
    for at, name in enumerate(dict.fromkeys(path.partition("/")[0] for path in counts)):
        lines += [f"- config_name: {name}", *(["  default: true"] if at == 0 else []), "  data_files:"]
        for path in counts:
            if path.startswith(f"{name}/"):
                split = path.removeprefix(f"{name}/").partition("-")[0]
                lines += [f"  - split: {split}", f"    path: {path}"]
    return [*lines, "---"]


def _licence(harvest: Harvest) -> str:
    """The one licence of all tables, as hubs spell it, else `other`; the card tells each."""
    found = {licence for _, _, licence in tables_of(harvest)}
    (one, *more) = sorted(found) or [UNKNOWN_LICENCE]
    return "other" if more else one.lower()


def _size(rows: int) -> str:
    return next((name for most, name in _SIZES if rows < most), _LARGEST)
