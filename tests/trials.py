"""Tests that try many drawn cases: from one seed, which is told with the number of cases tried."""

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from time import time_ns

import pytest


def _seed() -> int:
    """The one that was given; else another one in each run, the same in all processes of a run."""
    if given := os.environ.get("TRACEGATE_TEST_SEED"):
        return int(given)
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID")
    return int(run[:8], 16) if run else time_ns() // 1000 % 2**32


SEED = _seed()
"""What everything that is drawn follows from; the same again with TRACEGATE_TEST_SEED."""

TRIAL = "trial"
"""The name of what a test tells of its draws."""


@dataclass
class Trial:
    """The draws of one test, and what became of them."""

    random: Random = field(default_factory=lambda: Random(SEED))
    """Draws."""
    counts: Counter[str] = field(default_factory=Counter)
    """How many cases were tried, and how they ended."""


@pytest.fixture
def trial(request: pytest.FixtureRequest) -> Iterator[Trial]:
    """Draws and counts, told in one line at the end of the run, however the test ends."""
    found = Trial()
    yield found
    told = ", ".join(f"{count} {what}" for what, count in sorted(found.counts.items()))
    request.node.user_properties.append((TRIAL, f"{request.node.name}: seed {SEED}: {told}"))
