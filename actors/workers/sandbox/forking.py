"""What libraries want done after a fork: withheld from the forks of a supervisor, given back to each session.

Python runs such hooks in every new process. They seed anew what a session seeds itself, and free locks that
nobody holds in a process of one thread; but they touch so much that a third of what a fork costs is theirs.
A session, which may have threads and fork in its turn, needs them.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_Hook = Callable[[], object]
_withheld: list[dict[str, _Hook]] = []


@contextmanager
def hooks_withheld() -> Iterator[None]:
    """Have those that are registered meanwhile, as by imports, wait for `give_back`."""
    register = os.register_at_fork

    def withhold(**hooks: _Hook) -> None:
        _withheld.append(hooks)

    os.register_at_fork = withhold  # type: ignore[assignment]  # it takes the same three
    try:
        yield
    finally:
        os.register_at_fork = register


def give_back() -> None:
    """Register what was withheld, in a process that is about to run code of others."""
    for hooks in _withheld:
        os.register_at_fork(**hooks)
    _withheld.clear()
