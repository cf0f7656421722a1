"""Rules of what may be built: candidates, what is specd, and its approval."""

import re
from collections.abc import Iterator

from actors.planning.flaw import Flaw, Rule
from actors.planning.outline import PLACEHOLDERS, Part, below, entries, named
from actors.planning.plan import DATE, SPECD, Item, Plan, day, plain
from actors.planning.tree import absent, names_in_file, paths_in

CHECKLIST = (
    "behavior change",
    "files to touch",
    "fail-first tests",
    "non-goals",
    "risks",
    "touch points",
    "expected diff shape",
    "review checks",
)
"""What is said of whatever may be built."""
APPROVAL = ("approved_by", "approval_signal", "approval_basis", "approved_on", "expires_on")
"""What an approval says."""
IN_FORCE = "valid"
"""What its `approval_status` is, where one is told."""
_INFERRED = re.compile(r"\b(?:inferred|implied|implicit(?:ly)?|assumed|presumed|surely)\b", re.IGNORECASE)
_NOBODY = re.compile(
    r"[\"'“]?(?:none|nobody|no one|no|not yet|pending|(?:awaiting|waiting)\b.*|session\b.*)[\"'”]?",
    re.IGNORECASE,
)
"""What stands for an approval and is none."""
_SHAPE = re.compile(r"[1-9]\d*\s*(?:lines|LOC)\b", re.IGNORECASE)
NEVER_NONE = {"behavior change", "fail-first tests", "review checks"}
"""What a change that is worth building always has."""
_NEXT_PLACE = re.compile(r",\s*(?=`[^`]+`\s*->)")


def candidates_complete(plan: Plan) -> Iterator[Flaw]:
    """Each candidate says all that the promotion checklist asks for."""
    yield from _incomplete(plan.candidates)


def specd_complete(plan: Plan) -> Iterator[Flaw]:
    """Each specd item says all that the promotion checklist asks for."""
    yield from _incomplete(plan.specd)


def _incomplete(items: list[Item]) -> Iterator[Flaw]:
    for one in items:
        for name in CHECKLIST:
            part = one.part(name)
            if part is None or not part.said or (name in NEVER_NONE and _says_none(part)):
                line = part.line if part else one.line
                yield Flaw(
                    line, f"`{one.name}` says nothing of its {name}", f"add `- {name}:` and what it is"
                )


def _says_none(part: Part) -> bool:
    return all(one.text.strip(" .").lower() == "none" for one in entries(part))


def diff_shapes_have_a_size(plan: Plan) -> Iterator[Flaw]:
    """The expected diff shape of a candidate or specd item tells about how many lines it is."""
    for one in (*plan.candidates, *plan.specd):
        part = one.part("expected diff shape")
        told = " ".join(said.text for said in entries(part)) if part else ""
        if part is not None and part.said and not _SHAPE.search(told):
            told = f"the diff shape of `{one.name}` has no size"
            yield Flaw(
                part.line, told, "say add, modify or delete, and about how many lines: `add, ~120-200 LOC`"
            )


def specd_is_approved(plan: Plan) -> Iterator[Flaw]:
    """Each specd item has an approval: by whom, in which words, on what basis, on which day, until when."""
    for one in plan.specd:
        lacking = [name for name in APPROVAL if not _tells(one.value(name), name)]
        if lacking:
            place = one.part("approval")
            told = f"the approval of `{one.name}` lacks {', '.join(f'`{name}`' for name in lacking)}"
            mend = "write down the words of approval, or move it back to `Brainstormed`: none is inferred"
            yield Flaw(place.line if place else one.line, told, mend)


def _tells(value: str, name: str) -> bool:
    """Whether a part of an approval tells something; what ends in `_on` tells a day, and nothing else."""
    if name.endswith("_on"):
        return bool(DATE.fullmatch(value))
    said = value.rstrip(".")
    return not (said.lower() in PLACEHOLDERS or _NOBODY.fullmatch(said) or _INFERRED.search(value))


def approvals_in_force(plan: Plan) -> Iterator[Flaw]:
    """No approval of what is not done has expired, is not valid, or begins after it ends or after today."""
    for one in plan.specd:
        given, until = day(one.value("approved_on")), day(one.value("expires_on"))
        place = one.part("expires_on") or one.part("approved_on")
        if place is None or one.value("status") == "done":
            continue
        status = one.part("approval_status")
        if status is not None and status.value != IN_FORCE:
            told = f"the approval of `{one.name}` is `{status.value}`"
            yield Flaw(
                status.line, told, f"ask anew and write `{IN_FORCE}`, or move it back to `Brainstormed`"
            )
        if until is not None and until < plan.today:
            told = f"the approval of `{one.name}` expired on {until}"
            yield Flaw(
                place.line, told, "ask anew and write down the answer, or move it back to `Brainstormed`"
            )
        if given is not None and (given > plan.today or (until is not None and given > until)):
            told = f"the approval of `{one.name}` is of {given}, which is {_late(given > plan.today)}"
            yield Flaw((one.part("approved_on") or place).line, told, "write the day on which it was given")


def _late(ahead: bool) -> str:
    return "still to come" if ahead else "after its end"


def touch_points_exist(plan: Plan) -> Iterator[Flaw]:
    """Each file that an item names, to touch or as evidence, is in the tree or has `(new)` behind it."""
    for item in plan.workable:
        for name in ("files to touch", "touch points", "line anchors", "current code evidence"):
            for part in _own(item, name):
                for said in below(part):
                    for path in absent(plan.root, said.text):
                        told = f"`{item.name}` names `{path}`, which is not there"
                        yield Flaw(said.line, told, "name what is in the tree, or write `(new)` behind it")


def _own(item: Item, name: str) -> Iterator[Part]:
    """What an item says itself under a name: not what its candidates say."""
    found = named((one for one in item.parts if one.name != "spec candidates"), name)
    if found is not None:
        yield found


def specd_names_places(plan: Plan) -> Iterator[Flaw]:
    """A specd item names files to touch; its touch points are `path` -> `name`, each name in its file."""
    for item in plan.specd:
        touched = item.part("files to touch")
        for one in entries(touched) if touched else ():
            if "`" not in one.text:
                told = f"`{plain(one.text)}` names no file to touch"
                yield Flaw(one.line, told, "name each in backticks: `path/of/file.py`")
        for line, said in _places(item):
            path, _, place = said.partition("->")
            if not paths_in(path) or not place.strip():
                told = f"`{plain(said)}` is no place in a file"
                yield Flaw(line, told, "write `path/of/file.py` -> `name of the function, class or block`")


def places_are_in_their_files(plan: Plan) -> Iterator[Flaw]:
    """Each name that a touch point of a candidate or specd item gives behind its file stands in it."""
    for item in (*plan.candidates, *plan.specd):
        for line, said in _places(item):
            path, _, place = said.partition("->")
            files = paths_in(path)
            if files and place.strip() and (missing := names_in_file(plan.root, files[0], place)):
                told = f"`{files[0]}` has no `{missing}`"
                yield Flaw(line, told, "name a function, class or block that stands in the file")


def _places(item: Item) -> Iterator[tuple[int, str]]:
    """The touch points of an item one by one, each with its line."""
    part = item.part("touch points")
    for one in entries(part) if part else ():
        yield from ((one.line, said) for said in _NEXT_PLACE.split(one.text))


def shortlist_names_candidates(plan: Plan) -> Iterator[Flaw]:
    """Each line of the shortlist is `ITEM -> CANDIDATE`, both of which there are."""
    known = {one.name for one in plan.candidates}
    part = named(plan.parts(SPECD), "ready-to-promote shortlist")
    for one in part.parts if part else ():
        if plain(one.text) not in known:
            yield Flaw(
                one.line,
                f"there is no candidate `{plain(one.text)}`",
                "name it as it stands under `Brainstormed`",
            )


def checklist_is_whole(plan: Plan) -> Iterator[Flaw]:
    """The promotion checklist stands under `Specd` and names all that is asked for."""
    section = plan.section(SPECD)
    if section is None:
        return
    part = next((one for one in section.parts if one.name.startswith("promotion checklist")), None)
    if part is None:
        yield Flaw(section.line, "there is no promotion checklist", f"add it, with {', '.join(CHECKLIST)}")
        return
    told = [one.text for one in part.parts]
    for name in CHECKLIST:
        if not any(one.startswith(name) for one in told):
            yield Flaw(part.line, f"the promotion checklist leaves out the {name}", f"add `- {name}`")


RULES: tuple[Rule, ...] = (
    candidates_complete,
    specd_complete,
    diff_shapes_have_a_size,
    specd_is_approved,
    approvals_in_force,
    touch_points_exist,
    specd_names_places,
    places_are_in_their_files,
    shortlist_names_candidates,
    checklist_is_whole,
)
