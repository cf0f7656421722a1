"""Pictures of how a run went: its loss, and where there is one its reward."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from events.training import StepMetrics

PICTURES: Mapping[str, Sequence[str]] = {
    "loss.png": ("loss",),
    "reward.png": (
        "reward",
        "right",
        "progress",
        "rewards/margins",
        "rewards/accuracies",
        "accuracy",
        "margin",
    ),
}
"""Each picture's measures by its file."""


def draw(steps: Sequence[StepMetrics], folder: Path) -> list[Path]:
    """The pictures for which there are measures, each whole before it takes its place."""
    made = []
    for name, measures in PICTURES.items():
        lines = {one: [(at.step, at.values[one]) for at in steps if one in at.values] for one in measures}
        shown = {one: points for one, points in lines.items() if points}
        if shown:
            made.append(_drawn(folder / name, shown))
    return made


def _drawn(path: Path, lines: Mapping[str, Sequence[tuple[int, float]]]) -> Path:
    figure = Figure(figsize=(7, 4), layout="constrained")
    FigureCanvasAgg(figure)  # draws into files alone, wherever it runs
    axes = figure.subplots()
    for name, points in lines.items():
        axes.plot([step for step, _ in points], [value for _, value in points], label=name)
    axes.set_xlabel("update")
    axes.legend()
    unfinished = path.with_suffix(".unfinished.png")
    figure.savefig(unfinished)
    return unfinished.replace(path)
