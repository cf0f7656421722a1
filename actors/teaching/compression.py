"""What the solver sees of a cell's result: each part within its budget, and always told how much was cut.

The policy is told in `docs/compression.md`.
"""

from collections.abc import Mapping

import msgspec

from actors.teaching.abridging import compress
from actors.teaching.excerpt import Budget
from events.identity import canonical_json
from events.printed import Printed
from events.trace import CellResult

INLINE = 4096
"""Outputs up to this many bytes stay in the event; longer ones go to the blobs."""
BUDGETS: Mapping[str, Budget] = {
    "stdout": Budget(4000, 80),
    "stderr": Budget(2000, 40),
    "result": Budget(4000, 80),
    "error": Budget(2000, 30),
    "frames": Budget(1200, 24),
    "hooks": Budget(1000, 30),
}
"""What the parts of a view may take: what was printed, the last expression's value, an error's kind and
message, the places in the cells where it arose, and the names of hooks."""


def view(result: CellResult, digest: str | None) -> str:
    """What the solver is shown.

    Args:
        result: what came back.
        digest: of the verbatim outputs, when they are kept as a blob.
    """
    parts = [
        _section("stdout", result.stdout, result.stdout_whole, result.stdout_cut),
        _section("stderr", result.stderr, result.stderr_whole, result.stderr_cut),
        _section("result", result.display or ""),
        _error(result),
        _within("hooks", "\n".join(f"hook recorded: {hook.name}" for hook in result.hooks)),
        "answer received" if result.submission else "",
        f"the session ended: {result.end.reason}; its state is lost" if result.end else "",
    ]
    shown = "\n".join(part for part in parts if part) or "(no output)"
    return f"{shown}\n[verbatim output: {digest}]" if digest and "[cut:" in shown else shown


def shortened(result: CellResult) -> CellResult:
    """The result with long outputs replaced by what is shown of them."""
    if outputs_of(result) is None:
        return result
    return msgspec.structs.replace(
        result,
        stdout=_within("stdout", result.stdout, result.stdout_whole),
        stderr=_within("stderr", result.stderr, result.stderr_whole),
        display=None if result.display is None else _within("result", result.display),
    )


def outputs_of(result: CellResult) -> bytes | None:
    """The verbatim outputs when they are too long to stay in the event."""
    outputs = [result.stdout, result.stderr, result.display]
    data = canonical_json(outputs)
    return data if len(data) > INLINE else None


def _within(part: str, text: str, whole: Printed | None = None) -> str:
    return compress(text, BUDGETS[part], whole)


def _section(part: str, text: str, whole: Printed | None = None, cut: int = 0) -> str:
    if not text:
        return ""
    beyond = f"\n[cut: {cut} characters never kept]" if cut else ""
    shown = _within(part, text, whole).removesuffix("\n")
    return f"{part}:\n{shown}{beyond}"


def _error(result: CellResult) -> str:
    if result.error is None:
        return ""
    told = _within("error", f"{result.error.kind}: {result.error.message}")
    frames = _within("frames", "\n".join(result.error.frames))
    return "\n  ".join([f"error: {told}", *frames.split("\n")] if frames else [f"error: {told}"])
