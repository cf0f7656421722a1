"""Keeps the log of a home as a golden history: `python -m tests.histories.record NAME [HOME]`.

The plain segments of HOME are copied to `NAME/log/` as they stand, and what they are folded to is written beside
them. Without HOME the log stays and `NAME/expected.json` is written anew: for a change of what a history is
folded to that is meant. Its difference under version control is then what there is to review.
"""

import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from store.home import Home
from store.log.verify import verify_log
from store.replay import rebuild
from tests.histories.golden import HISTORIES, copied, facts

COMMAND = ".venv/bin/python -m tests.histories.record"
MOST_BYTES = 400_000


def record(name: str, source: Home | None = None, folder: Path = HISTORIES) -> None:
    """Take a log in, if one is given, and write what the history is folded to.

    Raises:
        FileExistsError: there is a history of that name: it is never recorded over.
        ValueError: the log is damaged or larger than what a repository should carry.
    """
    golden = Home(folder / name)
    if source is not None:
        _take_in(source, golden)
    with TemporaryDirectory() as place:  # readers may leave files of their own beside a log
        found = facts(rebuild(copied(name, Path(place), folder)))
    expected = msgspec.json.format(msgspec.json.encode(found, order="deterministic"), indent=1)
    (golden.root / "expected.json").write_bytes(expected + b"\n")


def _take_in(source: Home, golden: Home) -> None:
    found = sorted(source.log.glob("*.jsonl"))
    size = sum(path.stat().st_size for path in found)
    if not verify_log(source).ok or size > MOST_BYTES:
        message = f"{source.log} must be whole and hold at most {MOST_BYTES:,} bytes, not {size:,}"
        raise ValueError(message)
    golden.log.mkdir(parents=True)
    for path in found:
        shutil.copyfile(path, golden.log / path.name)


if __name__ == "__main__":
    given = sys.argv[1:]
    if len(given) not in (1, 2):
        sys.exit(f"usage: {COMMAND} NAME [HOME]")
    record(given[0], Home(Path(given[1])) if given[1:] else None)
