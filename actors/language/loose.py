"""Words that leave a method open: what an operator is called by a person who does not say how it is done.

No phrase of ours uses them. They tell what a text would have to be read as if it did: "the correlation" may
be Pearson's or Spearman's, "the average" the mean or the median.
"""

from collections.abc import Mapping

MARK = "?"
"""What an operator's name begins with where only a loose word stands for it."""

LOOSE: Mapping[str, tuple[str, ...]] = {
    "average": ("mean", "median", "mean_without_zeros", "mean_of_degrees"),
    "average of each group": ("mean_by_group", "median_by_group", "mean_by_full_group"),
    "spread": (
        "standard_deviation",
        "interquartile_range",
        "coefficient_of_variation",
        "range_between",
        "median_absolute_deviation",
    ),
    "spread of each group": ("deviation_by_group", "variation_by_group"),
    "variety of each group": ("distinct_by_group", "entropy_by_group", "mix_by_group"),
    "unevenness": ("concentration", "gini_of_groups"),
    "correlation": ("pearson", "spearman", "kendall"),
    "moving together": ("pearson", "correlation_of_changes"),
    "association": ("cramers_v", "contingency_coefficient"),
    "closest variable": ("strongest_partner", "strongest_partner_apart"),
    "explained by the rest": ("explained_by_all", "explained_by_apart"),
    "difference test": ("t_comparison", "mann_whitney", "kolmogorov_smirnov", "one_sided_t"),
    "test of independence": ("chi_squared", "fisher"),
    "trend test": ("trend_test", "rank_trend_test"),
    "normally distributed": ("normal", "normal_by_moments"),
    "outliers": ("outlier_count", "outlier_count_by_deviation"),
    "most common": ("most_common", "most_common_named"),
    "share": ("share_with_level", "share_among_stated"),
    "different ones": ("distinct_count", "distinct_pairs"),
    "rise": ("change", "relative_change"),
    "how much more": ("change", "ratio_of_figures", "relative_change", "odds_ratio"),
    "figure of a period": ("mean", "first_value", "last_value"),
    "condition": ("keep_level", "above_value", "below_value"),
}
"""Each loose word, with the operators that it may mean, the most usual first."""


def loose(word: str) -> str:
    """The name that stands for any of the operators that a loose word may mean.

    Raises:
        KeyError: it is no loose word.
    """
    if word not in LOOSE:
        raise KeyError(f"{word!r} is no loose word: add it to LOOSE with the operators that it may mean")
    return MARK + word
