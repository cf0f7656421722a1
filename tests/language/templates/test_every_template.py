"""What is true of every template, and of the names that analysts know."""

import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

import numpy as np
import pytest

from actors.generation.streams import proposals
from actors.generation.trial import solution
from actors.language.court import Proposal, judge
from actors.language.evaluation import Engine, Undefined
from actors.language.parse_english import parse
from actors.language.readings import readings
from actors.language.render_english import template_question
from actors.language.render_python import arrays_for, imports_for, render
from actors.language.subject import Subject
from actors.language.templates import TEMPLATES, template
from actors.language.templates.template import Bindings, Template
from actors.language.term import to_record
from events.answers import matches
from events.question import ProgramRecord, Question
from events.values import close, value_of
from tests.birds import SUBJECT
from tests.language.templates.asking import EXAMPLES, asked, shipped
from tests.ringed import RINGED
from tests.sightings import sightings, subject_of as sightings_subject

NAMES = [
    "count_high_missing_columns",
    "duplicate_rows_summary",
    "identifier_like_columns",
    "coefficient_of_variation",
    "iqr_outlier_analysis",
    "percentile_ranking",
    "descriptive_summary",
    "max_variance_mean",
    "min_mean_column_std",
    "strongest_correlation",
    "weakest_correlation",
    "count_outlier_columns",
    "chi_squared_independence",
    "mann_whitney_u_test",
    "spearman_rank_correlation",
    "ks_normality_test",
    "conditional_normality",
    "category_highest_target_mean",
    "correlation_after_outlier_removal",
    "levene_variance_test",
    "correlation_change_analysis",
    "regression_most_predictive",
    "ttest_discovered_groups",
    "audit_missing_imputation_effect",
    "rank_categories_by_target_mean",
    "quantile_bin_best_mean",
    "segment_then_analyze_outliers",
    "bootstrap_ci_discovered",
    "anova_discovered_groups",
    "multiple_regression_top_predictors",
    "adaptive_two_sample_test",
    "iterative_outlier_removal",
]
SHIPPED = sorted(path.stem for path in EXAMPLES.glob("*.csv"))
BANNED = re.compile(r"\b(column|columns|dataset|dataframe|compute|filter|step|group by)\b", re.IGNORECASE)
ENGINES: tuple[Engine, ...] = ("idiom", "arithmetic")


def bound(one: Template, subject: Subject, most: int) -> list[Bindings]:
    """Some of a template's bindings on a table, from all over them."""
    every = list(one.bindings(subject.columns))
    return every[:: max(1, len(every) // most)][:most]


def everywhere(most: int) -> Iterator[tuple[Template, Bindings, ProgramRecord]]:
    for one in TEMPLATES:
        for bindings in bound(one, RINGED, most):
            yield one, bindings, to_record(one.program(bindings))


def test_the_thirty_two_names_exist_among_at_least_forty() -> None:
    names = [one.name for one in TEMPLATES]
    assert len(NAMES) == 32
    assert set(NAMES) <= set(names)
    assert len(names) >= 40
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("one", TEMPLATES, ids=lambda one: one.name)
def test_a_template_has_two_phrasings_a_person_would_use(one: Template) -> None:
    assert len(set(one.sentences)) >= 2
    for sentence in one.sentences:
        spoken = " ".join([sentence, *(words for ways in one.choices.values() for words in ways.values())])
        assert one.family == "quality" or not BANNED.search(spoken), sentence
        assert "_" not in re.sub(r"\{\w+\}", "", spoken)
        assert len(sentence.split()) < 60


@pytest.mark.parametrize("one", TEMPLATES, ids=lambda one: one.name)
def test_every_sentence_of_a_template_reads_back_as_its_program(one: Template) -> None:
    assert bound(one, RINGED, 4)
    for bindings in bound(one, RINGED, 4):
        meant = {repr(reading) for reading in readings(to_record(one.program(bindings)))}
        for phrasing in range(len(one.sentences)):
            text = template_question(one.name, bindings, {}, phrasing, RINGED.words)
            assert {repr(record) for record in parse(text, "", RINGED.words)} == meant, text


def test_both_implementations_of_a_template_give_one_answer_or_none() -> None:
    answered = 0
    for _, _, record in everywhere(6):
        program = RINGED.program(record)
        try:
            first, second = (program.answer(program.run(each)) for each in (RINGED.idioms, RINGED.arithmetic))
        except Undefined:
            continue
        answered += 1
        for field, value in first.items():
            assert close(value_of(value), value_of(second[field])), (record, first, second)
    assert answered > 150


def run(record: ProgramRecord, engine: Engine) -> Mapping[str, Any]:
    """What each step comes to in the rendered code."""
    program = RINGED.program(record)
    codes = render(program, engine)
    made = arrays_for(program, codes) if engine == "arithmetic" else []
    statements = [*made, *(code.code for code in codes)]
    namespace: dict[str, Any] = {"df": RINGED.frame, "np": np}
    with np.errstate(all="ignore"):
        exec("\n".join([*imports_for(statements), *statements]), namespace)
    return namespace


@pytest.mark.parametrize("engine", ENGINES)
def test_the_rendered_code_of_a_template_gives_what_the_functions_give(engine: Engine) -> None:
    for _, _, record in everywhere(2):
        try:
            expected = RINGED.program(record).run(RINGED.idioms if engine == "idiom" else RINGED.arithmetic)
        except Undefined:
            continue
        found = run(record, engine)
        for name, value in expected.items():
            assert value_of(found[name]).digest == value_of(value).digest, (record, name)


ALTERNATIVES = [
    ("ttest_discovered_groups", "student_mat", {"measure": "absences", "category": "reason"}, "groups"),
    ("spearman_rank_correlation", "penguins_raw", {"measure": "Body Mass (g)"}, "end"),
    ("regression_most_predictive", "student_mat", {"measure": "absences"}, "scope"),
    ("correlation_change_analysis", "penguins_raw",
     {"measure": "Culmen Length (mm)", "other": "Flipper Length (mm)"}, "logged"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "table", "bindings", "choice"), ALTERNATIVES)
def test_whatever_alternative_is_asked_for_the_answer_has_the_same_fields(
    name: str, table: str, bindings: Bindings, choice: str
) -> None:
    subject = shipped(table)
    made = [asked(name, {**bindings, choice: way}, 0, subject) for way in template(name).choices[choice]]
    assert len({one.question_text for one in made}) == len(made) == 2
    forms = [[(field.name, field.kind) for field in one.contract.fields] for one in made]
    assert forms[0] == forms[1]
    assert made[0].answers != made[1].answers
    for one in made:
        submitted: list[dict[str, Any]] = []
        exec(solution(one, subject.columns), {"df": subject.frame, "submit": submitted.append})
        assert matches(one.contract, submitted[0], one.answers[0])


def fired(subjects: list[Subject], most: int) -> dict[str, Question]:
    """The first question of each template that the court accepts, of so many bindings a table."""
    found: dict[str, Question] = {}
    for subject in subjects:
        for one in TEMPLATES:
            for bindings in [] if one.name in found else bound(one, subject, most):
                made = judge(Proposal("template", one.program(bindings), 0, one.name, bindings), subject)
                if isinstance(made, Question):
                    found[one.name] = made
                    break
    return found


def test_at_least_fifty_templates_fire_on_the_shipped_tables() -> None:
    found = fired([shipped(name) for name in SHIPPED], 8)
    assert len(found) >= 50
    # None of these tables holds a row twice.
    assert set(NAMES) - set(found) <= {"duplicate_rows_summary"}


def test_hints_and_notes_of_templates_hold_no_empty_slot() -> None:
    for made in fired([SUBJECT, RINGED], 4).values():
        assert "{" not in made.question_text + made.hint + made.format
        assert not re.search(r"  | [,.?]", made.question_text), made.question_text


@pytest.mark.full
def test_every_template_but_one_fires_in_the_streams_of_many_tables() -> None:
    tables = [*(shipped(name) for name in SHIPPED), SUBJECT, RINGED, sightings_subject(sightings())]
    found: set[str] = set()
    for subject in tables:
        verdicts = (judge(one, subject) for one in islice(proposals("template", subject, "k"), 300) if one)
        made = [one for one in verdicts if isinstance(one, Question)]
        assert len(made) >= 60
        found |= {one.recipe.template or "" for one in made}
    assert {one.name for one in TEMPLATES} - found <= {"duplicate_rows_summary"}
