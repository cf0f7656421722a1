"""What a process holds, as Linux tells whoever may look."""

import re
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


def descriptors(process: int) -> int:
    """How many are open."""
    return len(list(Path(f"/proc/{process}/fd").iterdir()))
