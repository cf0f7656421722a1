"""Files judged further than by their form: by the answers that they hold."""

from collections.abc import Sequence
from pathlib import Path

import click

from actors.gating.grader import audited
from actors.gating.wrapped_forms import wrapped_forms
from actors.terminal.reports import Report, labels_judged, validated
from actors.verifying.dabench import judge_labels
from store.dabench import read_dabench
from store.validate import questions_of, validate


def judged_further(paths: Sequence[Path], *, grader: bool, benchmark: str | None) -> Report:
    """What an audit of the grader makes of question files, or what is wrong with the labels of a benchmark.

    Raises:
        UsageError: both are asked for, or a benchmark in several folders.
        NoBenchmarkError: the folder does not hold it.
        OSError: a file cannot be read.
    """
    if benchmark is None:
        results = [validate(path) for path in paths]
        questions = (one for path in paths for one in questions_of(path))
        return validated(results, audited(questions, wrapped_forms).to_dict())
    if grader or len(paths) != 1:
        raise click.UsageError("--benchmark takes one folder, and no --grader")
    return labels_judged(judge_labels(read_dabench(paths[0])).to_dict())
