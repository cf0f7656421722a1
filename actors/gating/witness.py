"""What is on record beside the log: passes of the smoke suite, and episodes that came out as recorded."""

from collections.abc import Callable

from actors.gating.case import Limits, Witnessed
from actors.gating.witness_rules import sampled
from store.home import Home
from store.passes import pass_on_record
from store.projections.state import State
from store.reruns import came_again
from store.separations import separated

Witness = Callable[[Home, State, Limits], Witnessed]
"""Tells what was seen beside the record of a home, whose log gives this state."""


def on_record(home: Home, state: State, limits: Limits) -> Witnessed:
    """What earlier commands saw and kept; nothing is run."""
    wanted = sampled(state, limits.sample, limits.sample_seed)
    apart = not state.verified() or (not limits.benchmarks and separated(home, state))
    return Witnessed(pass_on_record(home), again=came_again(home, state, wanted), leaks=() if apart else None)


def is_complete(seen: Witnessed, state: State, limits: Limits) -> bool:
    """Whether nothing has to be run for the gate to judge."""
    wanted = sampled(state, limits.sample, limits.sample_seed)
    known = seen.smoke is not None and seen.leaks is not None
    return known and all(one in seen.again for one in wanted)
