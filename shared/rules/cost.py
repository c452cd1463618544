"""Cost: what one evaluation of an image can take at worst, by a model of measured prices.

The worst is a visitor whose values were never seen before and fill the largest request. What does not grow with the
values is added up; what does is counted once, for the attribute that would take most, since all share the request.
Prices are in microseconds of the machine that docs/decisions/0011-cost.md names, with a margin. Loading an image and
the first visitor after it are not counted.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

import msgspec

from shared.rules import pattern_cost
from shared.rules.image import Attribute, Elements, Image, Index, Lookup, Regions, Rows, owner_lists, predicate_ids
from shared.rules.linker import link
from shared.rules.masks import HEAVY
from shared.rules.program import Program, Test
from shared.rules.text import FEW

CAP = 20_000
"""What an environment may cost, in microseconds."""
REQUEST_KB = 64
"""The size of the values of the largest request."""

CANDIDATES = 30
"""Of so many audiences the cost is reckoned when the costliest one is looked for."""
BASE, ATTRIBUTE, FLIP, HEAVY_FLIP = 5.0, 2.0, 0.33, 1.0
"""Of any evaluation; of an attribute that is there; of a literal that a value decides; of all those of one predicate
where they have a mask of their own."""
ATTRIBUTE_BYTE, LEVEL_BYTE = 0.0022, 0.0007
"""Of a byte of the image's width, for each attribute and in each group level."""
REGION_STEPS = 8
"""As many cuts lie between a region and the nearest one that is kept, where the image is not very wide."""
MIXED_LIST_PER_KB = 190
"""Of a list, per KB, where numbers or booleans are asked for: the kind of every element counts then."""
ELEMENTS_PER_KB = 80
"""As many objects with one attribute fit into a KB of a list, new values in each."""
IDS = (("visitor", "id"), ("visitor", "anonymous_id"))
ID_KB = 1.0
"""Ids have at most 256 characters of up to 4 bytes."""


class Price(msgspec.Struct, frozen=True):
    """What one test costs.

    each: for every entry, cut or row. per_kb: for every KB of values, however many are asked. each_per_kb: for both.
    """

    each: float = 0.0
    per_kb: float = 0.0
    each_per_kb: float = 0.0


PRICES: Mapping[Test, Price] = {
    Test.PRESENT: Price(),
    Test.EQUAL: Price(per_kb=0.2),
    Test.EQUAL_FOLDED: Price(per_kb=6),
    Test.CONTAINS: Price(each=2, per_kb=10, each_per_kb=2),
    Test.CONTAINS_FOLDED: Price(each=2, per_kb=16, each_per_kb=2),
    Test.PREFIX: Price(each=0.5, per_kb=0.5),
    Test.PREFIX_FOLDED: Price(each=0.5, per_kb=6),
    Test.SUFFIX: Price(each=0.5, per_kb=0.5),
    Test.SUFFIX_FOLDED: Price(each=0.5, per_kb=6),
    Test.PATTERN: Price(per_kb=10),
    Test.NUMBER: Price(each=0.05),
    Test.MOD: Price(each=0.2),
    Test.INSTANT: Price(each=0.05),
    Test.AGE: Price(each=0.05),
    Test.CALENDAR: Price(each=12),
    Test.VERSION: Price(each=0.05),
    Test.ANY_OF: Price(each=0.02, per_kb=70),
    Test.ALL_OF: Price(each=0.05, per_kb=70),
    Test.SIZE: Price(each=0.05, per_kb=60),
    Test.COMPARE: Price(each=0.5, per_kb=10, each_per_kb=2),
    Test.UNDER: Price(each=0.05, per_kb=1),
    Test.UNDER_FOLDED: Price(each=0.05, per_kb=8),
    Test.NETWORK: Price(each=0.1),
    Test.ANNIVERSARY: Price(each=6),
    Test.ROLLOUT: Price(each=3, each_per_kb=1.8),
    Test.ELEMENT: Price(each=2, per_kb=220, each_per_kb=0.3),
    Test.DISTANCE: Price(each=0.3),
    Test.BOX: Price(each=0.3),
    Test.WINDOW: Price(each=5, per_kb=25),
}
"""The prices by test: what the machine does for it, at worst."""


_EQUAL = (Test.EQUAL, Test.EQUAL_FOLDED)
_SUBSTRINGS = (Test.CONTAINS, Test.CONTAINS_FOLDED)
_LISTS = (Test.ANY_OF, Test.ALL_OF, Test.SIZE, Test.ELEMENT)


class Cost(msgspec.Struct, frozen=True):
    """Microseconds at worst.

    asked: what is asked one by one, whatever the values. flips: for the literals that values decide. patterns: for
    searches, of texts of the length that `pattern_cost` counts. overhead: of attributes and of the image's width.
    per_kb: what grows with the values.
    """

    asked: float = 0.0
    flips: float = 0.0
    patterns: float = 0.0
    overhead: float = 0.0
    per_kb: float = 0.0

    @property
    def own(self) -> float:
        """What adds up over audiences."""
        return self.asked + self.flips + self.patterns

    @property
    def total(self) -> float:
        """Of the largest request."""
        return self.own + self.overhead + self.per_kb * REQUEST_KB


def cost(image: Image) -> Cost:
    """What one evaluation of an image can take at worst."""
    width = sum(size * count for size, count in image.spans)
    literals = [0] * sum(attribute.count for attribute in image.attributes)
    for predicate in predicate_ids(image):
        literals[predicate] += 1
    flips = [HEAVY_FLIP if count >= HEAVY else FLIP * count for count in literals]
    costs = [_of_attribute(attribute, flips) for attribute in image.attributes]
    overhead = BASE + ATTRIBUTE * len(costs) + width * (ATTRIBUTE_BYTE * len(costs) + LEVEL_BYTE * len(image.levels))
    return Cost(
        asked=sum(each.asked for each in costs),
        flips=sum(each.flips for each in costs),
        patterns=sum(each.patterns for each in costs),
        overhead=overhead,
        per_kb=max((each.per_kb for each in costs), default=0.0),
    )


def of_audience(program: Program, programs: Mapping[str, Program]) -> Cost:
    """What an environment with this audience alone could take; `programs` holds all that it refers to."""
    wanted = {"": program}  # no audience has this key
    waiting = list(program.references)
    while waiting:
        name = waiting.pop()
        if name not in wanted:
            wanted[name] = programs[name]
            waiting += programs[name].references
    return cost(link(wanted, {}, ()))


def costliest(programs: Mapping[str, Program]) -> tuple[str, float]:
    """The audience that alone takes most, and the microseconds, among those that ask most by a rough sum."""
    candidates = sorted(programs, key=lambda key: (-_rough(programs[key]), key))[:CANDIDATES]
    taken = {key: of_audience(programs[key], programs).total for key in candidates}
    key = max(taken, key=taken.__getitem__)
    return key, taken[key]


def _rough(program: Program) -> float:
    prices = [PRICES[predicate.test] for predicate in program.predicates]
    patterns = sum(predicate.test is Test.PATTERN for predicate in program.predicates)
    return sum(FLIP + price.each + price.each_per_kb * REQUEST_KB for price in prices) + 1000 * patterns


def _of_attribute(attribute: Attribute, flips: Sequence[float]) -> Cost:
    """An attribute with all its indexes: a string meets those on text one after the other, a list is read once."""
    found = Cost()
    on_text, on_lists = 0.0, 0.0
    for index in attribute.indexes:
        one = _of_index(index, flips)
        if attribute.path in IDS:
            one = msgspec.structs.replace(one, asked=one.asked + one.per_kb * ID_KB, per_kb=0.0)
        if index.test in _LISTS:
            on_lists = max(on_lists, one.per_kb)
        else:
            on_text += one.per_kb
        found = Cost(found.asked + one.asked, found.flips + one.flips, found.patterns + one.patterns)
    return msgspec.structs.replace(found, per_kb=max(on_text, on_lists))


def _of_index(index: Index, flips: Sequence[float]) -> Cost:
    price, entries = PRICES[index.test], _entries(index)
    per_kb = price.per_kb + price.each_per_kb * (min(entries, FEW) if index.test in _SUBSTRINGS else entries)
    patterns = 0.0
    if isinstance(index, Elements):
        inner = cost(index.image)
        patterns = inner.patterns
        per_kb += inner.per_kb + ELEMENTS_PER_KB * inner.asked
    elif index.test is Test.PATTERN and isinstance(index, Rows):
        patterns = sum(pattern_cost.cost(source, ignore_case=fold) for source, fold, _ in index.rows)
    elif index.test in _LISTS and not all(isinstance(value, str) for value in _values(index)):
        per_kb = MIXED_LIST_PER_KB
    return Cost(asked=price.each * entries, flips=_flipped(index, flips), patterns=patterns, per_kb=per_kb)


def _values(index: Index) -> Iterable[object]:
    """What is asked for among the elements of lists."""
    if isinstance(index, Lookup):
        return index.values
    return chain.from_iterable(row[0] for row in index.rows) if isinstance(index, Rows) else ()


def _entries(index: Index) -> int:
    """How many things are asked one by one, or looked up among."""
    if isinstance(index, Lookup):
        return len(index.values)
    if isinstance(index, Regions):
        return len(index.cuts)
    if isinstance(index, Elements):
        return len(index.image.keys)
    return sum(len(row[0]) for row in index.rows) if index.test is Test.ALL_OF else len(index.rows)


def _flipped(index: Index, flips: Sequence[float]) -> float:
    """What the literals cost that one value can decide at once."""
    if isinstance(index, Elements):
        return sum(flips[int(key)] for key in index.image.keys)
    if isinstance(index, Rows):
        return sum((flips[row[-1]] for row in index.rows), 0.0)
    groups = [sum(flips[owner] for owner in owners) for owners in owner_lists(index.owners)]
    if isinstance(index, Regions):
        return max((sum(groups[at : at + REGION_STEPS]) for at in range(len(groups))), default=0.0)
    if index.test in _SUBSTRINGS or index.test in _LISTS:
        return sum(groups)
    by_length: dict[int, float] = {}
    for value, cost_of_group in zip(index.values, groups, strict=True):
        length = len(value) if index.test not in _EQUAL and isinstance(value, str) else 0
        by_length[length] = max(by_length.get(length, 0.0), cost_of_group)
    return sum(by_length.values())
