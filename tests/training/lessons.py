"""A few rows of each form, as the exports have them, and a tiny model for them."""

from pathlib import Path
from typing import Any

from store.export.conversation import SYSTEM, TOOL
from tests.cli.program import Program

Row = dict[str, Any]
SFT = (
    "train", "sft", "--from-scratch", "tiny", "--name", "sft", "--steps", 8, "--batch", 2, "--easiest", 2,
    "--save-every", 4, "--learning-rate", 0.003,
)  # fmt: skip
"""A short run of imitation on a finished home, with two checkpoints."""
LOOK = "First a look at the size of the table."
SIZE = "df.shape"


def called(code: str, text: str = "") -> Row:
    function = {"name": "python", "arguments": {"code": code}}
    return {"role": "assistant", "content": text, "tool_calls": [{"type": "function", "function": function}]}


def came(view: str) -> Row:
    return {"role": "tool", "name": "python", "content": view}


def asked(number: int) -> list[Row]:
    question = f"What is the mean of column c{number}, in m²?\n\nvalue: a number with 2 decimals"
    return [{"role": "system", "content": SYSTEM}, {"role": "user", "content": question}]


def sft(number: int) -> Row:
    line = f"m = df['c{number}'].mean()"
    turns = [
        called(SIZE, LOOK), came("result:\n(240, 7)"),
        called(f"{line}\nhook(m, {line!r}, name='m')", "The mean:\n\"as asked\"."), came("hook recorded: m"),
        called("submit({'value': round(float(m), 2)})"),
    ]  # fmt: skip
    return {"messages": [*asked(number), *turns], "tools": [TOOL]}


def sft_turn(number: int) -> Row:
    messages = sft(number)["messages"]
    return {"prompt": messages[:-1], "completion": messages[-1:], "tools": [TOOL]}


def pair(number: int) -> Row:
    messages = sft(number)["messages"]
    return {
        "prompt": messages[:4],
        "chosen": [messages[4]],
        "rejected": [called(f"m = df['c{number}'].max()", "The largest.")],
        "tools": [TOOL],
        "margin": 0.5,
    }


def steps(number: int) -> Row:
    return {
        "prompt": asked(number)[1]["content"],
        "completions": [LOOK, f"m = df['c{number}'].mean()", "submit({'value': 1})"],
        "labels": [None, 1.0, 0.0],
    }


def rows(form: str, count: int = 8) -> list[Row]:
    made = {"sft": sft, "dpo": pair, "reward": pair, "prm": steps}[form]
    return [made(number) for number in range(count)]


def made_in(folder: Path) -> str:
    """The folder of a tiny model for these rows."""
    from actors.training.scratch import make_model, texts_of  # noqa: PLC0415  loads torch

    every = [row for form in ("sft", "dpo", "prm") for row in rows(form)]
    make_model("tiny", texts_of(every), folder, longest=2048, seed=0)
    return str(folder)


def measured(program: Program, run: str) -> dict[int, dict[str, float]]:
    """What the log says of each update of a run; of two reports the later."""
    told = [one for one in program.told("TrainingProgressed") if one["run"] == run]
    return {at["step"]: at["values"] for one in told for at in one["steps"]}


def updates(program: Program) -> list[int]:
    """Every update that was measured, as often as it was made, in the order of the log."""
    return [at["step"] for one in program.told("TrainingProgressed") for at in one["steps"]]
