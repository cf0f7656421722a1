"""Whether a home is what was written: every byte of its log, and every blob that the log names."""

from store.home import Home
from store.log.scan import LogCorrupt
from store.log.verify import LogReport, verify_log
from store.named import named_blobs
from store.packs.verify import BlobReport, verify_blobs


def verify_home(home: Home) -> tuple[LogReport, BlobReport]:
    """Check log and blobs; takes no lock and changes nothing.

    Where the log is damaged it cannot be told what it names: blobs are then only checked for soundness.

    Raises:
        OldBlobs: an earlier version wrote the blobs.
        OSError: a file cannot be read.
    """
    report = verify_log(home)
    return report, verify_blobs(home.blobs, _named(home))


def _named(home: Home) -> frozenset[str] | None:
    try:
        return named_blobs(home)
    except LogCorrupt:
        return None
