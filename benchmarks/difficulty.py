"""`python -m benchmarks.difficulty`: how hard questions are, fitted on one panel, reported on the other."""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from scipy.optimize import minimize

from actors.generation.streams import proposals
from actors.language.court import judge
from actors.language.difficulty import FEATURES, Features, features, level, predicted
from actors.language.panel import FEWEST, FITTED, REPORTED, solved
from actors.language.subject import Subject
from actors.language.term import to_terms
from actors.profiling.registration import inspect_file
from actors.profiling.table import read_table
from benchmarks.table import table
from events.dataset import DatasetRegistered
from events.question import Question, Source

EXAMPLES = Path(__file__).parents[1] / "examples"
RIDGE = 0.01
"""How strongly weights are drawn to zero."""


@dataclass(frozen=True)
class Tried:
    """What both panels made of a question."""

    features: Features
    fitted: dict[str, bool]
    reported: dict[str, bool]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and tell."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.difficulty", description=__doc__)
    parser.add_argument("tables", nargs="*", type=Path, help="CSV files (those of examples/)")
    parser.add_argument("--questions", type=int, default=60, help="by table and source (60)")
    parser.add_argument("--seed", default="difficulty", help="of the streams")
    given = parser.parse_args(arguments)
    tried = [
        one
        for path in given.tables or sorted(EXAMPLES.glob("*.csv"))
        for source in ("procedural", "template")
        for one in islice(_tried(path, source, given.seed), given.questions)
    ]
    for line in report(tried):
        print(line)


def _tried(path: Path, source: Source, seed: str) -> Iterator[Tried]:
    taken = inspect_file(path)
    if not isinstance(taken, DatasetRegistered):
        return
    frame = read_table(path.read_bytes(), taken.reader)
    subject = Subject(taken.dataset, taken.reader, taken.columns, frame, taken.noun)
    for proposal in proposals(source, subject, seed):
        question = judge(proposal, subject) if proposal else None
        if isinstance(question, Question):
            yield asked(question, subject)


def asked(question: Question, subject: Subject) -> Tried:
    """What both panels make of a question."""
    record = question.recipe.program
    terms = to_terms(record)
    fitted, reported = (
        solved(terms, subject, question.contract, question.answers[0], panel) for panel in (FITTED, REPORTED)
    )
    looked_at = features(subject.program(record), terms, subject.columns, question.certificate.clusters)
    return Tried(looked_at, fitted, reported)


def report(tried: Sequence[Tried]) -> Iterator[str]:
    """Weights fitted anew beside how hard the second panel finds what the old ones call hard."""
    yield f"{len(tried)} questions"
    yield from _fit(tried)
    rows = []
    for name in ("easy", "medium", "hard"):
        of = [one for one in tried if level(predicted(one.features)) == name]
        told = [one for one in of if len(one.reported) >= FEWEST]
        any_of = [any(one.reported.values()) for one in told]
        rows.append((name, str(len(of)), str(len(told)), f"{np.mean(any_of):.1%}" if any_of else "-"))
    yield f"\nThe second panel, where at least {FEWEST} of it have a say"
    yield table(("level", "questions", "with a say", "solved by any"), rows)
    defeated = [
        float(1 - np.mean(list(one.reported.values()))) for one in tried if len(one.reported) >= FEWEST
    ]
    yield f"the median question defeats {median(defeated):.0%} of them" if defeated else "nobody has a say"


def _fit(tried: Sequence[Tried]) -> Iterator[str]:
    told = [one for one in tried if one.fitted]
    looked_at = np.array([(1.0, *one.features) for one in told])
    right = np.array([sum(one.fitted.values()) for one in told], dtype=float)
    asked = np.array([len(one.fitted) for one in told], dtype=float)

    def loss(weights: Any) -> float:
        odds = looked_at @ weights
        return float(np.sum(asked * np.logaddexp(0, odds) - right * odds) + RIDGE * np.sum(weights[1:] ** 2))

    weights = minimize(loss, np.zeros(looked_at.shape[1])).x
    shares = 1 / (1 + np.exp(-(np.array([(1.0, *one.features) for one in tried]) @ weights)))
    yield f"\nFitted on the first panel, {len(told)} questions of which some member has a say"
    names = ("intercept", *FEATURES)
    yield table(("feature", "weight"), [(n, f"{w:.3f}") for n, w in zip(names, weights, strict=True)])
    high, low = np.quantile(shares, [2 / 3, 1 / 3])
    yield f"a third is above {high:.4f}, a third below {low:.4f}"


if __name__ == "__main__":
    main()
