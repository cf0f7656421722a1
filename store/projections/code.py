"""Which code folded: what a read model was made by is part of what it is."""

from functools import cache
from pathlib import Path

import xxhash

import events
import store.projections.fold
from store.projections.state import MODELS

PENDING = "pending"
"""What of unfinished work is held back; every model goes on from it."""


@cache
def fold_digest(name: str) -> str:
    """Digest of the code that decides a model: its own module, the gathering of work, and the vocabulary."""
    modules = () if name == PENDING else (MODELS[name],)
    own = [Path(str(getattr(module, "__file__", ""))) for module in (*modules, store.projections.fold)]
    return xxhash.xxh3_128_hexdigest(b"\0".join([*(path.read_bytes() for path in own), vocabulary()]))


@cache
def vocabulary() -> bytes:
    """The code of what events are made of."""
    return b"\0".join(path.read_bytes() for path in sorted(Path(events.__path__[0]).glob("*.py")))
