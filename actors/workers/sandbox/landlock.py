"""What a session may open: a rule of the kernel that a process puts upon itself, for good.

Structures and numbers are those of `linux/landlock.h`. How much of it a kernel knows it tells by a number,
its ABI; what came later than that number is left out of the rule.
"""

import ctypes
import os
import stat
from collections.abc import Iterable
from functools import cache
from pathlib import Path

LEAST = 3
"""The first ABI by which nothing outside can be written to: before it, files could be cut short."""
SCOPES = 6
"""The first ABI by which signals and abstract sockets stay inside."""

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION = 1
_PATH_BENEATH = 1

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_REMOVE_DIR, _REMOVE_FILE = 1 << 4, 1 << 5
_MAKE_DIR, _MAKE_REG, _MAKE_SYM = 1 << 7, 1 << 8, 1 << 12
_REFER, _TRUNCATE = 1 << 13, 1 << 14
_ALL_OF_ABI = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1, 5: (1 << 16) - 1}
"""Everything that can be done to a file, as far as a kernel of an ABI knows."""
_READ = _READ_FILE | _READ_DIR
_WRITE = _WRITE_FILE | _TRUNCATE | _REMOVE_DIR | _REMOVE_FILE | _MAKE_DIR | _MAKE_REG | _MAKE_SYM | _REFER
_OF_A_FILE = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE
_TCP = 0b11
"""To bind and to connect."""
_ABSTRACT_SOCKETS_AND_SIGNALS = 0b11

_LIBC = ctypes.CDLL(None, use_errno=True)


class NoLandlock(Exception):
    """This kernel has no Landlock, or too little of it; the message says which."""


class _Ruleset(ctypes.Structure):
    """`struct landlock_ruleset_attr`."""

    _fields_ = (("files", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


class _Beneath(ctypes.Structure):
    """`struct landlock_path_beneath_attr`."""

    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("folder", ctypes.c_int32))


@cache
def abi() -> int:
    """How much of Landlock this kernel knows; 0 where it knows none. Asked once, by who may ask."""
    known = _LIBC.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(_VERSION))
    return max(0, int(known))


def restrict(readable: Iterable[Path], writable: Iterable[Path]) -> None:
    """Let this process open what lies below some paths, and nothing else, for good; nothing may be executed.

    Args:
        readable: files and folders that may be read; what is not there is left out.
        writable: folders that may also be written to.

    Raises:
        NoLandlock: the kernel knows less of it than is needed.
    """
    take_on(ruleset(readable, writable))


def take_on(rules: int) -> None:
    """Put a set of rules upon this process, for good, and close it."""
    try:
        _call(_RESTRICT_SELF, ctypes.c_int(rules), ctypes.c_uint32(0))
    finally:
        os.close(rules)


def ruleset(readable: Iterable[Path], writable: Iterable[Path | int]) -> int:
    """Rules as `restrict` puts them upon a process, made for this one or another, as a descriptor.

    Args:
        readable: files and folders that may be read; what is not there is left out.
        writable: folders that may also be written to, or the descriptors of such.

    Raises:
        NoLandlock: the kernel knows less of it than is needed.
    """
    known = abi()
    if known < LEAST:
        message = f"this kernel knows Landlock's ABI {known}, and {LEAST} is needed (Linux 6.2)"
        raise NoLandlock(message)
    handled = _ALL_OF_ABI[min(known, max(_ALL_OF_ABI))]
    ruleset = _Ruleset(
        handled, _TCP if known >= 4 else 0, _ABSTRACT_SOCKETS_AND_SIGNALS if known >= SCOPES else 0
    )
    rules = _call(_CREATE_RULESET, ctypes.byref(ruleset), ctypes.c_size_t(_size(known)), ctypes.c_uint32(0))
    try:
        for path in readable:
            _allow(rules, path, _READ)
        for place in writable:
            _allow(rules, place, _READ | _WRITE)
    except BaseException:  # an interrupt as well: whoever began the rules has no other handle on them
        os.close(rules)
        raise
    return rules


def _size(known: int) -> int:
    """How much of the structure a kernel knows."""
    return 8 if known < 4 else 16 if known < SCOPES else 24


def _allow(rules: int, place: Path | int, what: int) -> None:
    try:
        opened = os.dup(place) if isinstance(place, int) else os.open(place, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        allowed = what if stat.S_ISDIR(os.fstat(opened).st_mode) else what & _OF_A_FILE
        rule = _Beneath(allowed, opened)
        _call(
            _ADD_RULE,
            ctypes.c_int(rules),
            ctypes.c_int(_PATH_BENEATH),
            ctypes.byref(rule),
            ctypes.c_uint32(0),
        )
    finally:
        os.close(opened)


def _call(number: int, *arguments: object) -> int:
    given = int(_LIBC.syscall(number, *arguments))
    if given < 0:
        message = f"the kernel refuses a rule of Landlock: {os.strerror(ctypes.get_errno())}"
        raise NoLandlock(message)
    return given
