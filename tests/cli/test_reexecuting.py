"""`replay --execute`: what a home records, run again; exit 0 where it comes again, 1 where it does not."""

import shutil
from collections.abc import Callable
from pathlib import Path

import anyio
import pytest
from msgspec.structs import replace

from actors.gating.witness_rules import sampled
from events.runtime import HomeOpened
from events.struct import Event
from events.trace import AttemptEnded
from events.values import value_of
from store.home import Home
from store.log.append import LogWriter
from store.log.drafts import Draft
from store.log.read import read_events
from store.replay import rebuild
from tests.cli.conftest import Finished
from tests.cli.program import LOCAL, Program

AGAIN = ("replay", "--execute", *LOCAL)


async def rewritten(program: Program, folder: Path, change: Callable[[Event], Event]) -> Program:
    """The same program on a home whose whole and sound log tells of changed events."""
    home = Home(folder / "rewritten")
    home.root.mkdir()
    shutil.copytree(program.home / "blobs", home.blobs)
    told = [one for one in read_events(Home(program.home)) if not isinstance(one.event, HomeOpened)]
    async with LogWriter.open(home) as writer:
        await writer.append([Draft(change(one.event), correlation=one.correlation) for one in told])
    return program.at(home.root)


class Altering:
    """Another value in a hook of the first gold trace; remembers which."""

    def __init__(self) -> None:
        self.attempt: AttemptEnded | None = None
        self.line = ""

    def __call__(self, event: Event) -> Event:
        if self.attempt is not None or not isinstance(event, AttemptEnded) or event.role != "gold":
            return event
        self.attempt = event
        cell = next(place for place, one in enumerate(event.executed) if one.result.hooks)
        executed = list(event.executed)
        first, *rest = executed[cell].result.hooks
        self.line = first.code_line
        forged = replace(executed[cell].result, hooks=(replace(first, value=value_of(0.123)), *rest))
        executed[cell] = replace(executed[cell], result=forged)
        return replace(event, executed=tuple(executed))


def test_episodes_run_again_come_out_as_recorded_and_nothing_is_written(copy: Program) -> None:
    before = copy.segment.read_bytes()
    found = copy.json(*AGAIN, "--all", "--sample", 3)
    assert (found["same"], found["divergences"], found["broken"]) == (True, [], [])
    assert (found["episodes"], found["traces"]) == (3, 15)
    assert found["cells"] > 30
    assert copy.segment.read_bytes() == before


def test_a_value_altered_in_the_log_is_found_at_its_statement(finished: Finished, tmp_path: Path) -> None:
    altering = Altering()

    program = anyio.run(rewritten, finished.program, tmp_path, altering)
    assert altering.attempt is not None
    gold = altering.attempt.trace
    episode = next(
        one["episode"] for one in finished.program.told("EpisodeJudged") if one["votes"][0]["trace"] == gold
    )
    found = program.json(*AGAIN, episode, code=1)
    assert found["same"] is False
    (one,) = found["divergences"]
    assert (one["episode"], one["trace"], one["role"]) == (episode, gold, "gold")
    assert (one["differs"]["statement"], one["differs"]["what"]) == (altering.line, "hook")
    assert "0.123" in one["differs"]["recorded"]
    said = program.run(*AGAIN, episode, code=1).said
    assert "a hook has another value" in said
    assert "1 divergences" in said


@pytest.mark.full
def test_the_gate_closes_on_it_and_opens_without_the_episode(finished: Finished, tmp_path: Path) -> None:
    altering = Altering()
    program = anyio.run(rewritten, finished.program, tmp_path, altering)
    assert altering.attempt is not None
    program.run("replay")
    state = rebuild(Home(program.home))
    (episode,) = state.episodes.with_trace(altering.attempt.trace)
    seed = next(seed for seed in range(999) if episode in sampled(state, 2, seed))
    (program.home / "gate.toml").write_text(f"sample_seed = {seed}\n")
    reasons = {one["rule"]: one for one in program.json("gate", code=1)["reasons"]}
    assert f"inspect episode {episode}" in reasons["execution"]["where"]
    assert "hook recorded" in reasons["execution"]["where"]
    event = reasons["execution"]["where"].split("(event ")[1][:32]
    found = program.json("gate", "--acknowledge", event, "--why", "it was altered")
    assert found["open"] is True
    assert program.json("status")["episodes"]["quarantined"] == 1


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (("--execute",), "needs the id of an EPISODE, or --all"),
        (("--execute", "--all", "0"), "needs the id of an EPISODE, or --all"),
        (("--execute", "--check", "--all"), "exclude each other"),
        (("--all",), "goes with --execute"),
        (("0",), "goes with --execute"),
        (("--execute", "0", "--sample", "2"), "--sample goes with"),
        (("--execute", "zz"), "no episode begins with 'zz'"),
    ],
)
def test_options_that_do_not_go_together_are_told(
    finished: Finished, given: tuple[str, ...], says: str
) -> None:
    assert says in finished.program.run("replay", *given, code=2).said
