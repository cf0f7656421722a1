"""What calls of models cost, by day, episode, source and model; and answers that may be needed again."""

from dataclasses import dataclass, field

from msgspec import UNSET

from events.calls import CallReserved, CallSettled, Reply
from events.evaluation import AnswerScored
from events.question import QuestionAccepted, QuestionRejected, proposal_id
from events.rewording import RewordingRefused, asked_under
from events.struct import Fact
from events.trace import AttemptEnded
from events.wire import AnyRecorded
from store.projections.fold import BrokenHistoryError

HEARS: frozenset[type[Fact]] = frozenset(
    {
        CallReserved,
        CallSettled,
        AttemptEnded,
        AnswerScored,
        QuestionAccepted,
        QuestionRejected,
        RewordingRefused,
    }
)
"""The events that may change the state."""
UNIT = 10**12
"""How many of the log's units of money make one of the currency."""


@dataclass
class Tally:
    """The calls of one kind."""

    sent: int = 0
    """Requests sent, retries too."""
    answered: int = 0
    """Those that were answered."""
    refused: int = 0
    """Those that the server refused."""
    failed: int = 0
    """Those that came to nothing, and may have cost something all the same."""
    prompt_tokens: int = 0
    """Tokens of requests that are paid for; what is under way counts with its worst case."""
    completion_tokens: int = 0
    """Tokens of answers that are paid for; what is under way counts with its worst case."""
    cost: int = 0
    """What they cost at most, in trillionths; what is under way counts with its worst case."""
    uncertain: int = 0
    """The part of that which no usage figure confirms."""

    def reserve(self, call: CallReserved) -> None:
        """Count a sending with its worst case."""
        self.sent += 1
        self.prompt_tokens += call.prompt_tokens
        self.completion_tokens += call.completion_tokens
        self.cost += call.reserved
        self.uncertain += call.reserved

    def settle(self, call: CallReserved, end: CallSettled) -> None:
        """Put what is known in the place of the worst case."""
        self.answered += end.end == "answered"
        self.refused += end.end == "refused"
        self.failed += end.end == "failed"
        self.prompt_tokens += end.prompt_tokens - call.prompt_tokens
        self.completion_tokens += end.completion_tokens - call.completion_tokens
        self.cost += end.cost - call.reserved
        self.uncertain += (0 if end.certain else end.cost) - call.reserved


@dataclass
class Calls:
    """What was spent, and what may be needed again."""

    total: Tally = field(default_factory=Tally)
    """All calls."""
    days: dict[str, Tally] = field(default_factory=dict)
    """By day in UTC."""
    accounts: dict[str, Tally] = field(default_factory=dict)
    """By episode."""
    models: dict[str, dict[str, Tally]] = field(default_factory=dict)
    """By source, then model."""
    open: dict[str, CallReserved] = field(default_factory=dict)
    """Sendings of which no end is known, by id: under way, or lost with the process that sent them."""
    sent: dict[str, dict[str, int]] = field(default_factory=dict)
    """How often each request was sent, by trace, proposal or rewording that has not ended."""
    replies: dict[str, dict[str, Reply]] = field(default_factory=dict)
    """The answer to each request that has one, by trace, proposal or rewording that has not ended."""

    def tallies(self, call: CallReserved) -> tuple[Tally, ...]:
        """Everything that a call counts to."""
        return (
            self.total,
            self.days.setdefault(call.day, Tally()),
            self.accounts.setdefault(call.account, Tally()),
            self.models.setdefault(call.source, {}).setdefault(call.model, Tally()),
        )


def initial() -> Calls:
    """No call."""
    return Calls()


def apply(state: Calls, recorded: AnyRecorded) -> None:
    """Take one event into the state.

    Raises:
        BrokenHistoryError: a sending ends that was never begun.
    """
    event = recorded.event
    if isinstance(event, CallReserved):
        state.open[event.call] = event
        sent = state.sent.setdefault(event.trace, {})
        sent[event.request] = sent.get(event.request, 0) + 1
        for tally in state.tallies(event):
            tally.reserve(event)
    elif isinstance(event, CallSettled):
        _settle(state, event, recorded)
    elif isinstance(event, AttemptEnded):
        _forget(state, event.trace)
    elif isinstance(event, AnswerScored):
        _forget(state, event.attempt.trace)
    elif isinstance(event, RewordingRefused):
        _forget(state, *asked_under(event.origin))
    elif isinstance(event, QuestionAccepted | QuestionRejected):
        _forget(state, proposal_id(event.stream, event.index))
        if isinstance(event, QuestionAccepted) and (words := event.question.recipe.reworded) is not UNSET:
            _forget(state, *asked_under(words.origin))


def _forget(state: Calls, *traces: str) -> None:
    """Nobody will ask for these traces again."""
    for trace in traces:
        state.sent.pop(trace, None)
        state.replies.pop(trace, None)


def _settle(state: Calls, end: CallSettled, recorded: AnyRecorded) -> None:
    call = state.open.pop(end.call, None)
    if call is None:
        raise BrokenHistoryError(recorded, f"settles the call {end.call}, which nobody reserved")
    for tally in state.tallies(call):
        tally.settle(call, end)
    if end.reply is not None and call.trace in state.sent:
        state.replies.setdefault(call.trace, {})[call.request] = end.reply
