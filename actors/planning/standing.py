"""Rules of what holds until further notice: priorities, the compression policy, the merge rubric."""

import re
from collections.abc import Iterator

from actors.planning.flaw import Flaw, Rule
from actors.planning.outline import below, entries, named
from actors.planning.plan import DATE, POLICY, PRIORITIES, RUBRIC, Plan, ahead

POLICIES = ("version", "verbatim", "summarised", "truncated", "loss", "figures")
"""What the compression policy says."""
RULES_OF_MERGING = 5
_COMMIT = re.compile(r"`[0-9a-f]{7,40}`")


def priorities_say_the_limit(plan: Plan) -> Iterator[Flaw]:
    """Each priority names an item or experiment of the page, and the limit that puts it there."""
    section = plan.section(PRIORITIES)
    if section is not None and not plan.priorities:
        yield Flaw(section.line, "nothing comes first", "list `- priority: ITEM`, each with its `limit:`")
    known = {one.name for one in (*plan.workable, *plan.experiments)}
    for one in plan.priorities:
        if one.name not in known:
            told = f"`{one.name}` is neither an item nor an experiment of this page"
            yield Flaw(one.line, told, "name it as it stands above or below")
        if not one.value("limit"):
            yield Flaw(
                one.line, f"`{one.name}` says not why it comes here", "add `- limit:` and what limits now"
            )


def policy_is_whole(plan: Plan) -> Iterator[Flaw]:
    """The compression policy tells what is verbatim, summarised, truncated, how loss is measured; figures."""
    section = plan.section(POLICY)
    for name in POLICIES if section else ():
        part = named(plan.parts(POLICY), name)
        if section is not None and (part is None or not part.said):
            yield Flaw(
                section.line, f"the policy says nothing of `{name}`", f"add `- {name}:` and what holds"
            )


def policy_has_figures(plan: Plan) -> Iterator[Flaw]:
    """The figures of the compression policy are numbers, with the command that prints them and their day."""
    part = named(plan.parts(POLICY), "figures")
    if part is None or not part.said:
        return
    told = " ".join(one.text for one in below(part))
    wanted = {"a number with %": r"\d\s*%", "its command": r"`python -m ", "its day": r"\d{4}-\d{2}-\d{2}"}
    for what, form in wanted.items():
        if not re.search(form, told):
            yield Flaw(
                part.line,
                f"the figures lack {what}",
                "run the benchmark and copy what it prints, with the day",
            )
    if found := next((one for one in DATE.findall(told) if ahead(one, plan.today)), None):
        yield Flaw(part.line, f"{found} is still to come", "date the figures with the day of the run")


def rubric_has_five_rules(plan: Plan) -> Iterator[Flaw]:
    """The merge rubric has exactly five rules, each of which says when to merge or when to keep apart."""
    section = plan.section(RUBRIC)
    if section is None:
        return
    part = named(section.parts, "rules")
    rules = part.parts if part else ()
    if len(rules) != RULES_OF_MERGING:
        line = part.line if part else section.line
        yield Flaw(line, f"the rubric has {len(rules)} rules", "list five under `rules:`")
    for one in rules:
        if not re.search(r"\b(?:merge|apart|split)\b", one.text, re.IGNORECASE):
            yield Flaw(one.line, "the rule decides nothing", "say when to merge, or when to keep apart")


def rubric_explains_a_merge(plan: Plan) -> Iterator[Flaw]:
    """The rubric explains one merge that was made, by its commit and by the rules that decided it."""
    section = plan.section(RUBRIC)
    if section is None:
        return
    part = named(section.parts, "example")
    told = " ".join(one.text for one in entries(part)) if part else ""
    if not _COMMIT.search(told) or not re.search(rf"\brules? [1-{RULES_OF_MERGING}]\b", told):
        line = part.line if part else section.line
        mend = "under `example:` tell what was merged, its commit in backticks, and by `rule N` why"
        yield Flaw(line, "the rubric explains no merge that was made", mend)


RULES: tuple[Rule, ...] = (
    priorities_say_the_limit,
    policy_is_whole,
    policy_has_figures,
    rubric_has_five_rules,
    rubric_explains_a_merge,
)
