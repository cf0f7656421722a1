"""The operators, a family a file or several. Importing this package completes the grammar."""

from actors.language.operators import (
    aggregate,
    amend,
    associate,
    bands,
    clean,
    derive,
    group,
    group_figures,
    group_shares,
    quality,
    rank,
    select,
    sensitivity,
    sequence,
    shape,
    significance,
    standing,
    thresholds,
)

FAMILIES = (
    select,
    thresholds,
    clean,
    amend,
    derive,
    bands,
    sequence,
    aggregate,
    shape,
    group,
    group_figures,
    group_shares,
    rank,
    standing,
    associate,
    significance,
    quality,
    sensitivity,
)
"""Each family's modules, in the order in which a person learns them."""
