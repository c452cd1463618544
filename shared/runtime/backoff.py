"""How long to leave a failing thing alone: 1, 2, 4 ... 30 seconds, jittered, on the wall clock."""

from collections.abc import Callable

FIRST_SECONDS = 1.0
MOST_SECONDS = 30.0

Clock = Callable[[], float]
"""Unix seconds. The wall clock: Lambda's monotonic clock stands still while a container is frozen."""

Jitter = Callable[[float, float], float]
"""`random.uniform`: a number between its two arguments."""


class Backoff:
    """Closed after a failure, for longer with each further one; open again at once after a success."""

    def __init__(self, clock: Clock, jitter: Jitter) -> None:
        self._clock = clock
        self._jitter = jitter
        self._failed_at: float | None = None
        self._failures = 0
        self._delay = 0.0

    @property
    def is_closed(self) -> bool:
        """Whether to leave it alone now. A clock that went back opens it: nothing may stay shut by a clock."""
        return self._failed_at is not None and 0 <= self._clock() - self._failed_at < self._delay

    def fail(self) -> None:
        """Counts a failure."""
        longest = min(FIRST_SECONDS * 2.0**self._failures, MOST_SECONDS)
        self._delay = self._jitter(longest / 2, longest)
        self._failures = min(self._failures + 1, 10)
        self._failed_at = self._clock()

    def succeed(self) -> None:
        """Forgets all failures."""
        self._failed_at = None
        self._failures = 0
