"""The filter of system calls that the kernel runs before each, as a session puts it upon itself, for good."""

import ctypes
import os
import platform
import struct
from collections.abc import Callable
from functools import cache

from actors.workers.sandbox.filters import MACHINES, Machine, filter_for, gate_for

_LIBC = ctypes.CDLL(None, use_errno=True)
_NOBODY = 0x7FFFFFFF
"""A number that no process has; the largest is 2**22."""
_SET_MODE_FILTER, _NEW_LISTENER = 1, 8


class NoSeccomp(Exception):
    """This machine has no such filter; the message says why."""


@cache
def prepared(machine: str, *, branchable: bool, timed: bool = False) -> bytes:
    """The filter of a process that is named by a number which none has.

    Asked for before a fork it costs whoever is forked neither the time nor the memory of building it.
    """
    return filter_for(_NOBODY, MACHINES[machine], branchable=branchable, timed=timed)


def named(pid: int, code: bytes) -> bytes:
    """A prepared filter as that of a process."""
    return code.replace(struct.pack("=I", _NOBODY), struct.pack("=I", pid))


def install(hand_over: Callable[[int], None] | None = None, *, timed: bool = False) -> None:
    """Put the filter before all that this process does from now on; it must have given up new privileges.

    Args:
        hand_over: called with the descriptor by which the supervisor of a branchable session is asked who may
            fork, before the filter stands: behind it no descriptor can be handed to anybody.
        timed: whether it sets the times of files that it has open.

    Raises:
        NoSeccomp: this machine has no filter, or the kernel refuses it.
    """
    machine = MACHINES.get(platform.machine())
    if machine is None:
        message = f"there is no table of system calls for {platform.machine()}"
        raise NoSeccomp(message)
    if hand_over is not None:
        hand_over(_take(machine, gate_for(machine), _NEW_LISTENER))
    code = prepared(platform.machine(), branchable=hand_over is not None, timed=timed)
    _take(machine, named(os.getpid(), code))


class _Program(ctypes.Structure):
    """`struct sock_fprog`."""

    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def _take(machine: Machine, code: bytes, flags: int = 0) -> int:
    held = ctypes.create_string_buffer(code, len(code))
    given = _Program(len(code) // 8, ctypes.addressof(held))
    operation = ctypes.c_ulong(_SET_MODE_FILTER), ctypes.c_ulong(flags)
    taken = int(_LIBC.syscall(machine.calls["seccomp"], *operation, ctypes.byref(given)))
    if taken < 0:
        message = f"the kernel takes no filter: {os.strerror(ctypes.get_errno())}"
        raise NoSeccomp(message)
    return taken
