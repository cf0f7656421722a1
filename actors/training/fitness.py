"""Whether a model can be trained on rows as they stand: asked before any work is spent, a rule each.

What goes wrong here goes wrong in silence elsewhere: rows that are cut, masks that cover all or nothing, a
tokenizer that gives back another text, a tool that is called by another name than it is taught.
"""

from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from tempfile import TemporaryDirectory
from typing import Any

from jinja2 import TemplateError
from transformers import AutoTokenizer
from transformers.utils import get_json_schema
from trl.chat_template_utils import (
    get_training_chat_template,
    has_generation_markers,
    is_chat_template_prefix_preserving,
    is_chat_template_stop_token_trained,
    supports_tool_calling,
)

from actors.ports import RuleResult
from actors.training.models import with_tool_calls
from actors.training.playing import Environment
from actors.training.problems import UnfitModelError
from actors.training.scratch import texts_of
from actors.training.steps import NO_LABEL, tokens_of
from events.training import TrainingSettings

MOST_CUT = 0.01
"""The largest share of rows that may be cut short, or bear nothing that is learned."""
TRIED = 500
"""Rows whose texts are tried on the tokenizer."""
_KNOWN = "take a model whose chat template TRL knows, such as Qwen2.5, Qwen3 or Nemotron 3"


@dataclass(frozen=True)
class Fit:
    """What the rules look at."""

    settings: TrainingSettings
    """What is to be done."""
    rows: Sequence[dict[str, Any]]
    """What is to be learned from, in the form of the method's export."""
    tokenizer: Any
    """The model's tokenizer."""
    longest: int | None
    """Tokens that the model can take; None where it does not say."""

    @cached_property
    def template(self) -> str | None:
        """The chat template by which masks are made; None where there is none."""
        if not self.tokenizer.chat_template:
            return None
        if has_generation_markers(self.tokenizer.chat_template):
            return str(self.tokenizer.chat_template)
        try:
            return get_training_chat_template(self.tokenizer)  # type: ignore[no-any-return]
        except ValueError:
            return None

    @cached_property
    def measured(self) -> list[tuple[int, int]]:
        """Tokens of each row, and how many of them within the length allowed bear what is learned."""
        return [self._measure(row) for row in self.rows]

    def _measure(self, row: dict[str, Any]) -> tuple[int, int]:
        method, most = self.settings.method, self.settings.max_length
        if method == "prm":
            labels = tokens_of(row, self.tokenizer)["labels"]
            return len(labels), sum(label != NO_LABEL for label in labels[:most])
        if method == "sft":
            tokens, mask = masked(self.tokenizer, row, self.template)
            return len(tokens), sum(mask[:most])
        prompt = self._length(row["prompt"], row)
        if method == "grpo":
            return prompt, 1
        turns = [self._length([*row["prompt"], *row[name]], row) for name in ("chosen", "rejected")]
        return max(turns), min(most, *turns) - prompt

    def _length(self, messages: list[dict[str, Any]], row: dict[str, Any]) -> int:
        return len(
            self.tokenizer.apply_chat_template(messages, tools=row["tools"], tokenize=True, return_dict=True)[
                "input_ids"
            ]
        )


def masked(tokenizer: Any, row: dict[str, Any], template: str | None) -> tuple[list[int], list[int]]:
    """The tokens of a conversation, and for each whether the model is to learn it."""
    found = tokenizer.apply_chat_template(
        row["messages"],
        tools=row["tools"],
        chat_template=template,
        tokenize=True,
        return_dict=True,
        return_assistant_tokens_mask=True,
    )
    return list(found["input_ids"]), list(found["assistant_masks"])


def template_known(fit: Fit) -> RuleResult:
    """The chat template tells whose a token is, shows tool calls and results, and teaches to stop."""
    tokenizer = fit.tokenizer
    if not tokenizer.chat_template:
        return _told("template_known", "no chat template", "a known one", _KNOWN)
    if fit.template is None:
        return _told("template_known", "a template that masks nothing", "a known one", _KNOWN)
    taught = copy(tokenizer)
    taught.chat_template = fit.template
    checks: dict[str, Callable[[], bool]] = {
        "hides tool calls or their results": lambda: supports_tool_calling(taught),
        "does not teach to stop": lambda: is_chat_template_stop_token_trained(taught),
        "renders a message otherwise when others follow": lambda: is_chat_template_prefix_preserving(taught),
    }
    if fit.settings.method == "grpo":
        checks["has tool calls that cannot be read back"] = lambda: _reads_back(tokenizer)
    wrong = next((what for what, holds in checks.items() if not _holds(holds)), "")
    return _told("template_known", f"it {wrong}" if wrong else "", "a known one", _KNOWN)


def round_trip(fit: Fit) -> RuleResult:
    """Texts come back as they were, and a tokenizer that was saved and loaded again gives the same tokens."""
    texts = list(dict.fromkeys(texts_of(list(fit.rows[:TRIED]))))
    tokens = [fit.tokenizer(text, add_special_tokens=False)["input_ids"] for text in texts]
    back = [fit.tokenizer.decode(one, clean_up_tokenization_spaces=False) for one in tokens]
    lost = sum(text != again for text, again in zip(texts, back, strict=True))
    with TemporaryDirectory() as folder:
        fit.tokenizer.save_pretrained(folder)
        loaded = AutoTokenizer.from_pretrained(folder)
        other = sum(
            loaded(text, add_special_tokens=False)["input_ids"] != one
            for text, one in zip(texts, tokens, strict=True)
        )
    found = f"{lost} of {len(texts)} texts come back otherwise, {other} have other tokens after a reload"
    remedy = "take another tokenizer: what is trained with this one is not what is served"
    return _told("round_trip", found if lost or other else "", "0 and 0", remedy)


def rows_fit(fit: Fit) -> RuleResult:
    """Rows are not cut, and the length that is allowed is one that the model can take."""
    most, longest = fit.settings.max_length, fit.longest
    if longest is not None and most > longest:
        return _told(
            "rows_fit", f"rows of up to {most} tokens", f"{longest}, what the model can take",
            f"--max-length {longest}, or a model that takes more",
        )  # fmt: skip
    cut = sum(tokens > most for tokens, _ in fit.measured)
    widest = max((tokens for tokens, _ in fit.measured), default=0)
    found = f"{cut} of {len(fit.rows)} rows are longer than {most} tokens; the longest has {widest}"
    wrong = cut > MOST_CUT * len(fit.rows)
    return _told("rows_fit", found if wrong else "", f"at most {MOST_CUT:.0%}", f"--max-length {widest}")


def rows_teach(fit: Fit) -> RuleResult:
    """Rows bear something that is learned: none is masked from end to end."""
    empty = sum(learned <= 0 for _, learned in fit.measured)
    found = f"{empty} of {len(fit.rows)} rows bear nothing that is learned"
    most = 1.0 if fit.settings.method == "prm" else MOST_CUT
    wrong = empty == len(fit.rows) or empty > most * len(fit.rows)
    return _told("rows_teach", found if wrong else "", f"at most {most:.0%}", "a larger --max-length")


def tool_same(fit: Fit) -> RuleResult:
    """The tool that rows teach is, word for word, the one that is there to be called in play."""
    expected = [get_json_schema(Environment.python)]
    other = sum("tools" in row and row["tools"] != expected for row in fit.rows)
    found = f"{other} of {len(fit.rows)} rows describe another tool"
    return _told("tool_same", found if other else "", "none", "export the rows with this version")


RULES: tuple[Callable[[Fit], RuleResult], ...] = (
    template_known,
    round_trip,
    rows_fit,
    rows_teach,
    tool_same,
)


def judged(fit: Fit) -> tuple[RuleResult, ...]:
    """Every rule that can be asked; without a template nothing else is."""
    first = template_known(fit)
    return (first, *(rule(fit) for rule in RULES[1:])) if first.passed else (first,)


def _holds(asked: Callable[[], bool]) -> bool:
    """What is asked of a template; one that fails on a conversation with tools does not hold."""
    try:
        return asked()
    except TemplateError:
        return False


def _reads_back(tokenizer: Any) -> bool:
    """Whether what is called in play can be read back."""
    try:
        with_tool_calls(copy(tokenizer))
    except UnfitModelError:
        return False
    return True


def _told(rule: str, wrong: str, allowed: str, remedy: str) -> RuleResult:
    return RuleResult(
        rule,
        passed=not wrong,
        found=wrong or "sound",
        allowed=allowed,
        where="tracegate train METHOD --dry-run",
        opens_with=remedy if wrong else "",
    )
