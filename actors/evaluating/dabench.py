"""What an answer to a DABench question is worth: by the benchmark's own rule, and by our contract.

Its own rule, as its scorer has it: the tags of the answer are found, of a name that comes again the last one
counts, a value ends at the first `]` and on its line; it is right when it is the label as a text, or both
are numbers to Python, less than a millionth apart.
"""

import re
from collections.abc import Mapping
from typing import Any

from events.answer_kind import Unreadable
from events.answer_tags import read_tags, tags
from events.answers import matches
from store.dabench import Asked
from store.dabench_formats import Described, contract_of

APART = 1e-6
_TAG = re.compile(r"@(\w+)\[(.*?)\]")


def text_of(answer: Any) -> str:
    """The text of tags that was submitted; an object of tags is written as one."""
    if isinstance(answer, Mapping):
        return " ".join(f"@{name}[{_plain(value)}]" for name, value in answer.items())
    return str(answer)


def official(asked: Asked, text: str) -> dict[str, bool]:
    """By tag that has a label, whether the benchmark's own rule takes the answer."""
    given = dict(_TAG.findall(text))
    return {name: is_equal(given.get(name), label) for name, label in asked.labels.items()}


def is_equal(given: str | None, label: str) -> bool:
    """Whether a value is a label, as the benchmark compares them."""
    if given is None or given == label:
        return given is not None
    try:
        return abs(float(given) - float(label)) < APART
    except ValueError:
        return False


def by_contract(asked: Asked, text: str) -> dict[str, bool]:
    """By tag that has a label, whether the answer matches it under the contract of the format string."""
    given = tags(text)
    return {
        name: name in given and name in asked.fields and _matches(asked.fields[name], given[name], label)
        for name, label in asked.labels.items()
    }


def _matches(field: Described, given: str, label: str) -> bool:
    contract = contract_of([field])
    found, wanted = (read_tags(contract, f"@{field.field.name}[{text}]") for text in (given, label))
    unread = isinstance(found, Unreadable) or isinstance(wanted, Unreadable)
    return not unread and matches(contract, found, wanted)


def _plain(value: Any) -> str:
    """A value as people write it between brackets."""
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(value)
