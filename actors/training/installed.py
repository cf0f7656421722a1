"""Whether what trains models is installed; known without loading any of it."""

from importlib.util import find_spec

from actors.ports import RuleResult
from actors.training.problems import NoLibrariesError

LIBRARIES = ("torch", "transformers", "trl", "datasets", "peft", "matplotlib")


def is_installed() -> bool:
    """Whether all of it can be imported."""
    return all(find_spec(name) is not None for name in LIBRARIES)


def without_libraries() -> RuleResult:
    """What the gate says of a model where nothing can be told of it."""
    missing = ", ".join(name for name in LIBRARIES if find_spec(name) is None)
    return RuleResult(
        "model_known",
        passed=False,
        found=f"not installed: {missing}",
        allowed="the extra `train`",
        where="",
        opens_with=str(NoLibrariesError()),
    )
