"""When a lost worker is started again, and when it is not any more."""

from collections import deque


class Restarts:
    """Exponential backoff under an intensity limit.

    Args:
        first: seconds before the first restart; each following one waits twice as long.
        longest: seconds that a restart waits at most.
        limit: restarts allowed within `period`; with one more the worker is down.
        period: seconds; a worker that lived that long begins with `first` again.
    """

    def __init__(
        self, first: float = 0.1, longest: float = 10.0, limit: int = 5, period: float = 60.0
    ) -> None:
        self._first = first
        self._longest = longest
        self._limit = limit
        self._period = period
        self._times: deque[float] = deque()

    def delay(self, now: float) -> float | None:
        """Seconds until the next restart; None when there were too many.

        Args:
            now: a monotonic time in seconds, never less than at the last call.
        """
        while self._times and now - self._times[0] > self._period:
            self._times.popleft()
        if len(self._times) >= self._limit:
            return None
        self._times.append(now)
        return min(self._longest, self._first * 2.0 ** (len(self._times) - 1))
