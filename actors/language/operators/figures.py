"""Figures of some records that are less usual: trimmed means, shares below a number, combinations."""

import math
from typing import Any

import numpy as np

from actors.language.coded import Category, Days, Measure
from actors.language.operator import Number, Operator, Series
from actors.language.operators.axes import SHARES, TIES
from actors.language.operators.axes_of_scope import BOTH_ENDS, LEAD_OVER, TRIM, UNKNOWN_OTHERS
from actors.language.operators.later import special, stats
from actors.language.operators.thresholds import round_values
from actors.language.sums import exact_sum


class MeanOfOthersThanZero(Operator):
    """The mean of a measure over the records in which it is not zero, where it is zero in some."""

    name = "mean_without_zeros"
    family = "figure"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure"}
    columns_only = True
    result = "number"
    phrases = ("the mean {measure} over the {records} in which it is not zero",)
    plan = "take the mean of {measure} where it is not zero"
    mistaken_for = "mean"
    variable = "mean"

    @staticmethod
    def idiom(measure: Series) -> Number:
        if not (measure == 0).any():
            raise ValueError("there is no zero to leave out")
        return measure[measure != 0].mean()

    @staticmethod
    def arithmetic(measure: Measure) -> Number:
        there = measure[np.abs(measure) > 0]
        if there.size == np.count_nonzero(~np.isnan(measure)):
            raise ValueError("there is no zero to leave out")
        return exact_sum(there) / there.size


class TrimmedMean(Operator):
    """The mean without a share of the lowest and of the highest values; parts of a value are rounded down."""

    name = "trimmed_mean"
    family = "figure"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "share": "share"}
    constants = {"share": (0.1, 0.2)}
    result = "number"
    axes = (TRIM,)
    phrases = ("the mean {measure} after {share} of its values are cut off {trim}",)
    explained = "Where a share of the values to be cut off is no whole number of them, it is rounded down."
    plan = "cut off the extremes of {measure} and take the mean of the rest"
    mistaken_for = "quantile"
    variable = "mean"

    @staticmethod
    def idiom(measure: Series, share: float, trim: float) -> Number:
        ranked = measure.dropna().sort_values()
        cut = int(len(ranked) * share * trim + 1e-9)
        return ranked.iloc[cut : len(ranked) - cut].mean()

    @staticmethod
    def arithmetic(measure: Measure, share: float, trim: float) -> Number:
        known = np.sort(measure[~np.isnan(measure)])
        cut = int(known.size * (share * trim) + 1e-9)
        kept = known[cut : known.size - cut]
        return exact_sum(kept) / kept.size


class MeanIntervalWidth(Operator):
    """How wide the confidence interval of a mean is, by Student's t distribution."""

    name = "mean_interval_width"
    family = "figure"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "confidence": "share"}
    constants = {"confidence": (0.95, 0.99, 0.9)}
    result = "number"
    phrases = (
        (
            "the width, from its lower to its upper end, of the {confidence} confidence interval of the mean"
            " {measure} by Student's t distribution"
        ),
    )
    plan = "find the confidence interval of the mean of {measure}"
    variable = "width"

    @staticmethod
    def idiom(measure: Series, confidence: float) -> Number:
        return 2 * stats.t.ppf((1 + confidence) / 2, measure.count() - 1) * measure.sem()

    @staticmethod
    def arithmetic(measure: Measure, confidence: float) -> Number:
        known = measure[~np.isnan(measure)]
        center = exact_sum(known) / known.size
        error = math.sqrt(exact_sum((known - center) ** 2) / (known.size - 1) / known.size)
        return 2 * error * float(special.stdtrit(known.size - 1, 0.5 + confidence / 2))


class ShareBelow(Operator):
    """The share of the known values of a measure that lie below a round number."""

    name = "share_below_value"
    family = "figure"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "limit": "number"}
    constants = {"limit": round_values}
    columns_only = True
    result = "number"
    phrases = ("the share, between 0 and 1, of the known values of {the measure} that lie below {limit}",)
    within = SHARES
    plan = "find the share of {measure} below the limit"
    variable = "share"

    @staticmethod
    def idiom(measure: Series, limit: float) -> Number:
        return (measure.dropna() < limit).mean()

    @staticmethod
    def arithmetic(measure: Measure, limit: float) -> Number:
        return np.count_nonzero(measure < limit) / np.count_nonzero(~np.isnan(measure))


class DistinctPairs(Operator):
    """How many combinations of the values of two columns occur, among records that have both."""

    name = "distinct_pairs"
    family = "figure"
    inputs = {"rows": "table"}
    parameters = {"category": "category", "other": "category"}
    result = "count"
    phrases = ("the number of different combinations of {category} and {other}",)
    plan = "count the different combinations of {category} and {other}"
    variable = "combinations"

    @staticmethod
    def idiom(category: Series, other: Series) -> int:
        both = category.notna() & other.notna()
        return int(other[both].groupby(category[both]).nunique().sum())

    @staticmethod
    def arithmetic(category: Category, other: Category) -> int:
        (left, _), (right, _) = category, other
        return len({pair for pair in zip(left.tolist(), right.tolist(), strict=True) if min(pair) >= 0})


class DaysSpanned(Operator):
    """How many days lie between the first and the last date."""

    name = "days_spanned"
    family = "figure"
    inputs = {"rows": "table"}
    parameters = {"date": "date"}
    result = "count"
    axes = (BOTH_ENDS,)
    phrases = ("the number of days from the first {date} to the last",)
    plan = "find the first and the last {date} and count the days"
    variable = "days"

    @staticmethod
    def idiom(date: Series, both_ends: int) -> int:
        if date.notna().sum() == 0:
            raise ValueError("there is no date")
        return int((date.max() - date.min()).days) + both_ends

    @staticmethod
    def arithmetic(date: Days, both_ends: int) -> int:
        known = np.sort(date[~np.isnan(date)])
        return int(known[-1] - known[0]) + both_ends


class MostCommonNamed(Operator):
    """The level of a category that most records have, catch-all levels left aside, where there are some."""

    name = "most_common_named"
    family = "figure"
    inputs = {"rows": "table"}
    parameters = {"category": "category"}
    sizes = True
    result = "label"
    axes = (TIES,)
    phrases = ("the most common {category} that is no catch-all",)
    explained = 'Catch-all labels are "other", "others", "misc", "unknown", "none" and "?", in any spelling.'
    plan = "find the {category} that occurs most often, catch-alls aside"
    mistaken_for = "most_common"
    variable = "usual"

    @staticmethod
    def idiom(category: Series, ties: bool) -> Any:
        catch_all = ["other", "others", "misc", "unknown", "none", "?"]
        named = category[~category.astype("str").str.strip().str.lower().isin(catch_all)]
        if named.count() == category.count():
            raise ValueError("there is no catch-all to leave aside")
        return named.value_counts().sort_index(ascending=ties).idxmax()

    @staticmethod
    def arithmetic(category: Category, ties: bool) -> Any:
        codes, levels = category
        catch_all = {"other", "others", "misc", "unknown", "none", "?"}
        sizes = np.bincount(codes[codes >= 0], minlength=len(levels))
        places = range(len(levels)) if ties else range(len(levels) - 1, -1, -1)
        named = [
            at for at in places if sizes[at] and " ".join(f"{levels[at]}".split()).casefold() not in catch_all
        ]
        if exact_sum(sizes[named]) == exact_sum(sizes):
            raise ValueError("there is no catch-all to leave aside")
        return levels[max(named, key=lambda at: sizes[at])]


class ShareAmongStated(Operator):
    """The share of records with one level, among those whose level is no word for unknown, where some is."""

    name = "share_among_stated"
    family = "figure"
    inputs = {"rows": "table"}
    parameters = {"category": "category", "level": "level"}
    result = "number"
    phrases = (
        (
            "the share of {records}, between 0 and 1, with {level} as {category} among those not marked as"
            " unknown"
        ),
    )
    explained = 'Marks of the unknown are "unknown", "not known", "n/a", "-" and "?", in any spelling.'
    within = SHARES
    plan = "find the share of {records} with the named {category} among those that are not unknown"
    mistaken_for = "share_with_level"
    variable = "share"

    @staticmethod
    def idiom(category: Series, level: Any) -> Number:
        marks = ["unknown", "not known", "n/a", "-", "?"]
        known = category.dropna()
        stated = known[~known.astype("str").str.strip().str.lower().isin(marks)]
        if len(stated) == len(known):
            raise ValueError("there is no mark of the unknown")
        return (stated == level).mean()

    @staticmethod
    def arithmetic(category: Category, level: Any) -> Number:
        codes, levels = category
        marks = {"unknown", "not known", "n/a", "-", "?"}
        stated = [at for at, one in enumerate(levels) if " ".join(f"{one}".split()).casefold() not in marks]
        sizes = np.bincount(codes[codes >= 0], minlength=len(levels))
        size = exact_sum(sizes[stated])
        if size == exact_sum(sizes):
            raise ValueError("there is no mark of the unknown")
        named = levels.index(level)
        return sizes[named] / size if named in stated else 0.0


class GroupLead(Operator):
    """How far the mean of a measure in one group lies above that of the records it is held against."""

    name = "group_lead"
    family = "figure"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "category": "category", "level": "level"}
    result = "number"
    axes = (LEAD_OVER, UNKNOWN_OTHERS)
    phrases = (
        (
            "the amount by which the mean {measure} of the {records} with {level} as {category} exceeds that"
            " of {lead_over}"
        ),
    )
    plan = "hold the mean {measure} of the named {category} against that of the {records} it is compared with"
    variable = "lead"

    @staticmethod
    def idiom(measure: Series, category: Series, level: Any, lead_over: bool, unknown_others: bool) -> Number:
        inside = category == level
        against = category.notna() | unknown_others
        return measure[inside].mean() - measure[against & ~inside if lead_over else against].mean()

    @staticmethod
    def arithmetic(
        measure: Measure, category: Category, level: Any, lead_over: bool, unknown_others: bool
    ) -> Number:
        codes, levels = category
        known = ~np.isnan(measure)
        if not unknown_others:
            known = known & (codes >= 0)
        inside = known & (codes == (levels.index(level) if level in levels else -2))
        against = known & ~inside if lead_over else known
        own = exact_sum(measure[inside]) / np.count_nonzero(inside)
        return own - exact_sum(measure[against]) / np.count_nonzero(against)
