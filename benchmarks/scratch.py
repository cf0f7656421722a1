"""What a model from scratch solves of what it was not trained on: `python -m benchmarks.scratch HOME NAME`.

NAME is a run of `train sft --from-scratch`. A line for each split, with the model before its first update
beside the trained one: questions of new seeds (accepted after the run began, `run --seed 1`), unseen
combinations of operators (`test_programs`, `test_templates`) and unseen tables (`test_tables`). Each is
played once, by the likeliest word each time, in a session behind the wall.
"""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import anyio
from anyio import to_thread

from actors.exporting.harvesting import splits_of
from actors.playground import Playground, opened_playground
from actors.teaching.dialogue import SolveSettings
from actors.workers.containers import owner_of
from actors.workers.opening import opened_workers
from events.question import Question
from events.struct import Event
from events.training import TrainingStarted
from store.export.conversation import TOOL, asked
from store.home import Home
from store.log.read import read_events
from store.projections.state import State
from store.replay import rebuild

TURNS = 12
NEW = "new seeds"
SPLITS = {
    "test_programs": "unseen programs",
    "test_templates": "unseen templates",
    "test_tables": "unseen tables",
}


def held_out(home: Home, state: State, began: int, most: int) -> dict[str, list[Question]]:
    """So many questions of each split, in order of id: those that nobody has trained on."""
    splits = splits_of(home, state)
    found: dict[str, list[Question]] = {name: [] for name in (NEW, *SPLITS.values())}
    for key, question in sorted(state.questions.accepted.items()):
        split = splits.of(question)
        place = state.integrity.touched[state.questions.events[key]][2]
        name = SPLITS.get(str(split), NEW if split == "train" and place > began else "")
        if name and len(found[name]) < most:
            found[name].append(question)
    return found


async def solved(student: Any, ground: Playground, question: Question) -> bool:
    """Whether a model's answer is accepted; what it says without a call ends the attempt."""
    messages: list[dict[str, Any]] = asked(question)
    match = await ground.begun(question)
    for _ in range(TURNS):
        said = await to_thread.run_sync(lambda: student.reply(messages, [TOOL]))
        if not said.tool_calls:
            break
        code = _code(said.tool_calls[0].arguments)
        call = {"type": "function", "function": {"name": "python", "arguments": {"code": code}}}
        shown = await match.played(code)
        messages.append({"role": "assistant", "content": said.text, "tool_calls": [call]})
        messages.append({"role": "tool", "name": "python", "content": shown})
    return (await match.judged()).right


async def measured(
    home: Home, state: State, asked_of: Mapping[str, Sequence[Question]], model: Path
) -> list[int]:
    """How many of each split's questions a model solves."""

    async def announce(_: Event) -> None:
        return None

    # A process for numeric code loads this file as well, and needs no torch.
    from actors.training.student import Student  # noqa: PLC0415

    student = await to_thread.run_sync(Student, model)
    questions = frozenset(one.id for group in asked_of.values() for one in group)
    async with opened_workers("auto", owner_of("scratch", home.root), announce) as (workers, _):
        settings = SolveSettings(max_turns=TURNS)
        async with opened_playground(home, state, questions, workers, settings) as ground:
            return [sum([await solved(student, ground, one) for one in group]) for group in asked_of.values()]


def _code(arguments: str) -> str:
    found = json.loads(arguments)
    return str(found.get("code", "")) if isinstance(found, dict) else ""


def main(given: Sequence[str]) -> int:
    """Print a line for each split."""
    parser = argparse.ArgumentParser(prog="benchmarks.scratch")
    parser.add_argument("home", type=Path)
    parser.add_argument("name")
    parser.add_argument("--questions", type=int, default=100, help="of each split")
    told = parser.parse_args(given)
    home = Home(told.home)
    folder, state = home.training / told.name, rebuild(home)
    run = (folder / "run.json").read_text("utf-8").split('"')[3]
    started = (one.event for one in read_events(home, types={TrainingStarted}))
    began = next(one.seq for one in started if isinstance(one, TrainingStarted) and one.run == run)
    groups = {name: group for name, group in held_out(home, state, began, told.questions).items() if group}
    if not groups:
        print("nothing is held out: `tracegate run --seed 1` makes questions of new seeds")
        return 1
    before = anyio.run(measured, home, state, groups, folder / "base")
    after = anyio.run(measured, home, state, groups, folder / "model")
    print(f"{'split':<18}{'questions':>10}{'step 0':>10}{'trained':>10}")
    for (name, group), first, last in zip(groups.items(), before, after, strict=True):
        print(f"{name:<18}{len(group):>10}{first / len(group):>10.2f}{last / len(group):>10.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
