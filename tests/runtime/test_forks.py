"""Processes that are forked off ours: as those that are started, but for what they have loaded."""

import os
import select
import subprocess
import sys
from threading import Event, Thread

import pytest

from actors.runtime.forks import forks
from tests.runtime.forking import SCENES

FORKING = (sys.executable, "-m", "tests.runtime.forking")


@pytest.mark.parametrize("scene", [scene.__name__ for scene in SCENES])
def test_forked(scene: str) -> None:
    ended = subprocess.run([*FORKING, scene], capture_output=True, text=True, timeout=60, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")


def test_they_end_with_us() -> None:
    with subprocess.Popen([*FORKING, "end"], stdout=subprocess.PIPE, text=True) as ours:
        assert ours.stdout is not None
        pids = [int(pid) for pid in ours.stdout.readline().split()]
        watched = [os.pidfd_open(pid) for pid in pids]
        ours.kill()
    try:
        for one in watched:
            assert select.select([one], [], [], 30)[0], "it lives on"
    finally:
        for one in watched:
            os.close(one)


def test_beside_another_thread_none_is_forked() -> None:
    over = Event()
    other = Thread(target=over.wait)
    other.start()
    try:
        with forks(1) as made:
            assert made == []
    finally:
        over.set()
        other.join()
