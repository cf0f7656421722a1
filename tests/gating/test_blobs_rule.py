"""What the log names must be there: a gate over a home that lost bytes stays closed."""

from contextlib import closing
from dataclasses import replace
from pathlib import Path

from actors.gating.gate import judge
from events.identity import digest_of
from store.blobs import BlobWriter
from store.home import Home
from store.replay import missing_blobs
from tests.gating.asked import LIMITS, report
from tests.history import told


def test_a_blob_that_is_gone_closes_the_gate_and_is_named() -> None:
    state = told(20).state()
    (reason,) = judge(state, replace(report(state), blobs_missing=("b" * 32,)), LIMITS).reasons
    assert (reason.rule, reason.found) == ("blobs_whole", 1)
    assert "b" * 32 in reason.where


def test_every_blob_that_is_missing_or_damaged_is_found(tmp_path: Path) -> None:
    home, state = Home(tmp_path), told(1).state()
    (table,) = state.datasets.by_id.values()
    assert missing_blobs(home, state)[0] == table.blob
    data = b"species,mass\n" * 3
    digest = digest_of(data)
    with closing(BlobWriter(home)) as writer:
        writer.put_all({digest: data})
    state.datasets.by_id[table.dataset] = type(table)(
        **{name: getattr(table, name) for name in table.__struct_fields__} | {"blob": digest}
    )
    assert digest not in missing_blobs(home, state)
    (pack,) = home.blobs.glob("*.pack")
    pack.write_bytes(pack.read_bytes()[:-1] + b"?")
    assert missing_blobs(home, state)[0] == digest
