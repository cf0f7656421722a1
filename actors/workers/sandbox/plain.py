"""A submitted answer as the log will hold it."""

from events.identity import canonical_json, digest_of
from events.plain import NotPlain, plain
from events.trace import Submission

MAX_ANSWER = 256 * 1024
"""Bytes of an answer's canonical JSON at most."""


def submission_of(answer: object) -> Submission:
    """The answer as the log will hold it; `problem` says why it could not be taken, and it is null then."""
    try:
        value, problem = plain(answer), ""
        if len(canonical_json(value)) > MAX_ANSWER:
            value, problem = None, f"the answer is larger than {MAX_ANSWER} bytes"
    except NotPlain as refusal:
        value, problem = None, str(refusal)
    return Submission(answer=value, digest=digest_of(canonical_json(value)), problem=problem)
