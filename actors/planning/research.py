"""Rules of the experiment matrix and its cards."""

import re
from collections.abc import Iterator

from actors.planning.flaw import Flaw, Rule
from actors.planning.outline import Part, entries, named
from actors.planning.plan import CARDS, DATE, MATRIX, SPAN, Item, Plan, ahead, plain
from actors.planning.tree import ours, unfit

EXPERIMENT = (
    "question",
    "dataset",
    "model",
    "evaluation",
    "success criteria",
    "run protocol",
    "cost",
    "card",
)
"""What the matrix says of an experiment."""
CARD = (
    "hypothesis",
    "dataset",
    "model",
    "evaluation",
    "success criteria",
    "full protocol",
    "small protocol",
    "small results",
)
"""What a card says."""
PROTOCOLS = ("run protocol", "full protocol", "small protocol")
EXPERIMENTS = 3
_MEASURE = re.compile(
    r"(?<![\w.-])\d[\d,.]*\s*(?:%|/|of\s+\d|(?!(?:of|and|or|others?|more|less|do|looks?|January|February|March"
    r"|April|May|June|July|August|September|October|November|December)\b)[a-zA-Z]+)"
)
_BOUND = re.compile(
    r"\b(?:at least|at most|(?:more|less|fewer|wider|longer|shorter) than"
    r"|above|below|under|over|within|between|exactly|all|none|up to)\b|[<>≤≥=]|%",
    re.IGNORECASE,
)
_LINK = re.compile(r"\]\(#([^)\s]+)\)")
NOT_RUN = "not run"


def three_experiments(plan: Plan) -> Iterator[Flaw]:
    """The matrix holds exactly three experiments."""
    section, found = plan.section(MATRIX), plan.experiments
    if section is not None and len(found) != EXPERIMENTS:
        line = found[EXPERIMENTS].line if len(found) > EXPERIMENTS else section.line
        told = f"the matrix holds {len(found)} experiments"
        yield Flaw(
            line,
            told,
            "keep the three that come next, each as `- experiment: NAME`; the others wait elsewhere",
        )


def experiments_complete(plan: Plan) -> Iterator[Flaw]:
    """An experiment says question, dataset, model, evaluation, success criteria, protocol, cost and card."""
    yield from _incomplete(plan.experiments, EXPERIMENT)


def cards_complete(plan: Plan) -> Iterator[Flaw]:
    """Each card says all that the template asks for."""
    yield from _incomplete(plan.cards, CARD)


def _incomplete(items: list[Item], names: tuple[str, ...]) -> Iterator[Flaw]:
    for one in items:
        for name in names:
            part = one.part(name)
            if part is None or not part.said:
                line = part.line if part else one.line
                yield Flaw(line, f"`{one.name}` says nothing of its {name}", f"add `{name}:` and what it is")


def template_is_whole(plan: Plan) -> Iterator[Flaw]:
    """The template of cards names all that a card has to say."""
    section = plan.section(CARDS)
    if section is None:
        return
    part = next((one for one in section.parts if one.name == "template"), None)
    told = [one.text for one in part.parts] if part else []
    for name in CARD:
        if not any(one.startswith(name) for one in told):
            line = part.line if part else section.line
            yield Flaw(line, f"the template leaves out the {name}", f"add `- {name}` under `template:`")


def experiments_have_cards(plan: Plan) -> Iterator[Flaw]:
    """Each experiment links one card, and each card is linked."""
    anchors = {anchor(one.name): one for one in plan.cards}
    linked: set[str] = set()
    for one in plan.experiments:
        part = one.part("card")
        targets = _LINK.findall(part.text) if part else []
        linked |= {*targets}
        known = [target for target in targets if target in anchors]
        if part is not None and len(known) != 1:
            told = f"`{one.name}` links {len(known) or 'no'} card{'s' * (len(known) > 1)}"
            yield Flaw(part.line, told, f"link one: `[NAME](#anchor)`, where there are {_told(anchors)}")
    for name, card in anchors.items():
        if name not in linked and plan.section(MATRIX) is not None:
            yield Flaw(
                card.line, f"no experiment links `{card.name}`", f"link it from the matrix with `(#{name})`"
            )


def criteria_are_measurable(plan: Plan) -> Iterator[Flaw]:
    """Each success criterion has a number with its unit, or a rate, and says on which side success is."""
    for one in (*plan.experiments, *plan.cards):
        part = one.part("success criteria")
        for said in entries(part) if part else ():
            words = DATE.sub("", said.text)
            if not (_MEASURE.search(words) and _BOUND.search(words)):
                told = f"`{plain(said.text)}` cannot be measured"
                yield Flaw(
                    said.line, told, "give a number and its unit, or a rate: `at least 9 of 10 questions`"
                )


def protocols_parse(plan: Plan) -> Iterator[Flaw]:
    """Each protocol holds commands in backticks, and those of this program parse."""
    for one in (*plan.experiments, *plan.cards):
        for name in PROTOCOLS:
            part = named(one.parts, name)
            if part is not None and part.said:
                yield from _protocol(plan, one, part)


def _protocol(plan: Plan, item: Item, part: Part) -> Iterator[Flaw]:
    runs_ours = False
    for said in entries(part):
        for line in SPAN.findall(said.text):
            try:
                commands = ours(line)
            except ValueError as problem:
                runs_ours = True
                yield _unparsed(said, line, str(problem))
                continue
            runs_ours = runs_ours or bool(commands)
            for words in commands:
                if why := unfit(words, plan.root, plan.amiss):
                    yield _unparsed(said, line, why)
    if not runs_ours:
        told = f"the {part.name} of `{item.name}` runs nothing of ours"
        yield Flaw(
            part.line, told, "write its commands in backticks: `python cli.py …`, `python -m …` or `make …`"
        )


def _unparsed(said: Part, line: str, why: str) -> Flaw:
    return Flaw(said.line, f"`{line}` does not parse: {why}", "write it as `--help` tells")


def small_results_are_dated(plan: Plan) -> Iterator[Flaw]:
    """Each small result of a card begins with the day of the run, or says `not run` and why."""
    for one in plan.cards:
        part = one.part("small results")
        for said in entries(part) if part else ():
            dated = DATE.match(said.text.lstrip("["))
            if dated and ahead(dated[0], plan.today):
                yield Flaw(said.line, f"{dated[0]} is still to come", "date them with the day of the run")
            if not dated and not said.text.startswith(f"{NOT_RUN}: "):
                told = f"nobody knows when the small version of `{one.name}` ran"
                yield Flaw(said.line, told, "begin with `[YYYY-MM-DD]`, or with `not run: ` and why")


def anchor(heading: str) -> str:
    """The anchor of a heading, as hosts of repositories make it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _told(anchors: dict[str, Item]) -> str:
    return ", ".join(f"`#{one}`" for one in anchors) or "none yet"


RULES: tuple[Rule, ...] = (
    three_experiments,
    experiments_complete,
    experiments_have_cards,
    template_is_whole,
    cards_complete,
    criteria_are_measurable,
    protocols_parse,
    small_results_are_dated,
)
