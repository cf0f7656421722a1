"""Why a session ended that nobody ended: what it did itself is told as that, and no kill explains two deaths."""

import os
import signal
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from actors.workers.sandbox.deaths import Coroner
from actors.workers.sandbox.memorykills import FRESH_SECONDS, MemoryKills, counted, counters, whole
from actors.workers.sandbox.session import OVERRUN
from events.frames import Limits

ALLOWED = 600
MIB = 1024**2
LIMITS = Limits(cpu_seconds=ALLOWED, memory_bytes=2048 * MIB)
ALL = 4096 * MIB
"""The memory of all sessions."""


class Kernel:
    """Counts kills, and lets time pass."""

    def __init__(self, kills: int | None = 7) -> None:
        self.kills = kills
        self.time = 100.0

    def kill(self, times: int = 1) -> None:
        assert self.kills is not None
        self.kills += times

    def watched(self) -> MemoryKills:
        return MemoryKills(lambda: self.kills, lambda: self.time)


def reason(coroner: Coroner, status: int, cpu_seconds: float = 1.0, memory: int = 2048 * MIB) -> str:
    return coroner.verdict(status, cpu_seconds, memory, LIMITS)[0]


def coroner(kernel: Kernel, *, walled: bool = True, memory: int = ALL) -> Coroner:
    return Coroner(walled=walled, kills=kernel.watched(), memory=memory)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (0, "crashed"),
        (3 << 8, "crashed"),
        (OVERRUN << 8, "output_limit"),
        (signal.SIGSEGV, "crashed"),
        (signal.SIGSYS, "crashed"),
        (signal.SIGXCPU, "crashed"),
    ],
)
@pytest.mark.parametrize("walled", [True, False])
def test_what_a_session_did_itself_is_told_by_its_status(status: int, expected: str, *, walled: bool) -> None:
    kernel = Kernel()
    judge = coroner(kernel, walled=walled)
    kernel.kill()  # of somebody else: it explains kills alone
    assert reason(judge, status) == expected


def test_a_kill_is_told_by_what_explains_it() -> None:
    kernel = Kernel()
    judge = coroner(kernel)
    assert reason(judge, signal.SIGKILL) == "lost"
    kernel.kill()
    assert reason(judge, signal.SIGKILL) == "memory_limit"
    assert reason(judge, signal.SIGKILL) == "lost"
    assert reason(judge, signal.SIGKILL, ALLOWED) == "cpu_limit"


@pytest.mark.parametrize(
    ("cpu_seconds", "expected"),
    [
        (0.0, "crashed"),
        (ALLOWED * 0.7, "crashed"),
        (ALLOWED * 0.8, "cpu_limit"),
        (ALLOWED - 0.1, "cpu_limit"),
        (ALLOWED, "cpu_limit"),
    ],
)
def test_the_signal_of_the_limit_is_believed_only_where_the_time_says_so(
    cpu_seconds: float, expected: str
) -> None:
    assert reason(coroner(Kernel()), signal.SIGXCPU, cpu_seconds) == expected


def test_without_a_wall_a_kill_that_nothing_explains_can_be_its_own() -> None:
    kernel = Kernel()
    judge = coroner(kernel, walled=False)
    assert reason(judge, signal.SIGKILL) == "crashed"
    kernel.kill()
    assert reason(judge, signal.SIGKILL) == "memory_limit"


@pytest.mark.parametrize("walled", [True, False])
def test_where_kills_are_not_counted_each_is_taken_for_one_for_want_of_memory(*, walled: bool) -> None:
    told, detail = coroner(Kernel(None), walled=walled).verdict(signal.SIGKILL, 1.0, 0, LIMITS)
    assert told == "memory_limit"
    assert "does not tell" in detail


@pytest.mark.parametrize(
    ("there_is", "had", "expected"),
    [
        (4096, 2047, "lost"),
        (4096, 2048, "memory_limit"),
        (1000, 749, "lost"),
        (1000, 750, "memory_limit"),
    ],
)
def test_who_had_less_than_it_may_is_not_at_fault_where_the_memory_of_all_ran_out(
    there_is: int, had: int, expected: str
) -> None:
    kernel = Kernel()
    judge = coroner(kernel, memory=there_is * MIB)
    kernel.kill()
    assert reason(judge, signal.SIGKILL, memory=had * MIB) == expected
    assert reason(judge, signal.SIGKILL, memory=had * MIB) == "lost", "that kill is explained"


def test_without_a_wall_it_is_not_asked_what_one_had() -> None:
    kernel = Kernel()
    judge = coroner(kernel, walled=False)
    kernel.kill()
    assert reason(judge, signal.SIGKILL, memory=0) == "memory_limit"


@given(st.lists(st.sampled_from(["kill", "die", "look"])))
def test_each_kill_explains_one_death_and_no_death_comes_before_its_kill(course: list[str]) -> None:
    kernel = Kernel()
    kills, unexplained = kernel.watched(), 0
    for step in course:
        if step == "kill":
            kernel.kill()
            unexplained += 1
        elif step == "look":
            kills.look()
        else:
            assert kills.explain() is (unexplained > 0)
            unexplained = max(0, unexplained - 1)


def test_an_old_kill_that_was_seen_in_its_time_explains_nothing() -> None:
    kernel = Kernel()
    kills = kernel.watched()
    kernel.kill(3)
    kills.look()
    kernel.time += FRESH_SECONDS / 2
    assert kills.explain() is True
    kernel.time += FRESH_SECONDS / 2
    assert kills.explain() is False


def test_a_process_has_seconds_to_end_after_its_kill_and_no_kill_explains_a_death_a_minute_later() -> None:
    for seconds, explains in ((5.0, True), (60.0, False)):
        kernel = Kernel()
        kills = kernel.watched()
        kernel.kill()
        kills.look()
        kernel.time += seconds
        assert kills.explain() is explains


def test_what_was_counted_before_it_began_and_a_count_that_fell_explain_nothing() -> None:
    kernel = Kernel(1000)
    kills = kernel.watched()
    assert kills.explain() is False
    kernel.kills = 3
    assert kills.explain() is False
    kernel.kill()
    assert kills.explain() is True


def planted(root: Path, groups: str, **files: str) -> int | None:
    plant(root, groups, **files)
    return counted(counters(root))


def plant(root: Path, groups: str, **files: str) -> None:
    (root / "proc/self").mkdir(parents=True)
    (root / "proc/self/cgroup").write_text(groups)
    for name, text in files.items():
        place = root / name.replace("__", "/").replace("_dot_", ".")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)


VMSTAT = "nr_free_pages 7\noom_kill 100\n"
OLD = {"proc__vmstat": VMSTAT, "sys__fs__cgroup__memory__memory_dot_oom_control": "under_oom 0\noom_kill 2\n"}


def test_on_a_machine_of_old_control_groups_the_groups_own_count_is_taken(tmp_path: Path) -> None:
    own = {"sys__fs__cgroup__memory__a__memory_dot_oom_control": "oom_kill_disable 0\noom_kill 5\n"}
    assert planted(tmp_path, "9:cpu:/b\n4:memory:/a\n0::/\n", **OLD, **own) == 5


def test_in_a_container_that_names_its_group_as_its_host_does_too(tmp_path: Path) -> None:
    assert planted(tmp_path, "4:memory:/docker/0f\n0::/docker/0f\n", **OLD) == 2


def test_where_there_is_one_tree_of_control_groups_its_events_are_taken(tmp_path: Path) -> None:
    own = {"sys__fs__cgroup__a__b__memory_dot_events": "oom 9\noom_kill 4\noom_group_kill 1\n"}
    assert planted(tmp_path, "0::/a/b\n", proc__vmstat=VMSTAT, **own) == 4


def test_where_no_group_counts_the_machine_does_and_where_nothing_does_nobody_knows(tmp_path: Path) -> None:
    old_kernel = {"sys__fs__cgroup__memory__memory_dot_oom_control": "oom_kill_disable 0\nunder_oom 0\n"}
    assert planted(tmp_path / "a", "4:memory:/\n", proc__vmstat=VMSTAT, **old_kernel) == 100
    assert planted(tmp_path / "b", "", proc__vmstat="nr_free_pages 7\n") is None
    assert counted(counters(tmp_path / "nowhere")) is None


@pytest.mark.parametrize(
    ("groups", "name"),
    [("4:memory:/a\n0::/\n", "sys__fs__cgroup__memory__a__memory_dot_limit_in_bytes"),
     ("4:memory:/docker/0f\n0::/docker/0f\n", "sys__fs__cgroup__memory__memory_dot_limit_in_bytes"),
     ("0::/a/b\n", "sys__fs__cgroup__a__b__memory_dot_max")],
)  # fmt: skip
def test_what_memory_there_is_the_group_tells_and_where_it_has_no_limit_the_machine(
    tmp_path: Path, groups: str, name: str
) -> None:
    machine = whole(tmp_path / "nowhere")
    told = {f"{len(str(text))}": text for text in (5_000_000, 2**63 - 4096, "max")}
    found = []
    for folder, text in told.items():
        plant(tmp_path / folder, groups, **{name: f"{text}\n"})
        found.append(whole(tmp_path / folder))
    assert found == [5_000_000, machine, machine]


@pytest.mark.skipif(not Path("/proc/vmstat").exists(), reason="only Linux has it")
def test_this_machine_counts() -> None:
    looks = [counted(counters()) for _ in range(3)]
    assert all(a is not None and b is not None and a <= b for a, b in pairwise(looks))
    assert os.WIFSIGNALED(signal.SIGKILL)
