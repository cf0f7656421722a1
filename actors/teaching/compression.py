"""What the solver sees of a cell's result: bounded, and always told how much was cut.

A chain of small pure functions over lines of text. What is kept verbatim: the error's type, message and
user-code frames, the hooks' names, the answer's receipt. Long printed text keeps its head and tail.
"""

from collections.abc import Callable
from itertools import groupby

import msgspec

from events.identity import canonical_json
from events.trace import CellResult

BUDGET = 2000
"""Characters that a view holds at most of each of its parts: printed text, display, names of hooks."""
INLINE = 4096
"""Outputs up to this many bytes stay in the event; longer ones go to the blobs."""
LINE = 300
"""Characters that one line keeps."""
_NOTE = 80
"""Characters left free for the note that tells what was cut."""

Compressor = Callable[[list[str]], list[str]]


def view(result: CellResult, digest: str | None) -> str:
    """What the solver is shown.

    Args:
        result: what came back.
        digest: of the verbatim outputs, when they are kept as a blob.
    """
    parts = [
        _section("stdout", result.stdout, result.stdout_cut),
        _section("stderr", result.stderr, result.stderr_cut),
        _section("result", result.display or "", 0),
        _error(result),
        compress("\n".join(f"hook recorded: {hook.name}" for hook in result.hooks)),
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
        stdout=compress(result.stdout),
        stderr=compress(result.stderr),
        display=None if result.display is None else compress(result.display),
    )


def outputs_of(result: CellResult) -> bytes | None:
    """The verbatim outputs when they are too long to stay in the event."""
    outputs = [result.stdout, result.stderr, result.display]
    data = canonical_json(outputs)
    return data if len(data) > INLINE else None


def compress(text: str) -> str:
    """The text within the budget; untouched when it fits."""
    if len(text) <= BUDGET:
        return text
    lines = text.split("\n")
    for compressor in _CHAIN:
        lines = compressor(lines)
    return "\n".join(lines)


def collapse_repeats(lines: list[str]) -> list[str]:
    """Runs of three and more equal lines become one, with their number."""
    kept: list[str] = []
    for line, run in groupby(lines):
        times = len(list(run))
        kept += [line] * times if times < 3 else [line, f"[cut: the line above {times - 1} more times]"]
    return kept


def shorten_lines(lines: list[str]) -> list[str]:
    """Very long lines keep their beginning."""
    return [
        line if len(line) <= LINE else f"{line[:LINE]} [cut: {len(line) - LINE} characters]" for line in lines
    ]


def head_and_tail(lines: list[str]) -> list[str]:
    """Text beyond the budget keeps its first and last lines, two thirds from the front."""
    if sum(map(len, lines)) + len(lines) <= BUDGET:
        return lines
    head = _within(lines, (BUDGET - _NOTE) * 2 // 3)
    tail = _within(lines[len(head) :][::-1], (BUDGET - _NOTE) // 3)[::-1]
    left_out = lines[len(head) : len(lines) - len(tail)]
    note = f"[cut: {len(left_out)} lines, {sum(map(len, left_out))} characters]"
    return [*head, note, *tail]


_CHAIN: tuple[Compressor, ...] = (collapse_repeats, shorten_lines, head_and_tail)


def _within(lines: list[str], budget: int) -> list[str]:
    kept: list[str] = []
    for line in lines:
        budget -= len(line) + 1
        if budget < 0:
            break
        kept.append(line)
    return kept


def _section(name: str, text: str, cut: int) -> str:
    if not text and not cut:
        return ""
    beyond = f"\n[cut: {cut} characters never kept]" if cut else ""
    shown = compress(text).removesuffix("\n")
    return f"{name}:\n{shown}{beyond}"


def _error(result: CellResult) -> str:
    if result.error is None:
        return ""
    frames = "".join(f"\n  {frame}" for frame in result.error.frames)
    return f"error: {result.error.kind}: {result.error.message}{frames}"
