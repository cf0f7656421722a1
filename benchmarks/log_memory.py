"""`python -m benchmarks.log_memory HOME UPTO`: what reading takes at its peak, in a process of its own."""

import subprocess
import sys
from pathlib import Path

from benchmarks import log_replay
from benchmarks.processes import peak
from store.home import Home

_ROOT = Path(__file__).parents[1]


def beyond_start(home: Home, upto: int) -> int:
    """Bytes that a fresh process comes to hold at its peak while it reads and folds so many events.

    What is folded is as large after a quarter of the history as at its end.
    """
    command = [sys.executable, "-m", "benchmarks.log_memory", str(home.root), str(upto)]
    return int(subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=True).stdout)


def main() -> None:
    """Read, and print the bytes."""
    home, upto = Home(Path(sys.argv[1])), int(sys.argv[2])
    before = peak()
    log_replay.replay(home, upto=upto)
    print(peak() - before)


if __name__ == "__main__":
    main()
