"""What an actor is: a fold over the events it hears, and the work that follows from it."""

from collections.abc import Mapping
from typing import Protocol, TypeVar

from actors.runtime.work import Work
from events.struct import Event
from events.wire import AnyRecorded

StateT = TypeVar("StateT")


class Actor(Protocol[StateT]):
    """An agent. It never touches the log: what it knows is folded from it, what it does is work it names.

    A class need not inherit from this; having these members is enough.
    """

    @property
    def name(self) -> str:
        """An agent noun, unique in the system."""
        ...

    @property
    def hears(self) -> frozenset[type[Event]]:
        """The event types that are folded; no other reaches `apply`."""
        ...

    def initial(self) -> StateT:
        """The state before the first event."""
        ...

    def apply(self, state: StateT, recorded: AnyRecorded, /) -> None:
        """Take one event into the state, which nobody else holds. Deterministic, quick, without await.

        An exception is a crash: the state is thrown away and folded again from the log.
        """
        ...

    def todo(self, state: StateT, /) -> Mapping[str, Work]:
        """The work owed now, by key, in the order in which it is to be started. Pure.

        Work that was finished, put aside or is running may be named; the runtime knows and leaves it out.
        It is asked again only when something was heard, so cost in proportion to what is owed is fine.
        """
        ...
