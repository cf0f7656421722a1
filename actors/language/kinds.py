"""The kinds of value that flow between operators, and the kinds of parameter they are bound to."""

from typing import Literal, get_args

Kind = Literal[
    "table",
    "measure",
    "category",
    "date",
    "by_group",
    "number",
    "count",
    "label",
    "labels",
    "flag",
    "pair",
    "columns",
    "header",
    "interval",
    "test",
    "model",
]
"""What a step results in.

table: records of the dataset · measure, category, date: a value for each of some records, as a column
holds it · by_group: one number a level of a category · number: a real number · count: a whole number ·
label: one level of a category · labels: several, in order · flag: yes or no · pair: names of two columns ·
columns: names of columns · header: the name of one · interval: two numbers · test:
a statistic with its p-value · model: a fitted one.
"""

ColumnKind = Literal["measure", "category", "date", "column", "text", "numeral", "order"]
"""A parameter that a column of the dataset is bound to, or (one of the first three) a step."""

ParameterKind = Literal[
    "measure",
    "category",
    "date",
    "column",
    "text",
    "numeral",
    "order",
    "level",
    "share",
    "whole",
    "place",
    "number",
    "day",
]
"""What a parameter is bound to.

measure: a column of numbers · category: one with few levels · date: one of days · column: any ·
text: one of words · numeral: one of numbers written as text · order: one of days or numbers that records
can be put in order by · level: one level of the category before it · share: a fraction between 0 and 1 ·
whole: a whole number · place: one too, said as second, third … · number: a real one · day: as in 2024-02-29.
"""

COLUMN_KINDS: frozenset[str] = frozenset(get_args(ColumnKind))
DERIVED: frozenset[str] = frozenset({"measure", "category", "date"})
"""Kinds of step that stand where a column does."""
DECISIONS: frozenset[str] = frozenset({"label", "labels", "flag", "pair", "columns", "header"})
"""Kinds that are chosen and not measured: on a perturbed table one is the same or another, never close."""
ASKED: tuple[Kind, ...] = ("number", "count", "label", "labels", "flag", "header")
"""Kinds that a procedural question may ask for."""
