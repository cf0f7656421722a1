"""Axes that several operators share, so that one convention is said in one way."""

import math

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
SHARES = (1e-6, 1 - 1e-6)
"""Outside these a share is one of nothing or of everything."""
CORRELATIONS = (-0.9999, 0.9999)
"""Columns that correlate more strongly are copies of each other."""
COPIES = (
    "Another variable is one that is no copy of it: a correlation beyond 0.9999 in size does not count. Each"
    " correlation uses the records in which both variables have a value."
)
"""What is said where a rule chooses among the other columns."""

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
        "linear": (
            "Quartiles and other quantiles interpolate linearly between the two nearest values; the"
            " lowest value is the 0% quantile, the highest the 100% quantile."
        ),
        "midpoint": (
            "Quartiles and other quantiles that fall between two values are their midpoint; the lowest"
            " value is the 0% quantile, the highest the 100% quantile."
        ),
    },
)
BIAS = AxisDeclaration(
    "bias",
    options={"corrected": False, "plain": True},
    words={"corrected": "bias-corrected", "plain": "uncorrected"},
)
GINI_BIAS = AxisDeclaration(
    "gini_bias",
    options={"plain": False, "corrected": True},
    words={"plain": "uncorrected", "corrected": "bias-corrected"},
)
BASE = AxisDeclaration(
    "base",
    options={"bits": 2, "nats": math.e},
    words={"bits": "in bits", "nats": "in nats"},
)
MAD_SCALE = AxisDeclaration(
    "mad_scale",
    options={"raw": 1.0, "normal": 1.4826},
    words={"raw": "unscaled", "normal": "normal-consistent"},
)
SHARE_OF = AxisDeclaration(
    "share_of",
    options={"known": True, "all": False},
    notes={
        "known": "Shares are of the records that have a value in every variable that the share is about.",
        "all": "Shares are of all the records at hand, also of those without a value.",
    },
)
RANK_TIES = AxisDeclaration(
    "rank_ties",
    options={"average": "average", "lowest": "min"},
    notes={
        "average": "Equal values share the mean of the ranks that they take up.",
        "lowest": "Equal values share the lowest number of the ranks that they take up.",
    },
)
RANK_FROM = AxisDeclaration(
    "rank_from",
    options={"lowest": True, "highest": False},
    words={"lowest": "counted from the lowest", "highest": "counted from the highest"},
)
PERCENTILE = AxisDeclaration(
    "percentile",
    options={"at_most": "max", "below": "min", "middle": "average"},
    words={
        "at_most": "counting equal values as lower",
        "below": "counting lower values only",
        "middle": "counting equal values half",
    },
)
WINDOW = AxisDeclaration(
    "window_side",
    options={"trailing": "trailing", "centred": "centred", "preceding": "preceding"},
    words={"trailing": "trailing", "centred": "centred", "preceding": "preceding"},
)
REPEATS = AxisDeclaration(
    "repeats",
    options={"further": "first", "all": False},
    words={"further": "copies of an earlier one", "all": "the same as some other one"},
    unsaid="duplicates",
)
INDICATOR = AxisDeclaration(
    "indicator",
    options={"missing": True, "zero": False},
    notes={
        "missing": "An indicator has no value where its variable has none.",
        "zero": "An indicator is 0 where its variable has no value.",
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
CONTINUITY_RANKS = AxisDeclaration(
    "continuity_ranks",
    options={"corrected": True, "plain": False},
    notes={
        "corrected": "Mann-Whitney p-values use the normal approximation with continuity and tie correction.",
        "plain": "Mann-Whitney p-values use the normal approximation with tie correction alone.",
    },
)
U_COUNTS = AxisDeclaration(
    "u_counts",
    options={"first": True, "second": False},
    notes={
        "first": "The Mann-Whitney statistic is U of the group named first, a tied pair counting half.",
        "second": "The Mann-Whitney statistic is U of the group named second, a tied pair counting half.",
    },
)
CONTINUITY_SIGNED = AxisDeclaration(
    "continuity_signed",
    options={"plain": False, "corrected": True},
    notes={
        "plain": "Signed-rank p-values use the normal approximation without continuity correction.",
        "corrected": "Signed-rank p-values use the normal approximation with continuity correction.",
    },
)
SIGNED_RANKS = AxisDeclaration(
    "signed_ranks",
    options={"smaller": False, "positive": True},
    notes={
        "smaller": "The statistic of a signed-rank test is the smaller of the two rank sums.",
        "positive": "The statistic of a signed-rank test is the rank sum of the positive differences.",
    },
)
YATES = AxisDeclaration(
    "yates",
    options={"plain": False, "corrected": True},
    notes={
        "plain": "Chi-squared uses no continuity correction.",
        "corrected": "Chi-squared uses Yates' continuity correction in tables of two by two.",
    },
)
LEVENE_CENTER = AxisDeclaration(
    "levene_center",
    options={"median": "median", "mean": "mean"},
    words={"median": "centred on the group medians", "mean": "centred on the group means"},
)
CRAMER_BIAS = AxisDeclaration(
    "cramer_bias",
    options={"plain": False, "corrected": True},
    words={"plain": "uncorrected", "corrected": "bias-corrected"},
)
KNOWN_IN = AxisDeclaration(
    "known_in",
    options={"all": True, "each": False},
    notes={
        "all": (
            "A figure of one variable beside a correlation or line of two uses the records in which both"
            " are known."
        ),
        "each": (
            "A figure of one variable beside a correlation or line of two uses every known value of that"
            " variable."
        ),
    },
)
UNNAMED = AxisDeclaration(
    "unnamed",
    options={"kept": True, "left": False},
    notes={
        "kept": "Where a group is left out, records that belong to no known group stay.",
        "left": "Where a group is left out, records that belong to no known group are left out throughout.",
    },
)
GAPS = AxisDeclaration(
    "gaps",
    options={"skipped": True, "kept": False},
    notes={
        "skipped": "In a run, records without a value are passed over.",
        "kept": "In a run, a record without a value ends it.",
    },
)
LAGGED = AxisDeclaration(
    "lagged",
    options={"pearson": True, "overall": False},
    notes={
        "pearson": "Autocorrelation is the Pearson correlation between the values and those before them.",
        "overall": "Autocorrelation is taken about the mean of all values and relative to their variance.",
    },
)
COUNTED_OBSERVED = AxisDeclaration(
    "counted_observed",
    options={"counted": 1, "left": 0},
    notes={
        "counted": "A permutation p-value counts the observed arrangement as one of the permutations.",
        "left": "A permutation p-value is the share of the permutations alone.",
    },
)
