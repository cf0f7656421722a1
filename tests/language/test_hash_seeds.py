"""What is made of a table does not depend on the order in which a process holds its sets."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.full
def test_profile_streams_questions_and_code_are_the_same_under_any_hash_seed() -> None:
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.language.hash_seeds"],
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for seed in ("1", "2")
    ]
    told = [process.communicate() for process in running]
    assert [process.returncode for process in running] == [0, 0], told
    (first, _), (second, _) = told
    assert first == second
    lines = [line.rsplit(" ", 2) for line in first.splitlines()]
    assert len(lines) == 6
    assert sum(int(asked) for _, asked, _ in lines if asked.isdigit()) > 40
