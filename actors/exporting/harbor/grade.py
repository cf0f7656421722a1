"""The grader of a Harbor task, as it lies in `tests/`: an answer is right by the question's contract.

What is right is computed anew from the table that lies beside this file, by the code of the verified trace;
no answer is written down anywhere. Beside it lie copies of the table reader and of the one rule by which
answers match.
"""

import json
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
if (HERE / "events").is_dir():  # in a task, where nothing of ours is installed
    sys.path.insert(0, str(HERE))

import msgspec  # noqa: E402
import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402

from actors.profiling.table import read_table  # noqa: E402
from events.answers import AnswerContract, matches  # noqa: E402
from events.dataset import ReaderSettings  # noqa: E402
from events.plain import plain  # noqa: E402


class NoReferenceError(Exception):
    """The reference code gave no answer: the environment is not the one it was verified in."""


def right_answer(folder: Path, task: dict[str, Any]) -> dict[str, Any]:
    """The answer that the verified trace's code gives on the table.

    Args:
        folder: with the table and the code.
        task: what `task.json` says.

    Raises:
        NoReferenceError: it gives none.
    """
    reader = msgspec.convert(task["reader"], ReaderSettings)
    given: list[dict[str, Any]] = []
    names: dict[str, Any] = {
        "df": read_table((folder / "table.csv").read_bytes(), reader),
        "pd": pd,
        "np": np,
        "hook": lambda *_, **__: None,
        "submit": given.append,
    }
    for path in sorted(folder.glob("reference_*.py")):
        exec(compile(path.read_text("utf-8"), path.name, "exec"), names)  # noqa: S102  the verified trace
    if not given:
        raise NoReferenceError("the reference code submitted no answer")
    found: dict[str, Any] = plain(given[0])
    return found


def grade(folder: Path, answer: Path) -> tuple[int, str]:
    """1 for a right answer and 0 for any other, and why.

    Args:
        folder: with all that the grader needs.
        answer: the file that the agent was to write.

    Raises:
        NoReferenceError: what is right cannot be told.
    """
    task = json.loads((folder / "task.json").read_text("utf-8"))
    contract = msgspec.convert(task["contract"], AnswerContract)
    expected = right_answer(folder, task)
    try:
        given = json.loads(answer.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        return 0, f"no answer can be read: {error}"
    if not isinstance(given, dict):
        return 0, "the answer is no object of named fields"
    return (1, "right") if matches(contract, given, expected) else (0, "another answer is right")


def main(answer: str, told: str) -> None:
    """Grade, and tell the reward and why in the folder that Harbor reads."""
    reward, why = grade(HERE, Path(answer))
    folder = Path(told)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "why.txt").write_text(f"{why}\n", "utf-8")
    (folder / "reward.txt").write_text(f"{reward}\n", "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
