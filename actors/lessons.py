"""What is learned from: the rows of an export, and whether a model can be trained on them."""

from collections.abc import Collection
from dataclasses import replace

from actors.exporting.harvesting import harvest_of
from actors.gating.gate import Fitness
from actors.ports import RuleResult
from actors.training.building import Row
from actors.training.fitness import judged
from actors.training.models import is_folder
from actors.training.preparing import fit_of
from actors.training.problems import UnfitRowsError
from events.training import Method, TrainingSettings
from store.export.formats import FORMATS
from store.home import Home
from store.projections.state import State
from store.splits import Split

FORMS: dict[Method, str] = {"sft": "sft", "dpo": "dpo", "reward": "reward", "prm": "stepwise", "grpo": "rl"}
"""The export whose rows a method learns from."""
TRAINED: tuple[Split, ...] = ("train",)
"""The split that is learned from."""


def rows_of(state: State, home: Home, settings: TrainingSettings) -> tuple[list[Row], list[Row]]:
    """What is learned from, and all rows of the training split; without where they come from.

    Raises:
        UnfitRowsError: there is none, they come from one source alone, or they are too few to play an update.
    """
    harvest = replace(harvest_of(home, state), chosen=TRAINED)
    method = settings.method
    rows = list(FORMATS[FORMS[method]].rows(harvest))
    sources = {row["lineage"]["source"] for row in rows}
    if not rows:
        raise UnfitRowsError(
            f"no verified episode gives a row for {method}; run `tracegate run` on more tables or questions"
        )
    if len(sources) < 2:
        raise UnfitRowsError(
            f"all rows come from source {sources.pop()}: what is learned is how those questions are made; "
            "run `tracegate run --all` first"
        )
    questions = {row["lineage"]["question"] for row in rows}
    chosen = _easiest(state, questions, settings.easiest) if settings.easiest else questions
    kept = [row for row in rows if row["lineage"]["question"] in chosen]
    if method == "grpo" and len(kept) < settings.batch:
        raise UnfitRowsError(
            f"each update plays {settings.batch} questions, and there are {len(kept)}; "
            "take a smaller `--batch`, or more questions"
        )
    return [_bare(row) for row in kept], [_bare(row) for row in rows]


def _bare(row: Row) -> Row:
    return {name: value for name, value in row.items() if name != "lineage"}


def _easiest(state: State, questions: Collection[str], count: int) -> frozenset[str]:
    """So many of these questions, those with the fewest steps first."""
    accepted = state.questions.accepted
    return frozenset(sorted(questions, key=lambda one: (accepted[one].difficulty.steps, one))[:count])


def fitness_of(home: Home, settings: TrainingSettings, model: str) -> Fitness:
    """Whether a model can be trained on what a home exports: what the gate asks in scope training.

    Raises:
        UnfitModelError: nothing could be loaded from the folder that is named.
    """
    if is_folder(model):
        fit_of(settings, (), model)  # for one that is none nothing is judged, or run

    def rules(state: State) -> tuple[RuleResult, ...]:
        try:
            rows, _ = rows_of(state, home, settings)
        except UnfitRowsError as error:
            return (RuleResult("rows_there", False, "none", "some", "tracegate status", str(error)),)
        return judged(fit_of(settings, rows, model))

    return Fitness(model, rules)
