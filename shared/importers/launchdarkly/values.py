"""How LaunchDarkly reads instants and versions out of values, and where that leaves this language's reading."""

import re
from datetime import UTC, datetime

from shared.importers.python_versions import strict
from shared.rules import instants, versions

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST_US = (instants.LATEST + 1) * 1000 - 1
_EARLIEST_US = instants.EARLIEST * 1000
_BARE_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}").fullmatch
_LEADING = re.compile(r"([0-9.]*)(.*)")


def milliseconds(value: object) -> float | None:
    """Unix milliseconds of an RFC 3339 text or of a number, which is one already; None for all else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return float(value)
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(re.sub("Z$", "+00:00", value, flags=re.IGNORECASE))
    except ValueError:
        return None
    return None if moment.tzinfo is None else (moment - _EPOCH).total_seconds() * 1000.0


def first_at_least(ms: float, *, is_strict: bool) -> int | None:
    """The earliest instant of a text, in Unix microseconds, that is read as at least (is_strict: above) `ms`.

    LaunchDarkly's reading goes through doubles twice, so it is searched rather than computed: it never decreases.
    None where no text is so late.
    """
    low, high = _EARLIEST_US, _LATEST_US + 1
    while low < high:
        middle = (low + high) // 2
        read = middle / 1_000_000 * 1000.0
        if read > ms or (read == ms and not is_strict):
            high = middle
        else:
            low = middle + 1
    return low if low <= _LATEST_US else None


def precise(text: str) -> str | None:
    """`text` as LaunchDarkly's version, missing numbers filled with zeros, build metadata left out; None for none."""
    for _ in range(3):
        found = strict(text)
        if found is not None:
            return found
        leading = _LEADING.match(text)
        assert leading is not None, "both parts of the pattern may be empty"
        text = f"{leading[1]}.0{leading[2]}"
    return None


def is_ambiguous(text: str) -> bool:
    """Whether LaunchDarkly reads a text as an instant or a version and this language does not, or the reverse.

    Left out is what the rules guard against: bare dates, and versions with a leading `v`.
    """
    is_instant = milliseconds(text) is not None
    reads_instant = instants.parse(text) is not None and not _BARE_DATE(text)
    reads_version = versions.key(text) is not None and not text.startswith("v")
    return is_instant != reads_instant or (precise(text) is not None) != reads_version
