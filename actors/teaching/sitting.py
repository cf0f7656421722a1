"""What decides how somebody answers who is measured: as when they teach, and where chance is drawn from.

Its traces have ids of their own by that: what a teacher was asked for an episode is not an answer here.
"""

from actors.teaching.dialogue import SolveSettings
from actors.teaching.orders import ModelOrders, ModelSettings
from actors.teaching.prompting import prompts


class ScriptSitting(SolveSettings, frozen=True):
    """What decides how our own code answers: without mistakes on purpose."""

    mistakes: float = 0.0
    """None are made."""
    seed: int = 0
    """Where a guess is drawn from."""


class ModelSitting(ModelSettings, frozen=True):
    """What decides how a model answers."""

    seed: int = 0
    """Another seed asks anew."""


class PupilSitting(SolveSettings, frozen=True):
    """What decides how a model in a folder answers: always with the likeliest word."""

    mistakes: float = 0.0
    """None are made on purpose."""
    reply_tokens: int = 512
    """Tokens that one answer may have."""
    max_flaws: int = 3
    """Messages without code that can be run; one more ends the attempt."""
    max_repeats: int = 3
    """How often in a row the same may be said before the attempt ends."""


def sitting_of(orders: ModelOrders, seed: int) -> ModelSitting:
    """The settings under which a model is measured."""
    solving = orders.solving(prompts().digest)
    named = {name: getattr(solving, name) for name in solving.__struct_fields__}
    return ModelSitting(**named, seed=seed)
