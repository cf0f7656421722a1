"""The filter of system calls: what it says of every call, and that the kernel heeds it."""

import errno
import json
import platform
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from actors.workers.sandbox.filters import MACHINES, TWIN, filter_for
from actors.workers.sandbox.instructions import ALLOW, KILL, USER_NOTIF, refuse
from actors.workers.sandbox.seccomp import named, prepared
from actors.workers.sandbox.syscalls import AARCH64, EVERYWHERE, NEWEST, X86_64
from tests.workers.verdicts import DENIED, PID, THREAD, UNKNOWN, told, verdict

ROOT = Path(__file__).parents[2]
FORK = 0x1200011
LOOKED_AT = {
    "kill", "tgkill", "prlimit64", "setrlimit", "sched_setaffinity", "prctl", "clone", "fcntl", "ioctl",
    "setpgid", "socketpair", "sendto", "close_range", "renameat2",
}  # fmt: skip
"""Calls that are refused for some of what can be asked of them."""
REFUSED = (
    "execve", "execveat", "ptrace", "process_vm_readv", "process_vm_writev", "kcmp", "pidfd_open", "pidfd_getfd",
    "pidfd_send_signal", "process_madvise", "process_mrelease", "setpriority", "ioprio_set", "sched_setattr",
    "sched_setscheduler", "sched_setparam", "move_pages", "migrate_pages", "syslog", "mq_open", "socket", "connect",
    "bind", "listen", "bpf", "perf_event_open", "userfaultfd", "keyctl", "mount", "unshare", "setns", "memfd_create",
    "io_uring_setup", "open_by_handle_at", "setsid", "setuid", "capset",
)  # fmt: skip
"""Calls that no session may make, told here as well: one that is dropped from the tables is noticed."""
NEEDED = {
    "x86_64": {"read": 0, "write": 1, "mmap": 9, "futex": 202, "openat": 257, "recvmsg": 47, "recvfrom": 45},
    "aarch64": {
        "read": 63,
        "write": 64,
        "mmap": 222,
        "futex": 98,
        "openat": 56,
        "recvmsg": 212,
        "recvfrom": 207,
    },
}
machines = pytest.mark.parametrize("name", MACHINES)


@machines
@pytest.mark.parametrize("branchable", [False, True])
@pytest.mark.parametrize("pid", [1, PID, 65_535, 2**22])
def test_a_filter_that_was_prepared_is_that_of_the_process(name: str, pid: int, *, branchable: bool) -> None:
    for timed in (False, True):
        code = filter_for(pid, MACHINES[name], branchable=branchable, timed=timed)
        assert named(pid, prepared(name, branchable=branchable, timed=timed)) == code


@machines
def test_what_computing_needs_is_let_through(name: str) -> None:
    machine = MACHINES[name]
    code = filter_for(PID, machine)
    found = {call: verdict(code, machine.audit, number) for call, number in NEEDED[name].items()}
    assert set(found.values()) == {ALLOW}, found


@machines
@given(
    call=st.sampled_from(sorted(set(X86_64) | set(AARCH64) | set(EVERYWHERE))),
    argument=st.integers(0, 2**64 - 1),
)
def test_what_is_named_is_refused_whatever_is_asked_of_it(name: str, call: str, argument: int) -> None:
    if call in MACHINES[name].calls and call not in LOOKED_AT:
        assert told(name, call, argument, argument) & 0x7FFF0000 == 0x00050000


@machines
@pytest.mark.parametrize("call", REFUSED)
def test_what_must_be_refused_is_in_the_tables(name: str, call: str) -> None:
    assert told(name, call) == DENIED


@machines
@pytest.mark.parametrize("branchable", [False, True])
def test_nobody_joins_the_group_of_another(name: str, *, branchable: bool) -> None:
    assert told(name, "setpgid", 0, 0, branchable=branchable) == ALLOW
    for process, group in ((0, 1), (0, PID + 1), (PID, 0), (PID + 1, 0), (PID, PID + 1)):
        assert told(name, "setpgid", process, group, branchable=branchable) == DENIED


@machines
def test_a_signal_goes_to_the_process_itself_alone(name: str) -> None:
    abort = 6
    for call, arguments in (("kill", (abort,)), ("tgkill", (PID, abort))):
        assert told(name, call, PID, *arguments) == ALLOW
        for other in (0, 1, -1, -PID, PID + 1, PID - 1):
            assert told(name, call, other, *arguments) == DENIED


@machines
@given(high=st.integers(0, 2**32 - 1))
def test_nobody_kills_or_stops_itself(name: str, high: int) -> None:
    for number in (9, 19):
        taken = number + (high << 32)  # the kernel takes the low half
        assert told(name, "kill", PID, taken) == DENIED
        assert told(name, "tgkill", PID, PID, taken) == DENIED
    assert told(name, "timer_create", 0, high, 0) == DENIED


@machines
@given(low=st.integers(0, 2**32 - 1), high=st.integers(0, 2**32 - 1))
def test_the_limit_of_cpu_time_can_be_asked_for_and_not_be_set(name: str, low: int, high: int) -> None:
    address, cpu, memory = low + (high << 32), 0, 9
    for own in (0, PID):
        assert told(name, "prlimit64", own, cpu, address) == (ALLOW if address == 0 else DENIED)
        assert told(name, "prlimit64", own, memory, address) == ALLOW
    assert told(name, "prlimit64", PID, cpu, 0) == ALLOW
    assert told(name, "setrlimit", cpu, address) == DENIED
    assert told(name, "setrlimit", memory, address) == ALLOW


@machines
def test_no_high_half_makes_another_process_look_like_ones_own(name: str) -> None:
    assert told(name, "kill", PID + 2**32) == ALLOW  # the kernel takes the low half: this is ourselves
    assert told(name, "kill", (PID << 32) + 1) == DENIED


@machines
@pytest.mark.parametrize("call", ["prlimit64", "sched_setaffinity"])
def test_limits_are_asked_for_oneself_alone(name: str, call: str) -> None:
    assert {told(name, call, own, 7) for own in (0, PID)} == {ALLOW}
    assert {told(name, call, other, 7) for other in (1, PID + 1)} == {DENIED}


@machines
def test_nobody_is_sent_a_signal_by_way_of_a_file(name: str) -> None:
    setown, setsig, setown_ex, getfl, setfl = 8, 10, 15, 3, 4
    assert {told(name, "fcntl", 3, order, 1) for order in (setown, setsig, setown_ex)} == {
        refuse(errno.EINVAL)
    }
    assert {told(name, "fcntl", 3, order, 1) for order in (getfl, setfl)} == {ALLOW}
    fiosetown, siocspgrp, tcgets, fionread = 0x8901, 0x8902, 0x5401, 0x541B
    assert {told(name, "ioctl", 3, order) for order in (fiosetown, siocspgrp)} == {refuse(errno.ENOTTY)}
    assert {told(name, "ioctl", 3, order) for order in (tcgets, fionread)} == {ALLOW}


@machines
def test_threads_are_made_and_no_process_and_no_namespace(name: str) -> None:
    assert told(name, "clone", THREAD) == ALLOW
    assert told(name, "clone", FORK) == DENIED
    for namespace in (0x80, 0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000):
        assert told(name, "clone", THREAD | namespace) == DENIED
    assert told(name, "clone3") == UNKNOWN


@machines
def test_of_itself_a_process_may_only_set_names(name: str) -> None:
    assert told(name, "prctl", 15) == ALLOW
    pdeathsig, dumpable, seccomp, ptracer = 1, 4, 22, 0x59616D61
    assert {told(name, "prctl", option) for option in (pdeathsig, dumpable, seccomp, ptracer)} == {DENIED}


@machines
@given(flags=st.integers(0, 2**64 - 1) | st.integers(0, 2**25).map(lambda bits: TWIN ^ bits))
def test_one_that_may_branch_asks_for_one_kind_of_fork_and_makes_no_other(name: str, flags: int) -> None:
    if flags % 2**32 == TWIN:
        assert told(name, "clone", flags, branchable=True) == USER_NOTIF
    else:
        assert told(name, "clone", flags, branchable=True) == told(name, "clone", flags)
    assert told(name, "clone", TWIN) == DENIED
    assert told(name, "clone", TWIN, branchable=True) == USER_NOTIF


@machines
def test_one_that_may_branch_names_no_process(name: str) -> None:
    for call in ("kill", "tgkill"):
        assert {told(name, call, pid, 9, branchable=True) for pid in (PID, 0, 1, -1)} == {DENIED}
    for call in ("prlimit64", "sched_setaffinity"):
        assert told(name, call, 0, 7, branchable=True) == ALLOW
        assert {told(name, call, pid, 7, branchable=True) for pid in (PID, 1)} == {DENIED}
    assert told(name, "prctl", 1, 9, branchable=True) == ALLOW
    assert {told(name, "prctl", 1, signal, branchable=True) for signal in (0, 2, 15)} == {DENIED}
    assert told(name, "prctl", 15, branchable=True) == ALLOW
    assert {told(name, "prctl", option, 9, branchable=True) for option in (4, 22)} == {DENIED}


@machines
@given(number=st.integers(NEWEST + 1, 2**32 - 1))
def test_a_call_that_came_after_the_tables_does_not_exist(name: str, number: int) -> None:
    machine = MACHINES[name]
    assert verdict(filter_for(PID, machine), machine.audit, number) == UNKNOWN


@machines
@given(audit=st.integers(0, 2**32 - 1), number=st.integers(0, 500))
def test_a_program_of_another_kind_of_machine_is_killed(name: str, audit: int, number: int) -> None:
    if audit != MACHINES[name].audit:
        assert verdict(filter_for(PID, MACHINES[name]), audit, number) == KILL


@machines
def test_no_number_is_given_twice(name: str) -> None:
    calls = MACHINES[name].calls
    assert len(set(calls.values())) == len(calls)
    assert max(calls.values()) == NEWEST


def test_both_machines_refuse_the_same_but_for_what_one_never_had() -> None:
    assert set(AARCH64) <= set(X86_64)
    only_old = {
        "fork", "vfork", "mknod", "inotify_init", "iopl", "ioperm", "modify_ldt", "uselib", "_sysctl",
        "create_module", "get_kernel_syms", "query_module", "chmod", "chown", "lchown", "utime", "utimes",
        "futimesat",
    }  # fmt: skip
    assert set(X86_64) - set(AARCH64) == only_old


def numbers_in(header: Path) -> dict[str, int]:
    words = (line.split() for line in header.read_text("ascii").splitlines())
    return {
        word[1].removeprefix("__NR_").removeprefix("__NR3264_"): int(word[2])
        for word in words
        if len(word) > 2 and word[0] == "#define" and word[1].startswith("__NR") and word[2].isdecimal()
    }


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("x86_64", "/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
        ("aarch64", "/usr/include/asm-generic/unistd.h"),
    ],
)
def test_the_numbers_are_those_of_the_kernels_headers(name: str, header: str) -> None:
    if not Path(header).exists():
        pytest.skip("no headers of the kernel are installed")
    given = numbers_in(Path(header))
    known = {call: number for call, number in MACHINES[name].calls.items() if call in given}
    assert known == {call: given[call] for call in known}
    assert len(known) > 0.95 * len(MACHINES[name].calls)


ATTEMPTS = """
import ctypes, json, os, socket, sys, threading
from actors.workers.sandbox.seccomp import install
libc = ctypes.CDLL(None, use_errno=True)
libc.prctl(38, 1, 0, 0, 0)
install()
said = {}
def call(name, number, *arguments):
    ctypes.set_errno(0)
    libc.syscall(number, *arguments)
    said[name] = ctypes.get_errno()
for name, number in json.loads(sys.argv[1]).items():
    call(name, number, -1, -1, -1, -1, -1, -1)
def thread():
    said["thread"] = 0
one = threading.Thread(target=thread); one.start(); one.join()
socket.socketpair()
os.kill(os.getpid(), 0)
print(json.dumps(said))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has it")
def test_the_kernel_heeds_it() -> None:
    """Each call is made with arguments that no kernel would take, so that nothing happens where it is let through."""
    machine = MACHINES[platform.machine()]
    asked = {
        call: number
        for call, number in machine.calls.items()
        if call not in {"vfork", "fork", "vhangup", "fcntl", "ioctl", "setrlimit"}
    }
    command = [sys.executable, "-c", ATTEMPTS, json.dumps(asked)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    said = json.loads(ended.stdout)
    assert said.pop("thread") == 0
    assert said.pop("clone3") == errno.ENOSYS
    pretended = {
        "chmod",
        "fchmod",
        "fchmodat",
        "utime",
        "utimes",
        "futimesat",
        "utimensat",
        "flock",
    } & said.keys()
    assert {said.pop(call) for call in pretended} == {0}
    unsupported = [call for call in said if call.endswith("xattr")]
    assert {said.pop(call) for call in unsupported} == {errno.ENOTSUP}
    assert set(said.values()) == {errno.EPERM}, said
