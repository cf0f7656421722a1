"""What the kernel would make of a filter of system calls."""

import errno
import struct
from collections.abc import Sequence
from functools import cache

from actors.workers.sandbox.filters import MACHINES, filter_for, gate_for
from actors.workers.sandbox.instructions import refuse

PID = 4711
DENIED, UNKNOWN, PRETENDED = refuse(errno.EPERM), refuse(errno.ENOSYS), refuse(0)
THREAD = 0x3D0F00
"""The flags with which the C library makes a thread."""


def verdict(code: bytes, audit: int, number: int, arguments: Sequence[int] = ()) -> int:
    """What the kernel would make of a call: the few instructions that a filter has, one after the other."""
    filled = [*arguments, *[0] * (6 - len(arguments))]
    data = struct.pack("<IIQ6Q", number, audit, 0, *(one % 2**64 for one in filled))
    loaded, place = 0, 0
    while True:
        kind, if_true, if_false, value = struct.unpack_from("=HBBI", code, 8 * place)
        place += 1
        if kind == 0x06:
            return int(value)
        if kind == 0x20:
            (loaded,) = struct.unpack_from("<I", data, value)
            continue
        holds = {0x15: loaded == value, 0x25: loaded > value, 0x45: bool(loaded & value)}[kind]
        place += if_true if holds else if_false


def told(name: str, call: str, *arguments: int, branchable: bool = False) -> int:
    """The verdict of all that a session has before its calls: the kernel takes the strictest, which is the least."""
    machine = MACHINES[name]
    codes = _filters(name, branchable)
    return min(verdict(code, machine.audit, machine.calls[call], arguments) for code in codes)


@cache
def _filters(name: str, branchable: bool) -> list[bytes]:
    own = filter_for(PID, MACHINES[name], branchable=branchable)
    return [own, gate_for(MACHINES[name])] if branchable else [own]
