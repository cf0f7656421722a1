"""Whether a record of the right shape also holds together: what it says must follow from what it holds."""

from msgspec import UNSET

from events.answers import contract_problem, instruction, problem
from events.identity import canonical_json
from events.question import Proposal, Question, question_id
from store.records import EpisodeRecord, VotedTrace


def question_problem(question: Question) -> str | None:
    """Why a question does not hold together and what to do; None when it does.

    Its id must follow from its content, its answers from its contract, and its recipe must be its own.
    """
    judges = (_contract_problem, _id_problem, _format_problem, _answers_problem, _recipe_problem)
    found = (judge(question) for judge in judges)
    return next((what for what in found if what is not None), None)


def episode_problem(episode: EpisodeRecord) -> str | None:
    """Why an episode does not hold together; None when it does.

    A verified episode must show in its own traces why it is; a refused one may be anything.
    """
    gold = [trace for trace in episode.traces if trace.role == "gold"]
    if len(gold) != 1 or episode.traces[0] is not gold[0]:
        return "its traces must begin with the one gold trace"
    places = [(trace.role, trace.index) for trace in episode.traces]
    if len(set(places)) < len(places) or len({trace.trace for trace in episode.traces}) < len(places):
        return "it lists a trace twice; every trace has its own id, role and index"
    if not all(_submitted(episode, trace) for trace in episode.traces if trace.accepted):
        return "an accepted answer is not the one that its trace submitted; do not train on it"
    if episode.verdict != "verified":
        return None
    hooks = [hook for turn in episode.turns for hook in turn.hooks]
    if not hooks or not all(hook.grounded for hook in hooks):
        return "it is called verified, but not every hook of its gold trace is grounded; do not train on it"
    if not gold[0].accepted or not _majority(episode.traces):
        return "it is called verified, but its gold and a strict majority do not agree; do not train on it"
    return None


def _id_problem(question: Question) -> str | None:
    derived = question_id(
        question.source,
        question.dataset,
        question.recipe.computed_by,
        question.question_text,
        question.contract,
    )
    if derived == question.id:
        return None
    return (
        f"its id does not match its content ({derived}): "
        "a tolerance, text or program was changed after acceptance; restore it or generate the question again"
    )


def _contract_problem(question: Question) -> str | None:
    if (what := contract_problem(question.contract)) is not None:
        return what
    if any(field.kind == "number" and field.decimals is None for field in question.contract.fields):
        return "its contract asks for a number without saying how many decimals"
    return None


def _format_problem(question: Question) -> str | None:
    """The format note begins with what the contract asks for; conventions may follow."""
    if question.format.startswith(instruction(question.contract)):
        return None
    return (
        "its format note does not ask for what its contract wants; restore it or generate the question again"
    )


def _answers_problem(question: Question) -> str | None:
    if not question.answers:
        return "it accepts no answer; `answers` must hold at least the gold program's"
    found = (problem(question.contract, answer) for answer in question.answers)
    return next((f"an accepted answer breaks the contract: {what}" for what in found if what), None)


def _recipe_problem(question: Question) -> str | None:
    if question.recipe.dataset != question.dataset:
        return f"its recipe is for dataset {question.recipe.dataset}, the question for {question.dataset}"
    words = question.recipe.reworded
    if words is not UNSET and words.text != question.question_text:
        return "its recipe holds other words than its text; generate the question again"
    used = {step.operator for step in question.recipe.program.steps}
    if used and question.recipe.operators.keys() != used:
        return f"its recipe must name the version of exactly the operators used, {sorted(used)}"
    if (question.source == "llm") != isinstance(question.recipe.computed_by, Proposal):
        return "a recipe must hold a proposal for source llm, and for no other; generate the question again"
    if question.source == "llm":
        empty = not (used or question.recipe.program.answer)
        return None if empty else "its recipe must hold no program beside the proposal"
    wanted = {field.name for field in question.contract.fields}
    if question.recipe.program.answer.keys() != wanted:
        return f"its program must fill exactly the contract's fields, {sorted(wanted)}"
    return None


def _submitted(episode: EpisodeRecord, trace: VotedTrace) -> bool:
    """Whether a trace's answer is what one of its turns submitted; the gold's turns are the episode's own."""
    turns = episode.turns if trace.role == "gold" else trace.turns
    given = [turn.submission.answer for turn in turns if turn.submission is not None]
    return len(given) == 1 and canonical_json(given[0]) == canonical_json(trace.answer)


def _majority(traces: tuple[VotedTrace, ...]) -> bool:
    counted = [one for one in traces if one.role == "consistency" and one.outcome != "infrastructure_failed"]
    return 2 * sum(one.accepted for one in counted) > len(counted)
