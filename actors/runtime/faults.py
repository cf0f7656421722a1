"""An exception as the log holds it, and whose fault it is."""

import traceback
from pathlib import Path

from actors.ports import InfrastructureError

_FRAMES = 4
_LENGTH = 2000
_GROUPED = 3


def is_infrastructure(error: BaseException) -> bool:
    """Whether the fault lay outside the session and our code; a group counts when all in it do."""
    if isinstance(error, BaseExceptionGroup):
        return all(is_infrastructure(one) for one in error.exceptions)
    return isinstance(error, InfrastructureError)


def describe(error: BaseException) -> str:
    """The exception with its innermost frames, bounded; paths are cut to folder and file."""
    if isinstance(error, BaseExceptionGroup):
        inner = "\n".join(describe(one) for one in error.exceptions[:_GROUPED])
        return f"{len(error.exceptions)} errors\n{inner}"[:_LENGTH]
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    where = [f"  {_short(frame.filename)}:{frame.lineno} in {frame.name}" for frame in frames]
    lines = [f"{type(error).__name__}: {error}"[: _LENGTH // 2], *where]
    if error.__cause__ is not None:
        lines.append(f"caused by {describe(error.__cause__)}")
    return "\n".join(lines).encode("utf-8", "backslashreplace").decode()[:_LENGTH]


def _short(filename: str) -> str:
    return "/".join(Path(filename).parts[-2:])
