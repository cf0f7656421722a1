"""Typed search for programs on one table: rounds of proposals, for ever, evened out over what there is.

A round is a pure function of the table, the key of the stream and its number. It first grows tables by
selections, each evaluated once, equal ones merged into the one of fewest steps; then it deals cards, one for
each operator that can end a program and each size wanted, and grows a program for each card. Sub-programs
are evaluated once, whatever number of programs has them.
"""

from actors.language.search.rounds import Left, proposals

__all__ = ["Left", "proposals"]
