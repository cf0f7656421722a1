"""A copy of `ast` that no session meets: what it puts in the place of a function of the other stays there.

Nodes are of the interpreter's own classes, which are the same in both.
"""

import importlib.util
from collections.abc import Callable
from typing import Any


def _copy(name: str) -> Any:
    """A module of the standard library, made once more and known to nobody."""
    found = importlib.util.find_spec(name)
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


_AST = _copy("ast")
parse: Callable[..., Any] = _AST.parse
unparse: Callable[[Any], str] = _AST.unparse
copy_location: Callable[[Any, Any], Any] = _AST.copy_location
fix_missing_locations: Callable[[Any], Any] = _AST.fix_missing_locations
