"""Code that reaches for interpreter internals, by which a session could forge its own record.

A flag, not a wall: whoever hides the reach well enough is not seen here, and meets re-execution instead.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from importlib import import_module

from actors.tracing.syntax import UnreadableCodeError, rebinds, statements

_MODULES = frozenset(
    ["inspect", "gc", "ctypes", "_ctypes", "builtins", "__main__", "actors", "events", "store", "cli"]
)
_FRAMES = ("_getframe", "_current_frames", "gi_frame", "cr_frame", "ag_frame", "tb_frame", "f_back")
_FRAME_PARTS = ("f_locals", "f_globals", "f_builtins", "f_code", "__traceback__", "__builtins__")
_OBJECT_PARTS = (
    "__globals__", "__closure__", "__code__", "__subclasses__", "__defaults__", "__self__", "cell_contents",
)  # fmt: skip
_ATTRIBUTES = frozenset([*_FRAMES, *_FRAME_PARTS, *_OBJECT_PARTS, "ctypeslib"])
_OF_SYS = frozenset(["modules", "settrace", "setprofile", "addaudithook", "meta_path", "__dict__"])
_OF_THREADS = frozenset(["settrace", "setprofile", "settrace_all_threads", "setprofile_all_threads"])
_OF_STREAMS = frozenset(["buffer", "detach"])
_STREAMS = frozenset(["stdin", "stdout", "stderr", "__stdin__", "__stdout__", "__stderr__"])
_REPLACEABLE = frozenset(
    ["ast", "gc", "hashlib", "io", "json", "os", "select", "signal", "socket", "threading", "time"]
)
"""Modules by which a record is made: what stands in them is not put there by an honest cell."""
_IN_A_FORMAT = re.compile(r"\{[^{}]*(?:" + "|".join(map(re.escape, sorted(_ATTRIBUTES))) + r")\b")
_OURS = frozenset(["hook", "submit"])
_BY_TEXT = frozenset(["exec", "eval", "compile", "__import__", "import_module"])


def tampering(codes: Iterable[str]) -> str | None:
    """The first reach for interpreter internals in these cells, as a sentence; None when there is none."""
    for number, code in enumerate(codes):
        if what := _first_reach(code):
            return f"cell {number} reaches for {what}"
    return None


@lru_cache(maxsize=512)
def _first_reach(code: str) -> str | None:
    return next(reaches(code), None)


def reaches(code: str) -> Iterator[str]:
    """Each reach for interpreter internals in a cell, in document order; none in code that cannot run."""
    try:
        written = statements(code)
    except UnreadableCodeError:
        return
    for statement in written:
        if not statement.nested:
            for node in ast.walk(statement.node):
                yield from _in_node(node)


def _in_node(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Attribute():
            yield from _in_attribute(node)
        case ast.Name(id="__builtins__" | "__loader__" | "__spec__" | "__tracegate_ran__" as name):
            yield f"`{name}`"
        case ast.Constant(value=str(text)):
            yield from _in_text(text)
        case ast.MatchClass():
            yield from (f"`{name}`" for name in node.kwd_attrs if name in _ATTRIBUTES)
        case ast.Call():
            yield from _in_call(node)
        case ast.Subscript(value=ast.Call(func=ast.Name(id="globals" | "locals" | "vars"))):
            if isinstance(node.slice, ast.Constant) and node.slice.value in _OURS:
                yield f"`{node.slice.value}` through the namespace"
        case ast.Import() | ast.ImportFrom():
            yield from _in_import(node)
    if isinstance(node, ast.stmt):
        yield from (f"`{name}`, to put something else in its place" for name in sorted(rebinds(node) & _OURS))


def _in_text(text: str) -> Iterator[str]:
    if text in _ATTRIBUTES:
        yield f"`{text}`, by its name in a string"
    elif _IN_A_FORMAT.search(text):
        yield "interpreter internals, by a format in a string"
    elif text.startswith("/proc/"):
        yield f"`{text}`"


def _in_import(node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from _modules(alias.name for alias in node.names)
        yield from ("`sys` under another name" for one in node.names if one.name == "sys" and one.asname)
    elif node.module is not None:
        yield from _modules([node.module])
        if node.module == "sys":
            yield from (f"`sys.{one.name}`" for one in node.names if one.name in _OF_SYS | _ATTRIBUTES)
        elif node.module in ("signal", "threading"):
            found = [one.name for one in node.names if one.name == "getsignal" or one.name in _OF_THREADS]
            yield from (f"`{name}`" for name in found)


def _in_attribute(node: ast.Attribute) -> Iterator[str]:
    if _replaces(node):
        yield f"`{ast.unparse(node)}`, to put something else in its place"
    if node.attr in _ATTRIBUTES or node.attr == "ctypes":
        yield f"`{node.attr}`"
    elif node.attr in _OF_SYS and _is_sys(node.value):
        yield f"`sys.{node.attr}`"
    elif node.attr == "getsignal" or (node.attr in _OF_THREADS and _is_named(node.value, "threading")):
        yield f"`{node.attr}`"
    elif node.attr in _OF_STREAMS and isinstance(node.value, ast.Attribute) and node.value.attr in _STREAMS:
        yield f"`{node.value.attr}.{node.attr}`"
    elif isinstance(node.value, ast.Name) and node.value.id in _OURS:
        yield f"the inside of `{node.value.id}`"


def _replaces(node: ast.Attribute) -> bool:
    """Whether it is bound or deleted, of a module by which records are made, and there in it."""
    module = node.value.id if isinstance(node.value, ast.Name) else ""
    return (
        not isinstance(node.ctx, ast.Load)
        and module in _REPLACEABLE
        and hasattr(import_module(module), node.attr)
    )


def _is_sys(node: ast.expr) -> bool:
    return _is_named(node, "sys")


def _is_named(node: ast.expr, name: str) -> bool:
    """Whether a module is meant, also as another module's attribute."""
    return (isinstance(node, ast.Name) and node.id == name) or (
        isinstance(node, ast.Attribute) and node.attr == name
    )


def _modules(names: Iterable[str]) -> Iterator[str]:
    return (f"the module `{name}`" for name in names if name.partition(".")[0] in _MODULES)


def _in_call(node: ast.Call) -> Iterator[str]:
    """Code and imports given as text: judged when the text stands there, flagged when it does not."""
    name = _called(node.func)
    if name in ("getattr", "vars") and node.args and _is_sys(node.args[0]):
        yield f"`sys` through `{name}`"
    if isinstance(node.func, ast.Attribute):
        yield from _of_descriptors(node.func, node)
    if name not in _BY_TEXT:
        return
    text = node.args[0].value if node.args and isinstance(node.args[0], ast.Constant) else None
    if not isinstance(text, str):
        yield f"`{name}` with a text that cannot be read here"
    elif name in ("__import__", "import_module"):
        yield from _modules([text])
    else:
        yield from reaches(text.strip())


def _of_descriptors(function: ast.Attribute, call: ast.Call) -> Iterator[str]:
    """A descriptor that the cell did not open itself: one written as a number, or made a socket of."""
    if _is_named(function.value, "socket") and any(one.arg == "fileno" for one in call.keywords):
        yield "a descriptor, as a socket"
    first = call.args[0] if call.args else None
    is_number = isinstance(first, ast.Constant) and isinstance(first.value, int) and first.value > 2
    if _is_named(function.value, "os") and is_number:
        yield f"a descriptor by its number, with `os.{function.attr}`"


def _called(function: ast.expr) -> str:
    """The name called: a plain one, or `import_module` of any module (`df.eval` is not ours)."""
    if isinstance(function, ast.Attribute):
        return function.attr if function.attr == "import_module" else ""
    return function.id if isinstance(function, ast.Name) else ""
