"""One append on its way through a batch that it shares with others."""

from collections.abc import Sequence
from dataclasses import dataclass

from events.wire import AnyRecorded
from store.log.segments import LogPoisoned, NoSpace


@dataclass(eq=False)
class Entry:
    """One append on its way: what is to be recorded, then what became of it."""

    drafts: tuple[AnyRecorded, ...]
    """Checked events without their places."""
    recorded: tuple[AnyRecorded, ...] | None = None
    """They as they are durable."""
    error: NoSpace | LogPoisoned | None = None
    """What prevented it."""

    @property
    def settled(self) -> bool:
        """Whether it came to its end."""
        return self.recorded is not None or self.error is not None

    def outcome(self) -> tuple[AnyRecorded, ...]:
        """What was recorded.

        Raises:
            NoSpace, LogPoisoned: what prevented it, afresh for each producer that waited.
        """
        if self.error is not None:
            raise type(self.error)(str(self.error)) from self.error
        return self.recorded or ()


def settle(entries: Sequence[Entry], recorded: tuple[AnyRecorded, ...]) -> None:
    """Give each append the events that are its own."""
    start = 0
    for entry in entries:
        end = start + len(entry.drafts)
        entry.recorded = recorded[start:end]
        start = end
