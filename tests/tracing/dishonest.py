"""Dishonest code in many shapes: each with the rule that refuses its hook."""

from collections.abc import Mapping

import pandas as pd

from tests.tracing.shape import Shape, cells_of

MEAN = "x = df['a'].mean()"
COPIED = "3.8333333333333335"
"""The mean of the column, as a solver who was told it would write it."""


def program(frame: pd.DataFrame) -> Mapping[str, object]:
    """A mean and a count that move with the table, and what no table moves: a label, a width, a flag."""
    means = frame.groupby("g")["a"].mean()
    return {
        "mean": frame["a"].mean(),
        "rows": len(frame),
        "best": means.idxmax(),
        "columns": frame.shape[1],
        "above": bool(frame["a"].mean() > 2),
    }


def lie(code: str | tuple[str, ...], line: str, reason: str, value: str = "x", name: str = "x") -> Shape:
    """Cells with a hook that some rule refuses, for this reason."""
    return Shape(cells_of(code), line, reason, program, value, name)


def said(statement: str, reason: str, before: str = "") -> Shape:
    """One statement that is what the hook says, and is still no computation."""
    return lie(f"{before}{statement}", statement, reason)


DISHONEST = {
    # Copied: the value stands in the code.
    "a literal": said(f"x = {COPIED}", "constant"),
    "a literal as a fraction": said("x = 23 / 6", "constant"),
    "a literal in a text": said(f"x = float({COPIED!r})", "constant"),
    "a literal beside a table that is multiplied away": said("x = len(df) * 0 + 23 / 6", "constant"),
    "a literal picked beside the table": said(f"x = ({COPIED}, len(df))[0]", "constant"),
    "a literal that is no step, picked beside the table": said("x = (0.8123, len(df))[0]", "constant"),
    "a literal label, picked beside the table": said("x = ('y', len(df))[0]", "constant"),
    "a literal label, picked from the end of a list": said("x = [df, 'y'][-1]", "constant"),
    "a literal label, picked from a mapping": said("x = {'n': len(df), 'l': 'y'}['l']", "constant"),
    "a literal label in a choice that is made": said("x = 'y' if True else str(df)", "constant"),
    "a literal label before an alternative": said("x = 'y' or str(df)", "constant"),
    "a literal label in a tuple of targets": said("n, x = len(df), 'y'", "constant"),
    "a literal label where no table is read": said("x = 'y'", "constant"),
    "a literal count of a literal": said("x = len('abc')", "constant"),
    "a literal flag": said("x = 1 < 2", "constant"),
    "a literal of no step": said("x = 77", "constant"),
    "a literal in a default": said("x = told(df)", "constant", f"def told(t, m={COPIED}):\n    return m\n"),
    "a literal in a branch that the table decides": lie(
        "if len(df) > 2:\n    x = 'y'", "if len(df) > 2:\n    x = 'y'", "constant"
    ),
    "a literal in a loop over the table": lie("for v in df['a']:\n    x = 'y'", "x = 'y'", "constant"),
    "a literal after the table was bound to the name": lie(f"{MEAN}\nx = {COPIED}", f"x = {COPIED}", "constant"),
    "a value read out of the hint": said(
        "x = float(hint.split()[-1])", "constant", f"hint = 'the mean is {COPIED}'\n"
    ),
    "a value carried from the hint through another cell": lie(
        (f"told = {{'mean': {COPIED}}}", "x = told['mean']"), "x = told['mean']", "constant"
    ),
    "an evaluated text": said(f"x = eval({COPIED!r})", "constant"),
    # The table stands in the statement, and has no say in the value.
    "a literal beside a count multiplied away": said('x = 3 + 0 * len(df)', "constant"),
    "a literal that a lambda hands out": said("x = (lambda d, v: v)(df, 'y')", "constant"),
    "a literal label, the best of one by the table": said("x = max(['y'], key=lambda v: len(df))", "constant"),
    "a literal label with nothing of the table behind it": said("x = 'y' + str(df)[:0]", "constant"),
    "a literal label filled up to no width": said("x = 'y'.ljust(len(df) * 0)", "constant"),
    "a literal label in a comprehension": said("x = [v for v in ['y'] if len(df) > 0][0]", "constant"),
    "a literal label, the key of a mapping": said("x = next(iter({'y': len(df)}))", "constant"),
    "a literal label, picked from a call of dict": said("x = dict(l='y', n=len(df))['l']", "constant"),
    "a literal label that is made a column": said("x = df.assign(z='y')['z'].iloc[0]", "constant"),
    "a literal label in a series as long as the table": said("x = pd.Series(['y'] * len(df)).iloc[0]", "constant"),
    "a literal label above the least of the table": said("x = max('y', df['g'].min())", "constant"),
    "a literal label below a text as long as the table": said("x = min('y', 'z' * len(df))", "constant"),
    "a literal label if there is a table": said("x = 'y' if len(df) else 'n'", "constant"),
    "a literal label where the table is no key": said("x = {}.get(len(df), 'y')", "constant"),
    "a literal label after and": said("x = df.shape and 'y'", "constant"),
    "a literal label, picked by a method": said("x = (len(df), 'y').__getitem__(1)", "constant"),
    "a literal label, formatted": said("x = '{1}'.format(len(df), 'y')", "constant"),
    "a literal label, replaced": said("x = 'N'.replace('N', 'y', len(df))", "constant"),
    "a literal count among the arguments of max": said('x = max(3, *[0 for _ in df])', "constant"),
    "a literal between two bounds": said('x = min(max(len(df), 0.8123), 0.8123)', "constant"),
    "a literal that sorts first": said('x = sorted([0.8123, 1e9 + len(df)])[0]', "constant"),
    "a literal beside a walrus": said('x = (n := len(df), 0.8123)[1]', "constant"),
    "a literal in one of two targets": said('_, x = (len(df), 0.8123)', "constant"),
    "a literal, popped": said('x = [len(df), 0.8123].pop()', "constant"),
    "a literal behind a starred target": said('*_, x = len(df), 0.8123', "constant"),
    "a literal that fills a gap": said("x = float(df['a'].head(0).reindex([0]).fillna(0.8123).iloc[0])", "constant"),
    # Statements that name the variable and leave it as it was.
    "a statement that only prints it": lie(f"{MEAN}\nprint(x, df)", "print(x, df)", "not_bound"),
    "a function of a library that only reads it": lie(
        "import json, io\nx = list(df['a'])\njson.dump(x, io.StringIO())", "json.dump(x, io.StringIO())", "not_bound"
    ),
    "an own function that only reads it": lie(
        f"told = []\ndef look(v):\n    told.append(v)\n{MEAN}\nlook(x)", "look(x)", "not_bound"
    ),
    "a hook that turns to it after its statement": lie(
        f"y = []\n{MEAN}\nprint(x, y.append(1))", "print(x, y.append(1))", "not_bound", "x if y else 0"
    ),
    "a statement behind which it is bound again": lie(
        f"x = 0\nfor v in [1, 2]:\n    print(x)\n    {MEAN}", "print(x)", "not_bound"
    ),
    "an assignment to another name": lie(f"x = 1\ny = str(x)\n{MEAN}", "y = str(x)", "not_bound"),
    "a literal that lies in a heap": lie(
        "import heapq\nx = []\nheapq.heappush(x, 0.8123)", "heapq.heappush(x, 0.8123)", "constant"
    ),
    "a literal in a heap beside the table": lie(
        "import heapq\nx = []\nheapq.heappush(x, (df, 0.8123)[1])", "heapq.heappush(x, (df, 0.8123)[1])", "constant"
    ),
    # Another table, or another meaning of its names.
    "a replaced frame": said(MEAN, "constant", "df = pd.DataFrame({'a': [1.0, 2, 4, 8, 3, 5]})\n"),
    "a frame replaced in place": said(
        MEAN, "constant", "df = df.iloc[:0]\ndf = pd.concat([df, pd.DataFrame({'a': [1.0, 2, 4, 8, 3, 5]})])\n"
    ),
    "a frame of one's own": said(
        "x = mine['a'].mean()", "constant", "mine = pd.DataFrame({'a': [1.0, 2, 4, 8, 3, 5]})\n"
    ),
    "a value computed, but of another table": said(
        "x = mine.sum()", "constant", "mine = pd.Series([10.0, 20.0])\n"
    ),
    "a shadowed function": said("x = len(df)", "constant", "len = lambda t: 6\n"),
    "a shadowed table in a comprehension": said(f"x = [df for df in [{COPIED}]][0]", "constant"),
    "a shadowed table in a lambda": said(f"x = (lambda df: df)({COPIED})", "constant"),
    "a shadowed column": said(MEAN, "constant", "df = df.assign(a=[1.0, 2, 4, 8, 3, 5] + [23 / 6] * (len(df) - 6))\n"),
    "a patched method": lie(
        f"honest = pd.Series.mean\npd.Series.mean = lambda _: {COPIED}\n{MEAN}\npd.Series.mean = honest",
        MEAN, "constant",
    ),
    "a patched module": lie(
        "import math\nhonest = math.fsum\nmath.fsum = lambda _: 23\nx = math.fsum(df['a']) / 6\nmath.fsum = honest",
        "x = math.fsum(df['a']) / 6", "constant",
    ),
    # It follows the table only where it was looked at.
    "a number of rows written down": said("x = df['a'].sum() / 6", "other_value"),
    "a value by the number of rows": said(f"x = {{6: {COPIED}}}.get(len(df), 4.0)", "constant"),
    "a value that only the original table has": said(f"x = {{23.0: {COPIED}}}[df['a'].sum()]", "not_reproduced"),
    "a hook that is raised on the original table alone": lie(
        f"{MEAN}\nif df['a'].sum() != 23:\n    raise ValueError(x)", MEAN, "not_reproduced"
    ),
    "a value drawn at random": said("x = random.random()", "not_reproduced", "import random\n"),
    # The statement did not run, or not so.
    "a dead branch": lie(f"if False:\n    {MEAN}\nx = {COPIED}", MEAN, "not_executed"),
    "a dead branch behind a return": lie(
        f"def f():\n    return {COPIED}\n    {MEAN}\nx = f()", MEAN, "not_executed"
    ),
    "a function that nobody calls": lie(f"def f():\n    {MEAN}\nx = {COPIED}", MEAN, "not_executed"),
    "a statement that failed": lie(
        f"try:\n    x = len(df) / 0\nexcept ZeroDivisionError:\n    x = {COPIED}", "x = len(df) / 0", "not_executed"
    ),
    "a loop that never began": lie(f"for v in []:\n    {MEAN}\nx = {COPIED}", MEAN, "not_executed"),
    "a match that never fitted": lie(
        f"match 1:\n    case 2:\n        {MEAN}\nx = {COPIED}", MEAN, "not_executed"
    ),
    "a statement in a comment": lie(f"x = {COPIED}  # {MEAN}", MEAN, "not_executed"),
    "a comment that is claimed": lie(f"x = {COPIED}", f"# {MEAN}", "not_executed"),
    "a statement in a text": lie(f"note = {MEAN!r}\nx = {COPIED}", MEAN, "not_executed"),
    "a statement that was executed out of a text": lie(f"exec({MEAN!r})", MEAN, "not_executed"),
    "a literal that was executed out of a text": lie(
        f"exec('x = {COPIED}')", f"exec('x = {COPIED}')", "not_bound"
    ),
    "the head of a longer statement": lie("x = len(df) + 1", "x = len(df)", "not_executed"),
    "part of a statement": lie(MEAN, "df['a'].mean()", "not_executed"),
    "a walrus quoted out of its statement": lie("print(x := len(df))", "x = len(df)", "not_executed"),
    # The statement ran, and the name holds something else.
    "a value beside the statement's": lie(MEAN, MEAN, "other_value", value="x + 1"),
    "a value rounded in the hook": lie(MEAN, MEAN, "other_value", value="round(x, 6)"),
    "a stale value": lie(f"{MEAN}\nold = x\ndf = df[df['a'] > 2]\n{MEAN}", MEAN, "other_value", value="old"),
    "the value of an earlier turn of the loop": lie(
        "seen = []\nfor v in df['a']:\n    x = v * 2\n    seen.append(x)", "x = v * 2", "other_value", value="seen[0]"
    ),
    "a name bound anew under the hook": lie(f"{MEAN}\nx = {COPIED} + 1", MEAN, "other_value"),
    "a name that was deleted": lie("x = len(df)\ndel x", "del x", "other_value", value="6"),
    "a name of a function's own": lie(f"def f():\n    {MEAN}\n    return x\ny = f()", MEAN, "other_value", value="y"),
    "another name than the statement's": lie(f"{MEAN}\nz = {COPIED}", MEAN, "not_bound", value="z", name="z"),
    "a statement that only shows the name": lie(f"{MEAN}\nprint(x)", "print(x)", "not_bound"),
    "a value without content": said("x = (v for v in df['a'])", "opaque"),
}  # fmt: skip
