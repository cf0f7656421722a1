"""What is done with a batch: number, seal; then, in a thread, write, sync, publish, wait out a full disk."""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Event as Flag
from time import monotonic
from typing import NamedTuple

import structlog

from events.runtime import LogRepaired, Paused, Resumed, TailCut
from events.wire import AnyRecorded
from store.blobs import BlobWriter
from store.durable import Disk, is_full
from store.home import Home
from store.log.closing import Closer
from store.log.drafts import Checked, Draft, checked, home_opened, numbered
from store.log.judged import Point
from store.log.lines import Head, seal
from store.log.lock import Hold, machine_failure
from store.log.published import Publisher
from store.log.recover import Recovered, recover
from store.log.room import Ballast, Patience
from store.log.segments import LogPoisoned, NoSpace, SegmentWriter, no_space, poisoned
from store.named import named_blobs
from store.packs.collect import Collected

Clock = Callable[[], datetime]
Tell = Callable[[tuple[AnyRecorded, ...]], None]

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Habits:
    """How a log is written; none of it shows in what is read."""

    clock: Clock
    """Tells the time of events."""
    draw: Callable[[], str]
    """Gives the id of a new home."""
    segment_bytes: int
    """The size beyond which a new segment is begun."""
    compress: bool
    """Whether segments that are full are compressed."""
    patience: Patience | None
    """How to wait for room on a full disk, if at all."""


class SealedBatch(NamedTuple):
    """A batch as it will stand in the log."""

    recorded: tuple[AnyRecorded, ...]
    """Its events."""
    data: bytes
    """Their lines, and the commit line that ends them; nothing when there is no event."""
    head: Head
    """Where the log ends behind it."""


class Scribe:
    """Holds the log's files for writing. Not for two threads at once."""

    def __init__(self, home: Home, disk: Disk, habits: Habits, hold: Hold) -> None:
        """Recover the log and open it for writing.

        Raises:
            LogCorrupt: a batch is damaged; nothing was touched.
            NoSpace, HomeUnwritable: the disk refused.
            LogPoisoned: the newest segment changed meanwhile.
        """
        try:
            self._ballast = Ballast(home.log, habits.patience.ballast_bytes if habits.patience else 0, disk)
            found = _recovered(home, disk, self._ballast)
            self.home_id = found.home or habits.draw()
            self.head = found.head
            told: list[LogRepaired | TailCut] = [*found.repairs, *found.cuts]
            # What is not told yet must stay at the very end, where the next opening looks for it.
            self.sealed = found.sealed or bool(told)
            self.opening = _opening(self.home_id, told, new=found.home is None)
            self._home, self._habits, self._hold = home, habits, hold
            self._closer = Closer(home, disk) if habits.compress else None
            with ExitStack() as opened:
                self._publisher = Publisher(home, self.home_id, disk)
                opened.callback(self._publisher.close)
                self._file = SegmentWriter(home.log, found.place, disk, habits.segment_bytes)
                opened.callback(self._file.close)
                self._blobs = BlobWriter(home, disk)
                opened.callback(self._blobs.close)
                self._publisher.publish(self._file.place, self.head)
                self.end = self._found = Point(self._file.place, self.head)
                self._ballast.take_up()
                opened.pop_all()
        except OSError as error:
            raise machine_failure(home, error) from error
        if self._closer is not None:
            self._closer.look(self._file.place.number)
        self._leaving = Flag()

    def sealed_batch(self, drafts: Sequence[Checked]) -> SealedBatch:
        """These events at their places behind the log's end, as they will stand there.

        Quick, and quicker where they were checked: another core would have to fetch every byte of them first.
        """
        if not drafts:
            return SealedBatch((), b"", self.head)
        time = self._habits.clock().astimezone(UTC).isoformat(timespec="microseconds")
        recorded, lines = numbered(drafts, self.home_id, self.head.seq + 1, time)
        commit, head = seal(self.head, len(recorded), lines)
        return SealedBatch(recorded, lines + commit, head)

    def write(
        self, batch: SealedBatch, drafts: Sequence[Checked], blobs: Mapping[str, bytes], tell: Tell
    ) -> tuple[AnyRecorded, ...]:
        """Make these events durable as one batch, and before them the bytes that they name.

        Args:
            batch: the events as they are sealed behind the log's end.
            drafts: the same, to be sealed anew should something else have to be recorded before them.
            blobs: bytes by digest.
            tell: called with the events that are added about a pause, in the order of the log.

        Raises:
            NoSpace: the disk is full, and there is no patience or no time; nothing was appended.
            LogPoisoned: the disk failed.
            HomeUnwritable: the blobs cannot be written.
        """
        try:
            return self._write(batch, blobs)
        except NoSpace as error:
            if self._habits.patience is None:
                raise
            return self._write_when_there_is_room(drafts, blobs, tell, self._habits.patience, error)

    def collect(self, known: Collection[str]) -> Collected | None:
        """Drop the blobs that no event names, where that is worth it; only before anything is written.

        Raises:
            NoSpace, HomeUnwritable: the disk refused; nothing that an event names is lost.
        """
        try:
            return (
                self._blobs.collect(named_blobs(self._home)) if self._blobs.has_much_garbage(known) else None
            )
        except OSError as error:
            raise machine_failure(self._home, error) from error

    def hurry(self) -> None:
        """Wait for room no more; may be called from another thread."""
        self._leaving.set()

    def leave_as_found(self) -> None:
        """Seal nothing at the end, where nothing was appended."""
        self.sealed = self.sealed or self.end == self._found

    def close(self, *, clean: bool) -> None:
        """Let go of the files; a clean end is sealed, unless it is already or the disk is full.

        After an empty commit no damage to what counts can pass for a tear.
        """
        try:
            if clean and not self.sealed:
                self._append(*seal(self.head, 0, b""))
                self.sealed = True
            if clean:
                self._publisher.stand(self.end.place, self.end.head)
                self._publisher.publish(self._file.place, self.head, writing=False)
        except (NoSpace, LogPoisoned, OSError) as error:
            _say("log left unsealed", home=self.home_id, seq=self.head.seq, error=str(error))
        finally:
            if self._closer is not None:
                self._closer.close()
            self._file.close()
            self._blobs.close()
            self._publisher.close()

    def _write(self, batch: SealedBatch, blobs: Mapping[str, bytes]) -> tuple[AnyRecorded, ...]:
        if blobs:
            try:
                self._blobs.put_all(blobs)
            except OSError as error:
                raise machine_failure(self._home, error) from error
        if batch.recorded:
            self._append(batch.data, batch.head)
            self.sealed = False
        return batch.recorded

    def _append(self, data: bytes, head: Head) -> None:
        """Append one batch with its commit line, and tell readers of it."""
        before = self._file.place.number
        self._hold.check()
        self._show_end()
        self._file.append(data)
        self.head = head
        try:
            self._publisher.publish(self._file.place, head)
        except OSError as error:
            raise poisoned("telling readers of", error) from error
        self.end = Point(self._file.place, head)
        if self._closer is not None and self._file.place.number != before:
            self._closer.look(self._file.place.number)

    def _show_end(self) -> None:
        """See to it that readers find where the durable end is, before there is something behind it."""
        try:
            self._publisher.stand(self.end.place, self.end.head)
        except OSError as error:
            raise (no_space(error) if is_full(error) else poisoned("telling readers of", error)) from error

    def _write_when_there_is_room(
        self,
        drafts: Sequence[Checked],
        blobs: Mapping[str, bytes],
        tell: Tell,
        patience: Patience,
        error: NoSpace,
    ) -> tuple[AnyRecorded, ...]:
        while True:
            self._pause(patience, tell, error)
            try:
                return self._write(self.sealed_batch(drafts), blobs)
            except NoSpace as again:
                error = again

    def _pause(self, patience: Patience, tell: Tell, error: NoSpace) -> None:
        """Wait until the reserve can be laid by again; the pause is recorded on the room that it held."""
        began, told, tries = monotonic(), False, 0
        _say("paused: no space left", home=self.home_id, seq=self.head.seq)
        self._ballast.give_up()
        while True:
            told = told or self._noted(Paused(str(error)), tell)
            tries += 1
            if self._leaving.wait(patience.seconds(tries)):
                raise error
            if not self._ballast.take_up():
                continue
            told = told or self._noted(Paused(str(error)), tell)
            if told and self._noted(Resumed(round(monotonic() - began, 3)), tell):
                _say("resumed: there is room", home=self.home_id, seq=self.head.seq)
                return

    def _noted(self, event: Paused | Resumed, tell: Tell) -> bool:
        """Record something of our own; False where there is no room even for that."""
        try:
            tell(self._write(self.sealed_batch([checked(Draft(event))]), {}))
        except NoSpace:
            return False
        return True


def _say(line: str, **ids: object) -> None:
    """Say it to a person, and go on whether or not it could be said: the log waits for no terminal."""
    try:
        log.warning(line, **ids)
    except Exception:  # noqa: BLE001  whatever it is: what is said decides nothing, and what is done is an event
        return


def _recovered(home: Home, disk: Disk, ballast: Ballast) -> Recovered:
    """The log as it can be written to; where there is no other room the reserve takes what is set aside."""
    try:
        return recover(home, disk)
    except OSError as error:
        if not is_full(error):
            raise
        ballast.give_up()
        return recover(home, disk)


def _opening(home: str, told: Sequence[LogRepaired | TailCut], *, new: bool) -> list[Draft]:
    """What is to be told first."""
    opened = [Draft(home_opened(home))] if new else []
    return opened + [Draft(event) for event in told]
