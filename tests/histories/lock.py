"""Whether what was written in one form can be read, as what it meant, in another.

A later form may be wider: further events, further fields with defaults after those there were, further members of
a union or of a literal. Anything else needs a new tag, and an upcaster that takes the old one there.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from events.identity import canonical_json
from tests.histories.forms import KINDS, Form


def breaks(before: Mapping[str, Form], after: Mapping[str, Form], retired: Mapping[str, str]) -> list[str]:
    """What keeps lines in the forms of `before` from being read as what they meant; wider forms are no break.

    Args:
        before: forms by tag of which there are lines on disks.
        after: forms by tag that are written now.
        retired: retired tags, with the tag under which upcasters bring them.
    """
    found = []
    for tag, form in before.items():
        if tag in after:
            found += [f"{what}; {_CHANGED.format(tag=tag)}" for what in _differences(form, after[tag], tag)]
        elif tag not in retired:
            found.append(f"{tag} is gone; {_GONE}")
    return found


_CHANGED = (
    "logs hold {tag} in the old form: leave that as it was, declare the new form under a new tag, and bring the "
    "old tag to it with an upcaster in events/upcast.py"
)
_GONE = "logs hold it: bring it to the event that takes its place with an upcaster in events/upcast.py"


def _differences(before: Form, after: Form, where: str) -> Iterator[str]:
    """What a reader of old lines would notice."""
    kind, kind_after = _kind(before), _kind(after)
    if "any of" in (kind, kind_after):
        for one in _members(before):
            yield from _refusals(one, _members(after), where)
    elif kind != kind_after or _beside(before, kind) != _beside(after, kind):
        yield f"{where} was {_told(before)} and is {_told(after)}"
    elif kind in KINDS:
        yield from _BY_KIND[kind](before[kind], after[kind], where)


def _refusals(one: Form, members: list[Form], where: str) -> Iterator[str]:
    """Why no member takes this form; told by the member of its kind, where there is one."""
    told = {_kind(member): list(_differences(one, member, where)) for member in members}
    if all(told.values()):
        yield from told.get(_kind(one), [f"{where} can no longer be {_told(one)}"])


def _struct_differences(before: list[Any], after: list[Any], where: str) -> Iterator[str]:
    was, now = ({name: rest for name, *rest in fields} for fields in (before, after))
    for name in was:
        if name in now:
            yield from _field_differences(was[name], now[name], f"{where}.{name}")
        else:
            yield f"{where}.{name} is gone"
    yield from (
        f"{where}.{name} is new and has no default" for name in now if name not in was and not now[name][1:]
    )
    kept = [name for name in was if name in now]
    if list(now)[: len(kept)] != kept:
        yield f"{where} has its fields in another order: new ones come last"


def _field_differences(was: list[Any], now: list[Any], where: str) -> Iterator[str]:
    yield from _differences(was[0], now[0], where)
    if was[1:] and canonical_json(was[1:]) != canonical_json(now[1:]):
        yield f"{where} had a default, {_told(was[1])}, that it no longer has"


def _literal_differences(before: list[Any], after: list[Any], where: str) -> Iterator[str]:
    allowed = set(map(canonical_json, after))
    yield from (
        f"{where} can no longer be {_told(one)}" for one in before if canonical_json(one) not in allowed
    )


def _tuple_differences(before: list[Form], after: list[Form], where: str) -> Iterator[str]:
    if len(before) != len(after):
        yield f"{where} had {len(before)} items and has {len(after)}"
    for place, (was, now) in enumerate(zip(before, after, strict=False)):
        yield from _differences(was, now, f"{where}[{place}]")


def _item_differences(before: Form, after: Form, where: str) -> Iterator[str]:
    yield from _differences(before, after, f"{where}[]")


def _scalar_differences(before: str, after: str, where: str) -> Iterator[str]:
    if before != after:
        yield f"{where} was {before} and is {after}"


_BY_KIND = {
    "fields": _struct_differences,
    "literal": _literal_differences,
    "tuple of": _tuple_differences,
    "list of": _item_differences,
    "object of": _item_differences,
    "scalar": _scalar_differences,
}


def _kind(form: Form) -> str:
    """What kind of form it is: one of `KINDS`, or the name of a scalar."""
    return form if isinstance(form, str) else next(kind for kind in KINDS if kind in form)


def _members(form: Form) -> list[Form]:
    return form["any of"] if _kind(form) == "any of" else [form]


def _beside(form: Form, kind: str) -> dict[str, Any]:
    return {} if isinstance(form, str) else {name: value for name, value in form.items() if name != kind}


def _told(form: Form) -> str:
    if isinstance(form, dict) and "fields" in form:
        beside = _beside(form, "fields")
        names = [field[0] for field in form["fields"]]
        return f"an object of {', '.join(names) or 'nothing'}" + (f" with {beside}" if beside else "")
    return msgspec.json.encode(form).decode()
