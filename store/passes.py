"""Passes of the smoke suite: by which source, in which environment, and what each of its outputs held.

A pass is kept where every home of a user finds it, and in a home where that cannot be written to.
"""

import os
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from events.struct import Fact
from store.home import Home
from store.ledger import append_fact, sound_facts
from store.program import environment_digest, source_digest


class SmokePass(Fact, frozen=True):
    """The smoke suite ran to its end and everything held."""

    time: str
    """When, UTC, ISO 8601."""
    source: str
    """Digest of the program's source."""
    environment: str
    """Digest of what else decides results."""
    outputs: Mapping[str, Mapping[str, int]]
    """Counts of each output by their name, such as rows and columns."""
    seconds: float
    """How long it took."""


def passed_now(outputs: Mapping[str, Mapping[str, int]], seconds: float) -> SmokePass:
    """A pass of this program, here and now."""
    now = datetime.now(UTC).isoformat(timespec="microseconds")
    return SmokePass(now, source_digest(), environment_digest(), outputs, round(seconds, 3))


def pass_on_record(home: Home) -> SmokePass | None:
    """The last pass of this very source in this environment; None where none is kept."""
    wanted = (source_digest(), environment_digest())
    kept = [one for path in _places(home) for one in sound_facts(path, SmokePass)]
    return next((one for one in reversed(kept) if (one.source, one.environment) == wanted), None)


def keep_pass(home: Home, passed: SmokePass) -> Path | None:
    """Keep a pass in the first place that takes it, and tell which; None where none does."""
    own, shared = _places(home)
    for path in (shared, own) if home.log.is_dir() else (shared,):
        with suppress(OSError):
            append_fact(path, passed)
            return path
    return None


def user_cache() -> Path:
    """The folder of this user's caches: `XDG_CACHE_HOME` where that is an absolute path, else `~/.cache`."""
    named = os.environ.get("XDG_CACHE_HOME", "")
    return Path(named) if named.startswith("/") else Path(os.path.expanduser("~")) / ".cache"  # noqa: PTH111


def _places(home: Home) -> tuple[Path, Path]:
    """Where passes are kept: the home's own file, and the one that all homes of this user share."""
    return home.smoke_passes, user_cache() / "tracegate" / "smoke.jsonl"
