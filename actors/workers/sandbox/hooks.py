"""`hook` and `submit`, the two functions of ours that a session sees. Values are captured at the call."""

from collections.abc import Callable, Iterable

from actors.workers.sandbox.faults import clean
from actors.workers.sandbox.plain import submission_of
from actors.workers.sandbox.record import Record
from events.trace import HookRaised, Submission
from events.values import value_of


class Hooks:
    """Collects what a cell raises and submits.

    Args:
        record: what ran, and what watched names held.
        tell: called with words for whoever wrote the cell.
    """

    def __init__(self, record: Record, tell: Callable[[str], object]) -> None:
        self._record = record
        self._tell = tell
        self._raised: list[HookRaised] = []
        self._submission: Submission | None = None
        self._has_submitted = False

    def start(self) -> None:
        """Forget what the last cell raised; that an answer was given is remembered."""
        self._raised = []
        self._submission = None

    def raised(self) -> tuple[HookRaised, ...]:
        """The hooks of this cell, in order."""
        return tuple(self._raised)

    def submission(self) -> Submission | None:
        """The session's first answer, if this cell gave it."""
        return self._submission

    def hook(
        self, value: object, code_line: str, name: str, depends_on: str | Iterable[str] | None = None
    ) -> None:
        """Raise a checkpoint: `value` is what `name` holds, computed by the statements of `code_line`.

        Args:
            value: the intermediate value.
            code_line: the source of the statement, or statements, that computed it.
            name: the variable that holds it.
            depends_on: names of earlier hooks that it was computed from.

        Raises:
            TypeError: code_line, name or an item of depends_on is not text.
        """
        earlier = (depends_on,) if isinstance(depends_on, str) else tuple(depends_on or ())
        for text in (code_line, name, *earlier):
            if not isinstance(text, str):
                message = f"hook takes texts as code_line, name and depends_on, not {type(text).__name__}"
                raise TypeError(message)
        raised = HookRaised(
            name=clean(name),
            code_line=clean(code_line),
            value=value_of(value),
            depends_on=tuple(clean(item) for item in earlier),
            held=self._record.held(name, code_line),
        )
        self._raised.append(raised)

    def submit(self, answer: object) -> None:
        """Give the answer; the first one of a session counts, and later ones are told so."""
        if self._has_submitted:
            self._tell("submit: an answer was given before; the first one counts\n")
            return
        self._submission = submission_of(answer)
        self._has_submitted = True
