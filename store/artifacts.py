"""Questions and episodes as files: one for each dataset and source, rebuilt from the log alone.

Lines stand in order of id and are canonical JSON, so equal records mean equal bytes. A file is written
whole beside its place and renamed into it; one whose bytes would not change is left alone.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import structlog

from events.identity import canonical_json, digest_of, identify
from events.question import SOURCES, Source
from store.durable import UNFINISHED, Disk, make_folders, put_whole, read_file
from store.home import Home
from store.projections.state import State
from store.records import episode_record

KINDS = ("questions", "episodes")
_NAME = re.compile(r"[a-z0-9-]+-[0-9a-f]{8}\.jsonl")
_SLUG_LENGTH = 60

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Written:
    """What one writing of artifacts did, as paths below the home."""

    written: tuple[str, ...]
    """Files that are new or changed."""
    removed: tuple[str, ...]
    """Files that the log no longer gives, and left-overs of an interrupted writing."""
    unchanged: int
    """Files that stood as they should."""


def render_artifacts(state: State) -> dict[str, bytes]:
    """Every artifact's bytes by its path below the home, with `/` between folders; touches no disk."""
    lines: dict[str, list[tuple[str, bytes]]] = {}
    for question in state.questions.accepted.values():
        place = _place(state, "questions", question.source, question.dataset)
        lines.setdefault(place, []).append((question.id, canonical_json(question)))
    for judged in state.episodes.judged.values():
        place = _place(state, "episodes", judged.source, judged.dataset)
        record = episode_record(judged, state.questions, state.traces)
        lines.setdefault(place, []).append((record.id, canonical_json(record)))
    return {
        place: b"".join(line + b"\n" for _, line in sorted(found)) for place, found in sorted(lines.items())
    }


def write_artifacts(
    home: Home, state: State, sources: Iterable[Source] | None = None, disk: Disk | None = None
) -> Written:
    """Bring the files of these sources to what the state gives; no file of another source is touched.

    Args:
        home: where the files lie.
        state: what the log gives.
        sources: the sources to write; None means all three.
        disk: what writes.

    Raises:
        OSError: the disk refused; every file stands whole, as it was or as it should be.
    """
    disk = disk or Disk()
    chosen = SOURCES if sources is None else tuple(sources)
    folders = tuple(f"{kind}/{source}/" for kind in KINDS for source in chosen)
    wanted = {path: data for path, data in render_artifacts(state).items() if path.startswith(folders)}
    stale = [path for folder in folders for path in _stale(home, folder, wanted)]
    changed = [path for path, data in wanted.items() if not _stands(home.root / path, data)]
    for path in changed:
        write_whole(home.root / path, wanted[path], disk)
    for path in stale:
        disk.remove(home.root / path)
    log.info("artifacts written", written=len(changed), removed=len(stale), seq=state.seq)
    return Written(tuple(changed), tuple(stale), len(wanted) - len(changed))


def artifacts_digest(rendered: Mapping[str, bytes], kind: str) -> str:
    """Digest of one set of artifacts, `questions` or `episodes`: its paths and their bytes."""
    chosen = {path: digest_of(data) for path, data in rendered.items() if path.startswith(f"{kind}/")}
    return digest_of(canonical_json(chosen))


def data_digest(state: State, rendered: Mapping[str, bytes]) -> str:
    """Digest of what can be trained on: both sets of artifacts, and which episodes count."""
    return identify("data", *(artifacts_digest(rendered, kind) for kind in KINDS), sorted(state.verified()))


def write_whole(path: Path, data: bytes, disk: Disk, *, durable: bool = True) -> None:
    """Put a file in place at once, in a folder that is made when it is missing.

    Args:
        path: where.
        data: all its bytes.
        disk: what writes.
        durable: whether it is on the disk on return; what can be made anew need not be.

    Raises:
        OSError: the disk refused; the file stands whole, as it was or as it should be.
    """
    if not path.parent.is_dir():
        make_folders(path.parent, disk)
    put_whole(path, data, disk, durable=durable)


def file_slug(name: str) -> str:
    """A dataset's name as part of a file name: lower-case ASCII letters, digits and dashes."""
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:_SLUG_LENGTH].strip("-")
    return slug or "table"


def _place(state: State, kind: str, source: Source, dataset: str) -> str:
    registered = state.datasets.by_id.get(dataset)
    name = file_slug(registered.name if registered else "")
    return f"{kind}/{source}/{name}-{dataset[:8]}.jsonl"


def _stands(path: Path, data: bytes) -> bool:
    try:
        return read_file(path) == data
    except FileNotFoundError:
        return False


def _stale(home: Home, folder: str, wanted: Mapping[str, bytes]) -> list[str]:
    """Artifacts in this folder that the state does not give; a stranger's file is left where it is."""
    place = home.root / folder
    names = sorted(path.name for path in place.iterdir()) if place.is_dir() else []
    ours = [name for name in names if _NAME.fullmatch(name) or name.endswith(f".jsonl{UNFINISHED}")]
    return [folder + name for name in ours if folder + name not in wanted]
