"""What one actor knows: its state, folded up to a place in the log. Whatever it raises there is a crash."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from actors.runtime.actor import Actor
from actors.runtime.bus import Bus, Cursor
from actors.runtime.work import Work
from events.wire import AnyRecorded

ResultT = TypeVar("ResultT")


class Crash(Exception):
    """A fold or a `todo` raised; the state is not to be used any more."""

    def __init__(self, error: Exception) -> None:
        super().__init__(str(error))
        self.error = error


class Fold:
    """The state of one actor. `begin` comes first, and again after a crash, which leaves nothing."""

    def __init__(self, actor: Actor[Any], bus: Bus, window: int) -> None:
        """Prepare; `window` is how many events are folded before others have their turn."""
        self._actor = actor
        self._bus = bus
        self._window = window
        self._hears = actor.hears
        self._state: Any
        self.forget()

    @property
    def behind(self) -> int:
        """How many durable events are still to be folded, or passed by."""
        return self._bus.head - self._place

    def forget(self) -> None:
        """Let go of the state; everything is to be folded again."""
        self._cursor = Cursor(self._bus, self._hears, self._window)
        self._place = 0
        self._state = None

    def begin(self) -> None:
        """Know nothing yet.

        Raises:
            Crash: the actor raised.
        """
        self.forget()
        self._state = _guarded(self._actor.initial)

    def take(self, recorded: Sequence[AnyRecorded]) -> None:
        """Fold the events that come next in the log, of whatever types; another has read them.

        Raises:
            Crash: the actor raised.
        """
        for one in recorded:
            if type(one.event) in self._hears:
                _guarded(self._actor.apply, self._state, one)
        self._place = self._cursor.seq = recorded[-1].seq

    async def catch_up(self) -> bool:
        """Fold all that is durable; whether anything was heard.

        Raises:
            Crash: the actor raised.
            LogCorrupt: the log was damaged while it was in use.
            OSError: a segment cannot be read.
        """
        heard = False
        while self._cursor.behind:
            for recorded in await self._cursor.next():
                _guarded(self._actor.apply, self._state, recorded)
                heard = True
            self._place = self._cursor.seq
        return heard

    def todo(self) -> Mapping[str, Work]:
        """What the actor owes.

        Raises:
            Crash: the actor raised, or named work under another key than its own.
        """
        return _guarded(self._todo)

    def _todo(self) -> Mapping[str, Work]:
        owed = self._actor.todo(self._state)
        misnamed = next((key for key, work in owed.items() if work.key != key), None)
        if misnamed is not None:
            message = f"todo names {owed[misnamed].key!r} under the key {misnamed!r}"
            raise ValueError(message)
        return owed


def _guarded(call: Callable[..., ResultT], *arguments: object) -> ResultT:
    try:
        return call(*arguments)
    except Exception as error:  # whatever a fold raises is its crash
        raise Crash(error) from error
