"""Where a home lies: on a file system of this machine, or on one of another, which promises less.

What the log promises rests on `flock`, on `fdatasync` and on every reader seeing what was written last. On a
network file system all three are in the hands of another machine and of options that nobody here can see.
Such a home is not refused, since many serve; it is said whenever somebody is about to write.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

MOUNTS = Path("/proc/self/mounts")
NETWORK = frozenset(
    {
        *(
            "nfs",
            "nfs4",
            "cifs",
            "smb3",
            "smbfs",
            "afs",
            "ceph",
            "lustre",
            "gpfs",
            "beegfs",
            "orangefs",
            "ncpfs",
        ),
        *("coda", "glusterfs", "davfs", "9p", "virtiofs", "vboxsf", "prl_fs", "fuse.sshfs", "fuse.glusterfs"),
        *("fuse.ceph", "fuse.s3fs", "fuse.rclone", "fuse.gcsfuse", "fuse.davfs2", "fuse.curlftpfs"),
        *("fuse.juicefs", "fuse.vmhgfs-fuse"),
    }
)
"""Kinds of file systems whose files are on another machine, as the kernel calls them."""
_ESCAPE = re.compile(r"\\([0-7]{3})")


@dataclass(frozen=True)
class Mount:
    """A file system in its place."""

    point: Path
    """The folder at which it begins."""
    kind: str
    """What the kernel calls it."""

    @property
    def is_remote(self) -> bool:
        """Whether its files are on another machine."""
        return self.kind in NETWORK


def mount_of(path: Path) -> Mount | None:
    """The file system on which a path lies, or would lie; None where the system does not say."""
    try:
        lines = MOUNTS.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return None
    real = path.resolve()
    return max(_above(real, lines), key=lambda mount: len(mount.point.parts), default=None)


def _above(path: Path, lines: Iterable[str]) -> list[Mount]:
    """The mounts that a path is below, of those at one place the last first: it hides the others."""
    found = [Mount(Path(_plain(point)), kind) for _, point, kind, *_ in map(str.split, lines)]
    return [mount for mount in reversed(found) if path.is_relative_to(mount.point)]


def _plain(escaped: str) -> str:
    """A path as it is: blanks and line ends in it are escaped in the list of mounts."""
    return _ESCAPE.sub(lambda match: chr(int(match[1], 8)), escaped)
