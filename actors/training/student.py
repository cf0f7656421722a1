"""A model in a folder that answers: from the messages so far to its next one."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from transformers import set_seed
from trl.chat_template_utils import parse_response

from actors.training.models import load_model, load_tokenizer, with_tool_calls
from actors.training.problems import UnfitModelError
from events.calls import Reply, ToolCall

MOST_TOKENS = 512
"""Tokens of one answer, where nothing is said."""


class Student:
    """A model that was trained, or any that can be loaded from a folder.

    Args:
        folder: where its weights and its tokenizer lie.

    Raises:
        UnfitModelError: nothing there can answer.
    """

    def __init__(self, folder: Path) -> None:
        if not folder.is_dir():
            raise UnfitModelError(f"{folder} is no folder of a model; name one that `tracegate train` made")
        self._tokenizer = with_tool_calls(load_tokenizer(str(folder)))
        self._model = load_model(str(folder), "words", self._tokenizer)
        self._model.eval()
        if torch.cuda.is_available():
            self._model.to("cuda")

    def reply(
        self,
        messages: Sequence[dict[str, Any]],
        tools: Sequence[dict[str, Any]] = (),
        *,
        most_tokens: int = MOST_TOKENS,
        temperature: float = 0.0,
        seed: int = 0,
    ) -> Reply:
        """The next message.

        Args:
            messages: those so far, in the form of the `sft` export.
            tools: what may be called, as their schemas.
            most_tokens: tokens at most.
            temperature: how freely it is drawn; 0 takes the likeliest word each time.
            seed: where what is drawn derives from.
        """
        prompt = self._tokenizer.apply_chat_template(
            list(messages),
            tools=list(tools) or None,
            add_generation_prompt=True,
            tokenize=True,
            return_dict=True,
            return_tensors="pt",
        ).to(self._model.device)
        before = int(prompt["input_ids"].shape[1])
        room = int(self._model.config.max_position_embeddings) - before
        if room < 1:
            return Reply("", finish="length")
        set_seed(seed)
        drawn = {"do_sample": True, "temperature": temperature} if temperature else {"do_sample": False}
        with torch.no_grad():
            found = self._model.generate(
                **prompt,
                **drawn,
                max_new_tokens=min(most_tokens, room),
                eos_token_id=self._tokenizer.eos_token_id,
                pad_token_id=self._tokenizer.pad_token_id,
            )
        said = found[0, before:].tolist()
        return self._read(said, prompt["input_ids"][0].tolist(), tools)

    def _read(self, said: list[int], before: list[int], tools: Sequence[dict[str, Any]]) -> Reply:
        ended = bool(said) and said[-1] == self._tokenizer.eos_token_id
        message = parse_response(self._tokenizer, said, prefix=before, tools=list(tools) or None)
        calls = tuple(
            ToolCall(str(place), str(one["name"]), _json(one["arguments"]))
            for place, one in enumerate(map(_called, message.get("tool_calls") or ()))
        )
        finish = "length" if not ended else "tool_calls" if calls else "stop"
        return Reply(str(message.get("content") or ""), tool_calls=calls, finish=finish, tokens=len(said))


def _called(call: dict[str, Any]) -> dict[str, Any]:
    """What is called with what; some templates name it without the word `function` around it."""
    found: dict[str, Any] = call.get("function", call)
    return found


def _json(arguments: Any) -> str:
    """The arguments as text; what is no text that can be written stays escaped, for its reader to refuse."""
    return arguments if isinstance(arguments, str) else json.dumps(arguments, separators=(",", ":"))
