"""What a process holds, as Linux tells whoever may look."""

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path


def children(process: int) -> list[int]:
    """The processes that it started and that live, or were not waited for."""
    return [int(one) for one in Path(f"/proc/{process}/task/{process}/children").read_text("ascii").split()]


def inside(process: int) -> str:
    """A process's number as it is told inside a container."""
    found = re.search(r"^NSpid:.*?(\d+)$", Path(f"/proc/{process}/status").read_text("ascii"), re.MULTILINE)
    return found[1] if found else str(process)


def memory(process: int) -> float:
    """Bytes that would be free if only this process ended (USS)."""
    told = Path(f"/proc/{process}/smaps_rollup").read_text("ascii")
    return 1024.0 * sum(int(size) for size in re.findall(r"^Private_\w+:\s+(\d+) kB", told, re.MULTILINE))


def resident(process: int) -> float:
    """Bytes that it holds in memory, whoever else holds them too."""
    told = re.search(r"^VmRSS:\s+(\d+) kB", Path(f"/proc/{process}/status").read_text("ascii"), re.MULTILINE)
    assert told, f"process {process} is gone"
    return 1024.0 * int(told[1])


def peak() -> int:
    """The most bytes that this process ever held; not of `getrusage`, which counts its parent's as well."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text("ascii"))
    assert found, "only Linux tells the peak of a process"
    return int(found[1]) * 1024


def descriptors(process: int) -> int:
    """How many are open."""
    return len(list(Path(f"/proc/{process}/fd").iterdir()))


def processor_seconds(process: int) -> float:
    """CPU-seconds of all processes below one: those that live, and those that their parents waited for."""
    return sum(_ticks(one) for one in _below(process)) / os.sysconf("SC_CLK_TCK")


def seconds_by_command(process: int, named: str) -> tuple[float, float]:
    """CPU-seconds of the processes that it started and of all below them: the named ones, and the others.

    Args:
        process: whose children.
        named: part of a command line.
    """
    spent = [0.0, 0.0]
    for child in _children_of_threads(process):
        with suppress(OSError):  # it has just ended
            is_other = named.encode() not in Path(f"/proc/{child}/cmdline").read_bytes()
            spent[is_other] += _ticks(child) / os.sysconf("SC_CLK_TCK") + processor_seconds(child)
    return spent[0], spent[1]


def _below(process: int) -> Iterator[int]:
    for child in _children_of_threads(process):
        yield child
        yield from _below(child)


def _children_of_threads(process: int) -> Iterator[int]:
    for told in Path(f"/proc/{process}/task").glob("*/children"):
        with suppress(OSError):  # it, or the thread that started it, has just ended
            yield from map(int, told.read_text("ascii").split())


def _ticks(process: int) -> int:
    """Its own, and those of the children that it waited for, as `/proc/PID/stat` tells them."""
    try:
        told = Path(f"/proc/{process}/stat").read_text("ascii", "replace")
    except OSError:  # it has just ended, and counts for its parent
        return 0
    return sum(map(int, told.rpartition(")")[2].split()[11:15]))
