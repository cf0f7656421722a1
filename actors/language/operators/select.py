"""Selecting records: by a label, by a statistic of their own, by groups that the data choose."""

from typing import Any

import numpy as np

from actors.language.coded import Category, Known, Measure, Places
from actors.language.operator import Frame, Operator, Series
from actors.language.operators.axes import MISSING_GROUP


class KeepLevel(Operator):
    """Records with one level of a category."""

    name = "keep_level"
    family = "select"
    inputs = {"rows": "table"}
    parameters = {"category": "category", "level": "level"}
    result = "table"
    phrases = ("in which {category} is {level}", "with {level} as {category}")
    plan = "keep the records of the named {category}"
    variable = "kept"

    @staticmethod
    def idiom(rows: Frame, category: Series, level: Any) -> Frame:
        return rows[category == level]

    @staticmethod
    def arithmetic(rows: Places, category: Category, level: Any) -> Places:
        codes, levels = category
        return rows[codes == (levels.index(level) if level in levels else -2)]


class KeepEitherLevel(Operator):
    """Records with one or the other of two levels of a category."""

    name = "keep_either_level"
    family = "select"
    inputs = {"rows": "table"}
    parameters = {"category": "category", "level": "level", "other_level": "level"}
    result = "table"
    phrases = (
        "in which {category} is {level} or {other_level}",
        "with {level} or {other_level} as {category}",
    )
    plan = "keep the records of either {category}"
    variable = "kept"

    @staticmethod
    def idiom(rows: Frame, category: Series, level: Any, other_level: Any) -> Frame:
        return rows[category.isin([level, other_level])]

    @staticmethod
    def arithmetic(rows: Places, category: Category, level: Any, other_level: Any) -> Places:
        codes, levels = category
        wanted = np.array([*(name in (level, other_level) for name in levels), False])
        return rows[wanted[codes]]


class LeaveOutLevel(Operator):
    """Records with any other level of a category; records without one are not kept."""

    name = "leave_out_level"
    family = "select"
    inputs = {"rows": "table"}
    parameters = {"category": "category", "level": "level"}
    result = "table"
    phrases = ("in which {category} is known and is not {level}",)
    turns_on_missing = True
    plan = "leave out the named {category}"
    variable = "kept"

    @staticmethod
    def idiom(rows: Frame, category: Series, level: Any) -> Frame:
        return rows[category.notna() & (category != level)]

    @staticmethod
    def arithmetic(rows: Places, category: Category, level: Any) -> Places:
        codes, levels = category
        return rows[(codes >= 0) & (codes != (levels.index(level) if level in levels else -2))]


class AboveMean(Operator):
    """Records whose measure lies above its mean over the records at hand."""

    name = "above_mean"
    family = "select"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure"}
    result = "table"
    phrases = ("whose {measure} is above the mean", "with an above-average {measure}")
    refers = True
    plan = "keep the records above the mean of {measure}"
    variable = "kept"

    @staticmethod
    def idiom(rows: Frame, measure: Series) -> Frame:
        return rows[measure > measure.mean()]

    @staticmethod
    def arithmetic(rows: Places, measure: Measure) -> Places:
        known = measure[~np.isnan(measure)]
        return rows[measure > np.add.reduce(known) / known.size]


class BelowMedian(Operator):
    """Records whose measure lies below its median over the records at hand."""

    name = "below_median"
    family = "select"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure"}
    result = "table"
    phrases = ("whose {measure} is below the median",)
    refers = True
    plan = "keep the records below the median of {measure}"
    variable = "kept"

    @staticmethod
    def idiom(rows: Frame, measure: Series) -> Frame:
        return rows[measure < measure.median()]

    @staticmethod
    def arithmetic(rows: Places, measure: Measure) -> Places:
        known = np.sort(measure[~np.isnan(measure)])
        middle = (known[(known.size - 1) // 2] + known[known.size // 2]) / 2
        return rows[measure < middle]


class AboveGroupMean(Operator):
    """Records whose measure lies above the mean of their own group."""

    name = "above_group_mean"
    family = "select"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "category": "category"}
    result = "table"
    axes = (MISSING_GROUP,)
    phrases = ("whose {measure} is above the mean of their own {category}",)
    refers = True
    plan = "keep the records whose {measure} exceeds the mean of their own {category}"
    variable = "kept"

    @staticmethod
    def idiom(rows: Frame, measure: Series, category: Series, missing: bool) -> Frame:
        usual = measure.groupby(category, dropna=missing).transform("mean")
        return rows[measure > usual]

    @staticmethod
    def arithmetic(rows: Places, measure: Measure, category: Category, missing: bool) -> Places:
        codes, levels = category
        if not missing:
            codes, levels = np.where(codes < 0, len(levels), codes), [*levels, None]
        known = (codes >= 0) & ~np.isnan(measure)
        sizes = np.bincount(codes[known], minlength=len(levels))
        usual = np.bincount(codes[known], weights=measure[known], minlength=len(levels)) / sizes
        return rows[known & (measure > usual[codes])]


class KeepGroup(Operator):
    """Records of the level that an earlier step decided on."""

    name = "keep_group"
    family = "select"
    inputs = {"rows": "table", "group": "label"}
    parameters = {"category": "category"}
    result = "table"
    phrases = ("that belong to {group}",)
    refers = True
    plan = "keep the records of that {category}"
    variable = "kept"

    @staticmethod
    def idiom(rows: Frame, group: Any, category: Series) -> Frame:
        return rows[category == group]

    @staticmethod
    def arithmetic(rows: Places, group: Any, category: Category) -> Places:
        codes, levels = category
        return rows[codes == levels.index(group)]


class LeaveOutGroup(Operator):
    """Records of every level but the one that an earlier step decided on."""

    name = "leave_out_group"
    family = "select"
    inputs = {"rows": "table", "group": "label"}
    parameters = {"category": "category"}
    result = "table"
    phrases = ("that belong to another {category} than {group}",)
    lifted = ("category",)
    refers = True
    plan = "leave out the records of that {category}, and those of none"
    variable = "kept"
    mistaken_for = "keep_group"

    @staticmethod
    def idiom(rows: Frame, group: Any, category: Series) -> Frame:
        return rows[category.notna() & (category != group)]

    @staticmethod
    def arithmetic(rows: Places, group: Any, category: Category) -> Places:
        codes, levels = category
        return rows[(codes >= 0) & (codes != levels.index(group))]


class KeepTopGroups(Operator):
    """Records of the levels that an earlier step decided on."""

    name = "keep_top_groups"
    family = "select"
    inputs = {"rows": "table", "groups": "labels"}
    parameters = {"category": "category"}
    result = "table"
    phrases = ("that belong to one of {groups}",)
    refers = True
    plan = "keep the records of these {category}"
    variable = "kept"

    @staticmethod
    def idiom(rows: Frame, groups: list[Any], category: Series) -> Frame:
        return rows[category.isin(groups)]

    @staticmethod
    def arithmetic(rows: Places, groups: list[Any], category: Category) -> Places:
        codes, levels = category
        wanted = np.array([*(name in groups for name in levels), False])
        return rows[wanted[codes]]


class InLargeGroups(Operator):
    """Records whose group has at least so many records with a value in a measure."""

    name = "in_large_groups"
    family = "select"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "category": "category", "least": "whole"}
    result = "table"
    phrases = ()
    searchable = False
    refers = True
    plan = "keep the {records} of those {category} that have enough of them"
    variable = "kept"

    @staticmethod
    def idiom(rows: Frame, measure: Series, category: Series, least: int) -> Frame:
        return rows[measure.groupby(category).transform("count") >= least]

    @staticmethod
    def arithmetic(rows: Places, measure: Measure, category: Category, least: int) -> Places:
        codes, levels = category
        known = codes[(codes >= 0) & ~np.isnan(measure)]
        large = np.append(np.bincount(known, minlength=len(levels)) >= least, False)
        return rows[large[codes]]


class Missing(Operator):
    """Records without a known value in a column."""

    name = "missing"
    family = "select"
    inputs = {"rows": "table"}
    parameters = {"column": "column"}
    result = "table"
    phrases = ("for which {column} is not known",)
    turns_on_missing = True
    plan = "keep the records without {column}"
    variable = "kept"

    @staticmethod
    def idiom(rows: Frame, column: Series) -> Frame:
        return rows[column.isna()]

    @staticmethod
    def arithmetic(rows: Places, column: Known) -> Places:
        return rows[~column]
