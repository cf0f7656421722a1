"""Axes that several operators share, so that one convention is said in one way."""

from actors.language.operator import AxisDeclaration, Columns


def _numbers_by_form_only(columns: Columns) -> tuple[str, ...]:
    """Numeric columns that measure nothing: identifiers, codes, dates, constants."""
    return tuple(
        column.name for column in columns if column.numeric and column.kind not in ("measure", "count")
    )


def _none(columns: Columns) -> tuple[str, ...]:  # noqa: ARG001  every choice takes the columns
    return ()


P_VALUES = (0.001, 0.999)
"""Outside these a p-value printed with three decimals says next to nothing."""
CORRELATIONS = (-0.9999, 0.9999)
"""Columns that correlate more strongly are copies of each other."""

DDOF = AxisDeclaration(
    "ddof",
    options={"sample": 1, "population": 0},
    words={"sample": "sample", "population": "population"},
)
TIES = AxisDeclaration(
    "ties",
    options={"first": True, "last": False},
    notes={
        "first": "If several tie, take the one that comes first in alphabetical or numerical order.",
        "last": "If several tie, take the one that comes last in alphabetical or numerical order.",
    },
)
MISSING_GROUP = AxisDeclaration(
    "missing",
    options={"aside": True, "level": False},
    notes={
        "aside": "Records without a value in a grouping variable are left out of the groups.",
        "level": "Records without a value in a grouping variable form a group of their own.",
    },
)
MISSING_PAIRS = AxisDeclaration(
    "missing_pairs",
    options={"pairwise": "all", "listwise": "any"},
    notes={
        "pairwise": "Each correlation uses the records in which both of its columns have a value.",
        "listwise": "Correlations use only the records in which every column considered has a value.",
    },
)
QUANTILE = AxisDeclaration(
    "quantile",
    options={"linear": "linear", "midpoint": "midpoint"},
    notes={
        "linear": "Quartiles interpolate linearly between the two nearest values.",
        "midpoint": "Quartiles that fall between two values are their midpoint.",
    },
)
VARIANCES = AxisDeclaration(
    "variances",
    options={"welch": False, "student": True},
    words={"welch": "Welch's", "student": "Student's"},
    unsaid="a",
)
WHICH_COLUMNS = AxisDeclaration(
    "which_columns",
    options={"measures": _numbers_by_form_only, "all": _none},
    notes={
        "measures": "Columns that are numbers by form only do not count as numeric: {value}.",
        "all": "Every column of numbers counts as numeric, codes and identifiers included.",
    },
)
