"""Rebuilding a question from its recipe: what is stored is what its program, template and phrasing make."""

from actors.language.court import Proposal, judge
from actors.language.soundness import Refusal
from actors.language.subject import Subject
from actors.language.templates import template
from actors.language.term import Term, Terms, to_terms
from events.question import Question


def rebuilt(question: Question, subject: Subject) -> Question | Refusal:
    """The question that its recipe makes today, as the court writes it, or why it makes none.

    Args:
        question: a stored one.
        subject: the table that it is about.
    """
    recipe = question.recipe
    return judge(
        Proposal(question.source, _proposed(question), recipe.phrasing, recipe.template, recipe.bindings),
        subject,
    )


def _proposed(question: Question) -> Terms:
    """The program before any of its axes was settled."""
    recipe = question.recipe
    if recipe.template is not None:
        return template(recipe.template).program(recipe.bindings)
    return {field: _open(node) for field, node in to_terms(recipe.program).items()}


def _open(node: Term) -> Term:
    return node.rebuilt(lambda child: _open(child) if isinstance(child, Term) else child).with_axes({})
