"""Modules that take longer to load than all else at a start, loaded when they are first used."""

from importlib import import_module
from typing import Any


class _Later:
    """A module that is loaded when something of it is asked for."""

    def __init__(self, name: str) -> None:
        self._name = name

    def load(self) -> None:
        """Load it now."""
        import_module(self._name)

    def __getattr__(self, name: str) -> Any:
        return getattr(import_module(self._name), name)


pd, spatial = _Later("pandas"), _Later("scipy.spatial")
special, stats = _Later("scipy.special"), _Later("scipy.stats")


def load() -> None:
    """Load them all now: in one process, from which others are then forked."""
    for one in (pd, spatial, special, stats):
        one.load()
