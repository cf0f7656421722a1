"""From rows and settings to a trainer, one function for each method."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from datasets import Dataset, Features, Json, List, Value
from peft import get_peft_model
from transformers import TrainingArguments
from trl import (
    DPOConfig,
    DPOTrainer,
    GRPOConfig,
    GRPOTrainer,
    RewardConfig,
    RewardTrainer,
    SFTConfig,
    SFTTrainer,
)

from actors.training.models import Head, adapters, computing, load_model, with_tool_calls
from actors.training.playing import Begin, Environment, rewards
from actors.training.steps import Padded, StepTrainer, tokens_of
from events.training import Method, TrainingSettings

Row = dict[str, Any]
HEADS: dict[Method, Head] = {
    "sft": "words",
    "dpo": "words",
    "reward": "text",
    "prm": "steps",
    "grpo": "words",
}
"""What a model is to say, by the method that trains it."""
MOST_TURNS = 12
"""Tool calls of one played episode."""
_MESSAGES = List(Json())
_COLUMNS: dict[Method, dict[str, Any]] = {
    "sft": {"messages": _MESSAGES, "tools": Json()},
    "dpo": {"prompt": _MESSAGES, "chosen": _MESSAGES, "rejected": _MESSAGES, "tools": Json()},
    "reward": {
        "prompt": _MESSAGES,
        "chosen": _MESSAGES,
        "rejected": _MESSAGES,
        "tools": Json(),
        "margin": Value("float64"),
    },
    "grpo": {"prompt": _MESSAGES, "question": Value("string")},
}


@dataclass(frozen=True)
class Lesson:
    """Everything that a trainer is made from."""

    settings: TrainingSettings
    """How it goes."""
    rows: Sequence[Row]
    """What is learned from, in the form of the method's export."""
    model: str
    """Where the weights lie that it begins with."""
    tokenizer: Any
    """The tokenizer that belongs to them."""
    folder: Path
    """Where checkpoints go."""
    begin: Begin | None = None
    """Begins a played episode; for play alone."""


def build(lesson: Lesson) -> Any:
    """The trainer of a method, ready to train.

    Raises:
        UnfitModelError: the weights cannot be loaded, or tool calls not be read.
    """
    return _BUILD[lesson.settings.method](lesson)


def dataset_of(method: Method, rows: Sequence[Row]) -> Any:
    """Rows as a data set in which no field is filled up that a message does not have."""
    columns = _COLUMNS[method]
    if method == "grpo":
        rows = [{"prompt": row["prompt"], "question": row["environment"]["question"]} for row in rows]
    told = [{name: row[name] for name in columns} for row in rows]
    return Dataset.from_list(told, features=Features(columns))


def arguments(lesson: Lesson) -> dict[str, Any]:
    """What every trainer is told."""
    settings = lesson.settings
    return {
        "output_dir": str(lesson.folder),
        "max_steps": settings.steps,
        "per_device_train_batch_size": settings.batch,
        "learning_rate": settings.learning_rate,
        "lr_scheduler_type": "cosine",
        "warmup_steps": max(1, settings.steps // 10),
        "seed": settings.seed,
        "data_seed": settings.seed,
        "logging_steps": 1,
        "save_steps": settings.save_every,
        "save_total_limit": 2,
        "report_to": [],
        "disable_tqdm": True,
        "logging_nan_inf_filter": False,
        **computing(),
    }


def _common(lesson: Lesson) -> dict[str, Any]:
    settings = lesson.settings
    head = HEADS[settings.method]
    return {
        "model": load_model(lesson.model, head, lesson.tokenizer),
        "processing_class": lesson.tokenizer,
        "train_dataset": dataset_of(settings.method, lesson.rows),
        "peft_config": adapters(settings.lora, head),
    }


def _sft(lesson: Lesson) -> Any:
    given = arguments(lesson) | {"max_length": lesson.settings.max_length, "assistant_only_loss": True}
    return SFTTrainer(args=SFTConfig(**given), **_common(lesson))


def _dpo(lesson: Lesson) -> Any:
    given = arguments(lesson) | {"max_length": lesson.settings.max_length}
    return DPOTrainer(args=DPOConfig(**given), **_common(lesson))


def _reward(lesson: Lesson) -> Any:
    given = arguments(lesson) | {"max_length": lesson.settings.max_length}
    return RewardTrainer(args=RewardConfig(**given), **_common(lesson))


def _prm(lesson: Lesson) -> Any:
    settings, tokenizer = lesson.settings, lesson.tokenizer
    model = load_model(lesson.model, "steps", tokenizer)
    if settings.lora:
        model = get_peft_model(model, adapters(settings.lora, "steps"))
    told = [tokens_of(row, tokenizer) for row in lesson.rows if any(one is not None for one in row["labels"])]
    return StepTrainer(
        model=model,
        args=TrainingArguments(**arguments(lesson), remove_unused_columns=False),
        train_dataset=Dataset.from_list(told),
        data_collator=Padded(tokenizer.pad_token_id, settings.max_length),
        processing_class=tokenizer,
    )


def _grpo(lesson: Lesson) -> Any:
    """Each update plays `batch` questions `generations` times; the episodes of a question are a group."""
    assert lesson.begin is not None
    os.environ.setdefault("TRL_EXPERIMENTAL_SILENCE", "1")
    settings = lesson.settings
    given = arguments(lesson) | {
        "per_device_train_batch_size": settings.generations,
        "gradient_accumulation_steps": settings.batch,
        "num_generations": settings.generations,
        "max_completion_length": settings.max_length,
        "max_tool_calling_iterations": MOST_TURNS,
        "scale_rewards": "none",
        "loss_type": "dr_grpo",
    }
    with_tool_calls(lesson.tokenizer)
    return GRPOTrainer(
        args=GRPOConfig(**given),
        reward_funcs=_earned(settings.generations),
        environment_factory=partial(Environment, lesson.begin),
        **_common(lesson),
    )


def _earned(generations: int) -> Callable[..., list[float]]:
    def earned(environments: Sequence[Environment], log_metric: Any, **_: Any) -> list[float]:
        found = [one._earned() for one in environments]
        return rewards(generations, log_metric, [one for one in found if one is not None])

    return earned


_BUILD: dict[Method, Callable[[Lesson], Any]] = {
    "sft": _sft,
    "dpo": _dpo,
    "reward": _reward,
    "prm": _prm,
    "grpo": _grpo,
}
