"""What became of judged episodes, and what they cost: by source, table, template, operator and teacher."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table

from actors.terminal.plain import line
from events.episode import EpisodeJudged
from store.projections.calls import UNIT, Tally
from store.projections.state import State

HEADINGS = ("source", "dataset", "template", "operator", "teacher")
"""In the order in which they are told; an episode counts once under each operator of its question."""
_SUMMED = ("sent", "answered", "prompt_tokens", "completion_tokens", "cost", "uncertain")


@dataclass
class Spent:
    """The judged episodes that share something."""

    judged: int = 0
    """How many were judged."""
    verified: int = 0
    """How many of them are verified and not quarantined."""
    attempts: int = 0
    """Traces that voted."""
    unasked: int = 0
    """Traces that were spared, since the verdict was certain without them."""
    calls: Tally = field(default_factory=Tally)
    """Every call that was made for them, retries and attempts without a vote too."""

    def count(self, judged: EpisodeJudged, calls: Tally, *, verified: bool) -> None:
        """One more."""
        self.judged += 1
        self.verified += verified
        self.attempts += len(judged.votes)
        self.unasked += judged.unasked
        for name in _SUMMED:
            setattr(self.calls, name, getattr(self.calls, name) + getattr(calls, name))

    def to_dict(self) -> dict[str, Any]:
        """The same as plain JSON values; no cost of a verified one where there is none."""
        cost = self.calls.cost / UNIT
        return {
            "judged": self.judged,
            "verified": self.verified,
            "attempts": self.attempts,
            "unasked": self.unasked,
            "calls": self.calls.sent,
            "prompt_tokens": self.calls.prompt_tokens,
            "completion_tokens": self.calls.completion_tokens,
            "cost": cost,
            "uncertain": self.calls.uncertain / UNIT,
            "cost_of_verified": cost / self.verified if self.verified else None,
        }


def spending(state: State) -> dict[str, Any]:
    """Yield and cost under each heading; and what was spent beside, on whatever is no judged episode."""
    verified = state.verified()
    found: dict[str, dict[str, Spent]] = {heading: {} for heading in HEADINGS}
    judged_cost = 0
    for key, judged in sorted(state.episodes.judged.items()):
        calls = state.calls.accounts.get(key, Tally())
        judged_cost += calls.cost
        for heading, name in _shares(state, judged):
            found[heading].setdefault(name, Spent()).count(judged, calls, verified=key in verified)
    told = {
        heading: [{"name": name} | rows[name].to_dict() for name in sorted(rows)]
        for heading, rows in found.items()
    }
    return told | {"cost_beside": (state.calls.total.cost - judged_cost) / UNIT}


def spending_view(found: Mapping[str, Any]) -> RenderableType:
    """The same for a person, a table for each heading."""
    what = "proposals, rewordings, measuring and what is not judged"
    beside = f"{found['cost_beside']:.4f} was spent beside: on {what}"
    return Group(*(_table(heading, found[heading]) for heading in HEADINGS if found[heading]), line(beside))


def _shares(state: State, judged: EpisodeJudged) -> Iterator[tuple[str, str]]:
    """What an episode is counted under."""
    yield "source", judged.source
    yield "dataset", judged.dataset
    question = state.questions.accepted.get(judged.question)
    if question is not None and question.recipe.template:
        yield "template", question.recipe.template
    if question is not None:
        yield from (("operator", one) for one in sorted(question.recipe.operators))
    attempt = state.traces.attempts.get(judged.votes[0].trace) if judged.votes else None
    yield "teacher", attempt.teacher if attempt else ""


def _table(heading: str, rows: list[Mapping[str, Any]]) -> Table:
    table = Table(title=f"Judged episodes by {heading}", title_justify="left")
    table.add_column(heading, overflow="fold")
    for name in ("judged", "verified", "attempts", "spared", "calls", "cost", "for a verified one"):
        table.add_column(name, justify="right")
    for one in rows:
        each = one["cost_of_verified"]
        figures = (one["judged"], one["verified"], one["attempts"], one["unasked"], one["calls"])
        money = (f"{one['cost']:.4f}", "-" if each is None else f"{each:.4f}")
        table.add_row(line(one["name"]), *map(str, figures), *money)
    return table
