"""A judge of steps: one score at the end of each turn, learned from labels between 0 and 1.

    {"prompt": "How many …?", "completions": ["I count. …", "I submit. …"], "labels": [1.0, None]}

A turn without a label is not judged: nothing is learned from it. (TRL no longer ships such a trainer.)
"""

from collections.abc import Sequence
from typing import Any

import torch
from torch.nn.functional import binary_cross_entropy_with_logits
from transformers import Trainer

NO_LABEL = -100.0
"""What stands at tokens that are not judged."""
BETWEEN = "\n\n"
"""What stands between a turn and what was before it; the last token of a turn bears its score."""


def tokens_of(row: dict[str, Any], tokenizer: Any) -> dict[str, list[Any]]:
    """The tokens of a row, and at the last of each turn its label."""
    tokens: list[int] = list(tokenizer(row["prompt"], add_special_tokens=False)["input_ids"])
    labels = [NO_LABEL] * len(tokens)
    for text, label in zip(row["completions"], row["labels"], strict=True):
        turn = tokenizer(f"{BETWEEN}{text}{tokenizer.eos_token}", add_special_tokens=False)["input_ids"]
        tokens += turn
        labels += [NO_LABEL] * (len(turn) - 1) + [NO_LABEL if label is None else float(label)]
    return {"input_ids": tokens, "labels": labels}


class Padded:
    """Rows of different length as one batch.

    Args:
        pad: the token that fills.
        longest: tokens of a row that are kept, from its beginning.
    """

    def __init__(self, pad: int, longest: int) -> None:
        self._pad = pad
        self._longest = longest

    def __call__(self, rows: Sequence[dict[str, list[Any]]]) -> dict[str, torch.Tensor]:
        """The batch."""
        width = min(self._longest, max(len(row["input_ids"]) for row in rows))
        cut = [{name: values[:width] for name, values in row.items()} for row in rows]
        return {
            "input_ids": torch.tensor([_filled(row["input_ids"], self._pad, width) for row in cut]),
            "attention_mask": torch.tensor([_filled([1] * len(row["input_ids"]), 0, width) for row in cut]),
            "labels": torch.tensor([_filled(row["labels"], NO_LABEL, width) for row in cut]),
        }


class StepTrainer(Trainer):  # type: ignore[misc]  # transformers is not typed here
    """Learns the probability that a step is right."""

    def compute_loss(self, model: Any, inputs: dict[str, Any], return_outputs: bool = False, **_: Any) -> Any:
        """The mean cross-entropy over the turns that have a label."""
        labels = inputs["labels"]
        outputs = model(input_ids=inputs["input_ids"], attention_mask=inputs["attention_mask"])
        judged = labels != NO_LABEL
        scores = outputs.logits.squeeze(-1)[judged].float()
        loss = binary_cross_entropy_with_logits(scores, labels[judged].float())
        return (loss, outputs) if return_outputs else loss


def _filled(values: Sequence[Any], filling: Any, width: int) -> list[Any]:
    return [*values, *[filling] * (width - len(values))]
