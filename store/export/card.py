"""The card beside an export: what its columns mean, which tables it stands on, and at which log position."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from events.identity import digest_of
from store.export.formats import Column, Format
from store.export.harvest import UNKNOWN_LICENCE, Harvest

CARD = "README.md"
"""The card's name in the folder of an export."""
LINEAGE: Mapping[str, str] = {
    "split": "where the question stands: train, test_tables, test_programs or test_templates",
    "episode": "id of the verified episode",
    "question": "id of the question",
    "dataset": "id of the table: digest of its bytes and of how they were read",
    "file": "the name of the table's file",
    "table": "digest of the table's bytes",
    "licence": "the table's licence, or unknown",
    "source": "where the question came from: template, procedural or llm",
    "template": "the template's name, or empty",
    "recipe": "digest of what rebuilds the question",
    "difficulty": "easy, medium or hard",
    "evidence": "who solved it: scripted (a program played the expert) or model",
    "teacher": "scripted, or the model's name",
    "model": "the model's name, or empty",
    "prompts": "digest of the prompts that a model was asked with, or empty",
    "trace": "id of the trace, or empty where the row is of the question alone",
    "role": "gold (solved with a hint, which is not shown here) or consistency (solved without)",
    "index": "the trace's index in its role; -1 where there is no trace",
    "position": "the log position exported",
}
"""What each field of `lineage` holds."""


@dataclass(frozen=True)
class CardFacts:
    """What a card says."""

    form: Format
    """The form of the rows."""
    seq: int
    """The log position exported."""
    head: str
    """Id of the event there."""
    data: str
    """Digest of the artifacts and of which episodes count."""
    files: dict[str, tuple[int, str]]
    """Rows and digest of each file."""
    tables: tuple[tuple[str, str, str], ...]
    """File name, digest and licence of each table that a row stands on."""
    scripted: int
    """Verified episodes solved by a script."""
    model: int
    """Verified episodes solved by a model."""

    @classmethod
    def of(cls, harvest: Harvest, form: Format, rendered: Mapping[str, bytes], digest: str) -> "CardFacts":
        """The facts of an export.

        Args:
            harvest: what is exported.
            form: the form of the rows.
            rendered: the bytes of each file by its path.
            digest: of the data that it stands on.
        """
        chosen = list(harvest.episodes())
        return cls(
            form=form,
            seq=harvest.state.seq,
            head=harvest.state.head,
            data=digest,
            files={name: (data.count(b"\n"), digest_of(data)) for name, data in rendered.items()},
            tables=tables_of(harvest),
            scripted=sum(judged.evidence == "scripted" for judged, _, _ in chosen),
            model=sum(judged.evidence == "model" for judged, _, _ in chosen),
        )


def tables_of(harvest: Harvest) -> tuple[tuple[str, str, str], ...]:
    """File name, digest and licence of each table that a row stands on."""
    used = {question.dataset for _, question, _ in harvest.episodes()}
    known = [harvest.state.datasets.by_id[one] for one in used if one in harvest.state.datasets.by_id]
    found = [
        (f"{one.name}.csv", one.blob, harvest.licences.get(one.dataset, UNKNOWN_LICENCE)) for one in known
    ]
    return tuple(sorted(found))


def card(facts: CardFacts) -> str:
    """The card as Markdown, led by the header that data set viewers read."""
    return "\n".join([*_header(facts), "", *_body(facts), ""])


def _header(facts: CardFacts) -> list[str]:
    sources: dict[str, list[PurePosixPath]] = {}
    for name in facts.files:
        path = PurePosixPath(name)
        sources.setdefault(path.parts[0], []).append(path)
    lines = ["---", "configs:"]
    for source, paths in sources.items():
        lines += [f"- config_name: {source}", "  data_files:"]
        lines += [line for path in paths for line in (f"  - split: {path.stem}", f"    path: {path}")]
    return [*lines, "---"]


def _body(facts: CardFacts) -> list[str]:
    return [
        f"# Verified data-analysis episodes, as {facts.form.title}",
        "",
        f"Evidence: {facts.scripted} scripted and {facts.model} model episodes, all verified.",
        "",
        "| file | rows | BLAKE2b-128 |",
        "|---|---|---|",
        *(f"| {name} | {rows} | {digest} |" for name, (rows, digest) in facts.files.items()),
        "",
        *columns_told(facts.form.columns),
        "",
        *tables_told(facts.tables),
        "",
        "## Lineage",
        "",
        f"- log position: {facts.seq}",
        f"- event there: {facts.head}",
        f"- data digest: {facts.data}",
    ]


def folder_card(harvest: Harvest, title: str, told: tuple[str, ...], header: tuple[str, ...] = ()) -> bytes:
    """The card of a folder that is no rows: what it is, the tables that it stands on, the log position.

    Args:
        harvest: what is exported.
        title: what the card is headed with.
        told: what is said of the folder, a paragraph each.
        header: lines for data set viewers, without their fences.
    """
    paragraphs = [line for one in told for line in (one, "")]
    lines = [*(("---", *header, "---", "") if header else ()), f"# {title}", "", *paragraphs]
    lines += [*tables_told(tables_of(harvest)), "", "| lineage | holds |", "|---|---|"]
    lines += [f"| {name} | {what} |" for name, what in LINEAGE.items()]
    place = f"Exported at log position {harvest.state.seq}, event there {harvest.state.head}."
    return "\n".join([*lines, "", place, ""]).encode()


def columns_told(columns: Mapping[str, Column]) -> list[str]:
    """What each column and each field of the lineage holds."""
    return [
        "| column | holds |",
        "|---|---|",
        *(f"| {name} | {column.what} |" for name, column in columns.items()),
        "| lineage | where the row comes from |",
        *(f"| lineage.{name} | {what} |" for name, what in LINEAGE.items()),
    ]


def tables_told(tables: tuple[tuple[str, str, str], ...]) -> list[str]:
    """Each table that the rows stand on."""
    return [
        "| table | BLAKE2b-128 | licence |",
        "|---|---|---|",
        *(f"| {name} | {digest} | {licence} |" for name, digest, licence in tables),
    ]
