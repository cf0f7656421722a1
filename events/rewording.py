"""Questions put in other words by a model: what was refused, and under which ids attempts are made before."""

from events.identity import identify
from events.question import Source
from events.struct import Event

BLIND = 5
"""Attempts on other words that are made before they are accepted, at most."""


class RewordingRefused(Event, frozen=True):
    """A model's other words for a question were not taken; the question stands in its own."""

    origin: str
    """Id of the question."""
    dataset: str
    """Id of its table."""
    source: Source
    """The question's source."""
    model: str
    """The model that was asked."""
    reason: str
    """A short stable word that is counted: names_differ, numbers_differ, answered_otherwise, …"""
    detail: str
    """What was seen."""


def rewording_id(origin: str) -> str:
    """The id under which a model is asked for other words of a question, and pays for attempts on them."""
    return identify("rewording", origin)


def blind_id(origin: str, index: int) -> str:
    """The id of one attempt that is made before other words are accepted."""
    return identify("blind", origin, index)


def asked_under(origin: str) -> tuple[str, ...]:
    """Every id under which a model is asked for one rewording."""
    return (rewording_id(origin), *(blind_id(origin, index) for index in range(BLIND)))
