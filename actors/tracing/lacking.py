"""Cells that lack some of their statements, to see by running them what those do to a name.

Syntax tells which names a statement binds, and what well-known methods change; it does not tell what a call
does to its arguments: `heapq.heappush(x, v)` changes `x`, `print(x, v)` does not.
"""

import ast
from collections.abc import Sequence, Set

from actors.tracing.syntax import UnreadableCodeError, statements
from events.identity import canonical_json, digest_of


def lacking(cells: Sequence[str], sources: Set[str]) -> tuple[list[str], str]:
    """The cells without the statements, nested ones among them, and the one that stands in place of each.

    It does nothing, and nobody can have written it: it is made of the digest of the cells.

    Args:
        cells: code that parses, or is left as it is.
        sources: statements as `ast.unparse` prints them.
    """
    instead = ast.unparse(ast.parse(f"({digest_of(canonical_json(list(cells)))!r},)"))
    return [_lacking(code, sources, instead) for code in cells], instead


def _lacking(code: str, sources: Set[str], instead: str) -> str:
    try:
        written = statements(code)
    except UnreadableCodeError:
        return code
    if not any(statement.source in sources for statement in written):
        return code
    return ast.unparse(_Replacing(sources, instead).visit(ast.parse(code)))


class _Replacing(ast.NodeTransformer):
    """Puts one statement in place of some."""

    def __init__(self, sources: Set[str], instead: str) -> None:
        self._sources = sources
        self._instead = instead

    def visit(self, node: ast.AST) -> ast.AST:
        if isinstance(node, ast.stmt) and ast.unparse(node) in self._sources:
            return ast.parse(self._instead).body[0]
        return node if isinstance(node, ast.expr) else self.generic_visit(node)
