"""A model that puts questions into other words, and attempts of the same model that see those words alone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from actors.language.soundness import Refusal
from actors.ports import Postponed, Workers
from actors.teaching.dialogue import Task, attempt
from actors.teaching.line import Asked, ContextFull
from actors.teaching.model import Chat, Conversation, Model, fields_of
from actors.teaching.orders import ModelSettings
from actors.teaching.prompting import prompts as solver_prompts
from actors.teaching.protocol import answer_in, turn_of
from actors.teaching.rewriting import RewriterPrompts
from events.answers import matches
from events.calls import Reply
from events.dataset import ColumnProfile
from events.episode import enough
from events.question import Question
from events.rewording import BLIND, blind_id, rewording_id
from events.trace import AttemptEnded

Unfit = Callable[[str], Refusal | None]
"""Why words cannot be taken, whatever they mean."""
_NO_WORDS = Refusal("malformed", 'the message is no JSON object of the form {"question": "your words"}')


class Rewriter:
    """Has a model reword questions, and solve what it made of them.

    Args:
        model: what answers.
        name: the model's name.
        settings: limits and protocol.
        prompts: what the model is told that rewords.
        limit_field: the field of a request that bounds an answer.
    """

    def __init__(
        self, *, model: Model, name: str, settings: ModelSettings, prompts: RewriterPrompts, limit_field: str
    ) -> None:
        self._model = model
        self._settings = settings
        self._prompts = prompts
        self._limit_field = limit_field
        self.name = name

    @property
    def prompts(self) -> str:
        """Digest of the prompt files."""
        return self._prompts.digest

    async def words(
        self, question: Question, columns: Sequence[ColumnProfile], unfit: Unfit
    ) -> str | Refusal:
        """Other words for a question; what was wrong with the last, once no further correction is allowed.

        Raises:
            InfrastructureError: the server gave no answer.
        """
        place = rewording_id(question.id)
        fields = self._fields(place)
        fields.pop("tools", None)
        messages: Chat = [
            {"role": "system", "content": self._prompts.rules},
            {"role": "user", "content": self._prompts.reword(question, columns)},
        ]
        found: str | Refusal = _NO_WORDS
        for corrections in range(1 + self._settings.max_corrections):
            body = fields | {"messages": messages}
            asked = Asked(body, self._settings.reply_tokens, place, place, question.source, self.prompts)
            try:
                reply = await self._model.ask(asked)
            except ContextFull as problem:
                if corrections:
                    return found
                told = f"the question alone is longer than the model's context: {problem}; have it take more"
                raise Postponed(told) from problem
            found = _judged(reply, unfit)
            if isinstance(found, str):
                return found
            messages = [*messages, *self._correction(reply, found)]
        return found

    async def tried(
        self, reworded: Question, origin: str, columns: Sequence[ColumnProfile], workers: Workers
    ) -> Refusal | None:
        """Why attempts that see the new words alone do not bear them out; None where enough of them do.

        They are made one by one, until no further one could change what they come to.

        Raises:
            WallTooWeak: the model's code needs a stronger wall than there is.
            InfrastructureError: a session was lost for reasons outside its code, or there was no answer.
        """
        right = 0
        for index in range(BLIND):
            talk = self._conversation(reworded, blind_id(origin, index), rewording_id(origin), columns)
            task, solver = Task(reworded, "consistency", index), _Blind(self.name, talk)
            ended, _ = await attempt(task, solver, workers, self._settings)
            right += _is_right(reworded, ended)
            if enough(right, BLIND, "model"):
                return None
            if not enough(right + BLIND - 1 - index, BLIND, "model"):
                break
        told = f"{right} of {index + 1} attempts that saw these words alone gave the question's answer"
        return Refusal("answered_otherwise", told)

    def _conversation(
        self, reworded: Question, trace: str, account: str, columns: Sequence[ColumnProfile]
    ) -> Conversation:
        told, settings, fields = solver_prompts(), self._settings, self._fields(trace)

        async def ask(messages: Chat) -> Reply:
            body = fields | {"messages": messages}
            return await self._model.ask(
                Asked(body, settings.reply_tokens, trace, account, reworded.source, told.digest)
            )

        asked = told.question(reworded, "consistency", columns)
        return Conversation(ask, asked, settings, told, partial(turn_of, protocol=settings.protocol))

    def _fields(self, drawn: str) -> dict[str, Any]:
        return fields_of(self._settings, self.name, self._limit_field, drawn)

    def _correction(self, reply: Reply, refusal: Refusal) -> Chat:
        return [
            {"role": "assistant", "content": reply.text},
            {"role": "user", "content": self._prompts.again(refusal.detail)},
        ]


@dataclass(frozen=True)
class _Blind:
    """A teacher of one conversation, in which neither hint nor program is told."""

    name: str
    conversation: Conversation

    def begin(self, task: Task) -> Conversation:  # noqa: ARG002  it was made for this one
        """The conversation."""
        return self.conversation


def _judged(reply: Reply, unfit: Unfit) -> str | Refusal:
    """The words that a reply gives, or why they cannot be taken."""
    found = answer_in(reply)
    if not isinstance(found, dict) or found.keys() != {"question"} or not isinstance(found["question"], str):
        return _NO_WORDS
    text = found["question"].strip()
    return unfit(text) or text


def _is_right(question: Question, ended: AttemptEnded) -> bool:
    given = ended.executed[-1].result.submission if ended.executed else None
    if ended.outcome != "answered" or given is None:
        return False
    return any(matches(question.contract, given.answer, gold) for gold in question.answers)
