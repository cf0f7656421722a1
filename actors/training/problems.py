"""What keeps a training run from beginning; known without torch, so that every command can tell of it."""

from pathlib import Path


class UnfitModelError(ValueError):
    """A model that cannot be trained; the message says what would do."""


class UnfitRowsError(ValueError):
    """There is nothing to learn from, or not in this form; the message says what would do."""


class OtherRunError(ValueError):
    """A folder is another run's, or holds a checkpoint of one.

    Args:
        where: the folder, or the checkpoint.
        run: whose it is; None where nothing tells it.
    """

    def __init__(self, where: Path, run: str | None) -> None:
        stands = run or "one that nobody knows"
        super().__init__(
            f"{where} holds a checkpoint of another run, {stands}; move that folder aside and train again"
        )


class NoLibrariesError(ImportError):
    """What trains models is not installed."""

    def __init__(self) -> None:
        super().__init__(
            "what trains models is not installed: `pip install torch`, and then `pip install -e '.[train]'`"
        )


class ChangedMeanwhileError(RuntimeError):
    """The log has grown since the gate judged it."""

    def __init__(self) -> None:
        super().__init__("the home was changed since the gate judged it; run the same command again")


class NotSavedError(OSError):
    """The disk did not take what a run would save; the message says from where the same command goes on."""


UNFIT_TRAINING = (UnfitModelError, UnfitRowsError, OtherRunError, NoLibrariesError, ChangedMeanwhileError)
"""Nothing was trained, and nothing was spent."""
