"""The questions that are spoiled by hand."""

from tests.verifying.mutants import Base, Drawn, step

ADELIE = step("keep_level", category="species", level="Adelie")
DREAM = step("keep_level", category="island", level="Dream")
LONG = step("above_value", measure="bill", limit=42)

MEAN: Base = {"value": step("mean", ADELIE, measure="flipper")}
COUNT: Base = {"count": step("count_records", LONG)}
ISLAND: Base = {"group": step("most", step("mean_by_group", category="island", measure="bill"))}
SPECIES: Base = {"group": step("most", step("mean_by_group", category="species", measure="flipper"))}
SLOPE: Base = {"value": step("slope", step("above_mean", measure="bill"), measure="mass", other="flipper")}
PEARSON: Base = {
    "value": step(
        "pearson",
        step("leave_out_level", category="species", level="Gentoo"),
        measure="mass",
        other="flipper",
    )
}
SHARE: Base = {"value": step("share_below_value", DREAM, limit=4.4, measure="mass")}
MEDIAN: Base = {"value": step("median", step("below_quantile", measure="flipper", share=0.4), measure="bill")}
TOTAL: Base = {
    "value": step(
        "total", step("keep_either_level", category="year code", level=1, other_level=3), measure="mass"
    )
}
MIDDLE: Base = {
    "value": step("interquartile_range", step("below_median", measure="mass"), measure="bill"),
}
LINE: Base = {
    "value": step(
        "prediction_at_median",
        step("leave_out_level", category="year code", level=2),
        measure="bill",
        other="flipper",
    )
}
LATEST: Base = {"value": step("last_value", ADELIE, measure="bill", order="flipper")}
HELD: Base = {
    "value": step(
        "share_held_by_top", step("below_median", measure="bill"), category="year code", measure="mass"
    )
}
HIGHEST: Base = {"value": step("largest", step("below_median", measure="bill"), measure="mass")}
TWICE: Base = {"value": step("mean", step("above_value", DREAM, measure="bill", limit=42), measure="flipper")}
RELATIVE: Base = {"value": step("coefficient_of_variation", ADELIE, measure="mass")}
GENTOOS: Base = {
    "value": step("share_with_level", step("above_mean", measure="mass"), category="species", level="Gentoo")
}
TAIL = Drawn("upper_tail_mean", {"measure": "flipper", "share": 0.75})
SUMMARY = Drawn("descriptive_summary", {"measure": "flipper"})
STRONGEST = Drawn("strongest_correlation", {})
RANKS = Drawn("spearman_rank_correlation", {"measure": "bill", "end": "weakest"})
PARTIAL = Drawn("partial_correlation", {"measure": "bill", "other": "flipper", "third": "mass"})
HALF = Drawn("middle_half", {"measure": "bill"})
USUAL = Drawn("largest_group_deviation", {"category": "island", "measure": "mass"})
EXCESS = Drawn("mean_against_median", {"measure": "bill"})
KNOWN = Drawn("complete_record_mean_shift", {"measure": "flipper", "column": "bill"})
INSIDE = Drawn(
    "highest_correlation_inside_groups", {"category": "island", "measure": "mass", "other": "bill"}
)
TWO = {"category": "species", "level": "Gentoo", "other_level": "Adelie", "measure": "mass"}
RATIO = Drawn("ratio_of_means", TWO)
PERCENTAGE = Drawn("percentage_between_medians", TWO)
PAIRS = Drawn("correlated_pairs", {"limit": 0.7})
LOWEST = Drawn("min_mean_column_std", {})
WIDEST = Drawn("max_variance_mean", {})
