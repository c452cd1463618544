"""When an answer may change by time alone: the first instant at which some condition does.

With the document as it is, what a condition on time says of a value turns at a few instants only, which follow from
the value: the edges of ages, calendar steps, anniversaries and windows. The nearest one after now is the answer.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from operator import itemgetter
from typing import Any

from shared.rules import anniversaries, instants
from shared.rules.catalogue import Path
from shared.rules.clocks import Clock
from shared.rules.comparisons import COMPARISONS
from shared.rules.image import Attribute, Image, Rows, owner_lists
from shared.rules.image import Regions as RegionIndex
from shared.rules.instants import LATEST, Relation
from shared.rules.kinds import Kind, as_instant, typed
from shared.rules.pairs import find
from shared.rules.program import Test
from shared.rules.readers import Reader
from shared.rules.turns import Relevant, Turns

NOW: Path = ("request", "time")
EDGES_KEPT = 4096
"""Values of one attribute whose calendar edges are remembered."""
TURNS_KEPT = 1024
"""Values of one attribute of which it is remembered when an anniversary begins or ends to be near."""

Change = Callable[[Mapping[str, Any], int, Relevant], int | None]
"""(document, now, relevant predicates) to the first instant after now at which one of them changes."""


class Changes:
    """Everything of an image that changes with time. knows_now: its `request.time` is now."""

    def __init__(
        self, image: Image, readers: Iterable[tuple[Path, Reader]], clock: Clock | None, *, knows_now: bool
    ) -> None:
        by_path = dict(readers)
        self._changes: list[Change] = []
        if clock is not None:
            self._changes.append(lambda _, now_ms, relevant: clock.next_change(now_ms, relevant))
        for attribute in image.attributes:
            is_now = knows_now and NOW in (attribute.path, attribute.other)
            if attribute.other is not None:
                self._changes += [_Compared(attribute).after] if is_now else []
            elif attribute.path:
                self._changes += _of(attribute, by_path[attribute.path], is_now=is_now)

    def after(self, document: Mapping[str, Any], now_ms: int, relevant: Relevant) -> int | None:
        """The first change after now of a relevant predicate, None where there is none up to the year 9999."""
        found = [at for change in self._changes if (at := change(document, now_ms, relevant)) is not None]
        first = min(found, default=None)
        return first if first is not None and first <= LATEST else None


def _of(attribute: Attribute, reader: Reader, *, is_now: bool) -> Iterator[Change]:
    """The changes of one attribute."""
    indexes: dict[Test, Any] = {index.test: index for index in attribute.indexes}
    path = attribute.path
    if is_now:
        yield _Passing(path, indexes.get(Test.INSTANT), indexes.get(Test.ANNIVERSARY)).after
    elif reader.is_temporal:
        yield _Dated(path, reader, indexes).after
    clocks, elements = reader.clocks, reader.elements
    if clocks is not None:

        def zoned(document: Mapping[str, Any], now_ms: int, relevant: Relevant) -> int | None:
            zone = find(document, path)
            return clocks.next_change(zone, now_ms, relevant) if isinstance(zone, str) else None

        yield zoned
    if elements is not None:

        def listed(document: Mapping[str, Any], now_ms: int, relevant: Relevant) -> int | None:
            items = find(document, path)
            return elements.next_change(items, now_ms, relevant) if isinstance(items, list) else None

        yield listed


class _Dated:
    """An attribute whose value reads as an instant, seen from a now that moves on."""

    def __init__(self, path: Path, reader: Reader, indexes: Mapping[Test, Any]) -> None:
        self._path = path
        self._memos = reader.memos
        ages: RegionIndex | None = indexes.get(Test.AGE)
        self._cuts: Sequence[Any] = ages.cuts if ages is not None else ()
        self._owners = owner_lists(ages.owners) if ages is not None else []
        self._steps = _steps(_rows(indexes.get(Test.CALENDAR)))
        self._anniversaries = _by_zone(_rows(indexes.get(Test.ANNIVERSARY)))
        self._turns = Turns(TURNS_KEPT)
        self._edges: dict[int, list[tuple[int, frozenset[int]]]] = {}

    def after(self, document: Mapping[str, Any], now_ms: int, relevant: Relevant) -> int | None:
        value = find(document, self._path)
        if value is None:
            return None
        instant = self._memos[type(value)][value][1]
        if instant is None:
            return None
        found = [self._aged(instant, now_ms, relevant)]
        found += [at for at, asked in self._stepped(instant) if at > now_ms and _meet(asked, relevant)][:1]
        if self._anniversaries:
            look = partial(self._anniversary, instant, now_ms, relevant)
            found.append(self._turns.after(relevant, instant, now_ms, look))
        return min((at for at in found if at is not None), default=None)

    def _anniversary(self, instant: int, now_ms: int, relevant: Relevant) -> int | None:
        found = []
        for zone, rows in self._anniversaries.items():
            days = [days for days, predicate in rows if _counts(predicate, relevant)]
            found.append(anniversaries.next_change(instant, now_ms, zone, days) if days else None)
        return min((at for at in found if at is not None), default=None)

    def _aged(self, instant: int, now_ms: int, relevant: Relevant) -> int | None:
        cuts = self._cuts
        for place in range(bisect_right(cuts, now_ms - instant), len(cuts)):
            if _meet(self._owners[place], relevant):
                return instant + int(cuts[place])
        return None

    def _stepped(self, instant: int) -> list[tuple[int, frozenset[int]]]:
        """(instant of the change, predicates), ascending, of all calendar predicates."""
        if instant not in self._edges:
            if len(self._edges) >= EDGES_KEPT:
                self._edges.clear()
            edges = (
                (instants.stepped_from(instant + exact_ms, months), asked) for months, exact_ms, asked in self._steps
            )
            self._edges[instant] = sorted(edges, key=itemgetter(0))
        return self._edges[instant]


class _Passing:
    """`request.time` itself: it passes fixed instants; its age is always zero."""

    def __init__(self, path: Path, index: RegionIndex | None, days: Rows | None) -> None:
        self._path = path
        self._cuts: Sequence[Any] = index.cuts if index is not None else ()
        self._owners = owner_lists(index.owners) if index is not None else []
        self._anniversaries = _rows(days)

    def after(self, document: Mapping[str, Any], now_ms: int, relevant: Relevant) -> int | None:
        if find(document, self._path) is None:
            return None
        found = [
            anniversaries.next_leap_change(now_ms, zone)
            for days, zone, predicate in self._anniversaries
            if days == 0 and _counts(predicate, relevant)
        ]
        for place in range(bisect_right(self._cuts, now_ms), len(self._cuts)):
            if _meet(self._owners[place], relevant):
                found.append(int(self._cuts[place]))
                break
        return min((at for at in found if at is not None), default=None)


class _Compared:
    """An attribute that is compared with `request.time`: the two change places when now passes it."""

    def __init__(self, attribute: Attribute) -> None:
        self._is_first = attribute.path == NOW
        self._path = attribute.other if self._is_first else attribute.path
        self._type = attribute.other_type if self._is_first else attribute.type
        self._both = attribute.path == attribute.other
        self._rows = [
            (COMPARISONS[str(name)], predicate)
            for index in attribute.indexes
            if isinstance(index, Rows) and index.test is Test.COMPARE
            for name, _, predicate in index.rows
        ]

    def after(self, document: Mapping[str, Any], now_ms: int, relevant: Relevant) -> int | None:
        value = find(document, self._path or ())
        if self._both or value is None or find(document, NOW) is None:
            return None
        seen = typed(value, self._type)
        instant = as_instant(*seen)
        if instant is None:
            return None
        for at in (instant, instant + 1):
            if at > now_ms and any(
                self._holds(compare, seen, at) is not self._holds(compare, seen, now_ms)
                for compare, predicate in self._rows
                if _counts(predicate, relevant)
            ):
                return at
        return None

    def _holds(self, compare: Any, seen: tuple[Kind, Any], now_ms: int) -> bool:
        now = Kind.INSTANT, now_ms
        return bool(compare(now, seen, str) if self._is_first else compare(seen, now, str))


def _steps(rows: Iterable[Sequence[int]]) -> list[tuple[int, int, frozenset[int]]]:
    """(months, ms, predicates): how far now has to step beyond an instant for these to change; equal steps once."""
    steps: dict[tuple[int, int], set[int]] = {}
    for relation, months, exact_ms, predicate in rows:
        sign = 1 if relation in (Relation.WITHIN_LAST, Relation.OLDER_THAN) else -1
        steps.setdefault((sign * months, sign * exact_ms), set()).add(predicate)
        if relation in (Relation.WITHIN_LAST, Relation.WITHIN_NEXT):
            steps.setdefault((0, 0), set()).add(predicate)
    return [(*step, frozenset(predicates)) for step, predicates in steps.items()]


def _by_zone(rows: Iterable[Sequence[Any]]) -> dict[str, list[tuple[int, int]]]:
    """(days, predicate) of each zone, ascending."""
    zones: dict[str, list[tuple[int, int]]] = {}
    for days, zone, predicate in rows:
        zones.setdefault(zone, []).append((days, predicate))
    return {zone: sorted(found) for zone, found in zones.items()}


def _rows(index: Rows | None) -> Sequence[Any]:
    return index.rows if index is not None else ()


def _meet(predicates: Iterable[int], relevant: Relevant) -> bool:
    return relevant is None or not relevant.isdisjoint(predicates)


def _counts(predicate: int, relevant: Relevant) -> bool:
    return relevant is None or predicate in relevant
