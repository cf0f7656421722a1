"""Models and tokenizers from a folder, and the settings that go with what computes here."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import msgspec
import torch
from peft import LoraConfig, TaskType
from safetensors import safe_open
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
        UnfitModelError: there is none, or it knows no end of a text.
    """
    with _loading("tokenizer", model):
        tokenizer = AutoTokenizer.from_pretrained(model)
    if tokenizer.eos_token is None:
        message = (
            f"the tokenizer of {model} names no eos_token, so that no text could end; take another model"
        )
        raise UnfitModelError(message)
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
    with _loading("model", model):
        loaded = kind.from_pretrained(model, dtype=torch.float32, **given)
    loaded.config.pad_token_id = tokenizer.pad_token_id
    return loaded


def see_loadable(model: str, head: Head) -> None:
    """See, without loading them, that a folder holds weights, and a configuration of what they belong to.

    Raises:
        UnfitModelError: it does not; of a name on a hub its configuration is looked at alone.
    """
    kind, _, given = _HEADS[head]
    with _loading("model", model), torch.device("meta"):
        kind.from_config(AutoConfig.from_pretrained(model, **given))
        for path in _weights(Path(model)) if is_folder(model) else ():
            with safe_open(path, "pt"):
                pass  # its header was read, and its length held against that


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
    """Tokens that a model can take, as its configuration says; None where it says nothing.

    Raises:
        UnfitModelError: there is no configuration.
    """
    with _loading("configuration", model):
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


def _weights(folder: Path) -> Iterator[Path]:
    """The files of weights whose form can be looked at.

    Raises:
        FileNotFoundError: there are no weights, or not all.
    """
    whole, index = folder / "model.safetensors", folder / "model.safetensors.index.json"
    parts = (
        {} if whole.exists() or not index.exists() else msgspec.json.decode(index.read_bytes())["weight_map"]
    )
    found = sorted({*folder.glob("*.safetensors"), *(folder / parts[name] for name in parts)})
    if not found and not any(folder.glob("pytorch_model*.bin")):
        raise FileNotFoundError("it has no weights, such as model.safetensors")
    yield from found


@contextmanager
def _loading(what: str, model: str) -> Iterator[None]:
    """While something of a model is read.

    Raises:
        UnfitModelError: it could not be.
    """
    try:
        yield
    except Exception as error:  # a file that is cut, or no such file at all, ends in errors of any kind
        why = " ".join(str(error).split("\n")[0].split()) or type(error).__name__
        raise UnfitModelError(
            f"no {what} could be loaded from {model}: {why}; name the folder of a model"
        ) from error
