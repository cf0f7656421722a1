"""`python -m benchmarks.log`: the event log beside other stores and beside what the machine can do."""

import argparse
import time
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from pathlib import Path

from actors.terminal.output import configure
from benchmarks import log_append, log_bus, log_index, log_opening, log_replay
from benchmarks.disk import file_system, folder_on_disk
from benchmarks.log_histories import NEW, Histories, write_histories
from benchmarks.table import machine, seconds


class _Parts:
    """What can be measured; the history that several parts read is written once, when the first one asks."""

    def __init__(self, folder: Path, given: argparse.Namespace) -> None:
        self._folder = folder
        self._events: int = max(2 * NEW, given.events)
        self._rounds: int = max(1, given.rounds)
        self._seconds: float = given.seconds

    def append(self) -> Iterator[str]:
        """Making events durable."""
        return log_append.report(self._folder, self._seconds, self._rounds)

    def replay(self) -> Iterator[str]:
        """Reading and folding all of a history."""
        return log_replay.report(self._histories, self._rounds)

    def opening(self) -> Iterator[str]:
        """Opening with a snapshot."""
        return log_opening.report(self._histories, self._rounds)

    def index(self) -> Iterator[str]:
        """One stream out of many."""
        return log_index.report(self._histories, self._rounds)

    def bus(self) -> Iterator[str]:
        """Telling actors."""
        return log_bus.report(self._events, self._rounds)

    @cached_property
    def _histories(self) -> Histories:
        folder = self._folder / "histories"
        folder.mkdir()
        return write_histories(folder, self._events)


PARTS: dict[str, Callable[[_Parts], Iterator[str]]] = {
    "append": _Parts.append,
    "replay": _Parts.replay,
    "opening": _Parts.opening,
    "index": _Parts.index,
    "bus": _Parts.bus,
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", action="append", choices=PARTS, help="one part; may be repeated (all)")
    parser.add_argument("--events", type=int, default=10**6, help="length of the history (1000000)")
    parser.add_argument("--rounds", type=int, default=7, help="how often each is measured (7)")
    parser.add_argument("--seconds", type=float, default=0.3, help="how long for a figure of appending (0.3)")
    given = parser.parse_args(arguments)
    configure()
    began = time.perf_counter()
    with folder_on_disk() as folder:
        print(f"{machine()}; {file_system(folder) or 'unknown file system'} at {folder.parent}")
        parts = _Parts(folder, given)
        for name in given.only or PARTS:
            print()
            for told in PARTS[name](parts):
                print(told)
    print(f"\nmeasured in {seconds(time.perf_counter() - began)}")


if __name__ == "__main__":
    main()
