"""How every fact is declared: frozen, compared by value, strict about fields it does not know."""

import msgspec


class Fact(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """A part of an event: immutable, and refused when it carries an unknown field.

    What is immutable leads nowhere back to itself: the garbage collector need not look at millions of them.
    """


class Event(Fact, frozen=True, forbid_unknown_fields=True, tag=True, tag_field="type"):
    """Something that happened; its class name is its tag in the log."""
