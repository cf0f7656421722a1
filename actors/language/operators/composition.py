"""What labels the records at hand have: one share, one label or one number for a category."""

import math
from typing import Any

import numpy as np

from actors.language.coded import Category
from actors.language.operator import Number, Operator, Series
from actors.language.operators.axes import BASE, MISSING_GROUP, SHARE_OF, SHARES, TIES
from actors.language.operators.later import stats
from actors.language.sums import exact_sum


class ShareWithLevel(Operator):
    """The share of records with one level of a category."""

    name = "share_with_level"
    family = "aggregate"
    inputs = {"rows": "table"}
    parameters = {"category": "category", "level": "level"}
    result = "number"
    axes = (SHARE_OF,)
    phrases = ("the share of {records}, between 0 and 1, with {level} as {category}",)
    within = SHARES
    plan = "find the share of {records} with the named {category}"
    variable = "share"

    @staticmethod
    def idiom(category: Series, level: Any, share_of: bool) -> Number:
        counted = category.dropna() if share_of else category
        return (counted == level).mean()

    @staticmethod
    def arithmetic(category: Category, level: Any, share_of: bool) -> Number:
        codes, levels = category
        there = np.count_nonzero(codes == (levels.index(level) if level in levels else -2))
        return there / (np.count_nonzero(codes >= 0) if share_of else codes.size)


class MostCommon(Operator):
    """The level of a category that most records have."""

    name = "most_common"
    family = "aggregate"
    inputs = {"rows": "table"}
    parameters = {"category": "category"}
    sizes = True
    result = "label"
    axes = (MISSING_GROUP, TIES)
    phrases = ("the most common {category}",)
    asks = ("which {category} is the most common?", "which {category} occurs most often?")
    plan = "find the {category} that occurs most often"
    variable = "usual"
    opposite = "least_common"
    contrast = "the most common one"

    @staticmethod
    def idiom(category: Series, missing: bool, ties: bool) -> Any:
        return category.value_counts(dropna=missing).sort_index(ascending=ties).idxmax()

    @staticmethod
    def arithmetic(category: Category, missing: bool, ties: bool) -> Any:
        codes, levels = category
        there = sorted({levels[code] for code in np.unique(codes[codes >= 0])}, reverse=not ties)
        counts = {level: int(np.count_nonzero(codes == levels.index(level))) for level in there}
        if not missing and (codes < 0).any():
            counts[None] = int(np.count_nonzero(codes < 0))
        return max(counts, key=lambda level: counts[level])


class LeastCommon(Operator):
    """The level of a category that fewest records have, of those that some record has."""

    name = "least_common"
    family = "aggregate"
    inputs = {"rows": "table"}
    parameters = {"category": "category"}
    sizes = True
    result = "label"
    axes = (MISSING_GROUP, TIES)
    phrases = ("the least common {category}",)
    asks = ("which {category} is the least common?", "which {category} occurs least often?")
    plan = "find the {category} that occurs least often"
    variable = "rarest"
    opposite = "most_common"
    contrast = "the least common one"

    @staticmethod
    def idiom(category: Series, missing: bool, ties: bool) -> Any:
        return category.value_counts(dropna=missing).sort_index(ascending=ties).idxmin()

    @staticmethod
    def arithmetic(category: Category, missing: bool, ties: bool) -> Any:
        codes, levels = category
        there = sorted({levels[code] for code in np.unique(codes[codes >= 0])}, reverse=not ties)
        counts = {level: int(np.count_nonzero(codes == levels.index(level))) for level in there}
        if not missing and (codes < 0).any():
            counts[None] = int(np.count_nonzero(codes < 0))
        return min(counts, key=lambda level: counts[level])


class DistinctCount(Operator):
    """How many levels of a category there are among the records at hand."""

    name = "distinct_count"
    family = "aggregate"
    inputs = {"rows": "table"}
    parameters = {"category": "category"}
    columns_only = True
    result = "count"
    phrases = ("the number of different known values of {the category}",)
    asks = ("how many different known values of {the category} occur?",)
    plan = "count the different values of {the category}"
    variable = "kinds"

    @staticmethod
    def idiom(category: Series) -> Number:
        return category.nunique()

    @staticmethod
    def arithmetic(category: Category) -> int:
        codes, _ = category
        return len(set(codes[codes >= 0].tolist()))


class Entropy(Operator):
    """The Shannon entropy of the known values of a category."""

    name = "entropy"
    family = "aggregate"
    inputs = {"rows": "table"}
    parameters = {"category": "category"}
    sizes = True
    result = "number"
    axes = (BASE,)
    phrases = ("the Shannon entropy {base} of {the category}",)
    plan = "take the entropy of {the category}"
    variable = "entropy"

    @staticmethod
    def idiom(category: Series, base: float) -> Number:
        return stats.entropy(category.value_counts(), base=base)

    @staticmethod
    def arithmetic(category: Category, base: float) -> Number:
        codes, _ = category
        sizes = np.bincount(codes[codes >= 0])
        shares = sizes[sizes > 0] / np.count_nonzero(codes >= 0)
        return -exact_sum(shares * np.log(shares)) / math.log(base)
