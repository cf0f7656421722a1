"""What calls of models cost, for a program and for a person."""

from typing import Any

from store.projections.calls import UNIT, Calls, Tally


def costs(calls: Calls) -> dict[str, Any]:
    """All calls, and those of each source and model, as plain JSON values."""
    return {
        "total": _plain(calls.total),
        "models": {
            source: {model: _plain(tally) for model, tally in sorted(models.items())}
            for source, models in sorted(calls.models.items())
        },
    }


def cost_line(tally: Tally) -> str:
    """Calls, tokens and money in a line; empty while no model was called."""
    if not tally.sent:
        return ""
    tokens = f"{tally.prompt_tokens} + {tally.completion_tokens} tokens"
    most = f", of which {money(tally.uncertain)} at most" if tally.uncertain else ""
    return f"{tally.sent} calls, {tally.answered} answered, {tokens}, cost {money(tally.cost)}{most}"


def money(amount: int) -> str:
    """An amount of the log in the currency of the prices."""
    return f"{amount / UNIT:.4f}"


def _plain(tally: Tally) -> dict[str, Any]:
    return {
        "sent": tally.sent,
        "answered": tally.answered,
        "refused": tally.refused,
        "failed": tally.failed,
        "prompt_tokens": tally.prompt_tokens,
        "completion_tokens": tally.completion_tokens,
        "cost": tally.cost / UNIT,
        "uncertain": tally.uncertain / UNIT,
    }
