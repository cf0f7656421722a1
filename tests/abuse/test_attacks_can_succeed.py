"""An attack that could not succeed anywhere would prove nothing: without a wall most of them do."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from tests.abuse.escapes import ESCAPES

ROOT = Path(__file__).parents[2]
BARE = """
import ast, json, os, sys
from pathlib import Path
from types import SimpleNamespace
from actors.workers.sandbox.unprivileged import drop
folder = Path(sys.argv[1])
drop(folder, hidden=True)
os.chdir(folder)
for code in json.load(sys.stdin):
    heard, said = os.pipe()
    if os.fork() == 0:
        try:
            *before, last = ast.parse(code).body
            names = {"pd": SimpleNamespace(__file__=sys.argv[2])}
            exec(compile(ast.Module(before, []), "attack", "exec"), names)
            if eval(compile(ast.Expression(last.value), "attack", "eval"), names):
                os.write(said, b"1")
        finally:
            os._exit(0)
    os.wait()
    os.close(said)
    print(len(os.read(heard, 1)), end="")
    os.close(heard)
"""
LEAST = 60
"""Of more than a hundred; the others need more than an ordinary user may."""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become a user that nothing belongs to")
def test_without_a_wall_most_attacks_succeed(tmp_path: Path) -> None:
    """As a user of no name, so that what succeeds reaches nothing that belongs to anybody."""
    own = tmp_path / "own"
    own.mkdir()
    command = [sys.executable, "-c", BARE, str(own), pd.__file__]
    codes = json.dumps([one.code for one in ESCAPES])
    ended = subprocess.run(
        command, input=codes, cwd=ROOT, capture_output=True, text=True, check=True, timeout=120
    )
    assert len(ended.stdout) == len(ESCAPES)
    got = {one.name for one, said in zip(ESCAPES, ended.stdout, strict=True) if said == "1"}
    assert len(got) >= LEAST, f"in vain: {sorted({one.name for one in ESCAPES} - got)}"
