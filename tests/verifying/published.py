"""Where the published benchmarks lie, if they are here: no part of the repository, and never shipped."""

from pathlib import Path

DABENCH = Path(__file__).parents[3] / "shared" / "data" / "dabench"
