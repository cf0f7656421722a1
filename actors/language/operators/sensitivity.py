"""How a result changes when the records do."""

from actors.language.operator import Number, Operator
from actors.language.sums import exact_sum


class Change(Operator):
    """How far a number lies above another."""

    name = "change"
    family = "sensitivity"
    inputs = {"after": "number", "before": "number"}
    result = "number"
    phrases = ("the difference of {after} and {before}",)
    asks = ("by how much does {after} exceed the same figure over all records?",)
    plan = "compare this with the same figure over all records"
    variable = "change"

    @staticmethod
    def idiom(after: float, before: float) -> Number:
        return after - before

    @staticmethod
    def arithmetic(after: float, before: float) -> Number:
        return -(before - after)


class Excess(Operator):
    """By how much one figure exceeds another one, of whatever kind it is."""

    name = "excess"
    family = "sensitivity"
    inputs = {"one": "number", "other": "number"}
    result = "number"
    phrases = ()
    searchable = False
    plan = "take the difference of the two"
    variable = "excess"

    @staticmethod
    def idiom(one: Number, other: Number) -> Number:
        return one - other

    @staticmethod
    def arithmetic(one: Number, other: Number) -> Number:
        return exact_sum((one, -other))
