"""Honest code in many shapes: each with a hook that stands for the step of the program that it computes."""

import heapq
import random
from collections.abc import Callable

import numpy as np
import pandas as pd

from tests.tracing.shape import Shape, cells_of


def mean(frame: pd.DataFrame) -> object:
    return frame["a"].mean()


def rows(frame: pd.DataFrame) -> object:
    return len(frame)


def columns(frame: pd.DataFrame) -> object:
    return frame.shape[1]


def above_four(frame: pd.DataFrame) -> object:
    return frame.loc[frame["a"] > 4, "a"].mean()


def heap(frame: pd.DataFrame) -> object:
    grown: list[object] = []
    for value in frame["b"]:
        heapq.heappush(grown, value)
    return grown


def heapified(frame: pd.DataFrame) -> object:
    values = list(frame["b"])
    heapq.heapify(values)
    return values


def shuffled(frame: pd.DataFrame) -> object:
    values = list(frame["a"])
    random.Random(3).shuffle(values)
    return values


def rng_shuffled(frame: pd.DataFrame) -> object:
    values = frame["a"].to_numpy(copy=True)
    np.random.default_rng(3).shuffle(values)
    return values


def honest(code: str | tuple[str, ...], line: str, step: Callable[[pd.DataFrame], object] = mean) -> Shape:
    """Cells that make `x` what it is by a statement of them, as a step of the program does."""
    return Shape(cells_of(code), line, "grounded", lambda frame: {"step": step(frame)})


ADDS_UP = "x = 0\nfor v in df['a']:\n    x += v / len(df)"
COUNTS_DOWN = "x, left = 0, list(df['a'])\nwhile left:\n    x = x + left.pop() / len(df)"
BRANCH = "if df['a'].max() > 5:\n    x = df['a'].mean()\nelse:\n    x = df['b'].mean()"
MODEL = """\
class Model:
    def fit(self, values):
        self.centre = values.mean()
        return self
"""
HONEST = {
    "two statements that the claim names": honest("t = df['a']\nx = t.mean()", 't = df["a"]\nx = t.mean()'),
    "an annotation": honest("x: float = df['a'].mean()", "x: float = df['a'].mean()"),
    "a chain of names": honest("x = y = df['a'].mean()", "x = y = df['a'].mean()"),
    "a statement over several lines": honest("x = (df\n    ['a']  # one\n    .mean())", "x = df['a'].mean()"),
    "a branch, by the statement inside": honest(BRANCH, "    x = (df['a'].mean())"),
    "a branch, as a whole": honest(BRANCH, BRANCH),
    "a conditional expression": honest(
        "x = 'high' if df['a'].mean() > 2 else 'low'",
        "x = 'high' if df['a'].mean() > 2 else 'low'",
        lambda _: "high",
    ),
    "a match": honest("match df.shape:\n    case [n, _]:\n        x = n", "x = n", rows),
    "a loop, by the statement inside": honest(ADDS_UP, "x += v / len(df)"),
    "a loop, as a whole": honest(ADDS_UP, ADDS_UP.partition("\n")[2]),
    "a loop that ends by itself": honest(COUNTS_DOWN, "x = x + left.pop() / len(df)"),
    "a loop that is left early": honest(
        "for x in df['a']:\n    if x > 4:\n        break", "for x in df['a']:\n    if x > 4:\n        break",
        lambda frame: next(v for v in frame["a"] if v > 4),
    ),
    "a comprehension": honest(
        "x = [v for v in df['b'] if v > 1]", "x = [v for v in df['b'] if v > 1]",
        lambda frame: [v for v in frame["b"] if v > 1],
    ),
    "a generator": honest(
        "def above(limit):\n    for v in df['a']:\n        if v > limit:\n            yield v\nx = list(above(4))",
        "x = list(above(4))", lambda frame: [v for v in frame["a"] if v > 4],
    ),
    "a function": honest("def centre(t):\n    return t['a'].mean()\nx = centre(df)", "x = centre(df)"),
    "a function that calls itself": honest(
        "def total(v):\n    return v[0] + total(v[1:]) if v else 0\nx = total(list(df['a'])) / len(df)",
        "x = total(list(df['a'])) / len(df)",
    ),
    "a function that binds a global": honest(
        "def f():\n    global x\n    x = df.a.mean()\nf()", "x = df.a.mean()"
    ),
    "a function inside a function": honest(
        "def outer(t):\n    def inner():\n        return t['a'].mean()\n    return inner\nx = outer(df)()",
        "x = outer(df)()",
    ),
    "a lambda": honest("centre = lambda t: t.mean()\nx = centre(df['a'])", "x = centre(df['a'])"),
    "a function applied to each value": honest(
        "def half(v):\n    return v / 2\nx = df['a'].apply(half).sum() * 2 / len(df)",
        "x = df['a'].apply(half).sum() * 2 / len(df)",
    ),
    "a class that fits": honest(f"{MODEL}x = Model().fit(df['a']).centre", "x = Model().fit(df['a']).centre"),
    "a model fitted first and read later": honest(
        (f"{MODEL}m = Model()", "m.fit(df['a'])", "x = m.centre"), "x = m.centre"
    ),
    "a method that sorts in place": honest(
        "x = list(df['b'])\nx.sort()", "x.sort()", lambda frame: sorted(frame["b"])
    ),
    "a list that grows": honest("x = []\nx.append(df['a'].mean())", "x.append(df['a'].mean())",
                               lambda frame: [mean(frame)]),
    "a frame changed in place": honest(
        "x = df.copy()\nx.drop(columns=['b', 'g'], inplace=True)", "x.drop(columns=['b', 'g'], inplace=True)",
        lambda frame: frame[["a"]],
    ),
    "a column that is added": honest(
        "t = df.copy()\nt['c'] = t['a'] * 2\nx = t['c'].mean() / 2", "x = t['c'].mean() / 2"
    ),
    "a place in a mapping": honest(
        "x = {}\nx['mean'] = df['a'].mean()", "x['mean'] = df['a'].mean()", lambda frame: {"mean": mean(frame)}
    ),
    "an attribute": honest(
        "class Box:\n    pass\nbox = Box()\nbox.value = df['a'].mean()\nx = box.value", "x = box.value"
    ),
    "a place picked from a shape": honest("s = df.shape\nx = s[1]", "x = s[1]", columns),
    "a tuple of targets": honest("x, n = df['a'].mean(), len(df)", "x, n = df['a'].mean(), len(df)"),
    "a starred target": honest("x, *rest = list(df['a'])", "x, *rest = list(df['a'])",
                              lambda frame: frame["a"].iloc[0]),
    "two names that change places": honest(
        "y, x = df['a'].mean(), len(df)\nx, y = y, x", "x, y = y, x"
    ),
    "a name bound anew": honest("x = df['a']\nx = x.dropna()\nx = x.mean()", "x = x.mean()"),
    "an augmented assignment": honest("x = df['a'].sum()\nx /= len(df)", "x /= len(df)"),
    "a walrus": honest("if (x := df['a'].mean()) > 0:\n    pass", "if (x := df['a'].mean()) > 0:\n    pass"),
    "a walrus in an argument": honest("print(f'{(x := len(df))}')", "print(f'{(x := len(df))}')", rows),
    "a key that is deleted": honest(
        "x = {'n': len(df), 'm': 1}\ndel x['m']", "del x['m']", lambda frame: {"n": len(frame)}
    ),
    "a name that is deleted and bound again": honest("x = 3\ndel x\nx = len(df)", "x = len(df)", rows),
    "a context": honest(
        "with pd.option_context('display.max_rows', 5):\n    x = df['a'].mean()", "x = df['a'].mean()"
    ),
    "a failure that is handled": honest(
        "try:\n    x = df['mass'].mean()\nexcept KeyError:\n    x = df['a'].mean()", "x = df['a'].mean()"
    ),
    "a cell that failed and is said again": honest(
        ("x = df['mass'].mean()", "x = df['a'].mean()"), "x = df['a'].mean()"
    ),
    "steps across cells": honest(("t = df.dropna()", "u = t['a']", "x = u.mean()"), "x = u.mean()"),
    "an import": honest("import statistics\nx = statistics.fmean(df['a'])", "x = statistics.fmean(df['a'])"),
    "a query with a variable in its text": honest(
        "limit = 4\nx = df.query('a > @limit')['a'].mean()", "x = df.query('a > @limit')['a'].mean()", above_four
    ),
    "a limit chosen after looking": honest(
        ("print(df['a'].describe())", "limit = 4", "x = df.loc[df['a'] > limit, 'a'].mean()"),
        "x = df.loc[df['a'] > limit, 'a'].mean()", above_four,
    ),
    "a column chosen after looking": honest(
        ("wide = df[['a', 'b']].max()\nprint(wide)", "chosen = 'a' if len(wide) == 2 else 'b'",
         "x = df[chosen].mean()"), "x = df[chosen].mean()",
    ),
    "a label that no table moves": honest(
        "x = df.groupby('g')['a'].mean().idxmax()", "x = df.groupby('g')['a'].mean().idxmax()", lambda _: "y"
    ),
    "a flag that no table moves": honest(
        "x = bool(df['a'].min() > 0)", "x = bool(df['a'].min() > 0)", lambda _: True
    ),
    "a label that a branch gives": honest(
        "if df['a'].mean() > 2:\n    x = 'high'\nelse:\n    x = 'low'",
        "if df['a'].mean() > 2:\n    x = 'high'\nelse:\n    x = 'low'", lambda _: "high",
    ),
    "a label by a count in which all groups are alike": honest(
        "import numpy as np\nt = np.zeros(3)\nnp.add.at(t, df['g'].map({'x': 0, 'y': 1, 'z': 2}).to_numpy(), 1)\n"
        "x = 'xyz'[int(t.argmax())]", "x = 'xyz'[int(t.argmax())]", lambda frame: min(frame["g"].mode()),
    ),
    "a number of columns": honest("x = len(df.columns)", "x = len(df.columns)", columns),
    "the columns of numbers": honest(
        "x = list(df.select_dtypes('number'))", "x = list(df.select_dtypes('number'))", lambda _: ["a", "b"]
    ),
    "a column that is written down, found to be the largest": honest(
        "x = max(['a', 'b'], key=lambda name: df[name].sum())", "x = max(['a', 'b'], key=lambda name: df[name].sum())",
        lambda _: "b",
    ),
    "a label that lies in a heap": honest(
        "import heapq\nt = []\nfor v in df['g']:\n    heapq.heappush(t, v)\nx = t[0]", "x = t[0]", lambda _: "x"
    ),
    "a heap that grows": honest(
        "import heapq\nx = []\nfor v in df['b']:\n    heapq.heappush(x, v)", "heapq.heappush(x, v)", heap
    ),
    "a heap that grows, by the whole loop": honest(
        "from heapq import heappush as push\nx = []\nfor v in df['b']:\n    push(x, v)",
        "for v in df['b']:\n    push(x, v)", heap,
    ),
    "a heap that is read at once, which fails while it is empty": honest(
        "import heapq\nx = []\nfor v in df['b']:\n    heapq.heappush(x, v)\nleast = x[0]", "heapq.heappush(x, v)", heap
    ),
    "a list that becomes a heap": honest(
        "import heapq\nx = list(df['b'])\nheapq.heapify(x)", "heapq.heapify(x)", heapified
    ),
    "a list that stays sorted": honest(
        "import bisect\nx = []\nfor v in df['b']:\n    bisect.insort(x, v)", "bisect.insort(x, v)",
        lambda frame: sorted(frame["b"]),
    ),
    "an array that is copied into": honest(
        "import numpy as np\nx = np.zeros(len(df))\nnp.copyto(x, df['a'])", "np.copyto(x, df['a'])",
        lambda frame: list(frame["a"]),
    ),
    "an array that is given for the result": honest(
        "import numpy as np\nx = np.zeros(len(df))\nnp.multiply(df['a'].to_numpy(), df['b'].to_numpy(), out=x)",
        "np.multiply(df['a'].to_numpy(), df['b'].to_numpy(), out=x)", lambda frame: list(frame["a"] * frame["b"]),
    ),
    "an array with a place that is put": honest(
        "import numpy as np\nx = np.zeros(2)\nnp.put(x, [1], df['a'].mean())", "np.put(x, [1], df['a'].mean())",
        lambda frame: [0.0, mean(frame)],
    ),
    "a list that is shuffled with a seed": honest(
        "import random\nrandom.seed(3)\nx = list(df['a'])\nrandom.shuffle(x)", "random.shuffle(x)", shuffled
    ),
    "an array that a generator shuffles": honest(
        "import numpy as np\nx = df['a'].to_numpy(copy=True)\nnp.random.default_rng(3).shuffle(x)",
        "np.random.default_rng(3).shuffle(x)", rng_shuffled,
    ),
    "counts that are taken away": honest(
        "from collections import Counter\nx = Counter(df['g'])\nx.subtract(df['g'][:1])", "x.subtract(df['g'][:1])",
        lambda frame: {**frame["g"].value_counts(), "x": (frame["g"] == "x").sum() - 1},
    ),
    "a place that is set by its method": honest(
        "x = {}\nx.__setitem__('mean', df['a'].mean())", "x.__setitem__('mean', df['a'].mean())",
        lambda frame: {"mean": mean(frame)},
    ),
    "a mapping that a function of a library changes": honest(
        "import operator\nx = {}\nfor v in df['g']:\n    operator.setitem(x, v, len(df))",
        "operator.setitem(x, v, len(df))", lambda frame: {label: len(frame) for label in frame["g"]},
    ),
    "a mapping that an own function changes": honest(
        "def note(told, frame):\n    told['mean'] = frame['a'].mean()\nx = {}\nnote(x, df)", "note(x, df)",
        lambda frame: {"mean": mean(frame)},
    ),
    "a label out of a database": honest(
        "import sqlite3\nc = sqlite3.connect(':memory:')\ndf.to_sql('t', c)\n"
        "x = c.execute('select max(g) from t').fetchone()[0]",
        "x = c.execute('select max(g) from t').fetchone()[0]", lambda _: "z",
    ),
    "a label out of a text in memory": honest(
        "import io\nb = io.StringIO()\nprint(df['g'].max(), file=b, end='')\nx = b.getvalue()",
        "x = b.getvalue()", lambda _: "z",
    ),
    "a decision that is the same on all tables": honest(
        "x = bool((df['a'] ** 2).min() >= 0)", "x = bool((df['a'] ** 2).min() >= 0)", lambda _: True
    ),
}  # fmt: skip
