"""Events of every type, made from their declarations."""

from typing import Any, get_args

import msgspec
from hypothesis import strategies as st
from msgspec import inspect

from events.struct import Event
from events.wire import AnyEvent

EVENTS: tuple[type[Event], ...] = get_args(AnyEvent)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
TEXTS = st.text(max_size=8)
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)


def events() -> st.SearchStrategy[Event]:
    """Any event there is."""
    return st.sampled_from(EVENTS).flatmap(of)


def of(kind: Any) -> st.SearchStrategy[Any]:
    """Values of a type, by its declaration."""
    return _of(inspect.type_info(kind))


def _of(info: Any) -> st.SearchStrategy[Any]:
    match info:
        case inspect.StructType():
            return st.builds(info.cls, **{field.name: _of(field.type) for field in info.fields})
        case inspect.UnionType():
            return st.one_of(*map(_of, info.types))
        case inspect.VarTupleType():
            return st.lists(_of(info.item_type), max_size=2).map(tuple)
        case inspect.TupleType():
            return st.tuples(*map(_of, info.item_types))
        case inspect.DictType():
            return st.dictionaries(_of(info.key_type), _of(info.value_type), max_size=2)
        case inspect.LiteralType():
            return st.sampled_from(info.values)
        case _:
            return _SINGLE[type(info)]


_SINGLE: dict[type, st.SearchStrategy[Any]] = {
    inspect.NoneType: st.none(),
    inspect.BoolType: st.booleans(),
    inspect.IntType: st.integers(-(2**63), 2**63 - 1),
    inspect.FloatType: NUMBERS,
    inspect.StrType: TEXTS,
    inspect.AnyType: JSON,
}


def plain(kind: type[msgspec.Struct], name: str = "") -> Any:
    """One fixed instance of a struct in which every field, also those with defaults, is filled."""
    return _plain(inspect.type_info(kind), name)


def _plain(info: Any, name: str) -> Any:
    match info:
        case inspect.StructType():
            return info.cls(**{field.name: _plain(field.type, field.name) for field in info.fields})
        case inspect.UnionType():
            return _plain(max(info.types, key=_content), name)
        case inspect.VarTupleType():
            return (_plain(info.item_type, name),)
        case inspect.TupleType():
            return tuple(_plain(item, name) for item in info.item_types)
        case inspect.DictType():
            return {f"{name} key": _plain(info.value_type, name)}
        case inspect.LiteralType():
            return info.values[0]
        case _:
            return _FIXED.get(type(info), f"{name} ü")


_FIXED: dict[type, Any] = {
    inspect.NoneType: None,
    inspect.BoolType: True,
    inspect.IntType: 7,
    inspect.FloatType: 0.25,
    inspect.AnyType: ["number", "1", {"nested": [None, True, 1.5]}],
}


def _content(info: Any) -> int:
    """Of a union the richest member is the sample."""
    ranks = (inspect.NoneType, inspect.BoolType, inspect.IntType, inspect.FloatType, inspect.StrType)
    return ranks.index(type(info)) if type(info) in ranks else len(ranks)
