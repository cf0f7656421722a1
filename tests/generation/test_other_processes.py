"""Other processes, other hash seeds and another pandas make the same questions."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

from events.answers import AnswerContract, agree

ROOT = Path(__file__).parents[2]
OLDER = "pandas==2.2.3"


def told(seed: str, *paths: Path) -> tuple[str, list[Any]]:
    """The version of pandas of a process, and its rulings."""
    places = os.pathsep.join(map(str, (*paths, ROOT)))
    environment = os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": places}
    command = [sys.executable, "-m", "tests.generation.rulings"]
    ended = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True, timeout=300
    )
    version, rulings = json.loads(ended.stdout)
    return version, rulings


def same(left: Any, right: Any) -> bool:
    """Whether two rulings say the same: questions by id and text, their answers by the contract."""
    if not (isinstance(left, dict) and isinstance(right, dict)):
        return bool(left == right)
    contract = msgspec.convert(left["contract"], AnswerContract)
    answers = [
        {name: tuple(value) if isinstance(value, list) else value for name, value in one["answer"].items()}
        for one in (left, right)
    ]
    return (left["id"], left["text"]) == (right["id"], right["text"]) and agree(contract, *answers)


@pytest.mark.full
def test_another_hash_seed_and_the_pandas_before_make_the_same_questions(tmp_path: Path) -> None:
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(tmp_path)]
    subprocess.run([*install, OLDER, "pytz", "six", "python-dateutil"], check=True, timeout=300)
    (newer, ours), (older, theirs) = told("1"), told("2", tmp_path)
    assert newer.startswith("3."), newer
    assert older == OLDER.split("==")[1]
    assert len(ours) == len(theirs)
    assert [(one, other) for one, other in zip(ours, theirs, strict=True) if not same(one, other)] == []
    assert sum(isinstance(one, dict) for one in ours) > 80
