"""`python -m benchmarks.generation_memory PATH QUESTIONS`: the peak of a process that searches and judges."""

import sys
import time
from functools import partial
from pathlib import Path

import anyio

from actors.job import WITHOUT_MODEL
from actors.profiling.intake import take_in
from actors.profiling.table import read_table
from benchmarks.generating import Line
from benchmarks.processes import peak
from benchmarks.stages import Stages
from events.dataset import DatasetRegistered


def main() -> None:
    """Make questions of both sources, and print the most bytes that this process ever held."""
    path, wanted = Path(sys.argv[1]), int(sys.argv[2])
    for taken in take_in([path]):
        if isinstance(taken.event, DatasetRegistered):
            read = partial(read_table, taken.data, taken.event.reader)
            for source in WITHOUT_MODEL:
                line = Line(taken.event, read, source)
                anyio.run(line.stretch, wanted, Stages("between", time.process_time))
    print(peak())


if __name__ == "__main__":
    main()
