"""`hook` and `submit`, the two functions of ours that a session sees. Values are captured at the call.

They can be called at any time, by threads also between two cells: what nobody was told of yet is told with
the result that is made next, as what is printed.
"""

from collections.abc import Callable, Iterable

from actors.workers.sandbox.faults import clean
from actors.workers.sandbox.plain import submission_of
from actors.workers.sandbox.record import Record
from events.trace import HookRaised, Submission
from events.values import value_of

_FIRST = "first"


class Hooks:
    """Collects what a session raises and submits.

    Args:
        record: what ran, and what watched names held.
        tell: called with words for whoever wrote the cell.
    """

    def __init__(self, record: Record, tell: Callable[[str], object]) -> None:
        self._record = record
        self._tell = tell
        self._raised: list[HookRaised] = []
        self._given: dict[str, Submission] = {}
        """The first answer alone, added in one step, which no interrupt or thread divides."""
        self._is_told = False

    def take_raised(self) -> tuple[HookRaised, ...]:
        """The hooks since the last time, in order."""
        raised = tuple(self._raised)
        del self._raised[: len(raised)]  # a thread may have added one since
        return raised

    def take_submission(self) -> Submission | None:
        """The session's first answer, if it is there and was not taken before."""
        given = None if self._is_told else self._given.get(_FIRST)
        self._is_told = self._is_told or given is not None
        return given

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
        name, code_line = clean(name), clean(code_line)
        raised = HookRaised(
            name=name,
            code_line=code_line,
            value=value_of(value),
            depends_on=tuple(clean(item) for item in earlier),
            held=self._record.held(name, code_line),
        )
        self._raised.append(raised)

    def submit(self, answer: object) -> None:
        """Give the answer; the first one of a session counts, and later ones are told so.

        An answer is given once it is captured. So of two that are captured at once, by threads or because
        capturing the one calls this for another, that counts which is captured first; one whose capturing is
        interrupted is not given.
        """
        if _FIRST not in self._given:
            given = submission_of(answer)
            if self._given.setdefault(_FIRST, given) is given:
                return
        self._tell("submit: an answer was given before; the first one counts\n")
