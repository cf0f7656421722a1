"""A fixed corpus of what cells give: real cells over the examples, and hard outputs made on purpose."""

import traceback
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from actors.profiling.intake import take_in
from actors.teaching.compression import BUDGETS
from actors.teaching.excerpt import bytes_of
from actors.workers.local import LocalBackend
from actors.workers.pool import running_pool
from actors.workers.sandbox.keeping import Keeper
from events.dataset import DatasetRegistered
from events.frames import Limits
from events.identity import digest_of
from events.printed import Printed
from events.struct import Event
from events.trace import CellResult, ErrorReport

EXAMPLES = Path(__file__).parents[1] / "examples"
END_LINES, END_TEXT = 3, 80
"""First and last lines of an output that should be seen, and as much of each."""
CELLS: Mapping[str, str] = {
    "all rows": "print(df.to_string())",
    "some rows": "df",
    "all columns": "with pd.option_context('display.max_columns', None): print(df.head(40))",
    "info": "df.info()",
    "description": "with pd.option_context('display.max_columns', None): print(df.describe(include='all'))",
    "counts": "for name in df:\n    print('=== ' + name)\n    print(df[name].value_counts().head(15))",
    "dictionary": "df.head(30).to_dict('records')",
    "comma separated": "print(df.to_csv(index=False))",
    "wrong column": "def mean(name):\n    return df[name].mean()\nprint(df.head(30))\nmean('no such column')",
    "warnings": "import warnings\nfor n in range(400):\n    warnings.warn(f'row {n} is odd')\ndf.shape",
}
"""What an analyst writes, by name; each is run on every example."""
WHOLE = ("display.max_rows", None, "display.max_columns", None, "display.show_dimensions", True)
"""What has pandas print a table from end to end."""
COLUMNED = ("all rows", "all columns", "info", "description", "counts")
"""Cells whose output should show the names of all columns."""


@dataclass(frozen=True)
class Output:
    """One result, and what of it should be seen."""

    kind: str
    """Outputs of one kind are reported together."""
    result: CellResult
    """What came back."""
    matters: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Texts that should be in the view, by what they are; `told` adds what follows from the result."""

    @property
    def size(self) -> int:
        """Bytes that there were."""
        error = self.result.error
        texts = [] if error is None else [error.message, *error.frames]
        wholes = _wholes(self.result)
        printed = (
            wholes[part].bytes if part in wholes else bytes_of(text)
            for part, text in _parts(self.result).items()
        )
        return sum(map(bytes_of, texts)) + sum(printed)

    def told(self) -> dict[str, list[str]]:
        """All that should be seen, by what it is."""
        wanted = {why: list(texts) for why, texts in self.matters.items()}
        for text in filter(None, _parts(self.result).values()):
            lines = [line[:END_TEXT] for line in text.split("\r")[-1].splitlines()]
            wanted.setdefault("head", []).extend(lines[:END_LINES])
            wanted.setdefault("tail", []).extend(lines[-END_LINES:])
        wanted["digests"] = [*wanted.get("digests", ()), *_digests(self.result)]
        if (error := self.result.error) is not None:
            wanted.setdefault("error", []).extend(
                [f"{error.kind}: {error.message[:200]}", error.message[-100:]]
            )
            wanted.setdefault("frames", []).extend(error.frames)
        return wanted


async def real() -> list[Output]:
    """The cells, run in sessions over each example."""
    outputs: list[Output] = []
    async with running_pool(LocalBackend(), _silent) as pool:
        for taken in take_in([EXAMPLES]):
            if isinstance(event := taken.event, DatasetRegistered):
                await pool.offer(event.dataset, taken.data, event.reader)
                async with pool.session(event.dataset) as session:
                    results = {name: await session.run(code) for name, code in CELLS.items()}
                columns = [column.name for column in event.columns]
                outputs += [
                    Output(f"cell: {name}", result, {"columns": columns} if name in COLUMNED else {})
                    for name, result in results.items()
                ]
    return outputs


def made() -> Iterator[Output]:
    """What real cells seldom give, and a view must stand: each from code of this file alone."""
    rows = [f"row {number}: {number * number}" for number in range(5000)]
    error, matters = _printed_error()
    said = ["=== results ===", "[344 rows x 17 columns]", f"checked {digest_of(b'table')}"]
    among = _printed([*rows[:2500], error, *said, *rows[2500:]])
    all_told = {**matters, "markers": said[:1], "shape": said[1:2], "digests": [said[2]]}
    yield Output("an error among 5,000 lines", among, all_told)
    yield Output("the same as a session keeps it", _as_kept(among), all_told)
    yield Output(
        "an error among 5,000 long lines", _printed([*(row * 15 for row in rows), error, *rows]), matters
    )
    yield Output("200 errors", _printed([f"{row}\n{error}" for row in rows[:200]]), matters)
    frame = pd.DataFrame(np.arange(60_000).reshape(1000, 60)).add_prefix("measure_")
    for kind, table in (("a wide frame", frame), ("a long frame", frame.iloc[:, :6])):
        with pd.option_context(*WHOLE):
            shown = [*rows[:40], *repr(table).splitlines(), *rows[:40]]
        shape = [f"[{len(table)} rows x {table.shape[1]} columns]"]
        yield Output(kind, _printed(shown), {"columns": list(table), "shape": shape})
        yield Output(f"{kind} in single lines", _printed([table.to_string()]), {"columns": list(table)})
    yield Output(
        "a long Series",
        CellResult(0, display=frame["measure_1"].to_string(length=True, dtype=True, name=True)),
        {"shape": ["Name: measure_1, Length: 1000, dtype: int64"]},
    )
    bar = "".join(f"\r{part / 10:5.1f}%|{'█' * (part // 50):20}|" for part in range(1001))
    yield Output("a progress bar", CellResult(0, stderr=f"{bar}\n"), {"markers": [f"100.0%|{'█' * 20}|"]})
    warning = "<cell 3>:4: FutureWarning: it will change\n  part.fillna(0)"
    yield Output("a repeated warning", CellResult(0, stderr=f"{warning}\n" * 2000), {"markers": [warning]})
    yield Output("unicode", _printed([f"{row} 漢字 🦜 é" for row in rows]))
    yield Output(
        "a line without end",
        _printed(["begun " + "x y " * 100_000 + "done"]),
        {"markers": ["begun x", "done"]},
    )
    yield Output("a megabyte", _printed([(f"{row} ".ljust(199, ".")) for row in rows]))
    long = ErrorReport(
        "ValueError", "not in the index: " + ", ".join(rows[:300]), ("cell 3, line 1, in f",) * 20
    )
    yield Output("an error without end", CellResult(0, error=long))


async def _silent(event: Event) -> None:
    """Hear of a worker, and do nothing."""


def _printed(lines: Sequence[str]) -> CellResult:
    return CellResult(0, stdout="\n".join(lines) + "\n")


def _as_kept(result: CellResult) -> CellResult:
    """What a session gives where so much is printed."""
    keeper = Keeper(Limits().output_chars)
    keeper.add(result.stdout)
    kept = keeper.kept()
    return CellResult(0, stdout=kept.text, stdout_cut=kept.cut, stdout_whole=kept.whole)


def _digests(result: CellResult) -> list[str]:
    """Of each output that does not fit."""
    parts, wholes = _parts(result).items(), _wholes(result)
    return [
        wholes[part].digest if part in wholes else digest_of(text.encode())
        for part, text in parts
        if not BUDGETS[part].holds(text)
    ]


def _wholes(result: CellResult) -> dict[str, Printed]:
    """All of what was printed, by part, where not all of it was kept."""
    wholes = {"stdout": result.stdout_whole, "stderr": result.stderr_whole}
    return {part: whole for part, whole in wholes.items() if whole is not None}


def _parts(result: CellResult) -> dict[str, str]:
    return {"stdout": result.stdout, "stderr": result.stderr, "result": result.display or ""}


def _printed_error() -> tuple[str, dict[str, list[str]]]:
    """A nested traceback as Python prints it, and what of it should be seen."""
    code = "def mean(name):\n    return df[name].mean()\n\nmean('no such column')\n"
    try:
        exec(compile(code, "<cell 3>", "exec"), {"df": pd.DataFrame({"a": [1]})})
    except KeyError:
        frames = ['  File "<cell 3>", line 4, in <module>', '  File "<cell 3>", line 2, in mean']
        return traceback.format_exc(), {"error": ["KeyError: 'no such column'"], "frames": frames}
    message = "there is no such column, and nothing was raised"
    raise AssertionError(message)
