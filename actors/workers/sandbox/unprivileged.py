"""From root to a user of no name, for a session: what belongs to anybody is out of its reach after that.

Structures and numbers are those of `linux/capability.h`.
"""

import ctypes
import os
from pathlib import Path

USER = 65532
"""The user and the group that sessions of root become, as in the container."""

_READ_SEARCH = 2
"""The capability to read and search what nobody but its owner may."""
_VERSION_3 = 0x20080522
_PR_SET_KEEPCAPS = 8
_LIBC = ctypes.CDLL(None, use_errno=True)


class NoUser(Exception):
    """This process cannot become another user; the message says why."""


class _Header(ctypes.Structure):
    """`struct __user_cap_header_struct`."""

    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int32))


class _Sets(ctypes.Structure):
    """`struct __user_cap_data_struct`."""

    _fields_ = (
        ("effective", ctypes.c_uint32),
        ("permitted", ctypes.c_uint32),
        ("inherited", ctypes.c_uint32),
    )


_Both = _Sets * 2


def drop(folder: Path, *, hidden: bool) -> None:
    """Stop being root, where this process is; its folder goes with it.

    What it is shown may lie where only root may look, as an interpreter below root's own folder does. Then
    one capability is kept, to read and search, and it is for Landlock to bound what.

    Args:
        folder: its folder.
        hidden: whether something that it must be able to read is its owner's alone to reach.

    Raises:
        NoUser: the system refused.
    """
    if os.geteuid() != 0:
        return
    folder.parent.chmod(0o711)
    os.chown(folder, USER, USER)
    _LIBC.prctl(_PR_SET_KEEPCAPS, 1, 0, 0, 0)
    try:
        os.setgroups([])
        os.setresgid(USER, USER, USER)
        os.setresuid(USER, USER, USER)
    except OSError as error:
        message = f"root cannot become user {USER}: {error.strerror}"
        raise NoUser(message) from error
    _keep(1 << _READ_SEARCH if hidden else 0)


def is_hidden(shown: tuple[Path, ...]) -> bool:
    """Whether some of these may be reached by their owner alone."""
    return not all(_is_for_all(path.resolve()) for path in shown)


def _is_for_all(path: Path) -> bool:
    """Whether anybody may read a path that is there."""
    if any(not _mode(folder) & 0o001 for folder in path.parents):
        return False
    return bool(_mode(path) & 0o004)


def _mode(path: Path) -> int:
    try:
        return path.stat().st_mode
    except OSError:
        return 0o005


def _keep(capabilities: int) -> None:
    header, sets = _Header(_VERSION_3, 0), _Both(_Sets(capabilities, capabilities, 0))
    if _LIBC.capset(ctypes.byref(header), sets) != 0:
        message = f"the capabilities of root cannot be given up: {os.strerror(ctypes.get_errno())}"
        raise NoUser(message)
