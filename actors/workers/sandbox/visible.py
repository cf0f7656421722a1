"""The paths that a session can open beside its own folder: one list, for the wall, `doctor` and the docs."""

import os
import sys
from functools import cache
from pathlib import Path

SYSTEM = (
    "/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib",
    "/usr/share/zoneinfo", "/usr/share/fonts", "/usr/share/locale", "/usr/lib/locale",
    "/etc/localtime", "/etc/timezone", "/etc/fonts", "/etc/ld.so.cache", "/etc/mime.types",
    "/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/proc/loadavg", "/proc/version",
    "/proc/sys/vm/overcommit_memory", "/sys/devices/system", "/sys/fs/cgroup",
    "/dev/urandom", "/dev/random", "/dev/zero",
)  # fmt: skip
"""Shared libraries, time zones and fonts, and what tells how many processors and how much memory there is."""
WRITABLE = ("/dev/null",)


def readable() -> tuple[Path, ...]:
    """What this process may read when it is a session: what any may, and what tells of itself."""
    return (*shown(), Path("/proc") / str(os.getpid()))


@cache
def shown() -> tuple[Path, ...]:
    """What any session of this interpreter may read: the system's part, the interpreter and the libraries.

    The folder in which this program lies is not among them: whatever is imported of it has been. Asked for
    before a fork it costs whoever is forked nothing.
    """
    installed = [
        Path(place) for place in (sys.base_prefix, sys.prefix) if place not in {"/", "/usr", "/usr/local"}
    ]
    libraries = [Path(place) for place in sys.path if Path(place).name in {"site-packages", "dist-packages"}]
    standard = [Path(os.__file__).parent]
    found = (*map(Path, SYSTEM), *installed, *libraries, *standard)
    return tuple(dict.fromkeys(found))
