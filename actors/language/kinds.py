"""The kinds of value that flow between operators, and the kinds of parameter they are bound to."""

from typing import Literal

Kind = Literal["table", "columns", "pair", "by_group", "number", "count", "label"]
"""What a step results in.

table: records with named columns · columns: names of columns · pair: names of two columns ·
by_group: one number a level of a category · number: a real number · count: a whole number ·
label: one level of a category.
"""

ParameterKind = Literal["measure", "category", "level", "column", "columns", "share"]
"""What a parameter is bound to.

measure: a numeric column · category: a column with few levels · level: one level of the step's
category · column: any column · columns: several columns · share: a fraction between 0 and 1.
"""
