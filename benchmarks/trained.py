"""What became of runs of training, from the log and the saved models: `python -m benchmarks.trained HOME`.

Prints a line for each run and ends with 1 where one did not learn: the loss of imitation did not fall, a
reward or a gradient was 0 throughout, or a saved model does not read texts as it did when it was trained.
"""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from transformers import AutoTokenizer

from actors.learning import told_of
from events.training import StepMetrics, TrainingStarted
from store.home import Home
from store.log.read import read_events

PROBE = "m = df['a'].mean()\nhook(m, \"m = df['a'].mean()\", name='m')  # 3.25, ü"


@dataclass(frozen=True)
class Trained:
    """One run, as it is told."""

    method: str
    """How it learned."""
    line: str
    """What was measured."""
    fault: str
    """Why it is no evidence; empty when it is."""


def runs(home: Home) -> Iterator[Trained]:
    """Each run that the log tells of, once."""
    begun = {
        one.event.run: one.event
        for one in read_events(home, types={TrainingStarted})
        if isinstance(one.event, TrainingStarted)
    }
    folders = {_run_in(path): path for path in sorted(home.training.glob("*/run.json"))}
    for run, started in begun.items():
        folder = folders.get(run)
        if folder is not None:
            yield _told(started.settings.method, told_of(home, run), folder.parent)


def _told(method: str, steps: Sequence[StepMetrics], folder: Path) -> Trained:
    losses = [one.values["loss"] for one in steps if "loss" in one.values]
    norms = [one.values["grad_norm"] for one in steps if "grad_norm" in one.values]
    rewards = [one.values["reward"] for one in steps if "reward" in one.values]
    line = f"{folder.name}: {method}, {len(steps)} updates"
    if rewards:
        line += f", reward up to {max(rewards):.3f}, gradient up to {max(norms, default=0):.4f}"
    elif losses:
        line += f", loss {losses[0]:.3f} to {losses[-1]:.3f}"
    return Trained(method, line, _fault(method, losses, norms, rewards) or _reload_fault(folder))


def _fault(method: str, losses: Sequence[float], norms: Sequence[float], rewards: Sequence[float]) -> str:
    if not any(norms):
        return "no gradient"
    if method == "grpo":
        return "" if any(rewards) else "no reward"
    if method == "sft" and not losses[-1] < losses[0] / 2:
        return "the loss did not fall by half"
    return ""


def _reload_fault(folder: Path) -> str:
    """Where the saved tokenizer is not the one that the model was made with."""
    if not (folder / "model").is_dir():
        return "no model was saved"
    base = folder / "base"
    if not base.is_dir():
        return ""
    saved, made = (AutoTokenizer.from_pretrained(one) for one in (folder / "model", base))
    return "" if saved(PROBE)["input_ids"] == made(PROBE)["input_ids"] else "other tokens after a reload"


def _run_in(note: Path) -> str:
    return note.read_text("utf-8").split('"')[3]


def main(home: Home) -> int:
    """Print each run; the exit code."""
    found = list(runs(home))
    for one in found:
        print(f"{one.line}{f': {one.fault}' if one.fault else ''}")
    return 0 if found and not any(one.fault for one in found) else 1


if __name__ == "__main__":
    sys.exit(main(Home(Path(sys.argv[1]))))
