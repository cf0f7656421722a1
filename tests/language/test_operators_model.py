"""Lines and planes of least squares, against statsmodels and scikit-learn."""

from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from statsmodels.api import OLS, add_constant
from statsmodels.stats.outliers_influence import variance_inflation_factor

from actors.language.operator import grammar
from actors.language.term import TABLE, Term, term
from tests.language.tiny import both, table, undefined

RNG = np.random.default_rng(4)
P, Q, S = RNG.normal(5, 2, (3, 20)).round(2)
Y = (3 + 2 * P - Q + RNG.normal(0, 1, 20)).round(2)
KIND = np.where(Y + RNG.normal(0, 4, 20) > 8, "high", "low").tolist()
SUBJECT = table(
    y=[*Y.tolist(), None, 3.0],
    p=[*P.tolist(), 50.0, None],
    q=[*Q.tolist(), 1.0, 2.0],
    s=[*S.tolist(), 1.0, 2.0],
    kind=[*KIND, None, "low"],
)
EMPTY = term("keep_level", TABLE, category="kind", level="nowhere")
LINE = OLS(Y, add_constant(P)).fit()


def z(values: Any) -> Any:
    return (values - values.mean()) / values.std()


def area() -> float:
    amounts, labels = np.append(Y, 3.0), np.array([*KIND, "low"]) == "low"
    fitted = LogisticRegression().fit(amounts[:, None], labels)
    return float(roc_auc_score(labels, fitted.decision_function(amounts[:, None])))


def of(name: str, **parameters: str) -> Term:
    return term(name, TABLE, **({"measure": "y", "other": "p"} | parameters))


CASES = [
    (of("intercept"), LINE.params[0]),
    (of("r_squared"), LINE.rsquared),
    (of("residual_deviation"), LINE.mse_resid**0.5),
    (of("largest_residual"), np.abs(LINE.resid).max()),
    (of("prediction_at_median"), LINE.predict([1, np.median(P)])[0]),
    (of("prediction_at_median").with_axes({"known_in": "each"}), LINE.predict([1, np.median([*P, 50])])[0]),
    (of("standardised_coefficient", third="q"), OLS(z(Y), np.column_stack([z(P), z(Q)])).fit().params[0]),
    (of("vif", measure="p", other="q", third="s"), variance_inflation_factor(
        add_constant(np.column_stack([[*P, 50], [*Q, 1], [*S, 1]])), 1)),
    (of("adjusted_r_squared", third="q"), OLS(Y, add_constant(np.column_stack([P, Q]))).fit().rsquared_adj),
    (of("adjusted_r_squared_of_three", third="q", fourth="s"),
     OLS(Y, add_constant(np.column_stack([P, Q, S]))).fit().rsquared_adj),
    (term("logistic_auc", TABLE, measure="y", category="kind", level="low"), area()),
]  # fmt: skip


@pytest.mark.parametrize(("node", "wanted"), CASES, ids=lambda case: getattr(case, "operator", ""))
def test_the_figure_of_a_model(node: Term, wanted: float) -> None:
    assert both(SUBJECT, node) == pytest.approx(wanted)


def test_every_operator_of_the_family_has_a_case() -> None:
    family = {name for name, one in grammar().items() if one.family == "model"}
    assert family == {node.operator for node, _ in CASES}


@pytest.mark.parametrize("name", ["intercept", "r_squared", "largest_residual"])
def test_no_records_have_no_line(name: str) -> None:
    undefined(SUBJECT, term(name, EMPTY, measure="y", other="p"))
