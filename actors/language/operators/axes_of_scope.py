"""Axes of scope: which bounds count, whether what a figure is about counts, what it is held against."""

from actors.language.operator import AxisDeclaration

BOUNDS = AxisDeclaration(
    "bounds",
    options={"both": "both", "lower": "left", "neither": "neither"},
    words={
        "both": ", both bounds included",
        "lower": ", the lower bound included and the upper not",
        "neither": ", neither bound included",
    },
)
LEAD_OVER = AxisDeclaration(
    "lead_over",
    options={"others": True, "all": False},
    words={"others": "all the others", "all": "all of them together, itself included"},
    unsaid="what it is held against",
)
UNKNOWN_OTHERS = AxisDeclaration(
    "unknown_others",
    options={"left": False, "counted": True},
    notes={
        "left": "Records of no known group are not among the others.",
        "counted": "Records of no known group are among the others, too.",
    },
)
COUNTS_ITSELF = AxisDeclaration(
    "counts_itself",
    options={"others": 1, "itself": 0},
    words={"others": " (not counting itself)", "itself": " (itself included)"},
)
BOTH_ENDS = AxisDeclaration(
    "both_ends",
    options={"counted": 1, "last": 0},
    notes={
        "counted": "A stretch of days counts both its first and its last day.",
        "last": "A stretch of days does not count its first day.",
    },
)
HALVES = AxisDeclaration(
    "halves",
    options={"up": "up", "even": "even"},
    words={"up": " (halves rounded up)", "even": " (halves rounded to the even neighbour)"},
)
TRIM = AxisDeclaration(
    "trim",
    options={"each": 1.0, "in_all": 0.5},
    words={"each": "at each end", "in_all": "in all, half of it at each end"},
)
PARTS_KNOWN = AxisDeclaration(
    "parts_known",
    options={"all": True, "any": False},
    notes={
        "all": "A combination of two variables exists only where both are known.",
        "any": 'In a combination of two variables one that is not known is called "unknown".',
    },
)
EFFECT_SCALE = AxisDeclaration(
    "effect_scale",
    options={"pooled": "pooled", "second": "second", "first": "first", "hedges": "hedges"},
    words={
        "pooled": "pooled standard deviations",
        "second": "standard deviations of the latter",
        "first": "standard deviations of the former",
        "hedges": "pooled standard deviations with Hedges' correction",
    },
    unsaid="standard deviations",
)
PERIOD_START = AxisDeclaration(
    "period_start",
    options={"before": 1, "first": 0},
    words={"before": "the last one before", "first": "the first one of"},
    unsaid="the start of",
)
