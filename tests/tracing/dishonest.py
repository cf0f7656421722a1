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
