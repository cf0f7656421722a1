"""When two values are one to us."""

from events.values import close, value_of


def digest(value: object) -> str:
    return value_of(value).digest


def same(left: object, right: object) -> bool:
    """One digest, and close: what has one value has both."""
    return digest(left) == digest(right) and close(value_of(left), value_of(right))


def near(left: object, right: object) -> bool:
    return close(value_of(left), value_of(right))
