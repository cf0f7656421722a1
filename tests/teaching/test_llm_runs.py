"""A model behind a real HTTP server proposes questions of a table, and solves those that the court accepts."""

from pathlib import Path

from events.question import Proposal
from store.home import Home
from store.replay import rebuild
from tests.teaching.servers import ModelServer, serving
from tests.teaching.writing import SPREAD, Writer, proposing, ran, solving, table


async def test_a_question_that_a_model_proposes_is_heard_solved_and_verified(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    async with serving(ModelServer(Writer([proposing(SPREAD)], solving(SPREAD)))) as server:
        await ran(home, server.base_url, table(tmp_path))
    state = rebuild(home)
    (question,) = state.questions.accepted.values()
    (judged,) = state.episodes.judged.values()
    assert isinstance(question.recipe.computed_by, Proposal)
    assert (question.source, question.question_text) == ("llm", SPREAD["question"])
    assert question.certificate.blind == {"header": 0.0, "nothing": 0.0}
    assert (judged.verdict, judged.evidence, judged.why) == ("verified", "model", judged.why), judged.why
    assert state.calls.total.cost == server.cost
