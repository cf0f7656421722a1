"""Figures from seeded draws are those that the format note tells how to draw, whatever the order of the rows."""

import numpy as np
import pytest

from actors.language.operator import grammar
from actors.language.term import TABLE, Term, term
from tests.language.tiny import both, table, undefined

A = [5.0, 1, 9, 2, 8, 4, 4, 7, 12, 6]
KINDS = [*"xyxyxyxyxx"]
SUBJECT = table(a=[*A, None], kind=[*KINDS, "y"], same=[3.0] * 11)
TURNED = table(a=[None, *A[::-1]], kind=["y", *KINDS[::-1]], same=[3.0] * 11)
EMPTY = term("keep_level", TABLE, category="kind", level="nowhere")
MEANS = term("mean_by_group", TABLE, measure="a", category="kind")
MEANS_DRAWN = np.random.default_rng(7).choice(np.sort(A), size=(500, 10)).mean(axis=1)


def permuted(counted: int) -> float:
    """By the note, one permutation after the other; x has the higher mean and is named first."""
    rng, values = np.random.default_rng(7), np.sort(A)
    x, y = (np.mean([a for a, kind in zip(A, KINDS, strict=True) if kind == one]) for one in "xy")
    found = counted
    for _ in range(499):
        mixed = rng.permutation(values)
        found += abs(mixed[:6].mean() - mixed[6:].mean()) >= abs(x - y) - 1e-9
    return found / (499 + counted)


def interval(name: str, measure: str = "a") -> Term:
    return term(name, TABLE, measure=measure, draws=500, seed=7)


TESTED = term(
    "permutation_p", TABLE, term("most", MEANS), term("least", MEANS),
    measure="a", category="kind", draws=499, seed=7,
)  # fmt: skip
CASES = [
    (interval("bootstrap_low"), np.quantile(MEANS_DRAWN, 0.025)),
    (interval("bootstrap_high"), np.quantile(MEANS_DRAWN, 0.975)),
    (interval("bootstrap_low", "same"), 3),
    (TESTED, permuted(1)),
    (TESTED.with_axes({"counted_observed": "left"}), permuted(0)),
]


@pytest.mark.parametrize("subject", [SUBJECT, TURNED], ids=["as they stand", "turned round"])
@pytest.mark.parametrize(("node", "wanted"), CASES, ids=lambda case: getattr(case, "operator", ""))
def test_the_figure_of_some_draws(subject: object, node: Term, wanted: float) -> None:
    assert both(subject, node) == pytest.approx(wanted)  # type: ignore[arg-type]


def test_every_operator_of_the_family_has_a_case() -> None:
    family = {name for name, one in grammar().items() if one.family == "resample"}
    assert family == {node.operator for node, _ in CASES}


def test_nothing_is_drawn_from_nothing() -> None:
    undefined(SUBJECT, term("bootstrap_low", EMPTY, measure="a", draws=500, seed=7))
