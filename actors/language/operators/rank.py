"""Which group comes first or last, and how far the groups lie apart."""

import math
from typing import Any

from actors.language.operator import Frame, Number, Operator
from actors.language.operators.axes import TIES


class Most(Operator):
    """The group with the highest value."""

    name = "most"
    family = "rank"
    inputs = {"values": "by_group"}
    result = "label"
    axes = (TIES,)
    lifted = ("category",)
    phrases = ("the {category} with the highest {values}",)
    asks = ("which {category} has the highest {values}?",)
    plan = "find the {category} that leads"
    variable = "leader"
    opposite = "least"
    contrast = "the one with the highest"

    @staticmethod
    def idiom(values: Frame, ties: bool) -> Any:
        return values.sort_index(ascending=ties).idxmax()

    @staticmethod
    def arithmetic(values: dict[Any, float], ties: bool) -> Any:
        named = [key for key in values if key is not None]
        ordered = sorted(named, reverse=not ties) + [key for key in values if key is None]
        known = [key for key in ordered if not math.isnan(values[key])]
        return max(known, key=lambda key: values[key])


class Least(Operator):
    """The group with the lowest value."""

    name = "least"
    family = "rank"
    inputs = {"values": "by_group"}
    result = "label"
    axes = (TIES,)
    lifted = ("category",)
    phrases = ("the {category} with the lowest {values}",)
    asks = ("which {category} has the lowest {values}?",)
    plan = "find the {category} that comes last"
    variable = "last"
    opposite = "most"
    contrast = "the one with the lowest"

    @staticmethod
    def idiom(values: Frame, ties: bool) -> Any:
        return values.sort_index(ascending=ties).idxmin()

    @staticmethod
    def arithmetic(values: dict[Any, float], ties: bool) -> Any:
        named = [key for key in values if key is not None]
        ordered = sorted(named, reverse=not ties) + [key for key in values if key is None]
        known = [key for key in ordered if not math.isnan(values[key])]
        return min(known, key=lambda key: values[key])


class Gap(Operator):
    """The distance between the highest and the lowest group."""

    name = "gap"
    family = "rank"
    inputs = {"values": "by_group"}
    result = "number"
    lifted = ("category",)
    phrases = ("the distance between the {category} with the highest and the one with the lowest {values}",)
    plan = "take the distance between the highest and the lowest {category}"
    variable = "gap"

    @staticmethod
    def idiom(values: Frame) -> Number:
        return values.max() - values.min()

    @staticmethod
    def arithmetic(values: dict[Any, float]) -> Number:
        ranked = sorted(value for value in values.values() if not math.isnan(value))
        return ranked[-1] - ranked[0]


class ValueOfGroup(Operator):
    """The value of one group, which an earlier step decided on."""

    name = "value_of_group"
    family = "rank"
    inputs = {"values": "by_group", "group": "label"}
    result = "number"
    lifted = ("category",)
    phrases = ("the figure that {group} has for {values}",)
    asks = ("for {group}, what is the {values}?",)
    plan = "read off its value"
    variable = "level"

    @staticmethod
    def idiom(values: Frame, group: Any) -> Number:
        return values.loc[group]

    @staticmethod
    def arithmetic(values: dict[Any, float], group: Any) -> Number:
        return values[group]
