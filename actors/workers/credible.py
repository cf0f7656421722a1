"""What a session could have said honestly: results are written by its own process, and read on the host.

A result that is well formed can still hold what no code of ours makes: an answer under another's digest, a
number that is no number, lists that lie in each other a thousand deep. None of it may reach the log, and
whoever reads a value relies on its shape.
"""

import re
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any

import msgspec

from actors.workers.sandbox.faults import MAX_FRAMES, MAX_MESSAGE, interrupted, timed_out
from actors.workers.sandbox.keeping import MARK, MAX_GAPS
from actors.workers.sandbox.plain import MAX_ANSWER
from events.frames import Limits
from events.identity import canonical_json, digest_of
from events.plain import LARGEST
from events.printed import Printed
from events.trace import CellResult, ErrorReport, Submission
from events.values import SHOWN_ITEMS, SHOWN_TEXT, Value

MOST_GAPS = 2 * MAX_GAPS
"""Gaps in a stream at most: threads that print at once may leave some more than one alone."""
_DEEPEST = 64
"""Levels of lists in each other: an answer has at most 33, and an item of a value is too short for more."""
_DIGEST = re.compile(r"[0-9a-f]{32}")
_NUMBER = re.compile(r"-?(inf|0x[0-9a-f]*|\d+(\.\d+)?(e[+-]?\d+)?)(\.\.\.)?")
_SINGLE = ("missing", "flag", "number", "text")
_ALMOST = 0.99
"""Two clocks need not run alike."""
_WHOLE = range(-(2**63), 2**63)


def objection(result: CellResult, limits: Limits) -> str:
    """Why no session of ours can have said this; empty where it can."""
    out = (result.stdout, result.stdout_cut, result.stdout_whole)
    err = (result.stderr, result.stderr_cut, result.stderr_whole)
    if not all(_is_printed(*stream, limits.output_chars) for stream in (out, err)):
        return "more printed than is kept, or other than is told"
    if len(result.display or "") > limits.output_chars + 100:
        return "a display longer than is kept"
    if result.seconds < 0 or any(run.seconds < 0 for run in result.statements):
        return "a time before its beginning"
    if result.error is not None and not _is_report(result.error):
        return "an error longer than is told"
    if result.submission is not None and not _is_submission(result.submission):
        return "an answer that is none, or under the digest of another"
    for hook in result.hooks:
        if not _is_value(hook.value) or not (hook.held is None or _is_value(hook.held)):
            return f"a hook whose value is none: {hook.name[:SHOWN_TEXT]}"
    return ""


def corrected(result: CellResult, limits: Limits, seconds: float, *, was_asked: bool) -> CellResult:
    """The result, in which an interrupt that nobody sent but the cell itself is told as what it is.

    Args:
        result: as the session gave it; inside, one signal looks like the other.
        limits: what the session may use.
        seconds: since the cell was sent; its supervisor interrupts nobody before the limit.
        was_asked: whether the host asked for an interrupt.
    """
    error, sent = result.error, KeyboardInterrupt()
    if error is None:
        return result
    is_late = seconds >= limits.cell_seconds * _ALMOST
    ours = [timed_out(sent, limits.cell_seconds)] * (not is_late) + [interrupted(sent)] * (not was_asked)
    if (error.kind, error.message) not in [(one.kind, one.message) for one in ours]:
        return result
    itself = ErrorReport(kind="KeyboardInterrupt", message="", frames=error.frames)
    return msgspec.structs.replace(result, error=itself)


def _is_printed(text: str, cut: int, whole: Printed | None, most: int) -> bool:
    """Whether a stream could be kept like this."""
    if whole is None:
        return cut == 0 and len(text) <= most
    numbers = [whole.lines, whole.bytes, *(number for gap in whole.gaps for number in (gap.lines, gap.bytes))]
    places = [0, *(gap.at for gap in whole.gaps), len(text.removesuffix("\n").split("\n"))]
    return (
        0 < cut < 2**63
        and all(0 <= number < 2**63 for number in numbers)
        and len(whole.gaps) <= MOST_GAPS
        and len(text) <= most + MARK * len(whole.gaps)
        and all(before < after for before, after in pairwise(places))
        and _DIGEST.fullmatch(whole.digest) is not None
    )


def _is_report(error: ErrorReport) -> bool:
    # What cannot be spelled in the text is spelled out by up to ten characters for each.
    return len(error.message) <= 10 * MAX_MESSAGE and len(error.frames) <= MAX_FRAMES + 1


def _is_submission(given: Submission) -> bool:
    if not _is_plain(given.answer) or (given.problem and given.answer is not None):
        return False
    spelled = canonical_json(given.answer)
    return len(spelled) <= MAX_ANSWER and digest_of(spelled) == given.digest


def _is_plain(value: Any) -> bool:
    """Whether an answer as it was decoded could have been given; what JSON gives has no other types."""
    level = [value]
    for _ in range(_DEEPEST + 1):
        inner: list[Any] = []
        for item in level:
            if type(item) is list:
                inner += item
            elif type(item) is dict:
                inner += item.values()
            elif type(item) is int and abs(item) > LARGEST:
                return False
        if not inner:
            return True
        level = inner
    return False


def _is_value(value: Value) -> bool:
    if not _DIGEST.fullmatch(value.digest) or value.size not in range(2**63):
        return False
    return _SHAPES[value.kind](value.shown) and _fits_size(value) and _fits_digest(value)


def _fits_size(value: Value) -> bool:
    if value.kind in ("sequence", "set", "mapping"):
        return len(value.shown) == min(value.size, SHOWN_ITEMS)
    return value.size == 1 or value.kind not in _SINGLE


def _fits_digest(value: Value) -> bool:
    """Whether a digest is that of the value, where all of it is shown."""
    spelled = value.shown[1] if value.kind == "number" else value.shown
    if value.kind not in _SINGLE or (isinstance(spelled, str) and len(spelled) >= SHOWN_TEXT):
        return True
    return digest_of(canonical_json(value.shown)) == value.digest


def _is_form(form: Any, depth: int = 0) -> bool:
    """Whether it is the canonical form of something, bounded or not."""
    if form is None or type(form) in (str, bool):
        return True
    if not isinstance(form, list) or len(form) < 2 or depth > _DEEPEST:
        return False
    head, *rest = form
    if head in ("sequence", "set") and len(rest) == 1:
        return _are_forms(rest[0], depth + 1)
    if head == "mapping" and len(rest) == 1:
        return _are_pairs(rest[0], depth + 1)
    if head == "number":
        return _is_number(form)
    return head in ("object", "table", "cut", "digest") and all(isinstance(one, str) for one in rest)


def _is_number(form: Any) -> bool:
    return (
        isinstance(form, list)
        and len(form) == 2
        and form[0] == "number"
        and isinstance(form[1], str)
        and _NUMBER.fullmatch(form[1]) is not None
    )


def _are_forms(items: Any, depth: int = 0) -> bool:
    return isinstance(items, list) and all(_is_form(item, depth) for item in items)


def _are_pairs(items: Any, depth: int = 0) -> bool:
    return isinstance(items, list) and all(
        isinstance(pair, list) and len(pair) == 2 and _are_forms(pair, depth) for pair in items
    )


def _is_table(shown: Any) -> bool:
    """Whether it is what is shown of a table."""
    if not isinstance(shown, dict) or shown.keys() != {"rows", "columns", "labels", "sums", "texts"}:
        return False
    return (
        shown["rows"] in _WHOLE
        and _are_texts(shown["columns"])
        and _are_texts([shown["labels"], shown["texts"]])
        and isinstance(shown["sums"], list)
        and all(map(_are_sums, shown["sums"]))
    )


def _are_texts(items: Any) -> bool:
    return isinstance(items, list) and all(isinstance(item, str) for item in items)


def _are_sums(sums: Any) -> bool:
    if not isinstance(sums, list) or len(sums) != 3:
        return False
    return all(one is None or _is_number(one) for one in sums[:2]) and sums[2] in _WHOLE


_SHAPES: Mapping[str, Callable[[Any], bool]] = {
    "missing": lambda shown: shown is None,
    "flag": lambda shown: isinstance(shown, bool),
    "number": _is_number,
    "text": lambda shown: isinstance(shown, str) and len(shown) <= SHOWN_TEXT,
    "sequence": _are_forms,
    "set": _are_forms,
    "mapping": _are_pairs,
    "table": _is_table,
    "object": lambda shown: isinstance(shown, list) and len(shown) == 2 and _are_texts(shown),
}
