"""Every format whose rows are lines of JSON, by its name."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from store.export.environments import rl
from store.export.harvest import Harvest, Row
from store.export.preferences import dpo, reward
from store.export.sft import sft, sft_text, sft_turns
from store.export.stepwise import stepwise


@dataclass(frozen=True)
class Format:
    """One form of rows."""

    title: str
    """What its card is headed with."""
    task: str
    """What it is for, in the words of data set hubs."""
    columns: Mapping[str, str]
    """What each column holds, `lineage` aside."""
    rows: Callable[[Harvest], Iterator[Row]]
    """Its rows, in order of episode."""


_TOOLS = {"tools": "the one tool, the same in every row of every format"}
_PAIR = {
    "prompt": "all messages before the turn at which a wrong trace leaves a right one",
    "chosen": "the right trace's turn there, one message",
    "rejected": "the wrong trace's turn there, one message",
    **_TOOLS,
}
FORMATS: Mapping[str, Format] = {
    "sft": Format(
        "conversations",
        "text-generation",
        {"messages": "system, user, then assistant and tool in turn; it ends with assistant", **_TOOLS},
        sft,
    ),
    "sft_turns": Format(
        "single turns",
        "text-generation",
        {
            "prompt": "all messages before a turn",
            "completion": "the turn, one message of the assistant",
            **_TOOLS,
        },
        sft_turns,
    ),
    "sft_text": Format(
        "conversations without a tool",
        "text-generation",
        {"messages": "system, user, then assistant and user in turn, code in fenced blocks"},
        sft_text,
    ),
    "dpo": Format("pairs of turns", "text-generation", _PAIR, dpo),
    "reward": Format(
        "pairs of turns with margins",
        "text-generation",
        {
            **_PAIR,
            "margin": "the share of checkpoints and answer that the wrong trace lacks, above 0, at most 1",
        },
        reward,
    ),
    "stepwise": Format(
        "turns with labels",
        "text-generation",
        {
            "prompt": "the question and the form of its answer",
            "completions": "each turn as text",
            "labels": "1 for right, 0.5 for correctable, 0 for fatal, null where nothing is known",
            "states": "right, correctable, fatal or unknown",
            "hook_ids": "the hooks raised in each turn",
            "hook_parents": "of each hook the earlier ones that it depends on",
            "turn_index": "the turn's place in the trace",
        },
        stepwise,
    ),
    "rl": Format(
        "questions to be solved",
        "text-generation",
        {
            "prompt": "system and user message",
            **_TOOLS,
            "contract": "the fields of the answer, and when two answers match",
            "environment": "digest of the table, how it is read, ids, and what a session may use",
        },
        rl,
    ),
}
