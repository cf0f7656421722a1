"""The event loop that the long commands run on."""

from typing import Any

QUICK: dict[str, Any] = {"use_uvloop": True}
"""Options for anyio: many appends that share a sync are woken in half the time."""
