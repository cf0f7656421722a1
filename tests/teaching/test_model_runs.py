"""A model behind a real HTTP server solves questions of a home, from the request to the verdict."""

from pathlib import Path

from store.replay import rebuild
from tests.teaching.playing import Player, generated, solved
from tests.teaching.servers import MODEL, ModelServer, serving

EXAMPLES = Path(__file__).parents[2] / "examples"


async def test_a_model_that_plays_the_solutions_is_verified_and_paid_for(tmp_path: Path) -> None:
    home = await generated(tmp_path / "home", EXAMPLES / "penguins_raw.csv")
    async with serving(ModelServer(await Player.of(home))) as server:
        await solved(home, server.base_url)
    state = rebuild(home)
    judged = state.episodes.judged.values()
    assert len(judged) == len(state.questions.accepted) == 2
    assert {(one.verdict, one.evidence) for one in judged} == {("verified", "model")}
    assert state.calls.total.cost == server.cost
    assert state.calls.total.uncertain == 0
    assert sorted(state.calls.models) == ["procedural", "template"]
    assert {model for models in state.calls.models.values() for model in models} == {MODEL}
    assert max(server.answered.values()) == 1
