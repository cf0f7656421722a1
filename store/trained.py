"""Where runs of training lie: the folder that says which run it belongs to, wherever below `training/`."""

import json
from pathlib import Path

from store.home import Home

NOTE = "run.json"
"""The file in a run's folder that tells its id."""
MODEL = "model"
"""The folder in it that holds the trained model, once that is saved."""


def folders_of_runs(home: Home) -> dict[str, Path]:
    """The folder of each run by the run's id; a note that cannot be read tells of none."""
    found = ((run_in(path.parent), path.parent) for path in sorted(home.training.glob(f"*/{NOTE}")))
    return {run: folder for run, folder in found if run is not None}


def run_in(folder: Path) -> str | None:
    """The run that a folder belongs to; none where no note tells it."""
    try:
        return str(json.loads((folder / NOTE).read_text("utf-8"))["run"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def model_in(folder: Path) -> Path | None:
    """The trained model of a run's folder; none before it is saved."""
    return folder / MODEL if (folder / MODEL).is_dir() else None
