"""What flows where, through the statements that ran."""

import ast

import pytest
from hypothesis import given, strategies as st

from actors.tracing.dataflow import Claim, Dataflow, ExecutedCell, dataflow
from actors.tracing.syntax import normal, statements


def flow_of(*cells: str, claims: list[tuple[str, str]], skipped: tuple[str, ...] = ()) -> Dataflow:
    """The flow into claims of (name, statement), all raised in the last cell; `skipped` did not run."""
    never = {normal(source) for source in skipped}
    ran = [frozenset(one.source for one in statements(code)) - never for code in cells]
    return dataflow(
        [ExecutedCell(code, sources) for code, sources in zip(cells, ran, strict=True)],
        [Claim(len(cells) - 1, name, frozenset({normal(source)})) for name, source in claims],
    )


def reaches(code: str, statement: str, *, skipped: tuple[str, ...] = ()) -> bool:
    """Whether the table flows into `x` at a statement."""
    return flow_of(code, claims=[("x", statement)], skipped=skipped).reaches_table(0)


@pytest.mark.parametrize(
    ("code", "statement"),
    [
        ("x = df['a'].mean()", "x = df['a'].mean()"),
        ("t = df.dropna()\nu = t['a']\nx = u.sum()", "x = u.sum()"),
        ("x, y = df.shape", "x, y = df.shape"),
        ("x = []\nx.append(df['a'].max())", "x.append(df['a'].max())"),
        ("x = {}\nx['k'] = len(df)", "x['k'] = len(df)"),
        ("x = 0\nfor v in df['a']:\n    x += v", "x += v"),
        ("x = 0\nfor v in df['a']:\n    x += v", "for v in df['a']:\n    x += v"),
        ("def f(t):\n    return t['a'].mean()\nx = f(df)", "x = f(df)"),
        ("def f():\n    return df['a'].mean()\nx = f()", "x = f()"),
        ("def g():\n    return f()\ndef f():\n    return len(df)\nx = g()", "x = g()"),
        ("def f(k):\n    return 1 if k == 0 else f(k - 1) + len(df)\nx = f(3)", "x = f(3)"),
        ("def f():\n    yield from df['a']\nx = list(f())", "x = list(f())"),
        ("x = {}\ndef f(d, t):\n    d['n'] = len(t)\nf(x, df)\nx = dict(x)", "x = dict(x)"),
        ("import heapq\nx = []\nheapq.heappush(x, len(df))\nx = x[0]", "x = x[0]"),
        ("from numpy import copyto\nx = [0]\ncopyto(src=df, dst=x)\nx = x[0]", "x = x[0]"),
        ("x = 0\ndef f():\n    global x\n    x = len(df)\nf()\nx = x", "x = x"),
        ("class A:\n    def n(self):\n        return len(df)\nx = A().n()", "x = A().n()"),
        ("x = [v for v in df['a'] if v > 1]", "x = [v for v in df['a'] if v > 1]"),
        ("x = sorted([1, 2], key=lambda v: len(df))", "x = sorted([1, 2], key=lambda v: len(df))"),
        ("x = (n := len(df)) + 1", "x = (n := len(df)) + 1"),
        ("if (n := len(df)) > 1:\n    x = n", "x = n"),
        ("m = Model()\nm.fit(df)\nx = m.score", "x = m.score"),
        ("k = len(df)\nt = pd.DataFrame()\nx = t.query('a > @k')", "x = t.query('a > @k')"),
        ("with open(df) as f:\n    x = f.read()", "x = f.read()"),
        ("try:\n    x = 1 / len(df)\nexcept E:\n    pass", "x = 1 / len(df)"),
        ("match df.shape:\n    case [n, m]:\n        x = n", "x = n"),
        ("a, b = 1, len(df)\na, b = b, a\nx = a", "x = a"),
        ("x = (5, len(df))[1]", "x = (5, len(df))[1]"),
        ("i = 0\nx = (len(df), 5)[i]", "x = (len(df), 5)[i]"),
        ("x = (*df, 5)[0]", "x = (*df, 5)[0]"),
        ("x = [5, df][:2]", "x = [5, df][:2]"),
        ("x = [5, df][7:]", "x = [5, df][7:]"),
        ("x = {**df, 'k': 5}['k']", "x = {**df, 'k': 5}['k']"),
        ("x = {'k': 5, 'k': df}['k']", "x = {'k': 5, 'k': df}['k']"),
        ("x = 5 if df else 6", "x = 5 if df else 6"),
        ("x = 0 or len(df)", "x = 0 or len(df)"),
        ("a = b = c = 0\nwhile a < 3:\n    c = b\n    b = a\n    a = len(df)\nx = c", "x = c"),
    ],
)
def test_data_flows_from_the_table(code: str, statement: str) -> None:
    assert reaches(code, statement)


@pytest.mark.parametrize(
    ("code", "statement"),
    [
        ("x = 5", "x = 5"),
        ("x = len(df)\nx = 5", "x = 5"),
        ("df = [1, 2]\nx = len(df)", "x = len(df)"),
        ("def f(v, w):\n    return w\nf(5, df)\nx = f(5, 6)", "x = f(5, 6)"),
        ("x = [5]\nprint(x, df)\nx = x[0]", "x = x[0]"),
        ("if len(df) > 2:\n    x = 5", "x = 5"),
        ("for v in df['a']:\n    x = 5", "x = 5"),
        ("a, x = len(df), 5", "a, x = len(df), 5"),
        ("a, b = 1, len(df)\na, b = b, a\nx = b", "x = b"),
        ("import numpy as np\nnp.random.seed(len(df))\nx = np.sqrt(4)", "x = np.sqrt(4)"),
        ("x = [df for df in [1, 2]]", "x = [df for df in [1, 2]]"),
        ("f = lambda df: df + 1\nx = f(1)", "x = f(1)"),
        ("def f(t):\n    t = 1\n    return t\ny = f(df)\nx = 3", "x = 3"),
        ("def f():\n    y = len(df)\n    return 3\nx = f()", "x = f()"),
        ("print(df)\nx = 4.5", "x = 4.5"),
        ("x = (5, len(df))[0]", "x = (5, len(df))[0]"),
        ("x = [len(df), 5, 6][-2]", "x = [len(df), 5, 6][-2]"),
        ("x = {'k': df, 'j': 5}['j']", "x = {'k': df, 'j': 5}['j']"),
        ("x = 5 if 1 else len(df)", "x = 5 if 1 else len(df)"),
        ("x = 5 or len(df)", "x = 5 or len(df)"),
    ],
)
def test_no_data_flows_from_the_table(code: str, statement: str) -> None:
    assert not reaches(code, statement)


def test_a_branch_that_did_not_run_feeds_nothing() -> None:
    code = "if False:\n    x = len(df)\nelse:\n    x = 5\nx = x + 1"
    assert not reaches(code, "x = x + 1", skipped=("x = len(df)",))
    assert reaches(code, "x = x + 1", skipped=("x = 5",))


def test_inside_functions_everything_counts_as_run_for_not_all_of_it_is_noted() -> None:
    code = "x = 0\ndef f():\n    global x\n    x = len(df)\nf()\nx = x"
    assert reaches(code, "x = x", skipped=("global x", "x = len(df)"))


def test_in_a_loop_what_held_before_a_branch_still_counts() -> None:
    code = "for i in [0, 1]:\n    x = len(df)\n    if i == 0:\n        x = 5\nx = x + 1"
    assert reaches(code, "x = x + 1")


def test_in_a_loop_what_held_before_a_match_still_counts() -> None:
    code = "for i in [0, 1]:\n    x = len(df)\n    match i:\n        case 0:\n            x = 5\nx = x + 1"
    assert reaches(code, "x = x + 1")


def test_a_hook_depends_on_the_hooks_whose_values_flow_into_it() -> None:
    cell = "a = df['a'].mean()\nb = df['b'].mean()\nd = a * 2\nr = d + 1"
    claims = [("a", "a = df['a'].mean()"), ("b", "b = df['b'].mean()"), ("r", "r = d + 1")]
    flow = flow_of(cell, claims=claims)
    assert [flow.edge(2, 0), flow.edge(2, 1), flow.edge(0, 1)] == ["data", None, None]


def test_the_test_of_an_enclosing_branch_is_control() -> None:
    cell = "p = df['a'].mean()\nif p > 1:\n    m = df['b'].median()\nelse:\n    m = 0"
    flow = flow_of(
        cell, claims=[("p", "p = df['a'].mean()"), ("m", "m = df['b'].median()")], skipped=("m = 0",)
    )
    assert flow.edge(1, 0) == "control"
    assert flow.reaches_table(1)


def test_control_travels_on_through_data() -> None:
    cell = "p = df['a'].mean()\nif p > 1:\n    m = 1\nr = m + 1"
    flow = flow_of(cell, claims=[("p", "p = df['a'].mean()"), ("r", "r = m + 1")])
    assert flow.edge(1, 0) == "control"


def test_a_value_taken_before_a_name_was_bound_anew_does_not_depend_on_the_new_one() -> None:
    cell = "x = df['a'].mean()\ny = x + 1\nx = 7"
    flow = flow_of(cell, claims=[("x", "x = 7"), ("y", "y = x + 1")])
    assert flow.edge(1, 0) is None
    assert flow.reaches_table(1)


def test_flow_goes_through_cells_and_ends_at_the_cell_of_the_hook() -> None:
    claims = [Claim(0, "x", frozenset({"x = y"})), Claim(2, "x", frozenset({"x = y"}))]
    code = ["y = 1\nx = y", "y = len(df)", "x = y"]
    cells = [ExecutedCell(one, frozenset(part.source for part in statements(one))) for one in code]
    flow = dataflow(cells, claims)
    assert [flow.reaches_table(0), flow.reaches_table(1)] == [False, True]


def test_a_hook_inside_a_function_sees_what_was_given_to_it() -> None:
    cell = "def f(t):\n    n = len(t)\n    return n\nf(df)"
    flow = flow_of(cell, claims=[("n", "n = len(t)")])
    assert flow.reaches_table(0)


def test_hostile_code_costs_a_bounded_effort_and_earns_nothing() -> None:
    doubling = "\n".join(f"def f{i}():\n    f{i + 1}()\n    return f{i + 1}()" for i in range(40))
    nested = "".join(f"{'    ' * i}for v{i} in df:\n" for i in range(18)) + "    " * 18 + "x = v17"
    for code in (f"{doubling}\ndef f40():\n    return len(df)\nx = f0()", nested):
        reaches(code, "x = f0()")


def test_deep_expressions_do_no_harm() -> None:
    chain = "x = " + " + ".join(["len(df)"] * 150)
    assert reaches(chain, chain) in (True, False)


@given(st.data())
def test_in_straight_code_flow_is_reachability(data: st.DataObject) -> None:
    """Against a plain simulation: each variable holds the set of sources it was made of."""
    names = ["a", "b", "c", "d"]
    holds: dict[str, set[str]] = {"df": {"df"}, **{name: set() for name in names}}
    lines = [f"{name} = 0" for name in names]
    for _ in range(data.draw(st.integers(1, 12))):
        target = data.draw(st.sampled_from(names))
        read = data.draw(st.lists(st.sampled_from(["df", *names]), max_size=2))
        more = data.draw(st.booleans())
        lines.append(f"{target} {'+=' if more else '='} f({', '.join(read)})")
        new = set[str]().union(*(holds[name] for name in read))
        holds[target] = holds[target] | new if more else new
    code = "\n".join(lines)
    for name in names:
        flow = flow_of(f"{code}\nresult = {name}", claims=[("result", f"result = {name}")])
        assert flow.reaches_table(0) == ("df" in holds[name]), ast.dump(ast.parse(code))
