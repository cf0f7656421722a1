"""Which system calls a session may make: a filter that the kernel runs before each, for good.

What computing needs is let through. What reaches for others, for the network, for another program or for the
machine is refused with an error, and so is every call that is newer than the tables of numbers.
"""

import ctypes
import errno
import os
import platform
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import chain

from actors.workers.sandbox.syscalls import AARCH64, EVERYWHERE, NEWEST, X86_64

ALLOW = 0x7FFF0000
KILL = 0x80000000

_NOBODY = 0x7FFFFFFF
"""A number that no process has; the largest is 2**22."""
_PR_SET_SECCOMP = 22
_LIBC = ctypes.CDLL(None, use_errno=True)
_MODE_FILTER = 2
USER_NOTIF = 0x7FC00000
"""The verdict by which the supervisor is asked."""
TWIN = 0x01208011
"""The flags by which a branchable session makes another of itself, as a child of its own parent."""

_SET_MODE_FILTER, _NEW_LISTENER = 1, 8
_PDEATHSIG, _SIGKILL, _SIGSTOP = 1, 9, 19
_RLIMIT_CPU = 0
_PRCTLS = (15, 16, 0x53564D41)
"""What may be set or asked of a process by `prctl`: the name of a thread, and that of a piece of memory."""
_OWNERS = (8, 10, 15)
"""What `fcntl` sets to have a signal sent to somebody when a file has something to say."""
_SOCKET_OWNERS = (0x8901, 0x8902)
"""The same by `ioctl`."""
_CLONE_THREAD = 0x00010000
_CLONE_FORBIDDEN = 0x7E020080
"""New namespaces of any kind."""

_NUMBER, _MACHINE, _ARGUMENT = 0, 4, 16
_LOAD, _RETURN = 0x20, 0x06
_EQUAL, _GREATER, _ANY_BIT = 0x15, 0x25, 0x45

_PRETENDED = ("chmod", "fchmod", "fchmodat", "utime", "utimes", "futimesat", "utimensat")
"""Told as done, and not done: Landlock does not cover them, and copying a file asks for them."""
_UNSUPPORTED = ("setxattr", "lsetxattr", "fsetxattr", "removexattr", "lremovexattr", "fremovexattr")
_UNKNOWN = ("clone3",)
"""The C library does without: it makes its threads by `clone`, whose flags a filter can see."""
_LOOKED_AT = (
    "kill", "tgkill", "prlimit64", "setrlimit", "sched_setaffinity", "prctl", "clone", "fcntl", "ioctl",
    "setpgid", "utimensat",
)  # fmt: skip


class NoSeccomp(Exception):
    """This machine has no such filter; the message says why."""


@dataclass(frozen=True)
class Machine:
    """What programs of one kind of processor are told by."""

    audit: int
    """The kernel's name for it."""
    calls: Mapping[str, int]
    """The calls that the filter names, by number."""


MACHINES = {
    "x86_64": Machine(0xC000003E, {**X86_64, **EVERYWHERE}),
    "aarch64": Machine(0xC00000B7, {**AARCH64, **EVERYWHERE}),
}


def refuse(number: int) -> int:
    """The verdict by which a call fails with this error; 0 is told as success."""
    return 0x00050000 | number


def filter_for(pid: int, machine: Machine, *, branchable: bool = False, timed: bool = False) -> bytes:
    """The filter of one process, as the kernel takes it: eight bytes an instruction.

    Args:
        pid: the process; signals and limits are for itself alone.
        machine: the kind of processor.
        branchable: whether its supervisor may let it make another of itself. That one has the same filter, so
            no process is named in it: neither sends a signal to anybody, itself included.
        timed: whether it sets the times of files that it has open: copies are as old as what they are of.
    """
    calls = machine.calls
    own = () if branchable else (pid,)
    rules = chain(
        _only_this_machine(machine),
        _signals(calls, own),
        _for_itself(calls, (0, *own)),
        _where(calls["setrlimit"], _equals(0, (_RLIMIT_CPU,), refuse(errno.EPERM)), ALLOW),
        _where(calls["setpgid"], _group_of_its_own(), refuse(errno.EPERM)),
        _where(calls["utimensat"], _of_what_is_open() if timed else [], refuse(0)),
        _but(calls["fcntl"], _OWNERS),
        _but(calls["ioctl"], _SOCKET_OWNERS),
        _some_prctls(calls["prctl"], branchable=branchable),
        _threads(calls["clone"], branchable=branchable),
        *(_always(number, _verdict(name)) for name, number in calls.items() if name not in _LOOKED_AT),
        [_return(ALLOW)],
    )
    return b"".join(rules)


@cache
def prepared(machine: str, *, branchable: bool, timed: bool = False) -> bytes:
    """The filter of a process that is named by a number which none has.

    Asked for before a fork it costs whoever is forked neither the time nor the memory of building it.
    """
    return filter_for(_NOBODY, MACHINES[machine], branchable=branchable, timed=timed)


def named(pid: int, code: bytes) -> bytes:
    """A prepared filter as that of a process."""
    return code.replace(struct.pack("=I", _NOBODY), struct.pack("=I", pid))


def install(*, branchable: bool = False, timed: bool = False) -> int | None:
    """Put the filter before all that this process does from now on; it must have given up new privileges.

    Returns:
        For a branchable session the descriptor by which its supervisor is asked; whoever holds it decides.

    Raises:
        NoSeccomp: this machine has no filter, or the kernel refuses it.
    """
    machine = MACHINES.get(platform.machine())
    if machine is None:
        message = f"there is no table of system calls for {platform.machine()}"
        raise NoSeccomp(message)
    code = named(os.getpid(), prepared(platform.machine(), branchable=branchable, timed=timed))
    held = ctypes.create_string_buffer(code, len(code))
    given = _Program(len(code) // 8, ctypes.addressof(held))
    if branchable:
        number, flags = machine.calls["seccomp"], ctypes.c_ulong(_NEW_LISTENER)
        taken = int(_LIBC.syscall(number, ctypes.c_ulong(_SET_MODE_FILTER), flags, ctypes.byref(given)))
    else:
        taken = int(_LIBC.prctl(_PR_SET_SECCOMP, _MODE_FILTER, ctypes.byref(given), 0, 0))
    if taken < 0:
        message = f"the kernel takes no filter: {os.strerror(ctypes.get_errno())}"
        raise NoSeccomp(message)
    return taken if branchable else None


class _Program(ctypes.Structure):
    """`struct sock_fprog`."""

    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def _verdict(name: str) -> int:
    if name in _PRETENDED:
        return refuse(0)
    if name in _UNSUPPORTED:
        return refuse(errno.ENOTSUP)
    return refuse(errno.ENOSYS if name in _UNKNOWN else errno.EPERM)


def _only_this_machine(machine: Machine) -> Iterator[bytes]:
    """Calls of another kind of program, and those that came after the tables."""
    yield _load(_MACHINE)
    yield _test(_EQUAL, machine.audit, 1, 0)
    yield _return(KILL)
    yield _load(_NUMBER)
    yield _test(_GREATER, NEWEST, 0, 1)
    yield _return(refuse(errno.ENOSYS))


def _signals(calls: Mapping[str, int], own: tuple[int, ...]) -> Iterator[bytes]:
    """To itself, which is how the C library aborts; not to a group, and to nobody else.

    Those that cannot be handled are for others to send: who is killed by one was killed from outside.
    """
    for name, place in (("kill", 1), ("tgkill", 2)):
        tests = [*_equals(place, (_SIGKILL, _SIGSTOP), refuse(errno.EPERM)), *_equals(0, own)]
        yield from _where(calls[name], tests, refuse(errno.EPERM))


def _for_itself(calls: Mapping[str, int], own: tuple[int, ...]) -> Iterator[bytes]:
    """Its own limits and processors; but not that of CPU time, at which the kernel kills."""
    yield from _where(calls["sched_setaffinity"], _equals(0, own), refuse(errno.EPERM))
    tests = [
        _load(_ARGUMENT + 8),
        _test(_EQUAL, _RLIMIT_CPU, 0, 5),
        _load(_ARGUMENT + 16),  # what is to be set, by address: nothing where both halves are zero
        _test(_EQUAL, 0, 0, 2),
        _load(_ARGUMENT + 20),
        _test(_EQUAL, 0, 1, 0),
        _return(refuse(errno.EPERM)),
        *_equals(0, own),
    ]
    yield from _where(calls["prlimit64"], tests, refuse(errno.EPERM))


def _group_of_its_own() -> list[bytes]:
    """Whoever is in another's group of processes is killed with it, and would pass for killed by others."""
    return [_load(_ARGUMENT), _test(_EQUAL, 0, 0, 3), *_equals(1, (0,))]


def _of_what_is_open() -> list[bytes]:
    """By a descriptor alone: no path in the second argument, of which both halves count, and no flag."""
    tests = [_load(_ARGUMENT + 8), _test(_EQUAL, 0, 0, 5), _load(_ARGUMENT + 12), _test(_EQUAL, 0, 0, 3)]
    return [*tests, _load(_ARGUMENT + 24), _test(_EQUAL, 0, 0, 1), _return(ALLOW)]


def _but(number: int, refused: tuple[int, ...]) -> Iterator[bytes]:
    """Everything but some orders, which a call's second argument names."""
    yield from _where(number, _equals(1, refused, refuse(errno.EPERM)), ALLOW)


def _some_prctls(number: int, *, branchable: bool) -> Iterator[bytes]:
    """Names; and of a twin, which does not inherit it, that it dies with its parent."""
    tests = _equals(0, _PRCTLS)
    if branchable:
        tests += [_test(_EQUAL, _PDEATHSIG, 0, 3), *_equals(1, (_SIGKILL,))]
    yield from _where(number, tests, refuse(errno.EPERM))


def _threads(number: int, *, branchable: bool) -> Iterator[bytes]:
    """Threads of its own, and no process but the one that a supervisor may let it make."""
    tests = [
        *(_equals(0, (TWIN,), USER_NOTIF) if branchable else ()),
        _load(_ARGUMENT),
        _test(_ANY_BIT, _CLONE_FORBIDDEN, 2, 0),
        _test(_ANY_BIT, _CLONE_THREAD, 0, 1),
        _return(ALLOW),
    ]
    yield from _where(number, tests, refuse(errno.EPERM))


def _equals(argument: int, values: tuple[int, ...], verdict: int = ALLOW) -> list[bytes]:
    """A verdict where an argument, of which the kernel takes an `int`, is one of these."""
    tests = [_load(_ARGUMENT + 8 * argument)]
    for value in values:
        tests += [_test(_EQUAL, value, 0, 1), _return(verdict)]
    return tests


def _where(number: int, tests: list[bytes], otherwise: int) -> Iterator[bytes]:
    """For one call: what the tests say, and a verdict on the rest; others find the number loaded."""
    yield _test(_EQUAL, number, 0, len(tests) + 1)
    yield from tests
    yield _return(otherwise)


def _always(number: int, verdict: int) -> list[bytes]:
    return [_test(_EQUAL, number, 0, 1), _return(verdict)]


def _load(offset: int) -> bytes:
    return struct.pack("=HBBI", _LOAD, 0, 0, offset)


def _test(kind: int, value: int, if_true: int, if_false: int) -> bytes:
    return struct.pack("=HBBI", kind, if_true, if_false, value)


def _return(verdict: int) -> bytes:
    return struct.pack("=HBBI", _RETURN, 0, 0, verdict)
