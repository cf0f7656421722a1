"""Answers as texts of tags, `@name[value]`, both ways: the form in which DABench asks for them.

A value ends at the first `]`, as in DABench's own scorer; what holds one is written as a JSON text in which
it is escaped.
"""

import re
from typing import Any

from events.answer_kind import Unreadable
from events.answers import AnswerContract, ReadAnswer, kind_of, read, whole

_TAG = re.compile(r"@(\w+)\[(.*?)\]", re.DOTALL)


def tags(text: str) -> dict[str, str]:
    """The value of each tag of a text; of a name that comes again, the last."""
    return dict(_TAG.findall(text))


def tagged(contract: AnswerContract, answer: Any) -> str:
    """An answer as tags, numbers with the decimals asked for.

    Raises:
        ValueError: it is no answer under the contract, or a field's name can be in no tag.
    """
    found = read(contract, answer)
    if isinstance(found, Unreadable):
        raise ValueError(found.why)
    if unnamed := [field.name for field in contract.fields if not re.fullmatch(r"\w+", field.name)]:
        message = f"{unnamed[0]!r} can be no tag: letters, digits and underscores can"
        raise ValueError(message)
    return " ".join(
        f"@{field.name}[{kind_of(field).written(field, found[field.name])}]" for field in contract.fields
    )


def read_tags(contract: AnswerContract, text: str) -> ReadAnswer | Unreadable:
    """The answer that a text's tags give, or why there is none; words around the tags do not count."""
    given, wanted = tags(text), [field.name for field in contract.fields]
    if given.keys() != set(wanted):
        return Unreadable(f"the answer must have exactly the tags {sorted(wanted)}, not {sorted(given)}")
    return whole(
        contract, {field.name: kind_of(field).spelled(field, given[field.name]) for field in contract.fields}
    )
