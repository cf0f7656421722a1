"""The exports that the smoke suite makes, by name."""

from importlib.util import find_spec

ALWAYS = frozenset(
    f"export {name}"
    for name in ("sft", "sft_turns", "sft_text", "dpo", "reward", "stepwise", "rl", "sessions", "harbor")
)
"""Those that need nothing else."""
PARQUET = frozenset({"export hub", "export verl"})
"""Those that need the extra `export`."""


def made_here() -> frozenset[str]:
    """What must be made in this environment."""
    return ALWAYS | PARQUET if find_spec("pyarrow") else ALWAYS
