"""No session hands a descriptor over, reaches another by a socket, or has the kernel keep what has no bound."""

import errno
import fcntl
import socket
import termios

import pytest
from hypothesis import given, strategies as st

from actors.workers.sandbox.filters import MACHINES, TWIN, gate_for
from actors.workers.sandbox.instructions import ALLOW, USER_NOTIF, refuse
from tests.workers.verdicts import DENIED, PRETENDED, THREAD, told, verdict

machines = pytest.mark.parametrize("name", MACHINES)


@machines
@pytest.mark.parametrize("branchable", [False, True])
@given(
    family=st.integers(0, 2**64 - 1) | st.integers(0, 45), kind=st.integers(0, 2**64 - 1) | st.integers(0, 7)
)
def test_pairs_of_sockets_are_streams_that_lead_to_each_other(
    name: str, family: int, kind: int, *, branchable: bool
) -> None:
    stream, cloexec, nonblock = 1, 0o2000000, 0o4000
    streams = {stream | one | other for one in (0, cloexec) for other in (0, nonblock)}
    is_one = family % 2**32 == socket.AF_UNIX and kind % 2**32 in streams
    assert told(name, "socketpair", family, kind, branchable=branchable) == (ALLOW if is_one else DENIED)
    for one in streams:
        assert told(name, "socketpair", int(socket.AF_UNIX), one, branchable=branchable) == ALLOW
        assert told(name, "socketpair", int(socket.AF_INET), one, branchable=branchable) == DENIED
    for datagrams in (2, 3, 5):
        assert told(name, "socketpair", int(socket.AF_UNIX), datagrams, branchable=branchable) == DENIED


@machines
@pytest.mark.parametrize("branchable", [False, True])
@given(address=st.integers(0, 2**64 - 1), flags=st.integers(0, 2**32 - 1))
def test_what_is_written_to_a_socket_goes_to_no_address_and_in_its_turn(
    name: str, address: int, flags: int, *, branchable: bool
) -> None:
    given_to = (address, address % 2**32, address >> 32 << 32, 0)
    for one in given_to:
        is_let = one == 0 and not flags & socket.MSG_OOB
        told_of_it = told(name, "sendto", 3, 0, 1, flags, one, 16, branchable=branchable)
        assert told_of_it == (ALLOW if is_let else DENIED)
    assert told(name, "sendto", 3, 0, 1, int(socket.MSG_NOSIGNAL), branchable=branchable) == ALLOW


@machines
@pytest.mark.parametrize("branchable", [False, True])
@pytest.mark.parametrize("call", ["sendmsg", "sendmmsg", "setsockopt", "seccomp", "io_setup", "splice"])
def test_nobody_hands_a_descriptor_over_or_has_a_socket_keep_more(
    name: str, call: str, *, branchable: bool
) -> None:
    assert told(name, call, 3, 1, 7, branchable=branchable) == DENIED


@machines
@pytest.mark.parametrize("branchable", [False, True])
def test_the_kernel_is_asked_to_keep_nothing_that_has_no_bound(name: str, *, branchable: bool) -> None:
    setlk, setlkw, setpipe, ofd = 6, 7, 1031, (36, 37, 38)
    asked = {order: told(name, "fcntl", 3, order, 1, branchable=branchable) for order in range(1100)}
    assert {asked[setlk], asked[setlkw]} == {PRETENDED}
    assert {asked[order] for order in (setpipe, *ofd)} == {refuse(errno.EINVAL)}
    assert told(name, "flock", 3, fcntl.LOCK_EX, branchable=branchable) == PRETENDED


@machines
@pytest.mark.parametrize("branchable", [False, True])
@given(order=st.integers(0, 2**64 - 1) | st.integers(0, 1100))
def test_of_what_is_open_nothing_is_asked_but_what_computing_needs(
    name: str, order: int, *, branchable: bool
) -> None:
    """Leases, notices of what others do, owners and signals are not among it, nor what comes after them."""
    needed = {
        fcntl.F_DUPFD, fcntl.F_GETFD, fcntl.F_SETFD, fcntl.F_GETFL, fcntl.F_SETFL, fcntl.F_GETLK,
        fcntl.F_DUPFD_CLOEXEC, 1032,
    }  # fmt: skip
    locks = {fcntl.F_SETLK, fcntl.F_SETLKW}
    for one in (order, order % 2**32, *needed, *locks, fcntl.F_SETLEASE, fcntl.F_NOTIFY, fcntl.F_SETOWN):
        said = told(name, "fcntl", 3, one, 1, branchable=branchable)
        others = PRETENDED if one % 2**32 in locks else refuse(errno.EINVAL)
        assert said == (ALLOW if one % 2**32 in needed else others)


@machines
@pytest.mark.parametrize("branchable", [False, True])
@given(order=st.integers(0, 2**64 - 1) | st.integers(0x5400, 0x5480))
def test_of_a_device_nothing_is_asked_but_what_every_file_object_asks(
    name: str, order: int, *, branchable: bool
) -> None:
    fionbio, outq, setflags, setversion, sti = 0x5421, 0x5411, 0x40086602, 0x40087602, 0x5412
    size, waiting = 0x5413, 0x541B
    needed = {termios.TCGETS, size, waiting, fionbio, outq, termios.FIOCLEX, termios.FIONCLEX}
    for one in (order, order % 2**32, *needed, setflags, setversion, sti, 0x8901, 0x8902):
        said = told(name, "ioctl", 3, one, 1, branchable=branchable)
        assert said == (ALLOW if one % 2**32 in needed else refuse(errno.ENOTTY))


@machines
@pytest.mark.parametrize("branchable", [False, True])
@given(flags=st.integers(0, 2**32 - 1))
def test_threads_share_their_descriptors(name: str, flags: int, *, branchable: bool) -> None:
    clone_files, unshare = 0x400, 2
    assert told(name, "clone", THREAD & ~clone_files, branchable=branchable) == DENIED
    parted = told(name, "close_range", 3, 2**32 - 1, flags, branchable=branchable)
    assert parted == (DENIED if flags & unshare else ALLOW)


@machines
@pytest.mark.parametrize("branchable", [False, True])
@given(flags=st.integers(0, 2**32 - 1))
def test_a_file_that_is_renamed_leaves_no_device_behind(name: str, flags: int, *, branchable: bool) -> None:
    whiteout = 4
    for one in (flags, flags | whiteout, flags & ~whiteout):
        said = told(name, "renameat2", 3, 1, 3, 2, one, branchable=branchable)
        assert said == (DENIED if one & whiteout else ALLOW)


@machines
def test_a_twin_alone_shuts_itself_in_and_nobody_makes_rules(name: str) -> None:
    assert told(name, "landlock_restrict_self", 3, branchable=True) == ALLOW
    assert told(name, "landlock_restrict_self", 3) == DENIED
    for call in ("landlock_create_ruleset", "landlock_add_rule"):
        for branchable in (False, True):
            assert told(name, call, 3, 1, branchable=branchable) == DENIED


@machines
@given(number=st.integers(0, 2**32 - 1), flags=st.integers(0, 2**64 - 1))
def test_a_gate_asks_for_one_kind_of_fork_and_says_nothing_else(name: str, number: int, flags: int) -> None:
    machine = MACHINES[name]
    clone, code = machine.calls["clone"], gate_for(machine)
    is_asked = flags % 2**32 == TWIN
    assert verdict(code, machine.audit, clone, [flags]) == (USER_NOTIF if is_asked else ALLOW)
    assert verdict(code, machine.audit, clone, [TWIN]) == USER_NOTIF
    if number != clone:
        assert verdict(code, machine.audit, number, [TWIN]) == ALLOW
