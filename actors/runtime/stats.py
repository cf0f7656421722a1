"""How one actor stands at a moment."""

import msgspec


class ActorStats(msgspec.Struct, frozen=True):
    """Numbers for whoever watches; nothing in the system acts on them."""

    name: str
    """The actor's name."""
    behind: int
    """Durable events that it has not folded yet, or passed by."""
    owed: int
    """Pieces of work that are owed, those that run or wait for their next try included."""
    running: int
    """Pieces of work under way."""
    cooling: int
    """Pieces of work that failed and wait for their next try."""
    oldest: float | None
    """Seconds since the work that has been owed the longest was first named; None when nothing is owed."""
    crashes: int
    """Crashes within the window in which restarts are counted."""
