"""The encoded form of every event, described so that two versions of it can be compared.

A form is plain JSON: the name of a scalar, or an object with one of the keys in `KINDS`. A struct is
`{"fields": [[name, form], …]}`; a field with a default holds it as a third item, and what is unusual about the
struct stands beside its fields. Names of classes do not enter, but for tags: they are not encoded.
"""

from typing import Any, get_args, get_origin

import msgspec
from msgspec import inspect

from events.envelope import Recorded
from events.identity import canonical_json
from events.struct import Event
from events.wire import AnyEvent

Form = Any
KINDS = ("fields", "any of", "literal", "list of", "tuple of", "object of", "scalar")
ENVELOPE = "Recorded"
_SCALARS: dict[type, str] = {
    inspect.AnyType: "anything",
    inspect.NoneType: "null",
    inspect.BoolType: "bool",
    inspect.IntType: "int",
    inspect.FloatType: "float",
    inspect.StrType: "str",
    inspect.BytesType: "bytes",
}


class UndescribedTypeError(TypeError):
    """A field has a type for which nobody has said how it is encoded."""


def forms_today() -> dict[str, Form]:
    """The form of each event by its tag, and that of the envelope, where the event is one without fields."""
    events = {kind.__name__: form_of(kind) for kind in get_args(AnyEvent)}
    return {ENVELOPE: form_of(Recorded[Event]), **events}


def form_of(kind: Any) -> Form:
    """The form of one type, structs within it included."""
    return msgspec.json.decode(canonical_json(_form(inspect.type_info(kind))))


def _form(info: inspect.Type) -> Form:
    match info:
        case inspect.StructType():
            return _struct(info)
        case inspect.UnionType():
            return {"any of": sorted(map(_form, info.types), key=canonical_json)}
        case inspect.LiteralType():
            return {"literal": sorted(info.values, key=canonical_json)}
        case inspect.EnumType():
            return {"literal": sorted((one.value for one in info.cls), key=canonical_json)}
        case inspect.DictType():
            return {"object of": _form(info.value_type), "keys": _form(info.key_type), **_limits(info)}
        case inspect.TupleType():
            return {"tuple of": list(map(_form, info.item_types))}
        case inspect.CollectionType():
            return {"list of": _form(info.item_type), **_limits(info)}
    if type(info) not in _SCALARS:
        message = f"{info} has no form yet: describe it in {__name__}, or use a struct"
        raise UndescribedTypeError(message)
    name, limits = _SCALARS[type(info)], _limits(info)
    return {"scalar": name, **limits} if limits else name


def _limits(info: inspect.Type) -> dict[str, Any]:
    """What narrows a type: least and largest values, lengths, patterns."""
    given = {name: getattr(info, name) for name in info.__struct_fields__ if not name.endswith("_type")}
    return {name: value for name, value in given.items() if value is not None}


def _struct(info: inspect.StructType) -> Form:
    declared = get_origin(info.cls) or info.cls
    unusual = {
        "as a list": info.array_like,
        "defaults left out": declared.__struct_config__.omit_defaults,
        "unknown fields taken": not info.forbid_unknown_fields,
    }
    tag = {"tag": [info.tag_field, info.tag]} if info.tag_field else {}
    marks = {name: True for name, is_so in unusual.items() if is_so}
    return {**tag, **marks, "fields": [_field(field) for field in info.fields]}


def _field(field: inspect.Field) -> list[Any]:
    if field.required:
        return [field.encode_name, _form(field.type)]
    if field.default is field.default_factory:  # neither is given: it is UNSET, and not written at all
        return [field.encode_name, _form(field.type), {"left out": True}]
    default = field.default if field.default_factory is msgspec.NODEFAULT else field.default_factory()
    return [field.encode_name, _form(field.type), msgspec.to_builtins(default)]
