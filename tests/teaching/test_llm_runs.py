"""A model behind a real HTTP server proposes questions of a table, and solves those that the court accepts."""

from pathlib import Path

import pytest

from actors.generation.rebuilding import rebuilt_all
from events.question import Proposal
from store.home import Home
from store.replay import rebuild
from tests.teaching.servers import ModelServer, serving
from tests.teaching.writing import SPREAD, Writer, block, draft, hooked, proposing, ran, solving, table

CONSTANT = draft(
    "What is the mean mass of all records in kg?",
    "submit({'figure': 4.1})",
    {"name": "figure", "kind": "number"},
)
FIRST = CONSTANT | {"code": "submit({'figure': df['mass (kg)'].iloc[0]})"}
BILLS = draft(
    "Over the records with a bill, what is the median bill in mm?",
    hooked("bills = df['bill'].dropna()", "middle = bills.median()", middle="float(middle)"),
    {"name": "middle", "kind": "number", "unit": "mm"},
)
OTHER = "df.shape\nsubmit({'middle': float(df['bill'].max())})"


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


@pytest.mark.full
async def test_each_faulty_proposal_is_refused_by_its_word_and_a_disagreement_by_its_episode(
    tmp_path: Path,
) -> None:
    """BILLS is solved otherwise without its hint: the question stands, and its episode is refused."""
    home = Home(tmp_path / "home")
    drafts = [block("json", "{"), *map(proposing, (CONSTANT, FIRST, SPREAD, SPREAD, BILLS))]

    def solve(asked: str) -> str:
        if BILLS["question"] in asked and BILLS["hint"] not in asked:
            return OTHER
        return solving(SPREAD, BILLS)(asked)

    async with serving(ModelServer(Writer(drafts, solve))) as server:
        await ran(home, server.base_url, table(tmp_path), questions=2, max_corrections=0)
        asked = server.asked
        await ran(home, server.base_url, questions=2, max_corrections=0)
        assert server.asked == asked
    state = rebuild(home)
    assert state.questions.rejected["llm"] == {"malformed": 1, "constant": 1, "row_order": 1, "duplicate": 1}
    verdicts = {
        state.questions.accepted[one.question].question_text: one.verdict
        for one in state.episodes.judged.values()
    }
    assert verdicts == {SPREAD["question"]: "verified", BILLS["question"]: "hint_necessary"}
    assert all(one.same for one in rebuilt_all(home, state, None))
    assert [path.parent.name for path in home.root.glob("questions/*/*")] == ["llm"]
    assert not state.calls.replies


@pytest.mark.full
async def test_a_proposal_that_was_halted_goes_on_and_pays_for_no_answer_twice(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    async with serving(ModelServer(Writer([proposing(SPREAD)], solving(SPREAD)))) as server:
        await ran(home, server.base_url, table(tmp_path), cap_run=0.026)
        halted, before = rebuild(home), sum(server.answered.values())
        await ran(home, server.base_url)
    assert halted.integrity.parked
    assert not halted.questions.accepted
    assert 0 < before < sum(server.answered.values())
    assert max(server.answered.values()) == 1
    state = rebuild(home)
    assert len(state.verified()) == 1
    assert state.calls.total.cost == server.cost
