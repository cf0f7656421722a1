"""`python -m benchmarks.wall`: sessions beside Jupyter kernels, one `docker exec` a cell, and a bare fork."""

import argparse
import time
from collections.abc import AsyncIterator, Callable, Sequence

import anyio

from actors.terminal.output import configure
from actors.workers.engine import docker_available, worker_image
from benchmarks import wall_cells, wall_memory, wall_rates
from benchmarks.contenders import Contenders, contenders
from benchmarks.table import machine, seconds

PARTS: dict[str, Callable[[Contenders, argparse.Namespace], AsyncIterator[str]]] = {
    "cells": lambda here, given: wall_cells.report(here, max(1, given.rounds)),
    "rates": lambda here, given: wall_rates.report(here, max(1, given.rounds // 3), given.seconds),
    "memory": lambda here, _: wall_memory.report(here),
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", action="append", choices=PARTS, help="one part; may be repeated (all)")
    parser.add_argument("--rounds", type=int, default=15, help="of a cell; of a rate a third (15)")
    parser.add_argument("--seconds", type=float, default=2.0, help="how long for a rate (2)")
    parser.add_argument(
        "--workers", choices=["auto", "local"], default="auto", help="local leaves Docker out"
    )
    configure()
    anyio.run(_report, parser.parse_args(arguments))


async def _report(given: argparse.Namespace) -> None:
    print(machine())
    began = time.perf_counter()
    problem = (
        "left out by --workers local" if given.workers == "local" else await docker_available(worker_image())
    )
    if problem is not None:
        print(f"not measured: Docker workers and `{wall_cells.EXEC}`: {problem}")
    async with contenders(with_docker=problem is None) as here:
        for name in given.only or PARTS:
            print()
            async for told in PARTS[name](here, given):
                print(told)
    print(f"\nmeasured in {seconds(time.perf_counter() - began)}")


if __name__ == "__main__":
    main()
