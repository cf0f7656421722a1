"""The places of twins, made by their supervisor, and the rules by which each is shut in its own.

A twin makes no rule of Landlock itself: the kernel keeps the file that a rule is about, removed or not, and
nobody could tell whose it is. So these are made ahead, and a twin takes them on.
"""

import os
from pathlib import Path

from actors.workers.sandbox import landlock
from actors.workers.sandbox.litter import entered
from actors.workers.sandbox.visible import WRITABLE, shown

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


def rules_for(root: Path, place: Path) -> int:
    """Make the place of a twin, and rules by which it opens nothing of its family but that, as a descriptor.

    Args:
        root: where the places of all families lie.
        place: the one to be made; its family can have put anything above it, and no link is followed.

    Raises:
        OSError: it cannot be made.
        NoLandlock: there are no rules.
    """
    made = _made(root, place)
    try:
        return landlock.ruleset(shown(), (made, *map(Path, WRITABLE)))
    finally:
        os.close(made)


def _made(root: Path, place: Path) -> int:
    """A new folder, open, which belongs to whoever has the one that it lies in."""
    *above, name = place.relative_to(root).parts
    at = os.open(root, _FOLDER)
    try:
        for part in above:
            at = entered(at, part)
        os.mkdir(name, 0o700, dir_fd=at)
        made = os.open(name, _FOLDER, dir_fd=at)
        _give(made, os.fstat(at))
        return made
    finally:
        os.close(at)


def _give(folder: int, owner: os.stat_result) -> None:
    """Have an open folder belong to an owner, or close it."""
    try:
        os.fchown(folder, owner.st_uid, owner.st_gid)
    except OSError:
        os.close(folder)
        raise
