"""The card beside an export: what its columns mean, and which log position and data it stands on."""

from dataclasses import dataclass

_COLUMNS = (
    ("messages", "the conversation: system, user, then assistant and user in turn; it ends with assistant"),
    ("source", "where the question came from: template, procedural or llm"),
    ("evidence", "who solved it: scripted (a program played the expert) or model"),
    ("episode", "id of the verified episode"),
    ("question", "id of the question"),
    ("dataset", "id of the table: digest of its bytes and of how they were read"),
    ("trace", "id of the trace"),
    ("role", "gold (solved with a hint, which is not shown here) or consistency (solved without)"),
    ("index", "the trace's index in its role"),
    ("difficulty", "easy, medium or hard, by the depth of the question's program"),
)


@dataclass(frozen=True)
class CardFacts:
    """What a card says."""

    seq: int
    """The log position exported."""
    head: str
    """Id of the event there."""
    data: str
    """Digest of the artifacts and of which episodes count."""
    files: dict[str, tuple[int, str]]
    """Rows and digest of each file."""
    scripted: int
    """Verified episodes solved by a script."""
    model: int
    """Verified episodes solved by a model."""


def card(facts: CardFacts) -> str:
    """The card as Markdown, led by the header that data set viewers read."""
    return "\n".join([*_header(facts), "", *_body(facts), ""])


def _header(facts: CardFacts) -> list[str]:
    configs = [
        line
        for name in facts.files
        for line in (f"- config_name: {name.removesuffix('.jsonl')}", f"  data_files: {name}")
    ]
    return ["---", "configs:", *configs, "---"]


def _body(facts: CardFacts) -> list[str]:
    return [
        "# Verified data-analysis episodes, as conversations",
        "",
        f"Evidence: {facts.scripted} scripted and {facts.model} model episodes, all verified.",
        "",
        "| file | rows | BLAKE2b-128 |",
        "|---|---|---|",
        *(f"| {name} | {rows} | {digest} |" for name, (rows, digest) in facts.files.items()),
        "",
        "| column | holds |",
        "|---|---|",
        *(f"| {name} | {what} |" for name, what in _COLUMNS),
        "",
        "## Lineage",
        "",
        f"- log position: {facts.seq}",
        f"- event there: {facts.head}",
        f"- data digest: {facts.data}",
    ]
