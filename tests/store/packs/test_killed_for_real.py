"""A writing process that is killed with `kill -9`, wherever it happens to be, loses nothing that it acknowledged."""

import subprocess
import sys
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from store.blobs import Blobs, BlobWriter
from store.home import Home
from store.packs.verify import verify_blobs
from tests.trials import SEED

ROOT = Path(__file__).parents[3]
WRITER = """
import random, sys
from pathlib import Path
from events.identity import digest_of
from store.blobs import BlobWriter
from store.home import Home

kept = sys.stdin.read().split()
writer = BlobWriter(Home(Path(sys.argv[1])), pack_bytes=20_000)
while True:
    batch = {digest_of(data): data for data in (random.randbytes(random.randrange(3000)) for _ in range(3))}
    writer.put_all(batch)
    wanted = list(batch)[:2]
    print(*wanted, flush=True)
    kept += wanted
    if random.random() < 0.3:
        writer.collect(kept)
"""


def written_until_killed(home: Home, before: list[str], lines: int) -> list[str]:
    """Digests that a process acknowledged before it was killed, some lines after its first."""
    command = [sys.executable, "-c", WRITER, str(home.root)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(" ".join(before))
        process.stdin.close()
        told = [process.stdout.readline() for _ in range(lines)]
        process.kill()
        told += process.stdout.readlines()
    return [digest for line in told if line.endswith("\n") for digest in line.split()]


@pytest.mark.parametrize("seed", [SEED])
@pytest.mark.parametrize("kills", [6, pytest.param(50, marks=pytest.mark.full)])
def test_what_a_killed_process_acknowledged_is_there(kills: int, seed: int, tmp_path: Path) -> None:
    home, random, kept = Home(tmp_path), Random(seed), list[str]()
    for _ in range(kills):
        kept += written_until_killed(home, kept, random.randint(1, 12))
        reader = Blobs(home)
        assert all(reader.is_sound(digest) for digest in kept)
        with closing(BlobWriter(home)):
            assert verify_blobs(home.blobs, kept).damaged == ()
    assert len(kept) >= 2 * kills
    assert verify_blobs(home.blobs, kept).ok
