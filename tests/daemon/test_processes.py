"""What the tests of killed daemons rely on: whatever outlives the process that started it is found."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from tests.daemon.processes import released, slay

READER = "import sys; print(flush=True); sys.stdin.read()"
"""Ends when nobody holds the other end of its pipe any more."""
PARENT = """
import subprocess, sys
reader, pipe = sys.argv[1:]
command = [sys.executable, "-c", reader, "--folder", "/tmp/tracegate-worker-of_a_test"]
child = subprocess.Popen(
    command, stdin=int(pipe) or subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
)
child.stdout.readline()
print("started", flush=True)
sys.stdin.read()
"""
ENDS = pytest.mark.parametrize("end", [slay, released])
End = Callable[["subprocess.Popen[str]", float], object]


@contextmanager
def parent(pipe: int = 0) -> Iterator["subprocess.Popen[str]"]:
    """A process with a child that reads from this pipe, or from one that its parent holds."""
    given = [sys.executable, "-c", PARENT, READER, str(pipe)]
    handed = (pipe,) if pipe else ()
    with subprocess.Popen(
        given, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, pass_fds=handed
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "started\n"
        yield process


@ENDS
def test_a_child_that_ends_with_its_parent_is_no_survivor(end: End) -> None:
    with parent() as process:
        end(process, 60.0)
    assert process.returncode


@ENDS
def test_a_child_that_outlives_its_parent_is_told_of(end: End) -> None:
    reading, writing = os.pipe()
    try:
        with parent(reading) as process, pytest.raises(AssertionError, match=r"--folder .*of_a_test"):
            end(process, 0.1)
    finally:
        os.close(reading)
        os.close(writing)
