"""`python -m benchmarks.compression`: what is left of long outputs, and how much survives of what matters."""

import argparse
import time
from collections import Counter
from collections.abc import Sequence
from unittest import mock

import anyio

from actors.teaching import abridging
from actors.teaching.compression import BUDGETS, view
from actors.teaching.excerpt import bytes_of
from benchmarks.outputs import Output, made, real
from benchmarks.table import machine, seconds, share, table

WHAT = ("error", "frames", "shape", "columns", "markers", "head", "tail", "digests")
"""What matters, as columns of the table."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=["made"], help="leave out the cells, which need sessions")
    given = parser.parse_args(arguments)
    print(machine())
    outputs = [*made(), *([] if given.only else anyio.run(real))]
    began = time.process_time()
    rows = [*_by_kind(outputs), row("all of them", outputs)]
    taken = (time.process_time() - began) / 2
    with mock.patch.object(abridging, "CHAIN", (abridging.long_lines,)):
        rows.append(row("the same, had only first and last lines been kept", outputs))
    print("\nHow much of long outputs a solver sees, and of what matters how much is in it")
    print(table(("", "bytes", "seen", "share", *WHAT), rows))
    print(f"\nbudgets: {', '.join(f'{part} {most.bytes:,} bytes' for part, most in BUDGETS.items())}")
    print(f"all of them are compressed in {seconds(taken)} of CPU time")


def row(name: str, outputs: Sequence[Output]) -> tuple[str, ...]:
    """What became of some outputs, as a line of the table."""
    whole, kept = 0, 0
    wanted, seen = Counter[str](), Counter[str]()
    for output in outputs:
        shown = view(output.result, None)
        kept += bytes_of(shown)
        whole += output.size
        for what, texts in output.told().items():
            wanted[what] += len(texts)
            seen[what] += sum(text in shown for text in texts)
    survived = (share(seen[what], wanted[what]) for what in WHAT)
    return (name, f"{whole:,}", f"{kept:,}", share(kept, whole), *survived)


def _by_kind(outputs: Sequence[Output]) -> list[tuple[str, ...]]:
    kinds = dict.fromkeys(output.kind for output in outputs)
    return [row(kind, [output for output in outputs if output.kind == kind]) for kind in kinds]


if __name__ == "__main__":
    main()
