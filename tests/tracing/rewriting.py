"""Code written in another way: what changes only its looks, its other names, or one place of its syntax."""

import ast
import io
import re
import tokenize
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from hypothesis import strategies as st

ENDS = st.sampled_from(["", "", "   ", "  # x = 1", "\n\n", "\n# x = 5\n"])
FRESH = "elsewhere"
"""A name that no code has."""


@st.composite
def laid_out(draw: st.DrawFn, code: str) -> str:
    """The same code with other indentation, and with comments and empty lines behind its statements."""
    deep = draw(st.sampled_from([1, 2, 4, 7]))
    ends = {token.end[0] for token in _tokens(code) if token.type == tokenize.NEWLINE}
    lines = [re.sub(r"^(?: {4})+", lambda found: found[0][::4] * deep, line) for line in code.split("\n")]
    return "\n".join(
        line + (draw(ENDS) if place in ends and "#" not in line else "")
        for place, line in enumerate(lines, 1)
    )


def _tokens(code: str) -> Iterator[tokenize.TokenInfo]:
    return tokenize.generate_tokens(io.StringIO(code).readline)


def own_names(code: Sequence[str], kept: str) -> list[str]:
    """The names that cells bind, but for those that occur in some text that is to stay as it is."""
    nodes = [node for cell in code for node in ast.walk(ast.parse(cell))]
    bound = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    bound |= {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    bound |= {node.arg for node in nodes if isinstance(node, ast.arg)}
    texts = [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    said = set(re.findall(r"\w+", " ".join([kept, *texts])))
    methods = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    outside = {word.arg for node in nodes if isinstance(node, ast.Call) for word in node.keywords}
    return sorted(bound - said - methods - outside - {"df"})


class _Renaming(ast.NodeTransformer):
    def __init__(self, names: Mapping[str, str]) -> None:
        self.names = names

    def generic_visit(self, node: ast.AST) -> ast.AST:
        for field in ("id", "arg", "name"):
            if isinstance(known := getattr(node, field, None), str):
                setattr(node, field, self.names.get(known, known))
        return super().generic_visit(node)


def renamed(code: str, names: Mapping[str, str]) -> str:
    """The code with other names in the place of some of its own."""
    return ast.unparse(_Renaming(names).visit(ast.parse(code)))


def edits(code: str) -> list[str]:
    """The code with its syntax tree changed in one place, for each place that can be."""
    return [_edited(ast.parse(code), place) for place in range(len(_places(ast.parse(code))))]


def _places(tree: ast.AST) -> list[ast.AST]:
    return [node for node in ast.walk(tree) if type(node) in _EDITS]


def _edited(tree: ast.Module, place: int) -> str:
    node = _places(tree)[place]
    field, other = _EDITS[type(node)]
    setattr(node, field, other(node))
    return ast.unparse(ast.fix_missing_locations(tree))


_LONGER = ("body", lambda node: [*node.body, ast.Pass()])
_EDITS: Mapping[type[ast.AST], tuple[str, Callable[[Any], object]]] = {
    ast.Constant: ("value", lambda node: FRESH if isinstance(node.value, str) else 987),
    ast.Name: ("id", lambda _: FRESH),
    ast.Attribute: ("attr", lambda _: FRESH),
    ast.keyword: ("arg", lambda _: FRESH),
    ast.BinOp: ("op", lambda _: ast.MatMult()),
    ast.AugAssign: ("op", lambda _: ast.MatMult()),
    ast.Compare: ("ops", lambda node: [ast.IsNot() for _ in node.ops]),
    ast.Call: ("args", lambda node: [*node.args, ast.Name(FRESH)]),
    ast.Assign: ("targets", lambda node: [*node.targets, ast.Name(FRESH)]),
    ast.If: _LONGER,
    ast.For: _LONGER,
    ast.While: _LONGER,
    ast.With: _LONGER,
}
"""For kinds of places the part that is changed, and into what."""
