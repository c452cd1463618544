"""The instant of an evaluation, which comes from outside: importers have no clock."""

from shared.importers.translation import Extra
from shared.rules import instants
from shared.rules.problems import Problem, Refused


def now_of(extra: Extra) -> int:
    """Unix milliseconds of `extra["now"]`: RFC 3339, or an epoch number (below 1e11 in seconds, else in milliseconds).

    Raises `Refused` where it is missing or no instant.
    """
    now = extra.get("now")
    ms = None
    if isinstance(now, str):
        ms = instants.parse(now)
    elif isinstance(now, int | float) and not isinstance(now, bool) and now - now == 0:
        ms = instants.from_epoch(now)
    if ms is None:
        hint = "write it as `2024-12-31T23:59:59Z` or as an epoch number"
        raise Refused([Problem("/extra/now", "bad-instant", "`now` is no instant", hint)])
    return ms
