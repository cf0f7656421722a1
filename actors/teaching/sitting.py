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


def sitting_of(orders: ModelOrders, seed: int) -> ModelSitting:
    """The settings under which a model is measured."""
    solving = orders.solving(prompts().digest)
    named = {name: getattr(solving, name) for name in solving.__struct_fields__}
    return ModelSitting(**named, seed=seed)
