"""What several columns say together, against values worked out otherwise."""

import math

import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA

from actors.language.operator import grammar
from actors.language.term import TABLE, Term, term
from tests.language.tiny import both, table, undefined

A, B, C = [1.0, 2, 3, 4, 10], [2.0, 1, 4, 3, 7], [5.0, 1, 2, 9, 3]
SUBJECT = table(a=[*A, None], b=[*B, 4], c=[*C, 1], same=[2.0] * 6, kind=["x"] * 6)
EMPTY = term("keep_level", TABLE, category="kind", level="nowhere")
SQUARE = table(a=[0, 0, 2, 2], b=[0, 2, 0, 2])


def of(name: str, **parameters: str) -> Term:
    return term(name, TABLE, measure="a", **parameters)


def component() -> float:
    columns = np.column_stack([A, B, C])
    return float(PCA().fit((columns - columns.mean(0)) / columns.std(0)).explained_variance_ratio_[0])


def upper() -> int:
    found = KMeans(2, n_init=20, random_state=0).fit(np.array(A)[:, None])
    return int((found.labels_ == found.labels_[np.argmax(A)]).sum())


CASES = [
    (SUBJECT, of("first_component_share", other="b", third="c"), component()),
    # Each corner of a square with sides of 2 lies a side off two others; a side is 2 / (2 / sqrt(3)).
    (SQUARE, of("nearest_neighbour_distance", other="b"), math.sqrt(3)),
    (SQUARE, of("nearest_neighbour_distance", other="b").with_axes({"ddof": "population"}), 2),
    (SUBJECT, of("upper_cluster_size"), upper()),
]


@pytest.mark.parametrize(("subject", "node", "wanted"), CASES, ids=lambda case: getattr(case, "operator", ""))
def test_the_figure_of_many_columns(subject: object, node: Term, wanted: float) -> None:
    assert both(subject, node) == pytest.approx(wanted)  # type: ignore[arg-type]


def test_every_operator_of_the_family_has_a_case() -> None:
    family = {name for name, one in grammar().items() if one.family == "many"}
    assert family == {node.operator for _, node, _ in CASES}


def test_columns_without_spread_or_records_say_nothing() -> None:
    undefined(SUBJECT, of("first_component_share", other="b", third="same"))
    undefined(SUBJECT, term("upper_cluster_size", TABLE, measure="same"))
    undefined(SUBJECT, term("upper_cluster_size", EMPTY, measure="a"))
    undefined(SUBJECT, term("nearest_neighbour_distance", EMPTY, measure="a", other="b"))


def test_two_cuts_that_are_equally_good_are_a_close_call() -> None:
    level = table(a=[1, 2, 3])
    assert level.arithmetic.decided(of("upper_cluster_size")) == ("upper", 0.0)
