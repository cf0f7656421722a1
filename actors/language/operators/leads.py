"""What is made of groups' figures: how far the first is ahead, how unevenly they share a total."""

import math
from typing import Any

import numpy as np

from actors.language.coded import Category, Measure
from actors.language.operator import Frame, Number, Operator, Series
from actors.language.operators.axes import MISSING_GROUP
from actors.language.operators.axes_of_scope import LEAD_OVER
from actors.language.operators.thresholds import round_values
from actors.language.sums import exact_sum


class LeadOfTop(Operator):
    """How far, on average over the groups, they lie behind the group with the highest value."""

    name = "lead_of_top"
    family = "lead"
    inputs = {"values": "by_group"}
    result = "number"
    axes = (LEAD_OVER,)
    lifted = ("category",)
    phrases = (
        (
            "the amount by which the {category} with the highest {values} exceeds, on average over"
            " {lead_over}, the figure of each"
        ),
    )
    plan = "take the mean distance of the groups from the {category} that leads"
    mistaken_for = "gap"
    variable = "lead"

    @staticmethod
    def idiom(values: Frame, lead_over: bool) -> Number:
        return (values.max() - (values.drop(values.idxmax()) if lead_over else values)).mean()

    @staticmethod
    def arithmetic(values: dict[Any, float], lead_over: bool) -> Number:
        ranked = sorted((value for value in values.values() if not math.isnan(value)), reverse=True)
        behind = [ranked[0] - value for value in (ranked[1:] if lead_over else ranked)]
        return exact_sum(behind) / len(behind)


class GroupsOver(Operator):
    """How many groups have a value above a number."""

    name = "groups_over"
    family = "lead"
    inputs = {"values": "by_group"}
    parameters = {"limit": "number"}
    constants = {"limit": round_values}
    result = "count"
    lifted = ("category",)
    phrases = ("the number of values of {the category} for which the {values} is above {limit}",)
    plan = "count the values of {the category} above the limit"
    variable = "above"

    @staticmethod
    def idiom(values: Frame, limit: float) -> int:
        return int((values > limit).sum())

    @staticmethod
    def arithmetic(values: dict[Any, float], limit: float) -> int:
        return len([value for value in values.values() if value > limit])


class Concentration(Operator):
    """The sum of the squares of the groups' shares of their total."""

    name = "concentration"
    family = "lead"
    inputs = {"values": "by_group"}
    demands = {"values": "positive"}
    result = "number"
    lifted = ("category",)
    phrases = ("the Herfindahl index, over the values of {the category}, of the {values}",)
    plan = "square each {category}'s share of the total and add up"
    variable = "concentration"

    @staticmethod
    def idiom(values: Frame) -> Number:
        return ((values / values.sum()) ** 2).sum()

    @staticmethod
    def arithmetic(values: dict[Any, float]) -> Number:
        known = [value for value in values.values() if not math.isnan(value)]
        return exact_sum(value * value for value in known) / exact_sum(known) ** 2


class GiniOfGroups(Operator):
    """The Gini coefficient of the groups' values, each group counted once."""

    name = "gini_of_groups"
    family = "lead"
    inputs = {"values": "by_group"}
    demands = {"values": "positive"}
    result = "number"
    lifted = ("category",)
    phrases = ("the uncorrected Gini coefficient, over the values of {the category}, of the {values}",)
    plan = "take the Gini coefficient of these figures"
    mistaken_for = "concentration"
    variable = "inequality"

    @staticmethod
    def idiom(values: Frame) -> Number:
        ranks = 2 * values.rank() - values.count() - 1
        return (ranks * values).sum() / (values.count() * values.sum())

    @staticmethod
    def arithmetic(values: dict[Any, float]) -> Number:
        known = np.array([value for value in values.values() if not math.isnan(value)])
        return exact_sum(np.abs(known[:, None] - known).ravel()) / (2 * known.size * exact_sum(known))


class MeanByFullGroup(Operator):
    """The mean of a measure in each group of as many records as the largest, where some have fewer."""

    name = "mean_by_full_group"
    family = "lead"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "category": "category"}
    result = "by_group"
    axes = (MISSING_GROUP,)
    phrases = ("mean {measure}, counting only those with as many {records} as any other,",)
    plan = "take the mean of {measure} for each {category} that is complete"
    mistaken_for = "mean_by_group"
    variable = "means"

    @staticmethod
    def idiom(measure: Series, category: Series, missing: bool) -> Series:
        sizes = category.groupby(category, dropna=missing).size()
        if (sizes == sizes.max()).sum() in (1, len(sizes)):
            raise ValueError("one group is the largest, or all are")
        return measure.groupby(category, dropna=missing).mean()[sizes == sizes.max()]

    @staticmethod
    def arithmetic(measure: Measure, category: Category, missing: bool) -> dict[object, float]:
        codes, levels = category
        if not missing:
            codes, levels = np.where(codes < 0, len(levels), codes), [*levels, None]
        there = np.bincount(codes[codes >= 0], minlength=len(levels))
        full = np.flatnonzero(there == np.sort(there)[-1])
        if full.size in (1, np.count_nonzero(there)):
            raise ValueError("one group is the largest, or all are")
        means = {}
        for group in full:
            known = measure[(codes == group) & ~np.isnan(measure)]
            means[levels[group]] = exact_sum(known) / known.size if known.size else math.nan
        return means


class DistinctByGroup(Operator):
    """How many different values of a category each group of another has."""

    name = "distinct_by_group"
    family = "lead"
    inputs = {"rows": "table"}
    parameters = {"trait": "category", "category": "category"}
    result = "by_group"
    axes = (MISSING_GROUP,)
    phrases = ("number of different known values of {the trait}",)
    plan = "count the different values of {trait} for each {category}"
    mistaken_for = "entropy_by_group"
    variable = "kinds"

    @staticmethod
    def idiom(trait: Series, category: Series, missing: bool) -> Series:
        return trait.groupby(category, dropna=missing).nunique()

    @staticmethod
    def arithmetic(trait: Category, category: Category, missing: bool) -> dict[object, float]:
        (codes, levels), (traits, _) = category, trait
        if not missing:
            codes, levels = np.where(codes < 0, len(levels), codes), [*levels, None]
        kinds: dict[object, set[int]] = {}
        for group, kind in zip(codes.tolist(), traits.tolist(), strict=True):
            if group >= 0:
                kinds.setdefault(levels[group], set()).update([kind] if kind >= 0 else [])
        return {group: float(len(found)) for group, found in kinds.items()}


class EntropyByGroup(Operator):
    """The Shannon entropy, in bits, of a category in each group of another."""

    name = "entropy_by_group"
    family = "lead"
    inputs = {"rows": "table"}
    parameters = {"trait": "category", "category": "category"}
    result = "by_group"
    axes = (MISSING_GROUP,)
    phrases = ("Shannon entropy in bits of {the trait}",)
    plan = "take the entropy of {trait} for each {category}"
    mistaken_for = "distinct_by_group"
    variable = "variety"

    @staticmethod
    def idiom(trait: Series, category: Series, missing: bool) -> Series:
        shares = trait.groupby(category, dropna=missing).value_counts(normalize=True)
        return -(shares * np.log2(shares)).groupby(level=0, dropna=missing).sum()

    @staticmethod
    def arithmetic(trait: Category, category: Category, missing: bool) -> dict[object, float]:
        (codes, levels), (traits, _) = category, trait
        if not missing:
            codes, levels = np.where(codes < 0, len(levels), codes), [*levels, None]
        found = {}
        for group in np.flatnonzero(np.bincount(codes[(codes >= 0) & (traits >= 0)])):
            sizes = np.bincount(traits[(codes == group) & (traits >= 0)])
            parts = sizes[sizes > 0] / exact_sum(sizes)
            found[levels[group]] = exact_sum(-part * math.log(part) for part in parts) / math.log(2)
        return found


class MixByGroup(Operator):
    """The chance that two different records of a group differ in a category."""

    name = "mix_by_group"
    family = "lead"
    inputs = {"rows": "table"}
    parameters = {"trait": "category", "category": "category"}
    result = "by_group"
    axes = (MISSING_GROUP,)
    phrases = ("chance that two different {records} drawn from it differ in {trait}",)
    plan = "take the chance that two differ in {trait} for each {category}"
    mistaken_for = "entropy_by_group"
    variable = "mix"

    @staticmethod
    def idiom(trait: Series, category: Series, missing: bool) -> Series:
        sizes = trait.groupby(category, dropna=missing).value_counts()
        pairs = (sizes * (sizes - 1)).groupby(level=0, dropna=missing).sum()
        known = trait.groupby(category, dropna=missing).count().reindex(pairs.index)
        return 1 - pairs / (known * (known - 1))

    @staticmethod
    def arithmetic(trait: Category, category: Category, missing: bool) -> dict[object, float]:
        (codes, levels), (traits, _) = category, trait
        if not missing:
            codes, levels = np.where(codes < 0, len(levels), codes), [*levels, None]
        found = {}
        for group in np.flatnonzero(np.bincount(codes[(codes >= 0) & (traits >= 0)])):
            counted = np.bincount(traits[(codes == group) & (traits >= 0)]).astype(float)
            size = exact_sum(counted)
            alike = exact_sum(counted * (counted - 1))
            found[levels[group]] = 1 - alike / (size * (size - 1)) if size > 1 else math.nan
        return found
