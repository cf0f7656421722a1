"""Harbor tasks, a folder each:

    task.toml            limits and lineage
    instruction.md       the question, how the table is read, where the answer goes
    environment/         Dockerfile and table.csv: all that an agent can look at
    tests/               test.sh, grade.py, the table, the contract, the verified trace's code: Harbor brings
                         them in when the agent has ended

No answer is in a task, not even in its tests: the grader computes it anew. A question that accepts several
answers has no task, since the code of one trace gives but one of them.
"""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib.resources import files as resources
from pathlib import Path

import msgspec

from events.dataset import ReaderSettings
from events.identity import canonical_json
from events.question import Question
from store.artifacts import data_digest, render_artifacts
from store.export.card import CARD, folder_card
from store.export.conversation import text_of
from store.export.harvest import Harvest, Row
from store.export.writing import Made, NothingToExportError, demand_episodes

ANSWER = "/app/answer.json"
TABLE = "/app/table.csv"
_PACKAGES = ("msgspec", "numpy", "pandas", "scikit-learn", "scipy", "statsmodels")
_ROOT = Path(str(resources("events"))).parent
_LENT = (
    "events/__init__.py",
    *(f"events/answer{part}.py" for part in ("s", "_cells", "_contract", "_kind", "_labels", "_lists")),
    *(f"events/answer{part}.py" for part in ("_numbers", "_tables", "_texts")),
    *(f"events/{part}.py" for part in ("dataset", "identity", "plain", "scalars", "struct")),
    "actors/__init__.py",
    "actors/profiling/__init__.py",
    "actors/profiling/table.py",
)
"""Our own sources that a grader works with, as they are."""
_TOLD = (
    "Each folder in `tasks/` is one question. Its settings hold the lineage; its grader computes the answer "
    "anew from the table, and no answer is written down."
)
_TEST = f"""\
#!/bin/bash
exec python3 -I /tests/grade.py {ANSWER} /logs/verifier
"""
_DOCKERFILE = """\
FROM python:3.11-slim
RUN pip install --no-cache-dir {packages}
WORKDIR /app
COPY table.csv {table}
"""


def harbor(harvest: Harvest, bytes_of: Callable[[str], bytes]) -> Made:
    """A task for each question that is exported, by its source and id; its split is told in its settings.

    Args:
        harvest: what is exported.
        bytes_of: gives the bytes of a table by their digest, as `Blobs.get` does.

    Raises:
        NothingToExportError: there is no question that a task can be made of.
        BlobMissing, BlobCorrupt, OldBlobs: a table's bytes cannot be had.
    """
    demand_episodes(harvest)
    files: dict[str, bytes] = {}
    rows: dict[str, int] = {}
    for judged, question, split in harvest.episodes():
        if len(question.answers) == 1:
            lineage = harvest.lineage(judged, question, split, judged.votes[0])
            folder = f"tasks/{question.source}-{question.id}"
            for path, data in task(question, lineage, harvest, bytes_of(lineage["table"])).items():
                files[f"{folder}/{path}"] = data
            rows[f"{folder}/task.toml"] = 1
    if not files:
        raise NothingToExportError("no verified episode has a question with one accepted answer alone")
    files[CARD] = folder_card(harvest, "Questions about tables, as Harbor tasks", (_TOLD,))
    return Made(files, rows, data_digest(harvest.state, render_artifacts(harvest.state)))


def task(question: Question, lineage: Row, harvest: Harvest, table: bytes) -> Mapping[str, bytes]:
    """The files of one task by their path in its folder.

    Args:
        question: what is asked.
        lineage: where it comes from; its trace is the reference.
        harvest: what is exported.
        table: the table's bytes.
    """
    reader = question.recipe.reader
    packages = " ".join(_PACKAGES)
    told = {"contract": msgspec.to_builtins(question.contract), "reader": msgspec.to_builtins(reader)}
    return {
        "task.toml": _settings(lineage).encode(),
        "instruction.md": instruction(question, reader).encode(),
        "environment/Dockerfile": _DOCKERFILE.format(packages=packages, table=TABLE).encode(),
        "environment/table.csv": table,
        "tests/test.sh": _TEST.encode(),
        "tests/table.csv": table,
        "tests/task.json": canonical_json(told) + b"\n",
        **{f"tests/{path}": data for path, data in lent().items()},
        **{f"tests/{name}": code for name, code in _reference(lineage["trace"], harvest)},
    }


def instruction(question: Question, reader: ReaderSettings) -> str:
    """What an agent is told."""
    missing = ", ".join(f"`{one}`" for one in reader.missing) or "none but the empty cell"
    lines = [
        text_of(question),
        "",
        f"The table is `{TABLE}`: encoding {reader.encoding}, cells divided by `{reader.delimiter!r}`,",
        _header_told(reader),
        f"Spellings that mean that there is no value, beside the empty cell: {missing}.",
    ]
    if reader.kept:
        lines.append(f"In {', '.join(f'`{one}`' for one in reader.kept)} these spellings are values.")
    lines += ["", f"Write the answer to `{ANSWER}`: one JSON object with exactly the fields asked for."]
    return "\n".join([*lines, ""])


@cache
def lent() -> Mapping[str, bytes]:
    """The grader and the sources that it works with, by their path in `tests/`."""
    found = {path: (_ROOT / path).read_bytes() for path in _LENT}
    return {"grade.py": Path(__file__).with_name("grade.py").read_bytes(), **found}


def _header_told(reader: ReaderSettings) -> str:
    if reader.header >= 0:
        return f"columns are named by line {reader.header + 1}, blank lines aside."
    skipped = -reader.header - 1
    return f"no line names the columns: they are column_1, column_2, …; skip the first {skipped} lines."


def _reference(trace: str, harvest: Harvest) -> Iterator[tuple[str, bytes]]:
    attempt = harvest.state.traces.attempts[trace]
    for number, message in enumerate(attempt.said):
        if message.code is not None:
            yield f"reference_{number:03}.py", message.code.encode()


def _settings(lineage: Row) -> str:
    """Limits and lineage as TOML; every value is written as JSON, which TOML reads alike."""
    told = {name: value for name, value in lineage.items() if name not in ("trace", "role", "index")}
    text = "\n".join(
        [
            'version = "1.0"',
            "",
            "[metadata]",
            'category = "data-analysis"',
            'tags = ["data-analysis", "tracegate"]',
            *(f"{name} = {_quoted(value)}" for name, value in told.items()),
            "",
            "[verifier]",
            "timeout_sec = 120.0",
            "",
            "[agent]",
            "timeout_sec = 900.0",
            "",
            "[environment]",
            "build_timeout_sec = 900.0",
            "cpus = 1",
            "memory_mb = 2048",
            "storage_mb = 10240",
            "",
        ]
    )
    tomllib.loads(text)
    return text


def _quoted(value: object) -> str:
    return re.sub("\x7f", "\\\\u007f", canonical_json(value).decode())
