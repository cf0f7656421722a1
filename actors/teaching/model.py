"""A model as teacher: a conversation with a server, turn by turn, within limits of its own."""

from collections.abc import Awaitable, Callable
from functools import partial
from random import Random
from typing import Any, Protocol

from actors.language.operator import Columns
from actors.ports import Postponed
from actors.teaching.dialogue import GaveUp, Task
from actors.teaching.line import Asked, ContextFull
from actors.teaching.orders import ModelSettings
from actors.teaching.prompting import Prompts
from actors.teaching.protocol import TOOLS, Turn, turn_of
from events.calls import Reply
from events.episode import episode_id
from events.trace import Message, Mistake, trace_id

_SEEDS = 2**31

Chat = list[dict[str, Any]]
"""Messages as the protocol has them."""


class Model(Protocol):
    """What answers requests."""

    async def ask(self, asked: Asked, /) -> Reply:
        """The answer.

        Raises:
            ContextFull: the request is longer than the model can take.
            InfrastructureError: there is none.
        """
        ...


class ModelTeacher:
    """Has a model solve questions; its episodes are `model` evidence wherever they go.

    Args:
        model: what answers.
        name: the model's name.
        settings: limits and protocol; part of the id of each trace.
        prompts: what the model is told.
        columns_of: the profile of a dataset, by id: a solver has the table before its eyes.
        limit_field: the field of a request that bounds an answer.
    """

    def __init__(  # noqa: PLR0913  made in one place, which names them
        self,
        *,
        model: Model,
        name: str,
        settings: ModelSettings,
        prompts: Prompts,
        columns_of: Callable[[str], Columns],
        limit_field: str = "max_tokens",
    ) -> None:
        self._model = model
        self._name = name
        self._settings = settings
        self._prompts = prompts
        self._columns_of = columns_of
        self._limit_field = limit_field

    @property
    def name(self) -> str:
        """The model's name."""
        return self._name

    def begin(self, task: Task) -> "Conversation":
        """A conversation about one attempt; nothing is sent before its first message is asked for."""
        question, settings = task.question, self._settings
        trace = trace_id(question.id, task.role, task.index, self._name, settings)
        account = episode_id(question.id, self._name, settings, settings.traces)
        fields = fields_of(settings, self._name, self._limit_field, trace)

        async def ask(messages: Chat) -> Reply:
            body = fields | {"messages": messages}
            digest = self._prompts.digest
            return await self._model.ask(
                Asked(body, settings.reply_tokens, trace, account, question.source, digest)
            )

        asked = self._prompts.question(question, task.role, self._columns_of(question.dataset))
        return Conversation(ask, asked, settings, self._prompts, partial(turn_of, protocol=settings.protocol))


def fields_of(settings: ModelSettings, name: str, limit_field: str, drawn: str) -> dict[str, Any]:
    """The fields of a request beside its messages.

    Args:
        settings: the limits of an answer, and how it is sampled.
        name: the model's name.
        limit_field: the field that bounds an answer.
        drawn: what a seed derives from.
    """
    fields: dict[str, Any] = {"model": name, limit_field: settings.reply_tokens}
    if settings.temperature is not None:
        fields["temperature"] = settings.temperature
    if settings.seeded:
        fields["seed"] = Random(f"{drawn}/seed").randrange(_SEEDS)
    if settings.protocol == "tools":
        fields["tools"] = list(TOOLS)
    return fields | dict(settings.extra)


class Conversation:
    """One attempt: what was said so far, and what of its limits is left.

    Args:
        ask: sends the messages so far, and gives the answer.
        question: the first thing that is asked.
        settings: limits and protocol.
        prompts: what the model is told.
        read: tells what a reply asks for.
    """

    def __init__(
        self,
        ask: Callable[[Chat], Awaitable[Reply]],
        question: str,
        settings: ModelSettings,
        prompts: Prompts,
        read: Callable[[Reply], Turn],
    ) -> None:
        self._ask = ask
        self._settings = settings
        self._prompts = prompts
        self._read = read
        self._messages: Chat = [
            {"role": "system", "content": prompts.system(settings.protocol)},
            {"role": "user", "content": question},
        ]
        self._unanswered: tuple[str, ...] = ()
        self._tokens = 0
        self._seconds = 0.0
        self._corrections = 0
        self._last: Turn | None = None
        self._repeats = 0

    @property
    def mistake(self) -> Mistake | None:
        """None: what a model does wrong it does not do on purpose."""
        return None

    @property
    def prompts(self) -> str:
        """Digest of the prompt files."""
        return self._prompts.digest

    async def next(self, view: str | None) -> Message | GaveUp:
        """The next message, after being shown what the last code gave, or told why it was none."""
        heard = await self.hear(view)
        if isinstance(heard, GaveUp):
            return heard
        reply, turn = heard
        return Message(
            text=turn.prose,
            code=turn.code,
            reasoning=reply.reasoning,
            flaw=turn.flaw,
            told=self.correction(turn),
        )

    def correction(self, turn: Turn) -> str:
        """What the model is told of a message that could not be used; empty where it could."""
        told = self._prompts.corrections[turn.flaw] if turn.flaw else ""
        return f"{told}\n{turn.detail}" if turn.detail else told

    async def hear(self, view: str | None) -> tuple[Reply, Turn] | GaveUp:
        """The next reply and what it asks for, after the last one was answered.

        Raises:
            InfrastructureError: there is none.
        """
        if view is not None:
            self._show(view)
        if (limit := self._limit()) is not None:
            return GaveUp(limit)
        try:
            reply = await self._ask(list(self._messages))
        except ContextFull as problem:
            if self._last is None:
                told = f"the question alone is longer than the model's context: {problem}; have it take more"
                raise Postponed(told) from problem
            return GaveUp("context_limit")
        turn = self._read(reply)
        self._note(reply, turn)
        return reply, turn

    def _limit(self) -> str | None:
        """The limit that is reached, if any."""
        settings = self._settings
        if self._corrections > settings.max_corrections:
            return "correction_limit"
        if self._repeats >= settings.max_repeats:
            return "repetition_limit"
        if self._tokens >= settings.trace_tokens:
            return "token_limit"
        return "time_limit" if self._seconds >= settings.trace_seconds else None

    def _note(self, reply: Reply, turn: Turn) -> None:
        """Keep what was said, as it was said, and count it."""
        said: dict[str, Any] = {"role": "assistant", "content": reply.text}
        if reply.tool_calls:
            said["tool_calls"] = [
                {"id": one.id, "type": "function", "function": {"name": one.name, "arguments": one.arguments}}
                for one in reply.tool_calls
            ]
        self._messages.append(said)
        self._unanswered = tuple(one.id for one in reply.tool_calls)
        self._tokens += reply.tokens
        self._seconds += reply.seconds
        self._corrections += bool(turn.flaw)
        self._repeats = self._repeats + 1 if turn == self._last else 1
        self._last = turn

    def _show(self, view: str) -> None:
        """Answer the last message: what its code gave, or what was wrong with it."""
        flawed = self._last is not None and bool(self._last.flaw)
        content = view if flawed else self._prompts.result(view)
        if self._unanswered:
            self._messages += [
                {"role": "tool", "tool_call_id": one, "content": content} for one in self._unanswered
            ]
        else:
            self._messages.append({"role": "user", "content": content})
