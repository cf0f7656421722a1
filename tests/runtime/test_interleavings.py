"""Whatever tries end in whatever order, and however long their events are under way: one end of each counts.

A model without concurrency says which are to be taken. The log is one whose appends land when told to.
"""

from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import anyio
import anyio.lowlevel
from anyio.abc import TaskGroup
from hypothesis import given, settings as hypothesis_settings, strategies as st
from structlog.testing import capture_logs

from actors.ports import InfrastructureError
from actors.runtime.bus import Bus
from actors.runtime.journal import Journal
from actors.runtime.settings import Settings
from actors.runtime.work import Work, WorkLedger, Yield
from events.question import StreamExhausted
from events.runtime import DeadLettered, RunStarted
from events.wire import AnyRecorded
from store.home import Home
from store.log.append import Draft, LogWriter, NoSpace, Subscriber
from store.log.lines import START, Head

Ending = Literal["finish", "fail", "lose"]
Over = Literal["", "finished", "dead", "parked"]
SETTINGS = Settings(max_tries=2, infrastructure_tries=2)
ERRORS: dict[Ending, Exception] = {"fail": ValueError("broken"), "lose": InfrastructureError("gone")}
KEYS = "ab"
ENDS = st.tuples(
    st.sampled_from(["finish", "fail", "fail", "lose", "lose"]),
    st.sampled_from(KEYS),
    st.sampled_from([0, 0, 0, 0, 0, -1, 1]),
)
"""How a try ends, of which key, and how far it is from the one that is due."""
STEPS = st.lists(ENDS | st.sampled_from(["land", "land", "land all", "refuse", "run"]), max_size=50)


async def never() -> Yield:
    raise AssertionError


@dataclass
class Key:
    """What the model knows of one key."""

    failures: int = 0
    lost: int = 0
    lost_in_run: int = 0
    over: Over = ""
    under_way: tuple[Ending, Over] | None = None
    """The end that was taken and has not landed, and what it leads to."""

    @property
    def due(self) -> int:
        return self.failures + self.lost + 1

    def offer(self, ending: Ending, attempt: int) -> bool:
        """Whether the end of this try is taken."""
        if self.over or self.under_way or attempt != self.due:
            return False
        over: dict[Ending, Over] = {
            "finish": "finished",
            "fail": "dead" if self.failures + 1 == SETTINGS.max_tries else "",
            "lose": "parked" if self.lost_in_run + 1 == SETTINGS.infrastructure_tries else "",
        }
        self.under_way = (ending, over[ending])
        return True

    def land(self) -> None:
        """What was under way is durable."""
        assert self.under_way
        ending, self.over = self.under_way
        self.under_way = None
        self.failures += ending == "fail"
        self.lost += ending == "lose"
        self.lost_in_run += ending == "lose"

    def begin_run(self) -> None:
        self.lost_in_run = 0
        self.over = "" if self.over == "parked" else self.over


@dataclass
class Append:
    """An append that waits."""

    drafts: Sequence[Draft]
    landed: anyio.Event = field(default_factory=anyio.Event)
    refused: bool = False


class SlowLog(LogWriter):
    """A log in memory, whose appends wait in their order until they are let through or refused."""

    def __init__(self) -> None:
        self.home = Home(Path("nowhere"))
        self.waiting: deque[Append] = deque()
        self.recorded: list[AnyRecorded] = []
        self._told: list[Subscriber] = []

    @property
    def head(self) -> Head:
        return Head(len(self.recorded), START.chain)

    def subscribe(self, subscriber: Subscriber) -> Callable[[], None]:
        self._told.append(subscriber)
        return self._told.clear

    async def append(
        self,
        drafts: Sequence[Draft],
        blobs: Mapping[str, bytes] | None = None,  # noqa: ARG002  none here
    ) -> tuple[AnyRecorded, ...]:
        self.waiting.append(own := Append(drafts))
        await own.landed.wait()
        if own.refused:
            message = "full"
            raise NoSpace(message)
        return ()

    def land(self, *appends: Append) -> None:
        """Make these durable as one batch."""
        drafts = [draft for one in appends for draft in one.drafts]
        first = len(self.recorded) + 1
        batch = [
            AnyRecorded(seq, "", str(seq), draft.event, draft.cause, draft.correlation, draft.work)  # type: ignore[arg-type]
            for seq, draft in enumerate(drafts, start=first)
        ]
        self.recorded += batch
        for tell in self._told:
            tell(batch)
        for one in appends:
            one.landed.set()


class Scene:
    """The journal and the model, side by side."""

    def __init__(self, group: TaskGroup) -> None:
        self.log = SlowLog()
        self.journal = Journal(self.log, SETTINGS)
        self.model = {key: Key() for key in KEYS}
        self.order: deque[str] = deque()
        """Keys of what is under way, in the order of the log."""
        self.answers: list[bool | None] = []
        """What the journal answered: taken, refused, or None where the disk refused."""
        self._group = group

    async def end(self, ending: Ending, key: str, off: int) -> None:
        """A try ends; both say whether that counts."""
        attempt = self.model[key].due + off
        before = len(self.log.waiting)
        self._group.start_soon(self._end, ending, Work(key, never), attempt)
        await let_run()
        taken = self.model[key].offer(ending, attempt)
        assert len(self.log.waiting) - before == taken
        if taken:
            self.order.append(key)

    async def land(self, count: int) -> None:
        """The oldest ends become durable, as one batch."""
        self.log.land(*(self.log.waiting.popleft() for _ in range(count)))
        for _ in range(count):
            self.model[self.order.popleft()].land()
        await let_run()

    async def refuse(self) -> None:
        """The disk takes no more; the try may be ended again."""
        own = self.log.waiting.popleft()
        own.refused = True
        own.landed.set()
        self.model[self.order.popleft()].under_way = None
        await let_run()

    def begin_run(self) -> None:
        """A run begins at once, before what is under way."""
        self.log.land(Append([Draft(RunStarted("again", 0, ()))]))
        for key in self.model.values():
            key.begin_run()

    async def _end(self, ending: Ending, work: Work, attempt: int) -> None:
        try:
            if ending == "finish":
                answer = await self.journal.finish(work, attempt, Yield([StreamExhausted("s", 1)] * 2))
            else:
                answer = await self.journal.fail(work, attempt, ERRORS[ending])
        except NoSpace:
            self.answers.append(None)
        else:
            self.answers.append(answer)


async def let_run() -> None:
    """Let everybody go on as far as they can: nobody here waits for anything but an append."""
    for _ in range(4):
        await anyio.lowlevel.checkpoint()


@hypothesis_settings(max_examples=400, deadline=None)
@given(steps=STEPS)
async def test_the_journal_takes_what_a_model_takes(steps: list[str | tuple[Ending, str, int]]) -> None:
    with capture_logs() as logs:
        async with anyio.create_task_group() as group:
            scene = Scene(group)
            await scene.journal.catch_up(Bus(scene.log))
            for step in steps:
                await take(scene, step)
            await take(scene, "land all")
    assert scene.answers.count(False) == len(logs)
    assert len(scene.answers) == sum(isinstance(step, tuple) for step in steps)
    ledger = WorkLedger()
    for recorded in scene.log.recorded:
        ledger.apply(recorded)
    assert ledger == scene.journal.ledger
    for key, known in scene.model.items():
        assert ledger.attempt(key) == known.due
        assert ledger.settled(key) == bool(known.over)
        assert (key in ledger.finished) == (known.over == "finished")
    ends = Counter(one.work.key for one in scene.log.recorded if one.work and one.work.finishes)
    letters = Counter(one.event.key for one in scene.log.recorded if isinstance(one.event, DeadLettered))
    assert max([*ends.values(), *letters.values()], default=0) <= 1
    assert not ends.keys() & letters.keys()


async def take(scene: Scene, step: str | tuple[Ending, str, int]) -> None:
    """One step; one that is about what is under way does nothing where nothing is."""
    if isinstance(step, tuple):
        await scene.end(*step)
    elif step == "run":
        scene.begin_run()
    elif scene.order and step == "refuse":
        await scene.refuse()
    elif scene.order:
        await scene.land(1 if step == "land" else len(scene.order))
