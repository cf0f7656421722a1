"""The containers of a home, as the engine tells of them."""

import os
import subprocess

import pytest

from actors.workers.containers import LABEL_OWNER
from actors.workers.engine import docker_available, worker_image
from tests.cli.program import Program


async def demand_engine() -> None:
    """Skip where there is no engine, but for where one is required."""
    problem = await docker_available(worker_image())
    if problem is not None and os.environ.get("TRACEGATE_REQUIRE_DOCKER") != "1":
        pytest.skip(problem)
    assert problem is None, problem


def containers(program: Program) -> list[str]:
    """The ids of those that run for the program's home."""
    (opened,) = program.told("HomeOpened")
    listed = ["docker", "ps", "--quiet", "--no-trunc", "--filter", f"label={LABEL_OWNER}={opened['home']}"]
    return subprocess.run(listed, capture_output=True, text=True, check=True).stdout.split()
