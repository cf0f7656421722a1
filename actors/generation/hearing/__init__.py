"""The court's hearing of what a model proposed: the same demands as of a program, put to code in sessions.

Stages run cheapest first; the first that finds something refuses, with a word that is counted and what was
seen. That the words have one answer is shown later, by the attempts of the episode.
"""

from actors.generation.hearing.blind import blind, chance, is_guessable, says_its_answer
from actors.generation.hearing.case import Bench, Case, opened
from actors.generation.hearing.disturbed import BESIDE, WAYS, is_disturbed
from actors.generation.hearing.effort import effort
from actors.generation.hearing.moved import is_constant
from actors.generation.hearing.written import is_badly_written, is_nearly_repeated, is_repeated
from actors.language.soundness import Refusal
from actors.proposed import SHOWN, Draft, NoDraft
from events.question import Certificate, ProgramRecord, Question, Recipe, question_id

__all__ = ["Bench", "hear"]
_CHECKS = (
    "its reference code runs behind the wall, and gives the same answer again",
    "on tables that are changed every field of its answer changes",
    "no question that was accepted before asks the same",
    "nothing in its words says the answer",
)


async def hear(draft: Draft | NoDraft, bench: Bench) -> Question | Refusal:
    """Whether a draft becomes a question.

    Args:
        draft: what a model proposed, or that it came to nothing.
        bench: the table, and what a hearing needs.

    Raises:
        WallTooWeak: the reference code needs a stronger wall than there is.
        InfrastructureError: a session was lost for reasons outside its code, or the model gave no guess.
    """
    if isinstance(draft, NoDraft):
        return _came_to_nothing(draft)
    refusal = is_badly_written(draft, bench) or is_repeated(draft, bench)
    if refusal is not None:
        return refusal
    case = await opened(draft, bench)
    if isinstance(case, Refusal):
        return case
    refusal = is_nearly_repeated(case, bench) or says_its_answer(case) or is_guessable(case)
    refusal = refusal or await is_disturbed(case, bench) or await is_constant(case, bench)
    if refusal is not None:
        return refusal
    shares: dict[str, float] = {}
    for shown in SHOWN:
        share = await blind(case, bench, shown)
        if isinstance(share, Refusal):
            return share
        shares[shown] = share
    return _question(case, bench, shares)


def _came_to_nothing(draft: NoDraft) -> Refusal:
    if draft.stop == "correction_limit":
        return Refusal("malformed", "the model could not be brought to say what can be used")
    return Refusal("no_proposal", f"the model came to no proposal: {draft.stop}")


def _question(case: Case, bench: Bench, shares: dict[str, float]) -> Question:
    draft, proposal = case.draft, bench.proposal(case.draft)
    return Question(
        id=question_id("llm", bench.dataset, proposal, draft.question, case.contract),
        source="llm",
        dataset=bench.dataset,
        question_text=draft.question,
        format=case.format,
        hint=draft.hint,
        contract=case.contract,
        answers=(case.answer,),
        difficulty=effort(draft.code),
        recipe=Recipe(bench.dataset, bench.reader, ProgramRecord((), {}), {}, proposal=proposal),
        certificate=Certificate(
            axes=(),
            readings=1,
            bound=1,
            clusters=1,
            checks=_CHECKS,
            disturbed=(*WAYS[:2], *(f"a column beside: {kind}" for kind in BESIDE)),
            alternatives=case.alternatives,
            chance=chance(case),
            blind=shares,
        ),
    )
