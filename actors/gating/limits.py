"""How much of what the gate allows: defaults, and the file of settings that says otherwise."""

import tomllib
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from events.struct import Fact
from store.durable import in_the_way, read_file

Share = Annotated[float, Meta(ge=0, le=1)]
Count = Annotated[int, Meta(ge=0)]


class LimitsError(ValueError):
    """The gate's settings cannot be followed; the message names the file and what is wrong."""


class Limits(Fact, frozen=True):
    """How much of what is allowed, by the keys of the file of settings; shares lie between 0 and 1."""

    min_verified: Count = 20
    """Verified episodes that must count, over all sources."""
    min_of_source: Count = 3
    """Verified episodes that must count of each source that has questions."""
    min_of_dataset: Count = 3
    """Verified episodes that must count of each table that has questions."""
    min_templates: Count = 3
    """Different templates that must stand behind verified episodes, where any question is of a template."""
    min_levels: Count = 2
    """Different levels of difficulty that must stand behind verified episodes."""
    min_source_yield: Share = 0.1
    """The least share of a source's judged episodes that must be verified, so none hides behind another."""
    max_infrastructure: Share = 0.1
    """The largest share of tries that may be lost to infrastructure."""
    max_refused: Share = 0.6
    """The largest share of judged episodes that may be refused."""
    sample: Annotated[int, Meta(ge=1)] = 2
    """Verified episodes that must come out as recorded when they are run again."""
    sample_seed: int = 0
    """Which episodes these are: the same ones for the same seed, as long as the record stays as it is."""
    benchmarks: tuple[str, ...] = ()
    """Folders of benchmarks with which no verified episode may share a table or question."""


def read_limits(file: Path, *, required: bool = False) -> Limits:
    """The limits in force; the defaults where there is no file.

    Args:
        file: the file of settings.
        required: whether it was named, and so must be there.

    Raises:
        LimitsError: it cannot be read, a key is unknown, or a value is out of its range.
    """
    try:
        return msgspec.convert(_written(file, required=required), Limits)
    except msgspec.ValidationError as problem:
        raise LimitsError(f"{file}: {problem}; docs/gate.md lists all settings") from problem


def _written(file: Path, *, required: bool) -> dict[str, Any]:
    try:
        return tomllib.loads(read_file(file).decode())
    except (FileNotFoundError, NotADirectoryError) as problem:
        if not required:
            return {}
        raise LimitsError(f"{file}: there is no such file; check the path") from problem
    except OSError as problem:
        raise LimitsError(in_the_way(problem) or f"{file}: {problem.strerror}; make it readable") from problem
    except (ValueError, RecursionError) as problem:
        raise LimitsError(f"{file}: this is no TOML: {problem}") from problem
