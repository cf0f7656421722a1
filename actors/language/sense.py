"""What may sensibly be reckoned with a column: whether its values add up, and what they compare to."""

import re

from events.dataset import ColumnProfile

ADDED_UNITS = re.compile(r"[kmµ]?g|t|lb|oz|m?l|s|sec|min|h|hours|days|\$|usd|eur|gbp|€|£|¥|[km]?wh|k?cal|k?j")
"""Units of what is had in portions, so that several portions make a larger one."""
ADDED_WORDS = re.compile(
    r"\b(amount|cases|consumption|costs?|crimes|damage|deaths|distance|donations|duration|emissions|expenses"
    r"|expenditure|exports|fees|gross|hours|imports|income|injuries|loss(es)?|mass|minutes|orders|payments"
    r"|precipitation|production|profit|quantity|rain(fall)?|revenue|sales|snow(fall)?|spending|tax|units"
    r"|volume|weight|yield)\b"
)
"""Words for the same in names of columns without a unit."""
LONGITUDE = frozenset(("lon", "lng", "long", "longitude"))
"""Words for degrees that go round."""
STEM = 4
"""Names that begin with so many equal letters are of the like."""


def adds_up(column: ColumnProfile) -> bool:
    """Whether the sum of its values is an amount of the same: not of temperatures, rates or quantiles."""
    if not column.numeric or column.proportion:
        return False
    if column.kind == "count" or ADDED_UNITS.fullmatch(column.unit.lower()):
        return True
    return not column.unit and bool(ADDED_WORDS.search((column.readable or column.name).lower()))


def is_longitude(column: ColumnProfile) -> bool:
    """Whether its values are degrees east, or west where they are below zero."""
    words = re.split(r"[^a-z]+", column.name.lower())
    return column.numeric and column.unit == "degrees" and bool(LONGITUDE & set(words))


def compare(one: ColumnProfile, other: ColumnProfile) -> bool:
    """Whether one value can be held against another: both in one unit, or of names that say the like."""
    if one.proportion != other.proportion or one.unit != other.unit:
        return False
    if one.unit or one.proportion or one.kind == other.kind == "count":
        return True
    if one.kind != other.kind:
        return False
    left, right = (re.sub(r"[\d\W_]+", "", column.name.lower()) for column in (one, other))
    return left == right or (len(left) >= STEM and left[:STEM] == right[:STEM])
