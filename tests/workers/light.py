"""The program inside the wall, as it is but for the libraries that sessions find loaded: most of its start.

For what it does with processes, files and frames; cells that it runs have pandas and numpy alone.
"""

import sys
from types import ModuleType

from actors.workers.sandbox import absent
from actors.workers.sandbox.forking import hooks_withheld

_none = ModuleType("actors.workers.sandbox.library")
vars(_none).update(environment=dict, fingerprint=lambda _: "", warm=lambda: None)
sys.modules[_none.__name__] = _none

absent.hide()
with hooks_withheld():
    from actors.workers.sandbox import service

__all__ = ["service"]

if __name__ == "__main__":
    service.main()
