"""Which system calls a session may make: what is let through, what is refused, and with what error.

What computing needs is let through. What reaches for others, for the network, for another program or for the
machine is refused, and so is every call that is newer than the tables of numbers; and what the kernel would
keep for a session without a bound.
"""

import errno
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

from actors.workers.sandbox.instructions import (
    ALLOW,
    EQUAL,
    GREATER,
    KILL,
    MACHINE,
    NUMBER,
    USER_NOTIF,
    always,
    argument,
    compare,
    equals,
    give,
    has_any,
    is_null,
    lacks,
    load,
    refuse,
    where,
)
from actors.workers.sandbox.syscalls import AARCH64, EVERYWHERE, NEWEST, X86_64

TWIN = 0x01208011
"""The flags by which a branchable session makes another of itself, as a child of its own parent."""

_PDEATHSIG, _SIGKILL, _SIGSTOP = 1, 9, 19
_RLIMIT_CPU = 0
_PRCTLS = (15, 16, 0x53564D41)
"""What may be set or asked of a process by `prctl`: the name of a thread, and that of a piece of memory."""
_LOCKS = (6, 7)
"""By which `fcntl` locks parts of a file for a process."""
_ASKED_OF_A_FILE = (0, 1, 2, 3, 4, 5, 1030, 1032)
"""What `fcntl` is let do: copy a descriptor, ask for and set its flags and those of what is open, ask who has
a lock, and how large a pipe is."""
_ASKED_OF_A_DEVICE = (0x5401, 0x5411, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)
"""What `ioctl` is let do: ask whether it is a terminal, how large, and how much waits in it or is on its way;
set whether it is waited for, and whether a program would inherit it."""
_CLONE_THREAD, _CLONE_FILES = 0x00010000, 0x00000400
_CLONE_FORBIDDEN = 0x7E020080
"""New namespaces of any kind."""
_UNSHARE = 2
"""By which `close_range` gives a thread descriptors of its own."""
_WHITEOUT = 4
"""By which `renameat2` leaves a character device under the old name."""
_UNIX, _STREAM, _KEPT_FROM_PROGRAMS, _WAITS_FOR_NOTHING = 1, 1, 0o2000000, 0o4000
_PAIRS = tuple(_STREAM | one | other for one in (0, _KEPT_FROM_PROGRAMS) for other in (0, _WAITS_FOR_NOTHING))
"""Pairs of sockets: streams, of which each end leads to the other and nowhere else."""
_OUT_OF_BAND = 1
_DENIED = refuse(errno.EPERM)

_PRETENDED = ("chmod", "fchmod", "fchmodat", "utime", "utimes", "futimesat", "utimensat", "flock")
"""Told as done, and not done: Landlock does not cover them. Copying a file asks for modes and times,
and locks would keep others from what a session can only read."""
_UNSUPPORTED = ("setxattr", "lsetxattr", "fsetxattr", "removexattr", "lremovexattr", "fremovexattr")
_UNKNOWN = ("clone3",)
"""The C library does without: it makes its threads by `clone`, whose flags a filter can see."""
_OF_A_TWIN = "landlock_restrict_self"
"""By which a twin shuts itself out of where it came from, by rules that its supervisor made: each keeps the
file that it is about, removed or not."""
_LOOKED_AT = (
    "kill", "tgkill", "prlimit64", "setrlimit", "sched_setaffinity", "prctl", "clone", "fcntl", "ioctl",
    "setpgid", "socketpair", "sendto", "close_range", "utimensat", "renameat2",
)  # fmt: skip


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


def filter_for(pid: int, machine: Machine, *, branchable: bool = False, timed: bool = False) -> bytes:
    """The filter of one process, as the kernel takes it: eight bytes an instruction.

    Args:
        pid: the process; signals and limits are for itself alone.
        machine: the kind of processor.
        branchable: whether its supervisor may let it make another of itself. That one has the same filter, so
            no process is named in it: neither sends a signal to anybody, itself included. It lets that
            process be made, so it must never stand without its gate.
        timed: whether it sets the times of files that it has open: copies are as old as what they are of.
    """
    calls = machine.calls
    own = () if branchable else (pid,)
    rules = chain(
        _only_this_machine(machine),
        _signals(calls, own),
        _for_itself(calls, (0, *own)),
        where(calls["setrlimit"], equals(0, (_RLIMIT_CPU,), _DENIED), ALLOW),
        where(calls["setpgid"], _group_of_its_own(), _DENIED),
        where(calls["utimensat"], _of_what_is_open() if timed else [], refuse(0)),
        _open_files(calls),
        where(calls["renameat2"], has_any(4, _WHITEOUT, _DENIED), ALLOW),
        _sockets(calls),
        _some_prctls(calls["prctl"], branchable=branchable),
        _threads(calls["clone"], branchable=branchable),
        *(
            always(number, _verdict(name))
            for name, number in calls.items()
            if name not in _LOOKED_AT and not (branchable and name == _OF_A_TWIN)
        ),
        [give(ALLOW)],
    )
    return b"".join(rules)


def gate_for(machine: Machine) -> bytes:
    """What a branchable session has beside its filter, which of two verdicts has the stricter one.

    Its supervisor is asked for the one process that the filter lets it make. It comes first: by then the
    descriptor that it comes with can still be handed over.
    """
    twin = where(machine.calls["clone"], equals(0, (TWIN,), USER_NOTIF), ALLOW)
    return b"".join((load(NUMBER), *twin, give(ALLOW)))


def _verdict(name: str) -> int:
    if name in _PRETENDED:
        return refuse(0)
    if name in _UNSUPPORTED:
        return refuse(errno.ENOTSUP)
    return refuse(errno.ENOSYS if name in _UNKNOWN else errno.EPERM)


def _only_this_machine(machine: Machine) -> Iterator[bytes]:
    """Calls of another kind of program, and those that came after the tables."""
    yield load(MACHINE)
    yield compare(EQUAL, machine.audit, 1, 0)
    yield give(KILL)
    yield load(NUMBER)
    yield compare(GREATER, NEWEST, 0, 1)
    yield give(refuse(errno.ENOSYS))


def _signals(calls: Mapping[str, int], own: tuple[int, ...]) -> Iterator[bytes]:
    """To itself, which is how the C library aborts; not to a group, and to nobody else.

    Those that cannot be handled are for others to send: who is killed by one was killed from outside.
    """
    for name, place in (("kill", 1), ("tgkill", 2)):
        tests = [*equals(place, (_SIGKILL, _SIGSTOP), _DENIED), *equals(0, own)]
        yield from where(calls[name], tests, _DENIED)


def _for_itself(calls: Mapping[str, int], own: tuple[int, ...]) -> Iterator[bytes]:
    """Its own limits and processors; but not that of CPU time, at which the kernel kills."""
    yield from where(calls["sched_setaffinity"], equals(0, own), _DENIED)
    tests = [
        argument(1),
        compare(EQUAL, _RLIMIT_CPU, 0, 5),
        argument(2),  # what is to be set, by address: nothing where both halves are zero
        compare(EQUAL, 0, 0, 2),
        argument(2, high=True),
        compare(EQUAL, 0, 1, 0),
        give(_DENIED),
        *equals(0, own),
    ]
    yield from where(calls["prlimit64"], tests, _DENIED)


def _group_of_its_own() -> list[bytes]:
    """Whoever is in another's group of processes is killed with it, and would pass for killed by others."""
    return [argument(0), compare(EQUAL, 0, 0, 3), *equals(1, (0,))]


def _of_what_is_open() -> list[bytes]:
    """By a descriptor alone: no path in the second argument, of which both halves count, and no flag."""
    no_path = [argument(1), compare(EQUAL, 0, 0, 5), argument(1, high=True), compare(EQUAL, 0, 0, 3)]
    return [*no_path, argument(3), compare(EQUAL, 0, 0, 1), give(ALLOW)]


def _open_files(calls: Mapping[str, int]) -> Iterator[bytes]:
    """What computing asks of what is open; of all else it is told that this kernel does not know it.

    Who is only to read a file could have others wait for it (leases), be told of what they do (notices), or
    set what is not in it (attributes). No lock of a process keeps itself out, and nobody else has its files:
    they are told as had. The kernel would keep each, however many.
    """
    asked = [*equals(1, _LOCKS, refuse(0)), *equals(1, _ASKED_OF_A_FILE)]
    yield from where(calls["fcntl"], asked, refuse(errno.EINVAL))
    yield from where(calls["ioctl"], equals(1, _ASKED_OF_A_DEVICE), refuse(errno.ENOTTY))
    yield from where(calls["close_range"], has_any(2, _UNSHARE, _DENIED), ALLOW)


def _sockets(calls: Mapping[str, int]) -> Iterator[bytes]:
    """Pairs that lead to each other, and what is written to them: to no address, and nothing out of band.

    That they keep no more than they come with, and no descriptors, follows from what is refused altogether.
    """
    yield from where(
        calls["socketpair"],
        [argument(0), compare(EQUAL, _UNIX, 1, 0), give(_DENIED), *equals(1, _PAIRS)],
        _DENIED,
    )
    yield from where(calls["sendto"], [*has_any(3, _OUT_OF_BAND, _DENIED), *is_null(4, ALLOW)], _DENIED)


def _some_prctls(number: int, *, branchable: bool) -> Iterator[bytes]:
    """Names; and of a twin, which does not inherit it, that it dies with its parent."""
    tests = equals(0, _PRCTLS)
    if branchable:
        tests += [compare(EQUAL, _PDEATHSIG, 0, 3), *equals(1, (_SIGKILL,))]
    yield from where(number, tests, _DENIED)


def _threads(number: int, *, branchable: bool) -> Iterator[bytes]:
    """Threads that share their descriptors; and the one kind of process for which its gate asks."""
    tests = [
        *(equals(0, (TWIN,)) if branchable else ()),
        *has_any(0, _CLONE_FORBIDDEN, _DENIED),
        *lacks(0, _CLONE_THREAD, _DENIED),
        *lacks(0, _CLONE_FILES, _DENIED),
    ]
    yield from where(number, tests, ALLOW)
