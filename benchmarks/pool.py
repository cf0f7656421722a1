"""`python -m benchmarks.pool`: questions of many tables, and what is wanted of them beside what was found.

Makes the questions as `generate` does; where a home holds them already, it only tells.
"""

import argparse
import resource
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from actors.generation.coverage import covered
from actors.generation.floors import class_of
from actors.generation.promises import Promise
from actors.generation.proposing import Table, subject_of
from actors.language.meaning import meaning
from actors.language.panel import FEWEST
from actors.language.term import to_terms
from actors.profiling.intake import take_in
from actors.terminal.coverage_view import coverage_view
from actors.terminal.output import Output, configure
from benchmarks.difficulty import Tried, asked, report
from benchmarks.table import seconds
from events.dataset import DatasetRegistered
from events.question import Question, Source
from store.home import Home
from store.projections.coverage import Coverage

TRACEGATE = Path(__file__).parents[1] / "cli.py"
MOST_SOLVED = 0.1
"""Of the questions called hard, the share that some member of the second panel may solve."""
LEAST_DEFEATED = 0.5
"""Of the second panel, the share that the median question has to defeat."""


@dataclass(frozen=True)
class Looked:
    """What only running a question's program tells."""

    question: Question
    meaning: str
    """The digest of what it asks."""
    tried: Tried
    """What both panels make of it."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Make the questions, and tell."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pool", description=__doc__)
    parser.add_argument("paths", nargs="+", type=Path, help="CSV files, folders")
    parser.add_argument("--home", type=Path, required=True, help="the folder for the questions")
    parser.add_argument(
        "--templates", type=int, default=60, help="questions of templates, of each table (60)"
    )
    parser.add_argument("--seed", type=int, default=0, help="of the streams (0)")
    given = parser.parse_args(arguments)
    configure()
    home = Home(given.home)
    print(_made(given.paths, home, given.templates, given.seed))
    found = covered(home)
    looked = list(_looked(home, found.coverage))
    told = found.to_dict()
    told["promises"] += [one.to_dict() for one in (distinct(looked), *hard(looked))]
    Output(as_json=False, quiet=False).show(coverage_view(told, whole=True))
    for line in report([one.tried for one in looked]):
        print(line)


def _made(paths: Sequence[Path], home: Home, templates: int, seed: int) -> str:
    """Make what the home lacks: of each table what its class owes, and so many by templates."""
    began = time.perf_counter()
    owing: defaultdict[int, list[Path]] = defaultdict(list)
    for one in take_in(paths):
        if isinstance(one.event, DatasetRegistered):
            owing[class_of(one.event.rows, one.event.columns).floor].append(Path(one.event.path))
    for floor, tables in sorted(owing.items()):
        if floor:
            _generate(tables, home, "procedural", floor, seed)
    _generate([path for tables in owing.values() for path in tables], home, "template", templates, seed)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    took = seconds(time.perf_counter() - began)
    return f"made in {took}, {seconds(used.ru_utime + used.ru_stime)} of CPU time"


def _generate(tables: Sequence[Path], home: Home, source: Source, questions: int, seed: int) -> None:
    options = ["--source", source, "--questions", str(questions), "--seed", str(seed), "--quiet"]
    where = ["--home", str(home.root), "--workers", "local", "--allow-process-level"]
    command = [sys.executable, str(TRACEGATE), "generate", *map(str, tables), *options, *where]
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)


def _looked(home: Home, coverage: Coverage) -> Iterator[Looked]:
    for question in sorted(coverage.accepted.values(), key=lambda one: one.dataset):
        table = coverage.datasets[question.dataset]
        where = Table(table.dataset, str(home.root), table.blob, table.reader, table.columns, table.noun)
        subject = subject_of(where)
        subject.trim()
        terms = to_terms(question.recipe.program)
        yield Looked(question, meaning(terms, subject), asked(question, subject))


def distinct(looked: Sequence[Looked]) -> Promise:
    """Whether all differ in meaning: of a table and a source, for streams are judged by themselves."""
    different = {(one.question.dataset, one.question.source, one.meaning) for one in looked}
    across = {(one.question.dataset, one.meaning) for one in looked}
    detail = f"of {len(looked)}; {len(looked) - len(across)} where sources are not told apart"
    return Promise("questions that ask what another does", len(looked) - len(different), 0, False, "", detail)


def hard(looked: Sequence[Looked]) -> Iterator[Promise]:
    """Whether what is called hard, and what is asked on the whole, defeats careless solvers."""
    told = [one for one in looked if len(one.tried.reported) >= FEWEST]
    solved = [any(one.tried.reported.values()) for one in told if one.question.difficulty.level == "hard"]
    share = sum(solved) / len(solved) if solved else 0.0
    detail = f"{sum(solved)} of {len(solved)} of which {FEWEST} members or more have a say"
    yield Promise("hard questions that a careless solver solves", share, MOST_SOLVED, False, "%", detail)
    defeated = [1 - sum(one.tried.reported.values()) / len(one.tried.reported) for one in told]
    middle = median(defeated) if defeated else 0.0
    detail = f"of {len(defeated)} questions"
    yield Promise(
        "careless solvers that the median question defeats", middle, LEAST_DEFEATED, True, "%", detail
    )


if __name__ == "__main__":
    main()
