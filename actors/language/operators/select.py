"""Selecting records: by a value, by a statistic of their own, by a group that the data choose."""

from typing import Any

import numpy as np

from actors.language.operator import Arrays, Frame, Operator
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
    def idiom(rows: Frame, category: str, level: Any) -> Frame:
        return rows[rows[category] == level]

    @staticmethod
    def arithmetic(rows: Arrays, category: str, level: Any) -> Arrays:
        chosen = rows[category] == level
        return {name: values[chosen] for name, values in rows.items()}


class LeaveOutLevel(Operator):
    """Records with any other level of a category; records without one are not kept."""

    name = "leave_out_level"
    family = "select"
    inputs = {"rows": "table"}
    parameters = {"category": "category", "level": "level"}
    result = "table"
    phrases = ("in which {category} is known and is not {level}",)
    plan = "leave out the named {category}"
    variable = "kept"

    @staticmethod
    def idiom(rows: Frame, category: str, level: Any) -> Frame:
        return rows[rows[category].notna() & (rows[category] != level)]

    @staticmethod
    def arithmetic(rows: Arrays, category: str, level: Any) -> Arrays:
        keys = rows[category]
        chosen = (keys == keys) & (keys != level)
        return {name: values[chosen] for name, values in rows.items()}


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
    def idiom(rows: Frame, measure: str) -> Frame:
        return rows[rows[measure] > rows[measure].mean()]

    @staticmethod
    def arithmetic(rows: Arrays, measure: str) -> Arrays:
        known = rows[measure][~np.isnan(rows[measure])]
        chosen = rows[measure] > np.add.reduce(known) / known.size
        return {name: values[chosen] for name, values in rows.items()}


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
    def idiom(rows: Frame, measure: str) -> Frame:
        return rows[rows[measure] < rows[measure].median()]

    @staticmethod
    def arithmetic(rows: Arrays, measure: str) -> Arrays:
        known = np.sort(rows[measure][~np.isnan(rows[measure])])
        middle = (known[(known.size - 1) // 2] + known[known.size // 2]) / 2
        chosen = rows[measure] < middle
        return {name: values[chosen] for name, values in rows.items()}


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
    def idiom(rows: Frame, measure: str, category: str, missing: bool) -> Frame:
        usual = rows.groupby(category, dropna=missing)[measure].transform("mean")
        return rows[rows[measure] > usual]

    @staticmethod
    def arithmetic(rows: Arrays, measure: str, category: str, missing: bool) -> Arrays:
        keys, amounts = rows[category], rows[measure]
        members = [keys == key for key in sorted(set(keys[keys == keys]))]
        if not missing:
            members.append(keys != keys)
        chosen = np.zeros(amounts.size, dtype=bool)
        for member in members:
            known = amounts[member & ~np.isnan(amounts)]
            chosen |= member & (amounts > (np.add.reduce(known) / known.size if known.size else np.nan))
        return {name: values[chosen] for name, values in rows.items()}


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
    def idiom(rows: Frame, group: Any, category: str) -> Frame:
        return rows[rows[category] == group]

    @staticmethod
    def arithmetic(rows: Arrays, group: Any, category: str) -> Arrays:
        chosen = rows[category] == group
        return {name: values[chosen] for name, values in rows.items()}
