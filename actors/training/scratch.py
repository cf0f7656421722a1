"""Small models made on the spot, with a tokenizer learned from the rows: nothing is downloaded.

They show that everything works, and are where training from scratch begins. They are of the Qwen2 family with
its chat template, which TRL knows: it masks what is not the model's, and reads tool calls back.
"""

import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import trl
from transformers import Qwen2Config, Qwen2ForCausalLM, Qwen2Tokenizer, set_seed

Size = Literal["tiny", "small"]
END = "<|im_end|>"
PAD = "<|endoftext|>"
_MARKS = ("<|im_start|>", END, "<tool_call>", "</tool_call>", "<tool_response>", "</tool_response>")


@dataclass(frozen=True)
class Shape:
    """How large a model is."""

    vocabulary: int
    """Tokens at most."""
    width: int
    """Numbers for each token."""
    layers: int
    """Layers."""
    heads: int
    """Heads of attention; half as many for keys and values."""


SHAPES: dict[Size, Shape] = {"tiny": Shape(2048, 128, 4, 4), "small": Shape(8192, 512, 8, 8)}
"""Below one million weights, for trying things out, and about 30 million."""


def make_model(size: Size, texts: Iterable[str], folder: Path, *, longest: int, seed: int) -> None:
    """Write a model of this size with weights drawn by the seed, and the tokenizer that belongs to it.

    Args:
        size: how large.
        texts: what the tokenizer is learned from.
        folder: where to; replaced when it is there.
        longest: tokens that the model can take.
        seed: where its weights derive from.
    """
    shutil.rmtree(folder, ignore_errors=True)
    shape, tokenizer = SHAPES[size], make_tokenizer(texts, SHAPES[size].vocabulary)
    set_seed(seed)
    config = Qwen2Config(
        vocab_size=len(tokenizer),
        hidden_size=shape.width,
        intermediate_size=4 * shape.width,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        num_key_value_heads=shape.heads // 2,
        max_position_embeddings=longest,
        tie_word_embeddings=True,
        bos_token_id=None,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    Qwen2ForCausalLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def make_tokenizer(texts: Iterable[str], vocabulary: int) -> Any:
    """A tokenizer learned from texts, of the class as which it is loaded, with TRL's Qwen2.5 template."""
    empty = Qwen2Tokenizer(vocab={PAD: 0}, merges=[])
    made = empty.train_new_from_iterator(texts, vocab_size=vocabulary, new_special_tokens=list(_MARKS))
    made.eos_token, made.pad_token = END, PAD
    made.chat_template = template("qwen2_5")
    return made


def template(name: str) -> str:
    """A chat template that TRL ships, by its name."""
    return (Path(trl.__file__).parent / "chat_templates" / f"{name}.jinja").read_text("utf-8")


def texts_of(rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Every text in rows of whatever form, messages and tools among them."""
    for row in rows:
        yield from _texts(row)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)
