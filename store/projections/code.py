"""Which code folded: what a read model was made by is part of what it is."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

import xxhash

import events
from store.projections import fold, rows, state
from store.projections.state import MODELS

PENDING = "pending"
"""What of unfinished work is held back; every model goes on from it."""


@cache
def fold_digest(name: str) -> str:
    """Digest of the code that decides a model, and in what form it is kept."""
    return xxhash.xxh3_128_hexdigest(_bytes_of(deciding(name)) + vocabulary())


def deciding(name: str) -> list[Path]:
    """The code of a model beside the vocabulary: its own, who tells it of what, and how its rows are kept."""
    own = () if name == PENDING else (MODELS[name],)
    return [Path(str(getattr(module, "__file__", ""))) for module in (*own, fold, state, rows)]


@cache
def vocabulary() -> bytes:
    """The code of what events are made of."""
    return _bytes_of(sorted(Path(events.__path__[0]).glob("*.py")))


def _bytes_of(paths: Iterable[Path]) -> bytes:
    return b"".join(path.read_bytes() + b"\0" for path in paths)
