"""Who waited for processors that others had, as the kernel's figures tell it."""

import os
import subprocess
import threading
import time

import pytest
from hypothesis import given, strategies as st

from actors.workers.sandbox.shares import Share, is_waiting

BEGAN = Share(at=100.0, ran=1.0, waited=2.0, together=1.5)
SECONDS = st.floats(0.0, 20.0)
NOBODY = 2**22 + 1
"""A number that no process has."""


def later(*, ran: float, waited: float, others: float) -> Share:
    """Ten seconds on."""
    return Share(110.0, 1.0 + ran, 2.0 + waited, 1.5 + ran + others)


@pytest.mark.parametrize(
    ("share", "waited"),
    [
        (later(ran=10.0, waited=0.0, others=0.0), 0.0),
        (later(ran=0.0, waited=0.0, others=0.0), 0.0),
        (later(ran=0.5, waited=9.5, others=0.0), 9.5),
        (later(ran=0.5, waited=9.5, others=0.5), 9.0),
        (later(ran=0.5, waited=9.5, others=19.0), 0.0),
        (later(ran=6.0, waited=4.0, others=0.0), 4.0),
        (later(ran=6.0, waited=4.0, others=-0.01), 4.0),
    ],
    ids=["it ran", "it slept", "others had them", "most of it", "its own threads had them", "less than half",
         "two counts that do not agree"],
)  # fmt: skip
def test_it_waited_for_what_others_had(share: Share, waited: float) -> None:
    assert BEGAN.waited_until(share) == pytest.approx(waited)


def test_of_what_is_not_known_nobody_waited() -> None:
    assert BEGAN.waited_until(None) == 0.0
    assert Share.of(NOBODY) is None


@given(ran=SECONDS, waited=SECONDS, others=SECONDS)
def test_threads_of_its_own_never_help(ran: float, waited: float, others: float) -> None:
    alone = BEGAN.waited_until(later(ran=ran, waited=waited, others=0.0))
    assert BEGAN.waited_until(later(ran=ran, waited=waited, others=others)) <= alone <= waited + 1e-9


@given(ran=st.floats(0.0, 10.0), part=st.floats(0.0, 1.0), others=SECONDS)
def test_what_it_did_not_wait_is_no_less_than_all_that_it_had(ran: float, part: float, others: float) -> None:
    waited = BEGAN.waited_until(later(ran=ran, waited=part * (10.0 - ran), others=others))
    assert 10.0 - waited >= min(10.0, ran + others) - 1e-9


def spend(until: float) -> None:
    """Compute until this process has had so much."""
    while time.process_time() < until:
        pass


def test_the_kernel_tells_of_a_process_that_runs() -> None:
    before = Share.of(os.getpid())
    if before is None:
        pytest.skip("this system does not tell")
    until = time.process_time() + 0.1
    worker = threading.Thread(target=spend, args=(until - 0.05,))
    worker.start()
    worker.join()
    spend(until)
    after = Share.of(os.getpid())
    assert after is not None
    assert after.at > before.at
    assert 0.1 <= after.together - before.together < 0.2
    assert after.ran + after.waited > before.ran + before.waited


def test_who_runs_or_sleeps_waits_for_no_processor() -> None:
    assert not is_waiting(os.getpid())
    assert not is_waiting(NOBODY)
    with subprocess.Popen(["/bin/cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as sleeper:
        assert sleeper.stdin is not None
        assert sleeper.stdout is not None
        sleeper.stdin.write(b"it reads\n")
        sleeper.stdin.flush()
        assert sleeper.stdout.readline()
        while is_waiting(sleeper.pid):
            pass  # it has not come back to its reading yet


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="nobody is kept to one processor here")
def test_who_could_run_on_a_processor_that_another_has_waits_for_it() -> None:
    loops = subprocess.Popen(["/bin/sh", "-c", "while :; do :; done"])
    kept = os.sched_getaffinity(0)
    try:
        os.sched_setaffinity(loops.pid, {min(kept)})
        os.sched_setaffinity(0, {min(kept)})
        until = time.monotonic() + 10.0
        while not is_waiting(loops.pid):
            assert time.monotonic() < until
    finally:
        os.sched_setaffinity(0, kept)
        loops.kill()
        loops.wait()
