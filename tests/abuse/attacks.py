"""What an attack of a session is: a cell whose last line is true where it succeeded."""

from dataclasses import dataclass
from textwrap import dedent


@dataclass(frozen=True)
class Attack:
    """One cell."""

    name: str
    code: str

    def __str__(self) -> str:
        return self.name


def attack(name: str, code: str) -> Attack:
    return Attack(name, dedent(code).strip())


LIBC = """
import ctypes, errno, os, platform
libc = ctypes.CDLL(None, use_errno=True)
def syscall(x86_64, aarch64, *arguments):
    '''Whether a call was let through: an error of its own is one that a filter did not give.'''
    ctypes.set_errno(0)
    got = libc.syscall(x86_64 if platform.machine() == 'x86_64' else aarch64, *arguments)
    return got != -1 or ctypes.get_errno() not in (errno.EPERM, errno.ENOSYS, errno.EACCES)
"""


def call(name: str, numbers: tuple[int, int], arguments: str = "-1, -1, -1, -1, -1, -1") -> Attack:
    return attack(name, f"{LIBC}\nsyscall({numbers[0]}, {numbers[1]}, {arguments})")


def opening(name: str, expression: str) -> Attack:
    """What must not be opened."""
    return attack(name, f"import os, pathlib\nbool({expression})")
