"""A model as source of questions: it explores a table in a session, then proposes; or it guesses, blind."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from actors.ports import InfrastructureError, Postponed, Session
from actors.proposed import Draft, Guessed, NoDraft, Shown
from actors.teaching.authoring import AuthorPrompts, Errand
from actors.teaching.compression import outputs_of, view
from actors.teaching.dialogue import GaveUp
from actors.teaching.line import Asked, ContextFull
from actors.teaching.model import Chat, Conversation, Model, fields_of
from actors.teaching.orders import ModelSettings
from actors.teaching.protocol import answer_in, proposing_turn
from events.calls import Reply
from events.identity import digest_of

GUESSES = 5
"""Of a question with two possible answers so many right guesses in a row are more than chance."""


class Author:
    """Has a model propose questions, within the limits that hold for a trace.

    Args:
        model: what answers.
        name: the model's name.
        settings: limits and protocol.
        prompts: what the model is told.
        limit_field: the field of a request that bounds an answer.
    """

    def __init__(
        self, *, model: Model, name: str, settings: ModelSettings, prompts: AuthorPrompts, limit_field: str
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

    async def propose(self, errand: Errand, session: Session) -> Draft | NoDraft:
        """One proposal, after exploring the table in a session.

        Raises:
            InfrastructureError: the server gave no answer, or the session was lost.
        """
        ask = partial(self._ask, errand.proposal, fields_of(self._settings, *self._sampling(errand.proposal)))
        read = partial(proposing_turn, protocol=self._settings.protocol)
        asked = self._prompts.commission(errand)
        conversation = Conversation(ask, asked, self._settings, self._prompts, read)
        shown: str | None = None
        for _ in range(self._settings.max_turns):
            heard = await conversation.hear(shown)
            if isinstance(heard, GaveUp):
                return NoDraft(heard.stop)
            _, turn = heard
            if turn.draft is not None:
                return turn.draft
            if turn.code is None:
                shown = conversation.correction(turn)
                continue
            result = await session.run(turn.code)
            if result.end is not None:
                if result.end.reason == "lost":
                    raise InfrastructureError(f"the session was lost: {result.end.detail}")
                return NoDraft(result.end.reason)
            whole = outputs_of(result)
            shown = view(result, None if whole is None else digest_of(whole))
        return NoDraft("turn_limit")

    async def guesses(self, errand: Errand, guessed: Guessed, shown: Shown) -> Sequence[Any]:
        """What a model answers that sees no row; what was no JSON is None.

        Raises:
            InfrastructureError: the server gave no answer.
        """
        return [await self._guess(errand, guessed, shown, number + 1) for number in range(GUESSES)]

    async def _guess(self, errand: Errand, guessed: Guessed, shown: Shown, number: int) -> Any:
        drawn = f"{errand.proposal}/{shown}/{number}"
        fields = fields_of(self._settings, *self._sampling(drawn))
        fields.pop("tools", None)
        text = self._prompts.guess(guessed, shown, errand.columns, number)
        try:
            return answer_in(await self._ask(errand.proposal, fields, [{"role": "user", "content": text}]))
        except ContextFull as problem:
            told = f"the question alone is longer than the model's context: {problem}; have it take more"
            raise Postponed(told) from problem

    def _sampling(self, drawn: str) -> tuple[str, str, str]:
        return self.name, self._limit_field, drawn

    async def _ask(self, proposal: str, fields: dict[str, Any], messages: Chat) -> Reply:
        body = fields | {"messages": messages}
        return await self._model.ask(
            Asked(body, self._settings.reply_tokens, proposal, proposal, "llm", self._prompts.digest)
        )
