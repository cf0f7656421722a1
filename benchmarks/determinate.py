"""Which templates are determinate with their open ends left open, and with them settled."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from actors.language.contract import NotAskable, contract_for
from actors.language.evaluation import Undefined
from actors.language.operator import IllTyped
from actors.language.settle import Ambiguous, settle, solved
from actors.language.subject import Subject
from actors.language.templates.template import Template
from actors.language.term import Term, Terms, to_record

_NAMES = """
count_high_missing_columns duplicate_rows_summary identifier_like_columns coefficient_of_variation
iqr_outlier_analysis percentile_ranking descriptive_summary max_variance_mean min_mean_column_std
strongest_correlation weakest_correlation count_outlier_columns chi_squared_independence
mann_whitney_u_test spearman_rank_correlation ks_normality_test conditional_normality
category_highest_target_mean correlation_after_outlier_removal levene_variance_test
correlation_change_analysis regression_most_predictive ttest_discovered_groups
audit_missing_imputation_effect rank_categories_by_target_mean quantile_bin_best_mean
segment_then_analyze_outliers bootstrap_ci_discovered anova_discovered_groups
multiple_regression_top_predictors adaptive_two_sample_test iterative_outlier_removal
"""
NAMED = frozenset(_NAMES.split())
"""The names of templates that were asked for; a language may have more, and may lack some."""


@dataclass(frozen=True)
class Tally:
    """What came of one template on some tables."""

    name: str
    fired: int
    """Bindings that have an answer to be asked for with everything at its usual option."""
    open: int
    """How many of them have one answer, whatever is chosen at all axes."""
    settled: int
    """How many have one when what matters is said."""


def tally(template: Template, subjects: list[Subject], most: int) -> Tally:
    """The counts over at most so many bindings of each table."""
    fired = unsaid = said = 0
    for subject in subjects:
        for terms in islice(_fitting(template, subject), most):
            fired += 1
            unsaid += _is_one(terms, subject, everything_open=True)
            said += _is_one(terms, subject, everything_open=False)
    return Tally(template.name, fired, unsaid, said)


def _fitting(template: Template, subject: Subject) -> Iterator[Terms]:
    """The programs of the bindings that have an answer to be asked for on this table."""
    for bindings in islice(template.bindings(subject.columns), 20):
        terms = template.program(bindings)
        try:
            subject.program(to_record(terms))
            kinds = {field: node.kind for field, node in terms.items()}
            contract_for(kinds, solved(terms, subject))
        except (IllTyped, Undefined, NotAskable):
            continue
        yield terms


def _is_one(terms: Terms, subject: Subject, *, everything_open: bool) -> bool:
    if everything_open:
        terms = {field: _opened(node) for field, node in terms.items()}
    try:
        found = settle(terms, subject, lambda _, options: options[0])
    except (Ambiguous, Undefined, NotAskable):
        return False
    return found.clusters == 1 or not everything_open


def _opened(node: Term) -> Term:
    """The term with no axis settled, not even one that the template settles itself."""
    rebuilt = node.rebuilt(lambda child: _opened(child) if isinstance(child, Term) else child)
    return rebuilt.with_axes({})
