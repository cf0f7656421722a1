"""Tests that try many drawn cases: from one seed, which is told with the number of cases tried."""

import os
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from time import time_ns

import pytest

SEED = int(os.environ.get("TRACEGATE_TEST_SEED") or time_ns() // 1000 % 2**32)
"""What everything that is drawn follows from; the same again with TRACEGATE_TEST_SEED."""


@dataclass
class Trial:
    """The draws of one test, and what became of them."""

    random: Random = field(default_factory=lambda: Random(SEED))
    """Draws."""
    counts: Counter[str] = field(default_factory=Counter)
    """How many cases were tried, and how they ended."""


@pytest.fixture
def trial(request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]) -> Iterator[Trial]:
    """Draws and counts, told in one line when the test ends, however it ends."""
    found = Trial()
    yield found
    told = ", ".join(f"{count} {what}" for what, count in sorted(found.counts.items()))
    with capsys.disabled():
        sys.stdout.write(f"\n{request.node.name}: seed {SEED}: {told}\n")
