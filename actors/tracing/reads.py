"""Which variables an expression or statement reads: by name, and inside pandas' query strings."""

import ast
import re
from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache

_COMPREHENSIONS = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
_QUERY_METHODS = ("query", "eval")
_QUERY_NAME = re.compile(r"@([A-Za-z_]\w*)")


@lru_cache(maxsize=16384)
def names_read(node: ast.AST) -> frozenset[str]:
    """Every variable of the surrounding scope that is read; those of comprehensions and lambdas are not.

    Of a choice that is written down only the part that it takes: `(0.5, len(df))[0]` reads nothing.

    Args:
        node: of a tree that is never changed: the same node is asked about again and again.
    """
    if (taken := _taken(node)) is not None:
        return names_read(taken)
    match node:
        case ast.Name(id=name, ctx=ast.Load()):
            return frozenset({name})
        case ast.Lambda(args=arguments, body=body):
            return names_read(arguments) | (names_read(body) - parameters(arguments))
        case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
            return _comprehension(node)
        case ast.Call():
            return _of_children(node) | _in_query(node)
        case _:
            return _of_children(node)


def parameters(arguments: ast.arguments) -> frozenset[str]:
    """The names that a function or lambda gives its arguments."""
    named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    starred = [argument for argument in (arguments.vararg, arguments.kwarg) if argument is not None]
    return frozenset(argument.arg for argument in [*named, *starred])


def _of_children(node: ast.AST) -> frozenset[str]:
    return frozenset[str]().union(*(names_read(child) for child in ast.iter_child_nodes(node)))


def _comprehension(node: _COMPREHENSIONS) -> frozenset[str]:
    """The first source is read outside, everything else inside, where the targets hide outer names."""
    own = _stored([generator.target for generator in node.generators])
    return (_of_children(node) - own) | names_read(node.generators[0].iter)


def _stored(targets: Sequence[ast.expr]) -> frozenset[str]:
    return frozenset(part.id for target in targets for part in ast.walk(target) if isinstance(part, ast.Name))


def _taken(node: ast.AST) -> ast.expr | None:
    """The part that an expression is sure to take of its parts; None when the code does not say."""
    match node:
        case ast.Subscript(value=ast.Tuple(elts=parts) | ast.List(elts=parts), slice=place):
            return _item([*enumerate(parts), *enumerate(parts, -len(parts))], place)
        case ast.Subscript(value=ast.Dict(keys=keys, values=values), slice=place):
            if all(isinstance(key, ast.Constant) for key in keys):
                constants = [key.value for key in keys if isinstance(key, ast.Constant)]
                return _item(list(zip(constants, values, strict=True)), place)
        case ast.IfExp(test=ast.Constant(value=test), body=body, orelse=orelse):
            return body if test else orelse
        case ast.BoolOp(op=ast.Or(), values=[ast.Constant(value=first) as part, *_]) if first:
            return part
    return None


def _item(parts: Sequence[tuple[object, ast.expr]], place: ast.expr) -> ast.expr | None:
    """The part at a place that is a literal, where no part stands for several."""
    if not any(isinstance(part, ast.Starred) for _, part in parts):
        with suppress(ValueError, TypeError):
            return dict(parts).get(ast.literal_eval(place))
    return None


def _in_query(call: ast.Call) -> frozenset[str]:
    """`df.query("a > @limit")` reads `limit`."""
    if not (isinstance(call.func, ast.Attribute) and call.func.attr in _QUERY_METHODS):
        return frozenset()
    texts = [part.value for part in call.args if isinstance(part, ast.Constant)]
    return frozenset(name for text in texts if isinstance(text, str) for name in _QUERY_NAME.findall(text))
