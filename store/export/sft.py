"""Supervised fine-tuning rows: `{"messages": [...]}`, one JSONL file for each source.

A row is a conversation: the rules of the sandbox, the question with the form of its answer, then in turn
what the solver said with its code and what came back. The hint is never shown, also not above the gold
trace, which was solved with it: the student must learn to do without.
"""

import errno
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from events.episode import EpisodeJudged, TraceVote
from events.identity import canonical_json, digest_of
from events.question import SOURCES, Question
from store.artifacts import data_digest, render_artifacts, write_whole
from store.durable import Disk
from store.export.card import CardFacts, card
from store.home import Home
from store.log.lock import HomeUnwritable
from store.projections.state import State
from store.projections.traces import Traces
from store.records import TurnRecord, turns_of

SYSTEM = (
    "You answer a question about one table with Python, turn by turn. The table is the pandas data frame "
    "`df`; names you define stay alive from one turn to the next. In each turn say what you do and give at "
    "most one block of Python; you are shown what comes back. Mark each intermediate result that matters "
    "with `hook(value, code_line, name=..., depends_on=[...])`, where `code_line` is the statement that "
    "computed it. When the answer is computed, give it once with `submit(answer)`."
)
"""The rules under which every exported trace was made."""


NOTHING_RAN = "No code was run."
"""What stands for the reply to a turn without code, so that the two roles alternate."""


class NothingToExportError(Exception):
    """The record has no verified episode that counts."""


@dataclass(frozen=True)
class Exported:
    """What an export wrote."""

    files: dict[str, int]
    """Rows by path below the home."""
    seq: int
    """The log position exported."""
    data: str
    """Digest of the data it stands on."""


def export_sft(home: Home, state: State, disk: Disk | None = None) -> Exported:
    """Write `exports/sft/SOURCE.jsonl` for each source with verified episodes, and the card beside them.

    Raises:
        NothingToExportError: no verified episode counts; nothing was written or removed.
        HomeUnwritable: nobody may write there.
        OSError: the disk refused.
    """
    rendered = render_sft(state)
    if not rendered:
        message = "no verified episode counts; run `tracegate run` first, then `tracegate status`"
        raise NothingToExportError(message)
    digest, folder = data_digest(state, render_artifacts(state)), home.exports / "sft"
    described = card(_facts(state, rendered, digest)).encode()
    try:
        _put(folder, rendered | {"README.md": described}, disk or Disk())
    except OSError as error:
        if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
            raise HomeUnwritable(home, error) from error
        raise
    rows = {_below(home, folder / name): data.count(b"\n") for name, data in rendered.items()}
    return Exported(rows, state.seq, digest)


def _put(folder: Path, files: Mapping[str, bytes], disk: Disk) -> None:
    """Have the folder hold these files, and of none of the sources another; the card comes last."""
    for source in SOURCES:
        if f"{source}.jsonl" not in files:
            disk.remove(folder / f"{source}.jsonl")
    for name, data in files.items():
        write_whole(folder / name, data, disk)


def render_sft(state: State) -> dict[str, bytes]:
    """The bytes of each source's file by its name; sources without a verified episode have none."""
    files: dict[str, list[bytes]] = {}
    for judged in state.beyond_doubt().values():
        for row in rows_of(judged, state):
            files.setdefault(f"{judged.source}.jsonl", []).append(canonical_json(row) + b"\n")
    return {name: b"".join(files[name]) for name in sorted(files)}


def rows_of(judged: EpisodeJudged, state: State) -> list[dict[str, Any]]:
    """The rows of one episode: its gold trace, and each right consistency trace without a mistake."""
    question = state.questions.accepted[judged.question]
    chosen = [vote for vote in judged.votes if _serves(vote, state.traces)]
    return [_row(judged, vote, question, turns_of(vote.trace, state.traces)) for vote in chosen]


def _serves(vote: TraceVote, traces: Traces) -> bool:
    """Whether a trace shows how it is done: right, whole, honest, and without a mistake made on purpose."""
    attempt, record = traces.attempts.get(vote.trace), traces.records.get(vote.trace)
    graded = traces.grades.get(vote.trace)
    if attempt is None or record is None or record.broken is not None:
        return False
    if graded is not None and graded.tampering is not None:
        return False
    return vote.accepted and vote.outcome == "answered" and not vote.mistake and attempt.mistake is None


def _row(
    judged: EpisodeJudged, vote: TraceVote, question: Question, turns: tuple[TurnRecord, ...]
) -> dict[str, Any]:
    return {
        "messages": messages(question, turns),
        "source": judged.source,
        "evidence": judged.evidence,
        "episode": judged.episode,
        "question": judged.question,
        "dataset": judged.dataset,
        "trace": vote.trace,
        "role": vote.role,
        "index": vote.index,
        "difficulty": question.difficulty.level,
    }


def messages(question: Question, turns: tuple[TurnRecord, ...]) -> list[dict[str, str]]:
    """The conversation of one trace; it ends with what the solver did last, not with what came back."""
    found = [
        {"role": "system", "content": SYSTEM},
        {"role": "user", "content": f"{question.question_text}\n\n{question.format}"},
    ]
    for turn in turns:
        found.append({"role": "assistant", "content": said(turn)})
        found.append({"role": "user", "content": NOTHING_RAN if turn.view is None else turn.view})
    return found[:-1] if turns else found


def said(turn: TurnRecord) -> str:
    """One turn as a message: the prose, then the code fenced so that no backtick in it ends the fence."""
    if turn.code is None:
        return turn.message
    longest = max((len(run) for run in re.findall(r"`+", turn.code)), default=0)
    fence = "`" * max(3, longest + 1)
    code = turn.code.removesuffix("\n")
    return f"{turn.message}\n\n{fence}python\n{code}\n{fence}".lstrip("\n")


def _facts(state: State, rendered: dict[str, bytes], digest: str) -> CardFacts:
    verified = state.verified().values()
    return CardFacts(
        seq=state.seq,
        head=state.head,
        data=digest,
        files={name: (data.count(b"\n"), digest_of(data)) for name, data in rendered.items()},
        scripted=sum(one.evidence == "scripted" for one in verified),
        model=sum(one.evidence == "model" for one in verified),
    )


def _below(home: Home, path: Path) -> str:
    return path.relative_to(home.root).as_posix()
