"""Files of questions judged further than by their form: by the answers that they hold."""

from collections.abc import Sequence
from pathlib import Path

from actors.gating.grader import audited
from actors.gating.wrapped_forms import wrapped_forms
from actors.terminal.reports import Report, validated
from store.validate import questions_of, validate


def audited_files(paths: Sequence[Path]) -> Report:
    """What is wrong with question and episode files, and what an audit of the grader makes of their answers.

    Raises:
        OSError: a file cannot be read.
    """
    results = [validate(path) for path in paths]
    questions = (one for path in paths for one in questions_of(path))
    return validated(results, audited(questions, wrapped_forms).to_dict())
