"""Where everything of one home lies on disk."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Home:
    """The one folder that holds everything; nothing is made by naming it."""

    root: Path

    @property
    def log(self) -> Path:
        """Segments of the event log, and its lock."""
        return self.root / "log"

    @property
    def blobs(self) -> Path:
        """Packs of raw bytes, by digest."""
        return self.root / "blobs"

    @property
    def snapshots(self) -> Path:
        """Read models at past positions; a cache."""
        return self.root / "snapshots"

    @property
    def questions(self) -> Path:
        """Question artifacts, `{source}/{dataset name}-{dataset id, 8 digits}.jsonl`."""
        return self.root / "questions"

    @property
    def episodes(self) -> Path:
        """Episode artifacts, laid out as the questions are."""
        return self.root / "episodes"

    @property
    def beacon(self) -> Path:
        """What a running daemon tells of itself."""
        return self.root / "daemon" / "status.json"

    @property
    def settings(self) -> Path:
        """The settings of a daemon that is given no other file."""
        return self.root / "daemon.toml"

    @property
    def teacher(self) -> Path:
        """The settings of a model as teacher that is given no other file."""
        return self.root / "teacher.toml"

    @property
    def tables(self) -> Path:
        """What a person says about single tables, `{file name}.toml`."""
        return self.root / "tables"

    @property
    def exports(self) -> Path:
        """Files for others."""
        return self.root / "exports"

    @property
    def training(self) -> Path:
        """A folder for each run of training: checkpoints, the model, pictures."""
        return self.root / "training"

    @property
    def gate_decisions(self) -> Path:
        """Each decision of the gate, a line each."""
        return self.root / "gate" / "decisions.jsonl"

    @property
    def gate_limits(self) -> Path:
        """How much of what the gate allows, where no other file is named."""
        return self.root / "gate.toml"

    @property
    def smoke_passes(self) -> Path:
        """Passes of the smoke suite that could not be kept where all homes of a user find them."""
        return self.root / "gate" / "smoke.jsonl"

    @property
    def reruns(self) -> Path:
        """Each episode that was run again and came out as recorded, a line each."""
        return self.root / "gate" / "reruns.jsonl"

    @property
    def separations(self) -> Path:
        """Contents of which nothing is trained on and held out at once, a line each."""
        return self.root / "gate" / "separations.jsonl"
