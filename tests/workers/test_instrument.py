import ast
import textwrap
from typing import Any

import pytest
from hypothesis import given, strategies as st

from actors.workers.sandbox.instrument import MARK, Number, instrument

LEAVES = st.sampled_from(
    [
        "log.append(1)",
        "log.append(2)",
        "n += 1",
        "pass",
        "raise ValueError(n)",
        "break",
        "continue",
        "return n",
    ]
)


def _indented(block: list[str]) -> str:
    return textwrap.indent("\n".join(block), "    ")


def _compound(blocks: st.SearchStrategy[list[str]]) -> st.SearchStrategy[str]:
    return st.one_of(
        blocks.map(lambda b: f"if n % 2:\n{_indented(b)}"),
        st.tuples(blocks, blocks).map(lambda b: f"if n > 1:\n{_indented(b[0])}\nelse:\n{_indented(b[1])}"),
        blocks.map(lambda b: f"for n in range(n, n + 2):\n{_indented(b)}"),
        st.tuples(blocks, blocks).map(
            lambda b: (
                f"try:\n{_indented(b[0])}\nexcept ValueError:\n    n += 1\nfinally:\n"
                f"    for _ in (1,):\n{textwrap.indent(_indented(b[1]), '    ')}"
            )
        ),
        blocks.map(lambda b: f"with open('/dev/null') as f:\n{_indented(b)}"),
    )


BLOCKS = st.recursive(
    st.lists(LEAVES, min_size=1, max_size=3),
    lambda inner: st.lists(st.one_of(LEAVES, _compound(inner)), min_size=1, max_size=3),
    max_leaves=8,
)


def numbering(texts: list[str]) -> Number:
    def number(text: str) -> int:
        texts.append(text)
        return len(texts) - 1

    return number


def run(tree: ast.Module, marks: list[int]) -> tuple[Any, list[int]]:
    """What the function `f` of a module gives or raises, and what it logged."""
    namespace: dict[str, Any] = {"log": [], MARK: marks.append}
    exec(compile(tree, "<cell 0>", "exec"), namespace)
    try:
        outcome = namespace["f"](1)
    except ValueError as error:
        lines = []
        traceback = error.__traceback__
        while traceback is not None:
            lines.append(traceback.tb_lineno)
            traceback = traceback.tb_next
        outcome = ("ValueError", str(error), lines[1:])
    return outcome, namespace["log"]


@given(BLOCKS)
def test_marks_change_neither_outcome_nor_lines(block: list[str]) -> None:
    source = f"def f(n):\n    for _ in (1, 2):\n{textwrap.indent(_indented(block), '    ')}\n    return -n"
    plain, marked = ast.parse(source), ast.parse(source)
    try:
        compile(plain, "<cell 0>", "exec")
    except SyntaxError:
        return
    texts: list[str] = []
    instrument(marked.body[0], numbering(texts))
    marks: list[int] = []
    assert run(plain, []) == run(marked, marks)
    assert all(0 <= mark < len(texts) for mark in marks)


@pytest.mark.parametrize(
    "source",
    [
        'def f():\n    """Doc."""\n    global x\n    x = 1',
        "class C:\n    __slots__ = ()\n    x = 1",
        "lambda: 1",
        "x = [y for y in range(3)]",
    ],
)
def test_docstrings_declarations_and_class_bodies_keep_their_place(source: str) -> None:
    tree = ast.parse(source)
    instrument(tree.body[0], lambda _text: 0)
    text = ast.unparse(tree)
    assert text.replace(f"    {MARK}(0)", "").strip() == ast.unparse(ast.parse(source))
    compile(tree, "<cell 0>", "exec")


def test_texts_are_those_of_the_unmarked_statements() -> None:
    texts: list[str] = []
    tree = ast.parse(
        "match n:\n    case 1:\n        while n:\n            n -= 1\n    case _:\n        async def g():\n            return 2"
    )
    instrument(tree.body[0], numbering(texts))
    assert texts == ["while n:\n    n -= 1", "n -= 1", "async def g():\n    return 2", "return 2"]
