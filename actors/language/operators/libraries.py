"""Libraries that are loaded when an operator first uses them: they take longer than all else at a start."""

from importlib import import_module
from typing import Any


class _Later:
    """A module that is loaded when it is first used."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> Any:
        return getattr(import_module(self._name), name)


pd, special, stats = _Later("pandas"), _Later("scipy.special"), _Later("scipy.stats")
spatial = _Later("scipy.spatial")
