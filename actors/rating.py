"""What `evaluate` is asked and what it tells: from options to who is measured on what, and to the report."""

import os
from collections.abc import Mapping
from typing import Any

import click

from actors.apart import run_with_processes
from actors.benchmarking import DabenchPaper
from actors.evaluating.comparison import NothingInCommonError, compared
from actors.evaluating.report import reported
from actors.evaluating.selection import NoQuestionError, chosen
from actors.exporting.harvesting import splits_of
from actors.job import Progress, model_of
from actors.measuring import Exam, Named, measure
from actors.papers import OwnPaper, Paper
from actors.ports import TableTooLarge
from actors.terminal.find import find
from events.question import SOURCES
from store.home import Home
from store.projections.state import State
from store.replay import rebuild


def rated(
    home: Home, given: Mapping[str, Any], progress: Progress, pupil: Named | None = None
) -> tuple[dict[str, Any], bool]:
    """The report on whoever the options name, and whether somebody interrupted.

    Raises:
        UsageError: there is nothing to ask, or no worker has room for a table.
        ModelOrdersError: what is said of a model cannot be followed, or its server cannot serve.
    """
    of_a_server = {"model": None} if pupil else {}
    model = model_of({**given, **of_a_server, "teacher": given["player"]}, home, os.environ)
    try:
        paper = _paper(home, given)
        exam = Exam(home, given["player"], paper, model, pupil, given["seed"], given["workers"],
                    given["allow_process_level"])  # fmt: skip
        measured = run_with_processes(measure, exam, progress)
    except (NoQuestionError, TableTooLarge) as problem:
        raise click.UsageError(str(problem)) from problem
    found = report_of(rebuild(home), measured.evaluation)
    return found | {"workers": measured.workers}, measured.interrupted


def compared_in(home: Home, first: str, second: str) -> dict[str, Any]:
    """Two evaluations compared on the questions that both have an answer to.

    Raises:
        UsageError: they have none in common.
        NotFoundError, AmbiguousError: an id is none, or several.
    """
    state = rebuild(home)
    one, other = (find(state, "evaluation", key) for key in (first, second))
    try:
        found = compared(state.evaluations.answers(one), state.evaluations.answers(other))
    except NothingInCommonError as problem:
        raise click.UsageError(str(problem)) from problem
    return found | {"first": report_of(state, one), "second": report_of(state, other)}


def report_of(state: State, evaluation: str) -> dict[str, Any]:
    """What an evaluation found so far."""
    return reported(state.evaluations.started[evaluation], state.evaluations.answers(evaluation))


def _paper(home: Home, given: Mapping[str, Any]) -> Paper:
    """What is asked.

    Raises:
        NoQuestionError: nothing.
        NoBenchmarkError: a folder does not hold the benchmark.
    """
    if given["benchmark"] is not None:
        return _benchmark(given)
    state = rebuild(home)
    sources = given["sources"] or SOURCES
    split_of = splits_of(home, state).of
    questions = chosen(state, split_of, given["split"], sources, given["limit"])
    return OwnPaper(questions, state.datasets.by_id)


def _benchmark(given: Mapping[str, Any]) -> Paper:
    """A benchmark's questions.

    Raises:
        UsageError: who is measured cannot answer them, or what is asked for they do not have.
        NoBenchmarkError: a folder does not hold the benchmark.
    """
    if given["player"] not in ("openai", "local"):
        raise click.UsageError("only a model can answer a benchmark's questions: name one with --model")
    if given["sources"]:
        raise click.UsageError("--source goes with the home's own questions, and --benchmark asks others")
    return DabenchPaper(given["benchmark"][1], given["limit"])
