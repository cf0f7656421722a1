"""Contracts of one field, and how answers of one field are judged."""

from typing import Any

from events.answers import AnswerContract, AnswerField, FieldKind, agree, matches


def one(kind: FieldKind, **given: Any) -> AnswerContract:
    return AnswerContract((AnswerField("x", kind, **given),))


def right(contract: AnswerContract, value: Any, gold: Any) -> bool:
    return matches(contract, {"x": value}, {"x": gold})


def agreed(contract: AnswerContract, left: Any, right: Any) -> bool:
    return agree(contract, {"x": left}, {"x": right})
