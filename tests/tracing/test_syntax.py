"""Statements as syntax: what equals what, and which names a statement changes."""

import ast

import pytest
from hypothesis import given, strategies as st

from actors.tracing.syntax import UnreadableCodeError, changes, claimed, normal, rebinds, root, statements


def changed(code: str) -> set[str]:
    return {name for node in ast.parse(code).body for name in changes(node)}


def test_layout_comments_and_parentheses_do_not_count() -> None:
    assert normal("x=( 1+2 ) # three") == normal("x = 1 + 2")


def test_the_inside_of_strings_counts() -> None:
    assert normal("x = 'a  b'") != normal("x = 'a b'")
    assert normal("x = 'a # b'") == normal('x = "a # b"')


def test_a_string_that_stands_first_is_no_docstring() -> None:
    assert normal("'x = 1'") == statements("'x = 1'")[0].source


def test_nested_statements_are_listed_in_document_order() -> None:
    tried = "try:\n    a = 1\nexcept ValueError:\n    b = 2\nfinally:\n    for i in c:\n        d = i"
    code = f"{tried}\nmatch a:\n    case 1:\n        e = 3"
    inner = [statement.source for statement in statements(code) if statement.nested]
    assert [source for source in inner if "\n" not in source] == ["a = 1", "b = 2", "d = i", "e = 3"]


def test_a_code_line_may_hold_several_statements() -> None:
    assert [one.source for one in claimed("x = 1\ny = x; z = y")] == ["x = 1", "y = x", "z = y"]


def test_an_indented_code_line_is_read_as_it_stands() -> None:
    assert [one.source for one in claimed("    x = '''a\n    b'''")] == ["x = 'a\\n    b'"]


@pytest.mark.parametrize(
    "code_line",
    ["", "   ", "# x = 1", "x = ", "for i in y:", "  x = 1\nelse:\n  y = 2", "  x = 1\ny = 2", "x = \0"],
)
def test_a_code_line_that_is_no_whole_statement_is_unreadable(code_line: str) -> None:
    with pytest.raises(UnreadableCodeError):
        claimed(code_line)


def test_code_nested_too_deeply_is_unreadable_and_does_no_harm() -> None:
    with pytest.raises(UnreadableCodeError):
        statements("x = " + "-" * 5000 + "1")
    with pytest.raises(UnreadableCodeError):
        statements("x = " + " + ".join(["y"] * 5000))


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("x = 1", {"x"}),
        ("x = y = 1", {"x", "y"}),
        ("(a, *b), c = d", {"a", "b", "c"}),
        ("x += y", {"x"}),
        ("x: int = 1", {"x"}),
        ("x: int", set()),
        ("print(x := 1)", {"x"}),
        ("df['a'] = df['b']", {"df"}),
        ("df.loc[0, 'a'] = 1", {"df"}),
        ("df.columns = c", {"df"}),
        ("x.sort()", {"x"}),
        ("model.fit(X, y)", {"model"}),
        ("m = model.fit(X, y)", {"m", "model"}),
        ("d.update(e)", {"d"}),
        ("groups[k].append(v)", {"groups"}),
        ("df.drop(columns='a', inplace=True)", {"df"}),
        ("df.drop(columns='a', inplace=False)", set()),
        ("df.head()", set()),
        ("y = a.add(b)", {"y"}),
        ("x.copy().sort()", set()),
        ("for i, j in z:\n    t = i", {"i", "j", "t"}),
        ("with open(p) as f:\n    t = f", {"f", "t"}),
        ("if a:\n    x = 1\nelse:\n    y = 2", {"x", "y"}),
        ("try:\n    x = 1\nexcept E as e:\n    y = 2", {"x", "e", "y"}),
        ("match a:\n    case [p, *q]:\n        x = 1\n    case {**r}:\n        pass", {"p", "q", "r", "x"}),
        ("import numpy as np, os.path", {"np", "os"}),
        ("from a import b, c as d", {"b", "d"}),
        ("def f(a):\n    inner = a", {"f"}),
        ("class C:\n    inner = 1", {"C"}),
        ("del x", {"x"}),
        ("del d['k']", {"d"}),
        ("y = [i for i in z]", {"y"}),
        ("y = [(k := i) for i in z]", {"y", "k"}),
        ("f = lambda a: (b := a)", {"f"}),
        ("print(x)", set()),
    ],
)
def test_a_statement_changes_exactly_these_names(code: str, names: set[str]) -> None:
    assert changed(code) == names


def test_a_change_in_place_is_no_rebinding() -> None:
    node = ast.parse("for k in ks:\n    d[k] = 1").body[0]
    assert changes(node) - rebinds(node) == {"d"}


def test_the_root_of_a_place_is_its_variable() -> None:
    place = ast.parse("a.b[0].c", mode="eval").body
    call = ast.parse("f(a).b", mode="eval").body
    assert (root(place), root(call)) == ("a", None)


@given(st.integers(), st.integers())
def test_two_constants_are_one_statement_only_when_they_are_equal(left: int, right: int) -> None:
    assert (normal(f"x = {left}") == normal(f"x = ({right})")) == (left == right)


@given(st.text(max_size=30))
def test_reading_any_text_gives_statements_or_says_that_it_is_unreadable(text: str) -> None:
    try:
        sources = [one.source for one in statements(text) if not one.nested]
    except UnreadableCodeError:
        return
    assert normal(text) == "\n".join(sources)
