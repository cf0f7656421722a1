"""How every fact is declared: frozen, compared by value, strict about fields it does not know."""

import msgspec


class Fact(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A part of an event: immutable, and refused when it carries an unknown field."""


class Event(Fact, frozen=True, forbid_unknown_fields=True, tag=True, tag_field="type"):
    """Something that happened; its class name is its tag in the log."""
