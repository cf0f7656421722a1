import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def ended(required: str) -> subprocess.CompletedProcess[str]:
    """One test marked `docker`, run where no Docker Engine is to be found."""
    test = "tests/workers/test_engine.py::test_an_engine_with_our_image_answers"
    environment = os.environ | {"DOCKER_HOST": "unix:///nowhere.sock", "TRACEGATE_REQUIRE_DOCKER": required}
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", test]
    return subprocess.run(command, check=False, cwd=ROOT, env=environment, capture_output=True, text=True)
