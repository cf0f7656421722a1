"""What a program asks, whatever way it takes there: the operators of its answer and their operands.

Two programs mean the same when each answer field is made by the same operator from equal operands, on the
table and on resamples of it. One of them, the simplest, is enough.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import xxhash

from actors.language.evaluation import Arithmetic, Undefined
from actors.language.kinds import COLUMN_KINDS
from actors.language.subject import Subject
from actors.language.term import Input, Term

RESAMPLES = 3


def meaning(answer: Mapping[str, Input], subject: Subject, *, resamples: int = RESAMPLES) -> str:
    """The digest of what is asked.

    Args:
        answer: the program.
        subject: the table.
        resamples: on how many resamples beside it.
    """
    digest = xxhash.xxh3_128()
    for table in (subject, *(subject.resampled(number) for number in range(resamples))):
        for field, node in sorted(answer.items()):
            if not isinstance(node, Term):
                continue
            digest.update(f"{field}={node.operator}{dict(node.axes)}(".encode())
            for value in _operands(node, table.arithmetic):
                digest.update(_bytes(value))
                digest.update(b",")
    return digest.hexdigest()


def _operands(node: Term, table: Arithmetic) -> list[Any]:
    """What the answer's operator is given; None for what has no value."""
    found = [_value(table, child) for child in node.inputs]
    for name, kind in node.declared.parameters.items():
        bound = dict(node.parameters)[name]
        if kind in COLUMN_KINDS:
            try:
                found.append(table.column(bound, kind, node.rows()))
            except Undefined:
                found.append(None)
        else:
            found.append(bound)
    return found


def _value(table: Arithmetic, child: Any) -> Any:
    try:
        return table.value(child)
    except Undefined:
        return None


def _bytes(value: Any) -> bytes:
    if isinstance(value, np.ndarray):
        return value.tobytes()
    if isinstance(value, tuple):
        return b"(" + b",".join(map(_bytes, value)) + b")"
    if isinstance(value, dict):
        return repr(sorted(value.items(), key=repr)).encode()
    return repr(value).encode()
