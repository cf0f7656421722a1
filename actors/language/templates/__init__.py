"""The templates, by what they ask about."""

from actors.language.templates import (
    association,
    comparison,
    distribution,
    groups,
    quality,
    ratios,
    time,
    variables,
)
from actors.language.templates.template import Template

TEMPLATES: tuple[Template, ...] = (
    *quality.TEMPLATES,
    *distribution.TEMPLATES,
    *variables.TEMPLATES,
    *association.TEMPLATES,
    *groups.TEMPLATES,
    *comparison.TEMPLATES,
    *ratios.TEMPLATES,
    *time.TEMPLATES,
)
"""Every template, in a fixed order."""


def template(name: str) -> Template:
    """The template of this name.

    Raises:
        KeyError: there is none.
    """
    return {known.name: known for known in TEMPLATES}[name]
