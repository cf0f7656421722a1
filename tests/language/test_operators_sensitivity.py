"""How much a result owes to a group or to outliers, against values worked out by hand."""

import numpy as np
import pytest

from actors.language.operator import grammar
from actors.language.term import TABLE, Term, term
from tests.language.tiny import both, table, undefined

A, B = [1.0, 2, 3, 4, 5, 30], [2.0, 1, 4, 3, 6, 2]
SUBJECT = table(
    a=[*A, None, 9],
    b=[*B, 5, None],
    kind=["x", "x", "y", "y", "z", "z", "z", None],
)
# Within x and y the one falls as the other rises, over both it rises.
SIMPSON = table(a=[1, 2, 3, 11, 12, 13], b=[3, 2, 1, 13, 12, 11], kind=[*"xxxyyy"], all=["o"] * 6)
EMPTY = term("keep_level", TABLE, category="kind", level="nowhere")
HIGH = term("most", term("mean_by_group", TABLE, measure="a", category="kind"))


def of(name: str, axes: dict[str, str] | None = None, *inputs: Term, **parameters: str) -> Term:
    return term(name, TABLE, *inputs, **({"measure": "a"} | parameters)).with_axes(axes or {})


CASES = [
    (SUBJECT, term("change", term("mean", TABLE, measure="a"), term("mean", TABLE, measure="b")), 54 / 7 - 23 / 7),
    (SUBJECT, term("excess", term("mean", TABLE, measure="b"), term("median", TABLE, measure="a")), 23 / 7 - 4),
    # Without z there are 1, 2, 3, 4 and, of no kind, 9.
    (SUBJECT, of("change_without_group", {}, HIGH, category="kind"), 19 / 5 - 54 / 7),
    (SUBJECT, of("change_without_group", {"unnamed": "left"}, HIGH, category="kind"), 10 / 4 - 45 / 6),
    # 30 is an outlier of a; 9 is one as well where every known value counts.
    (SUBJECT, of("change_without_outliers", other="b"),
     np.corrcoef(A[:5], B[:5])[0, 1] - np.corrcoef(A, B)[0, 1]),
    (SUBJECT, of("leave_one_group_out", category="kind"), "z"),
    (SIMPSON, of("reversal_inside_groups", other="b", category="kind"), True),
    (SIMPSON, of("reversal_inside_groups", other="b", category="all"), False),
]  # fmt: skip


@pytest.mark.parametrize(("subject", "node", "wanted"), CASES, ids=lambda case: getattr(case, "operator", ""))
def test_what_a_result_owes(subject: object, node: Term, wanted: float | str | bool) -> None:
    assert both(subject, node) == (wanted if isinstance(wanted, str | bool) else pytest.approx(wanted))  # type: ignore[arg-type]


def test_every_operator_of_the_family_has_a_case() -> None:
    family = {name for name, one in grammar().items() if one.family == "sensitivity"}
    assert family == {node.operator for _, node, _ in CASES}


def test_without_records_nothing_changes_anything() -> None:
    undefined(SUBJECT, term("change_without_outliers", EMPTY, measure="a", other="b"))
    undefined(SUBJECT, term("leave_one_group_out", EMPTY, measure="a", category="kind"))


def test_groups_without_which_the_mean_moves_equally_far_are_a_close_call() -> None:
    level = table(a=[1, 2, 3], kind=[*"xyz"])
    decided = level.arithmetic.decided(of("leave_one_group_out", category="kind"))
    assert decided is not None
    assert decided[1] == pytest.approx(0)
    assert both(level, of("leave_one_group_out", category="kind")) == "x"
    assert both(level, of("leave_one_group_out", {"ties": "last"}, category="kind")) == "z"
