"""Cells lack what is to be left out, wherever it stands, and nothing else."""

import ast

import pytest

from actors.tracing.lacking import lacking
from actors.tracing.syntax import statements


@pytest.mark.parametrize(
    ("cell", "left"),
    [
        ("x = 1\npush(x, 2)", "x = 1\n_"),
        ("push(x,  2)  # a note", "_"),
        ("for v in y:\n    push(x, 2)", "for v in y:\n    _"),
        ("def f():\n    push(x, 2)\n    return 'push(x, 2)'", "def f():\n    _\n    return 'push(x, 2)'"),
        ("if y:\n    pass\nelse:\n    push(x, 2); push(x, 2)", "if y:\n    pass\nelse:\n    _\n    _"),
    ],
)
def test_a_statement_is_left_out_wherever_it_stands(cell: str, left: str) -> None:
    (code,), instead = lacking([cell], {"push(x, 2)"})
    assert code.replace(instead, "_") == left


@pytest.mark.parametrize(
    "cell", ["x  =  1", "push(x, 22)", "'push(x, 2)'", "y = push(x, 2)", "push(x, 2", ""]
)
def test_other_cells_are_left_as_they_are(cell: str) -> None:
    assert lacking([cell], {"push(x, 2)"})[0] == [cell]


def test_what_stands_instead_does_nothing_and_cannot_have_been_written() -> None:
    _, instead = lacking(["push(x, 2)"], {"push(x, 2)"})
    assert ast.literal_eval(instead)
    (statement,) = statements(instead)
    assert statement.source == instead
    assert lacking([f"push(x, 2)\n{instead}"], {"push(x, 2)"})[1] != instead
