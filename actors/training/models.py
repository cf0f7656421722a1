"""Models and tokenizers from a folder, and the settings that go with what computes here."""

from pathlib import Path
from typing import Any, Literal

import torch
from peft import LoraConfig, TaskType
from transformers import (
    AutoConfig,
    AutoModelForCausalLM,
    AutoModelForSequenceClassification,
    AutoModelForTokenClassification,
    AutoTokenizer,
)
from trl.chat_template_utils import add_response_schema

from actors.training.problems import UnfitModelError

Head = Literal["words", "text", "steps"]
"""What a model says: the next word, one score of a text, or one of each of its words."""
_HEADS: dict[Head, Any] = {
    "words": (AutoModelForCausalLM, TaskType.CAUSAL_LM, {}),
    "text": (AutoModelForSequenceClassification, TaskType.SEQ_CLS, {"num_labels": 1}),
    "steps": (AutoModelForTokenClassification, TaskType.TOKEN_CLS, {"num_labels": 1}),
}


def load_tokenizer(model: str) -> Any:
    """The tokenizer of a model, able to read its own tool calls where its template is known.

    Raises:
        UnfitModelError: there is none.
    """
    try:
        tokenizer = AutoTokenizer.from_pretrained(model)
    except (OSError, ValueError) as error:
        message = (
            f"no tokenizer could be loaded from {model}: {_first_line(error)}; name the folder of a model"
        )
        raise UnfitModelError(message) from error
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    return tokenizer


def with_tool_calls(tokenizer: Any) -> Any:
    """The tokenizer with what reads its tool calls back.

    Raises:
        UnfitModelError: the template's tool calls cannot be read.
    """
    if getattr(tokenizer, "response_template", None) is not None:
        return tokenizer
    try:
        return add_response_schema(tokenizer)
    except ValueError as error:
        message = (
            "the tool calls of this chat template cannot be read back; take a model with a known template"
        )
        raise UnfitModelError(message) from error


def load_model(model: str, head: Head, tokenizer: Any) -> Any:
    """The weights of a model under a head, new where the folder has none for it.

    Raises:
        UnfitModelError: there are none, or of another kind.
    """
    kind, _, given = _HEADS[head]
    try:
        loaded = kind.from_pretrained(model, dtype=torch.float32, **given)
    except (OSError, ValueError) as error:
        message = f"no model could be loaded from {model}: {_first_line(error)}; name the folder of a model"
        raise UnfitModelError(message) from error
    loaded.config.pad_token_id = tokenizer.pad_token_id
    return loaded


def adapters(rank: int, head: Head) -> Any:
    """Adapters of a rank in every linear layer; None for rank 0, which trains the weights themselves."""
    if rank == 0:
        return None
    return LoraConfig(
        r=rank,
        lora_alpha=2 * rank,
        target_modules="all-linear",
        exclude_modules=["score"],  # a head that is new is trained itself
        task_type=_HEADS[head][1],
    )


def longest(model: str) -> int | None:
    """Tokens that a model can take, as its configuration says; None where it says nothing."""
    config = AutoConfig.from_pretrained(model)
    found = getattr(config, "max_position_embeddings", None)
    return int(found) if found else None


def device() -> str:
    """What computes here."""
    return str(torch.cuda.get_device_name()) if torch.cuda.is_available() else "cpu"


def computing() -> dict[str, Any]:
    """Arguments of any trainer that depend on what computes: a GPU takes halves and saves its memory."""
    gpu = torch.cuda.is_available()
    return {
        "use_cpu": not gpu,
        "bf16": gpu and torch.cuda.is_bf16_supported(),
        "gradient_checkpointing": gpu,
    }


def is_folder(model: str) -> bool:
    """Whether a model is named by its folder."""
    return Path(model).is_dir()


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
