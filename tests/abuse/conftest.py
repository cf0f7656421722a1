"""The pools of the contract suite, for the attacks; none runs where there is no wall."""

from tests.contracts.conftest import (  # noqa: F401  fixtures
    announced,
    backend,
    backend_name,
    cells,
    heard,
    limits,
    own_pool,
    pool,
    table,
)
