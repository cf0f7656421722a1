"""Upcasters for tags that never were: `older_tags/` is the beginning of `two_runs/`, written under them.

They try what a real one may have to do: rename a field, take it away, make several of one and one of several, look
into structs within, and pass through three versions.
"""

from collections.abc import Mapping
from typing import Any

from events.upcast import Fields, Upcaster


def _without(fields: Fields, *names: str) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if name not in names}


def _table_read(fields: Fields) -> Fields:
    """`file` became `path`, and `extent` two fields of their own."""
    rows, size = fields["extent"]
    return {**_without(fields, "file", "extent"), "path": fields["file"], "rows": rows, "size": size}


def _proposal_passed(fields: Fields) -> Fields:
    """The difficulty of a question was a list."""
    question = fields["question"]
    difficulty = dict(zip(("steps", "depth", "level", "expected"), question["difficulty"], strict=False))
    return {**fields, "question": {**question, "difficulty": difficulty}}


def _proposal_accepted(fields: Fields) -> Fields:
    """`number` became `index`."""
    return {**_without(fields, "number"), "index": fields["number"]}


def _attempt_made(fields: Fields) -> Fields:
    """`wall` held level and fingerprint, and a message was a list."""
    names = ("text", "code", "cell", "reasoning", "flaw", "told")
    said = [dict(zip(names, one, strict=False)) for one in fields["said"]]
    return {**_without(fields, "wall"), **fields["wall"], "said": said}


def _verdict_given(fields: Fields) -> Fields:
    """A verdict was a flag and, for a refusal, a category; `accepted` of a vote was `right`."""
    verdict = "verified" if fields["verified"] else fields["category"]
    votes = [{**_without(vote, "right"), "accepted": vote["right"]} for vote in fields["votes"]]
    return {**_without(fields, "verified", "category"), "verdict": verdict, "votes": votes}


def _hooks_weighed(fields: Fields) -> Fields:
    """The number of grades was told beside them."""
    return _without(fields, "weighed")


INVENTED = (
    Upcaster("TableRead", "DatasetRegistered", _table_read),
    Upcaster("ProposalAccepted", "QuestionAccepted", _proposal_accepted),
    Upcaster("ProposalPassed", "ProposalAccepted", _proposal_passed),
    Upcaster("AttemptMade", "AttemptEnded", _attempt_made),
    Upcaster("VerdictGiven", "EpisodeJudged", _verdict_given),
    Upcaster("HooksWeighed", "HooksGraded", _hooks_weighed),
)
"""Each step; two of them follow on one another."""


def as_it_was(event: Mapping[str, Any]) -> dict[str, Any]:
    """An event as it would have been written under the oldest of these tags: how `older_tags/` was made."""
    tag, fields = event["type"], _without(event, "type")
    if tag == "DatasetRegistered":
        extent = [fields["rows"], fields["size"]]
        return {
            "type": "TableRead",
            **_without(fields, "path", "rows", "size"),
            "file": fields["path"],
            "extent": extent,
        }
    if tag == "QuestionAccepted":
        question = {**fields["question"], "difficulty": list(fields["question"]["difficulty"].values())}
        return {
            "type": "ProposalPassed",
            "number": fields["index"],
            **_without(fields, "index"),
            "question": question,
        }
    if tag == "AttemptEnded":
        wall = {"level": fields["level"], "fingerprint": fields["fingerprint"]}
        said = [list(one.values()) for one in fields["said"]]
        return {"type": "AttemptMade", **_without(fields, "level", "fingerprint"), "said": said, "wall": wall}
    if tag == "EpisodeJudged":
        votes = [{"right": vote["accepted"], **_without(vote, "accepted")} for vote in fields["votes"]]
        verified, category = fields["verdict"] == "verified", fields["verdict"]
        told = {"verified": verified, "category": None if verified else category}
        return {"type": "VerdictGiven", **_without(fields, "verdict"), **told, "votes": votes}
    if tag == "HooksGraded":
        return {"type": "HooksWeighed", **fields, "weighed": len(fields["grades"])}
    return dict(event)
