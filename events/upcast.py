"""How events under a retired tag are read: a pure function takes each to the tag that took its place.

A tag is retired when a field of its event, or of a struct in it, is renamed, removed or means something else.
The struct goes, its lines stay on disks for ever. Steps chain: each is written once, between neighbours, and
never touched again. They change what is read; a line, and the id of its event, stay as they were written.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

Fields = Mapping[str, Any]
"""The fields of an event as decoded JSON, without its type."""


class BrokenChainError(ValueError):
    """The upcasters that were registered cannot be followed to an event that is read."""


class UpcastError(msgspec.ValidationError):
    """An event under a retired tag is not what its upcaster was written for."""


@dataclass(frozen=True)
class Upcaster:
    """One step, from a retired tag to the next."""

    old: str
    """The tag that is no longer written."""
    new: str
    """The tag that took its place: of an event that is written, or retired itself since."""
    change: Callable[[Fields], Fields]
    """Gives the fields under the new tag from those under the old; pure: it changes nothing in place."""


RETIRED: tuple[Upcaster, ...] = ()
"""Every step there is, oldest first; only ever added to. No tag has been retired yet."""


class Upcasters:
    """Steps that are known to lead, from every retired tag, to an event that is read."""

    def __init__(self, written: Collection[str], steps: Iterable[Upcaster]) -> None:
        """Check the steps once, so that reading need not.

        Args:
            written: the tags of the events that are written.
            steps: in any order.

        Raises:
            BrokenChainError: two steps begin at one tag, or one at a tag that is written; steps go round in a
                circle, or lead to a tag that nobody knows.
        """
        self._steps: dict[str, Upcaster] = {}
        for step in steps:
            if step.old in self._steps or step.old in written:
                what = "has an upcaster already" if step.old in self._steps else "is still written"
                message = f"{step.old} {what}: a tag is retired once, and then never written again"
                raise BrokenChainError(message)
            self._steps[step.old] = step
        self.ends: Mapping[str, str] = {old: self._end(old, written) for old in self._steps}
        """Each retired tag with the tag under which its events are read."""

    def __contains__(self, tag: object) -> bool:
        """Whether this tag is retired."""
        return tag in self._steps

    def lift(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """The event, with its type, as it would be written today; one that is not retired as it is.

        Raises:
            UpcastError: it is not what its upcaster was written for.
        """
        tag, fields = event["type"], {name: value for name, value in event.items() if name != "type"}
        while tag in self._steps:
            step = self._steps[tag]
            try:
                tag, fields = step.new, dict(step.change(fields))
            except (LookupError, TypeError, ValueError, AttributeError) as error:
                message = f"the step from {step.old} to {step.new} fails: {type(error).__name__}: {error}"
                raise UpcastError(message) from error
        return {"type": tag, **fields}

    def _end(self, old: str, written: Collection[str]) -> str:
        """Where the chain ends that begins here."""
        passed = [old]
        while passed[-1] not in written:
            step = self._steps.get(passed[-1])
            way = " -> ".join(passed)
            if step is None:
                message = (
                    f"{way} leads to no event that is written: add the event to the union, or the next step"
                )
                raise BrokenChainError(message)
            if step.new in passed:
                message = f"{way} -> {step.new} goes round in a circle: a retired tag never comes back"
                raise BrokenChainError(message)
            passed.append(step.new)
        return passed[-1]
