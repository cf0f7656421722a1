"""What a filter of system calls is written in: the few instructions of its machine, eight bytes each.

Structures and numbers are those of `linux/filter.h` and `linux/seccomp.h`. A rule finds the number of the
call loaded, and leaves it so for the next.
"""

import struct
from collections.abc import Iterator

ALLOW = 0x7FFF0000
KILL = 0x80000000
USER_NOTIF = 0x7FC00000
"""The verdict by which the supervisor is asked."""

NUMBER, MACHINE = 0, 4
"""Where the number of a call stands, and what kind of program makes it."""
EQUAL, GREATER, ANY_BIT = 0x15, 0x25, 0x45

_ARGUMENT = 16
_LOAD, _RETURN = 0x20, 0x06


def refuse(number: int) -> int:
    """The verdict by which a call fails with this error; 0 is told as success."""
    return 0x00050000 | number


def load(offset: int) -> bytes:
    """Look at four bytes of what is known of a call."""
    return struct.pack("=HBBI", _LOAD, 0, 0, offset)


def argument(number: int, *, high: bool = False) -> bytes:
    """Look at the low half of an argument, of most of which the kernel takes no more, or at the high one."""
    return load(_ARGUMENT + 8 * number + 4 * high)


def compare(kind: int, value: int, if_true: int, if_false: int) -> bytes:
    """Compare what was looked at, and leave out so many instructions."""
    return struct.pack("=HBBI", kind, if_true, if_false, value)


def give(verdict: int) -> bytes:
    """Be done."""
    return struct.pack("=HBBI", _RETURN, 0, 0, verdict)


def equals(place: int, values: tuple[int, ...], verdict: int = ALLOW) -> list[bytes]:
    """A verdict where an argument, of which the kernel takes an `int`, is one of these."""
    tests = [argument(place)]
    for value in values:
        tests += [compare(EQUAL, value, 0, 1), give(verdict)]
    return tests


def is_null(place: int, verdict: int) -> list[bytes]:
    """A verdict where an address is none: where both halves are zero."""
    low, high = argument(place), argument(place, high=True)
    return [low, compare(EQUAL, 0, 0, 3), high, compare(EQUAL, 0, 0, 1), give(verdict)]


def has_any(place: int, bits: int, verdict: int) -> list[bytes]:
    """A verdict where an argument has one of these bits."""
    return [argument(place), compare(ANY_BIT, bits, 0, 1), give(verdict)]


def lacks(place: int, bits: int, verdict: int) -> list[bytes]:
    """A verdict where an argument has none of these bits."""
    return [argument(place), compare(ANY_BIT, bits, 1, 0), give(verdict)]


def where(number: int, tests: list[bytes], otherwise: int) -> Iterator[bytes]:
    """For one call: what the tests say, and a verdict on the rest; others find the number loaded."""
    yield compare(EQUAL, number, 0, len(tests) + 1)
    yield from tests
    yield give(otherwise)


def always(number: int, verdict: int) -> list[bytes]:
    """For one call, a verdict whatever is asked of it."""
    return [compare(EQUAL, number, 0, 1), give(verdict)]
