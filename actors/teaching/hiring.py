"""A model hired as teacher: its line, the money for it, and what enters the ids of its traces."""

from collections.abc import Callable, Sequence

from actors.language.operator import Columns
from actors.teaching.author import Author
from actors.teaching.authoring import author_prompts
from actors.teaching.line import Line, Patience, Sender
from actors.teaching.model import ModelTeacher
from actors.teaching.money import TRILLIONTHS
from actors.teaching.orders import ModelOrders, ModelSettings, UnfitServerError
from actors.teaching.prompting import prompts
from actors.teaching.purse import Announce, Caps, Purse
from actors.teaching.rewriter import Rewriter
from actors.teaching.rewriting import rewriter_prompts
from store.projections.calls import Calls

_NAMED = 8


class Hired:
    """What one run has of a model.

    Args:
        orders: every setting.
        sender: sends a request once.
        calls: what was spent until now.
        announce: makes an event durable.
        settings: what enters the ids of traces, where that is more than the orders say.
    """

    def __init__(
        self,
        orders: ModelOrders,
        sender: Sender,
        calls: Calls,
        announce: Announce,
        settings: ModelSettings | None = None,
    ) -> None:
        self.orders = orders
        self.settings = settings or orders.solving(prompts().digest)
        caps = Caps(*map(_trillionths, (orders.cap_run, orders.cap_day, orders.cap_episode)))
        self.purse = Purse(calls, caps, announce)
        self._line = Line(
            sender=sender,
            purse=self.purse,
            prices=orders.prices,
            patience=Patience(orders.tries, orders.patience_seconds),
            attempts=orders.attempts,
        )

    def teacher(self, columns_of: Callable[[str], Columns]) -> ModelTeacher:
        """The model as teacher of questions about these tables."""
        return ModelTeacher(
            model=self._line,
            name=self.orders.model,
            settings=self.settings,
            prompts=prompts(),
            columns_of=columns_of,
            limit_field=self.orders.limit_field,
        )

    def author(self) -> Author:
        """The model as source of questions."""
        return Author(
            model=self._line,
            name=self.orders.model,
            settings=self.settings,
            prompts=author_prompts(),
            limit_field=self.orders.limit_field,
        )

    def rewriter(self) -> Rewriter | None:
        """The model as who rewords questions; None where that is not asked for."""
        if not self.orders.verbalise:
            return None
        return Rewriter(
            model=self._line,
            name=self.orders.model,
            settings=self.settings,
            prompts=rewriter_prompts(),
            limit_field=self.orders.limit_field,
        )


def see_that_it_is_known(model: str, known: Sequence[str]) -> None:
    """Nothing, where the server knows the model.

    Raises:
        UnfitServerError: it does not.
    """
    if model not in known:
        more = f" and {len(known) - _NAMED} more" if len(known) > _NAMED else ""
        told = f"{', '.join(known[:_NAMED])}{more}" if known else "none"
        raise UnfitServerError(f"the server knows no model {model!r}; it knows: {told}")


def _trillionths(amount: float | None) -> int | None:
    return None if amount is None else round(amount * TRILLIONTHS)
