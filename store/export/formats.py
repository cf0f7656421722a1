"""Every format whose rows are lines of JSON, by its name."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from store.export.environments import rl
from store.export.harvest import Harvest, Row
from store.export.preferences import dpo, reward
from store.export.sft import sft, sft_text, sft_turns
from store.export.stepwise import stepwise

Kind = Literal["text", "texts", "texts in lists", "numbers", "whole numbers", "number", "object", "objects"]


@dataclass(frozen=True)
class Column:
    """One column of a row."""

    kind: Kind
    """What it holds, in every row; an object has whatever members it has, and no others are made up."""
    what: str
    """What that means."""


@dataclass(frozen=True)
class Format:
    """One form of rows."""

    title: str
    """What its card is headed with."""
    columns: Mapping[str, Column]
    """What each column holds, `lineage` aside."""
    rows: Callable[[Harvest], Iterator[Row]]
    """Its rows, in order of episode."""


_TOOLS = {"tools": Column("objects", "the one tool, the same in every row of every format")}
_PAIR = {
    "prompt": Column("objects", "all messages before the turn at which a wrong trace leaves a right one"),
    "chosen": Column("objects", "the right trace's turn there, one message"),
    "rejected": Column("objects", "the wrong trace's turn there, one message"),
    **_TOOLS,
}
_MARGIN = Column(
    "number", "the share of checkpoints and answer that the wrong trace lacks, above 0, at most 1"
)
FORMATS: Mapping[str, Format] = {
    "sft": Format(
        "conversations",
        {
            "messages": Column("objects", "system, user, then assistant and tool in turn, assistant last"),
            **_TOOLS,
        },
        sft,
    ),
    "sft_turns": Format(
        "single turns",
        {
            "prompt": Column("objects", "all messages before a turn"),
            "completion": Column("objects", "the turn, one message of the assistant"),
            **_TOOLS,
        },
        sft_turns,
    ),
    "sft_text": Format(
        "conversations without a tool",
        {
            "messages": Column(
                "objects", "system, user, then assistant and user in turn, code in fenced blocks"
            )
        },
        sft_text,
    ),
    "dpo": Format("pairs of turns", _PAIR, dpo),
    "reward": Format("pairs of turns with margins", {**_PAIR, "margin": _MARGIN}, reward),
    "stepwise": Format(
        "turns with labels",
        {
            "prompt": Column("text", "the question and the form of its answer"),
            "completions": Column("texts", "each turn as text"),
            "labels": Column("numbers", "1 right, 0.5 correctable, 0 fatal, null where nothing is known"),
            "states": Column("texts", "right, correctable, fatal or unknown"),
            "hook_ids": Column("texts in lists", "the hooks raised in each turn"),
            "hook_parents": Column("object", "of each hook the earlier ones that it depends on"),
            "turn_index": Column("whole numbers", "the turn's place in the trace"),
        },
        stepwise,
    ),
    "rl": Format(
        "questions to be solved",
        {
            "prompt": Column("objects", "system and user message"),
            **_TOOLS,
            "contract": Column("object", "the fields of the answer, and when two answers match"),
            "environment": Column(
                "object", "digest of the table, how it is read, ids, and what a session may use"
            ),
        },
        rl,
    ),
}
