"""The stages of an answer, as a `Server-Timing` header (W3C Server Timing, milliseconds)."""

from time import perf_counter


class Timing:
    """Starts when made; each mark ends a stage."""

    def __init__(self) -> None:
        self._at = perf_counter()
        self._stages: list[str] = []

    def mark(self, stage: str) -> None:
        """Ends the stage of this name, which began with the mark before."""
        now = perf_counter()
        self._stages.append(f"{stage};dur={(now - self._at) * 1000:.3f}")
        self._at = now

    @property
    def header(self) -> str:
        """The value of the header."""
        return ", ".join(self._stages)
