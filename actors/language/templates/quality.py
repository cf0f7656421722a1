"""Questions about the state of the table."""

from collections.abc import Iterator, Mapping

from actors.language.operator import Columns
from actors.language.program import TABLE
from actors.language.templates.template import Bindings, Template, asked, categories, measures
from actors.language.term import Term, term


def _count_missing(given: Bindings) -> Mapping[str, Term]:
    return {"columns": term("count_missing_over", TABLE, share=given["share"])}


def _shares(columns: Columns) -> Iterator[Bindings]:
    if any(column.missing for column in columns):
        yield from ({"share": share} for share in (0.05, 0.2, 0.5))


def _missing_in_group(given: Bindings) -> Mapping[str, Term]:
    counts = term("count_by_group", TABLE, category=given["category"])
    largest = term("keep_group", TABLE, term("most", counts), category=given["category"])
    return {"share": term("missing_share", largest, column=given["column"])}


def _columns_in_groups(columns: Columns) -> Iterator[Bindings]:
    for category in categories(columns):
        for column in asked(columns):
            if column.missing and column.name != category:
                yield {"category": category, "column": column.name}


def _complete_mean(given: Bindings) -> Mapping[str, Term]:
    known = term("recorded", TABLE, column=given["column"])
    return {
        "mean": (mean := term("mean", known, measure=given["measure"])),
        "change": term("change", mean, term("mean", TABLE, measure=given["measure"])),
    }


def _measures_with_gaps(columns: Columns) -> Iterator[Bindings]:
    for measure in measures(columns):
        for column in asked(columns):
            if column.missing and column.name != measure:
                yield {"measure": measure, "column": column.name}


TEMPLATES = (
    Template(
        name="count_high_missing_columns",
        family="quality",
        sentences=(
            "How many columns lack a value in more than {share} of the records?",
            "In how many columns is the value missing for more than {share} of all records?",
        ),
        parameters={"share": "share"},
        program=_count_missing,
        bindings=_shares,
    ),
    Template(
        name="missing_share_in_largest_group",
        family="quality",
        sentences=(
            (
                "In the {category} with the most records, what share of the records, between 0 and 1, lacks"
                " a value for {column}?"
            ),
        ),
        parameters={"category": "category", "column": "column"},
        program=_missing_in_group,
        bindings=_columns_in_groups,
    ),
    Template(
        name="complete_record_mean_shift",
        family="quality",
        sentences=(
            (
                "If only the records with a known {column} counted, what would the mean {measure} be, and by"
                " how much would it exceed the mean over all records?"
            ),
        ),
        parameters={"measure": "measure", "column": "column"},
        program=_complete_mean,
        bindings=_measures_with_gaps,
    ),
)
