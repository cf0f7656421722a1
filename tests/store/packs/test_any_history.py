"""Whatever is done to a home in whatever order, what was kept is read back, by old readers and new ones."""

from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from hypothesis import settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from events.identity import digest_of
from store.blobs import Blobs, BlobWriter
from store.home import Home
from store.packs.verify import verify_blobs
from tests.store.packs.disks import Quick, flipped, packs_of


class AnyHistory(RuleBasedStateMachine):
    """A home in which blobs are put, dropped, spoiled and healed, beside a dictionary that does the same."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.home = Home(Path(self.folder.name))
        self.sizes = Random(0)
        self.kept: dict[str, bytes] = {}
        self.spoiled: set[str] = set()
        self.old = Blobs(self.home)
        self.writer = self.open()

    def open(self) -> BlobWriter:
        return BlobWriter(self.home, Quick(), self.sizes.choice([1, 300, 1000]))

    @rule(blobs=st.lists(st.binary(max_size=150), max_size=4))
    def put(self, blobs: list[bytes]) -> None:
        new = {digest_of(data): data for data in blobs}
        self.writer.put_all(new)
        self.kept |= new
        self.spoiled -= new.keys()

    @rule()
    def put_everything_again(self) -> None:
        self.writer.put_all(self.kept)
        self.spoiled.clear()

    @rule(random=st.randoms(use_true_random=False))
    def collect(self, random: Random) -> None:
        named = {digest for digest in self.kept if random.random() < 0.6}
        self.writer.collect(named)
        self.kept = {digest: data for digest, data in self.kept.items() if digest in named}
        self.spoiled &= named

    @rule()
    def end_and_begin_anew(self) -> None:
        self.writer.close()
        self.writer = self.open()

    @rule(tail=st.binary(max_size=60) | st.integers(1, 5000).map(bytes))
    def die_in_a_write(self, tail: bytes) -> None:
        if packs_of(self.home):
            with packs_of(self.home)[-1].open("ab") as file:
                file.write(tail)
        self.writer = self.open()

    @rule(random=st.randoms(use_true_random=False))
    def lose_sidecars(self, random: Random) -> None:
        for path in sorted(self.home.blobs.glob("*.index")):
            if random.random() < 0.5:
                path.unlink()

    @precondition(lambda self: self.kept)
    @rule(random=st.randoms(use_true_random=False))
    def flip_a_bit(self, random: Random) -> None:
        pack = random.choice(packs_of(self.home))
        data = pack.read_bytes()
        if data:
            with pack.open("r+b") as file:
                file.write(flipped(data, random.randrange(8 * len(data))))
            reader = Blobs(self.home)
            self.spoiled = {digest for digest in self.kept if not reader.is_sound(digest)}

    @invariant()
    def everything_is_itself(self) -> None:
        for reader in (self.old, Blobs(self.home)):
            for digest, data in self.kept.items():
                assert reader.is_sound(digest) == (digest not in self.spoiled)
                if digest not in self.spoiled:
                    assert reader.get(digest) == data

    @invariant()
    def verify_says_the_same(self) -> None:
        report = verify_blobs(self.home.blobs, self.kept.keys())
        assert report.ok == (not self.spoiled)
        told = {*report.missing, *(one.digest for one in report.damaged if one.needed and one.digest)}
        assert told == self.spoiled

    def teardown(self) -> None:
        self.writer.close()
        self.folder.cleanup()


TestAnyHistory = AnyHistory.TestCase
TestAnyHistory.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
