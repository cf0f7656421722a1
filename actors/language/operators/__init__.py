"""The operators, a family a file. Importing this package completes the grammar."""

from actors.language.operators import (
    aggregate,
    associate,
    clean,
    derive,
    group,
    quality,
    rank,
    select,
    sensitivity,
    significance,
)

FAMILIES = (
    select,
    clean,
    derive,
    aggregate,
    group,
    rank,
    associate,
    significance,
    quality,
    sensitivity,
)
"""Each family's module, in the order in which a person learns them."""
