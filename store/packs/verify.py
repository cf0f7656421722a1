"""Whether the blobs of a home are what was put, and all there that the log names."""

from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from store.durable import open_file
from store.packs.files import packs
from store.packs.record import Record, is_sound
from store.packs.walk import Gap, walk


@dataclass(frozen=True)
class Damage:
    """Bytes of a pack that are not what was written."""

    pack: str
    """File name of the pack."""
    start: int
    """The first byte of the record or of the gap."""
    end: int
    """The byte after it."""
    digest: str | None
    """The blob whose record this is; None where no header can be read."""
    what: str
    """What is wrong."""
    needed: bool
    """Whether something that the log names is, or may be, lost by it."""


@dataclass(frozen=True)
class BlobReport:
    """What was found in the packs of a home."""

    ok: bool
    """Whether everything is there and sound that the log names; as far as it is known what it names."""
    packs: int
    """Files."""
    blobs: int
    """Blobs whose bytes are those of their digest."""
    missing: tuple[str, ...]
    """Digests that the log names and under which nothing stands, in order."""
    damaged: tuple[Damage, ...]
    """Everything that is damaged, in the order of the packs."""
    orphans: tuple[str, ...]
    """Sound blobs that the log does not name, in order: no fault."""
    orphan_bytes: int
    """What they take."""

    def to_dict(self) -> dict[str, Any]:
        """The report as plain JSON values."""
        return asdict(self)


@dataclass
class _Found:
    """What every pack was found to hold."""

    packs: set[int] = field(default_factory=set)
    sound: dict[str, int] = field(default_factory=dict)
    """Bytes that the records of each sound blob take."""
    damaged: list[tuple[str, Record | Gap]] = field(default_factory=list)


def verify_blobs(folder: Path, named: Collection[str] | None) -> BlobReport:
    """Check every byte of every pack; takes no lock and changes nothing.

    Args:
        folder: the packs.
        named: digests that the log names, read before this call; None when the log cannot say.

    Raises:
        OldBlobs: an earlier version wrote the folder.
        OSError: a pack cannot be read.
    """
    found = _looked_through(folder)
    lost = set(named or ()) - found.sound.keys()
    missing = lost - {one.digest.hex() for _, one in found.damaged if isinstance(one, Record)}
    damaged = tuple(_told(pack, one, None if named is None else lost) for pack, one in found.damaged)
    orphans = () if named is None else sorted(found.sound.keys() - set(named))
    return BlobReport(
        ok=not lost and not any(one.needed for one in damaged),
        packs=len(found.packs),
        blobs=len(found.sound),
        missing=tuple(sorted(missing)),
        damaged=damaged,
        orphans=tuple(orphans),
        orphan_bytes=sum(found.sound[digest] for digest in orphans),
    )


def _looked_through(folder: Path) -> _Found:
    """All packs; those too that a collection makes meanwhile, before it takes away the old ones."""
    found = _Found()
    while unseen := {number: path for number, path in packs(folder).items() if number not in found.packs}:
        for path in unseen.values():
            _look_at(path, found)
        found.packs |= unseen.keys()
    return found


def _look_at(path: Path, found: _Found) -> None:
    for one, sound in _judged(path):
        if not sound:
            found.damaged.append((path.name, one))
        elif isinstance(one, Record):
            digest = one.digest.hex()
            found.sound[digest] = found.sound.get(digest, 0) + one.end - one.start


def _judged(path: Path) -> Iterator[tuple[Record | Gap, bool]]:
    """Everything in a pack, and whether it is sound; nothing when it has been removed meanwhile."""
    try:
        file: BinaryIO = open_file(path)
    except FileNotFoundError:
        return
    with file:
        for one in walk(file, 0, path.stat().st_size):
            yield one, isinstance(one, Record) and is_sound(file, one)


def _told(pack: str, one: Record | Gap, lost: Collection[str] | None) -> Damage:
    """What is to be said of damage; `lost` is what the log names and is not there, None when unknown."""
    if isinstance(one, Record):
        digest = one.digest.hex()
        what = f"the bytes are not those of blob {digest}"
        return Damage(pack, one.start, one.end, digest, what, lost is None or digest in lost)
    if one.torn:
        what = "a write was interrupted here or goes on: nothing that was kept"
        return Damage(pack, one.start, one.end, None, what, needed=False)
    what = "no blob's header can be read here"
    return Damage(pack, one.start, one.end, None, what, lost is None or bool(lost))
