"""From the predicates of one attribute to the indexes that the machine looks its value up in (link time)."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from shared.rules.catalogue import Path
from shared.rules.image import Elements, Image, Index, Lookup, Owners, Regions, Rows
from shared.rules.program import Program, Test, unpack

_encode = msgspec.msgpack.Encoder().encode


@dataclass(frozen=True, slots=True)
class Question:
    """A predicate as the environment knows it: what is asked of which attribute, whoever asks.

    Its identity is the operand's bytes, not its value: in Python `(True,) == (1,)`, on the wire they differ.
    """

    path: Path
    other: Path | None
    test: Test
    operand: Any = field(compare=False)
    identity: bytes = b""

    def __post_init__(self) -> None:
        object.__setattr__(self, "identity", _encode(self.operand))

    @property
    def order(self) -> tuple[Path, Path, Test, bytes]:
        """A total order that depends on nothing but the question."""
        return self.path, self.other or (), self.test, self.identity


Numbered = tuple[int, Question]
"""A question with the id that its predicate has in the image."""


Link = Callable[[dict[str, Program]], Image]
"""Programs to an image, as the linker does it: what elements are asked is an image of its own."""


def index(questions: Sequence[Numbered], link: Link) -> tuple[Index, ...]:
    """The indexes of one attribute, one for each test that is asked of it."""
    by_test: dict[Test, list[Numbered]] = {}
    for numbered in questions:
        by_test.setdefault(numbered[1].test, []).append(numbered)
    return tuple(
        _elements(asked, link) if test is Test.ELEMENT else _SHAPES[test](test, asked)
        for test, asked in sorted(by_test.items())
    )


def _elements(asked: Iterable[Numbered], link: Link) -> Elements:
    programs = {str(predicate): unpack(question.operand[0]) for predicate, question in asked}
    return Elements(Test.ELEMENT, link(programs))


def _lookup(test: Test, asked: Iterable[Numbered]) -> Lookup:
    owners: dict[tuple[str, Any], list[int]] = {}
    for predicate, question in asked:
        for value in question.operand:
            owners.setdefault((type(value).__name__, value), []).append(predicate)
    ordered = sorted(owners.items())
    return Lookup(test, tuple(value for (_, value), _ in ordered), _owners(ids for _, ids in ordered))


def _regions(test: Test, asked: Iterable[Numbered]) -> Regions:
    low: set[int] = set()
    toggles: dict[Any, set[int]] = {}
    for predicate, question in asked:
        for lower, upper in question.operand:
            if lower is None:
                low ^= {predicate}
            else:
                toggles.setdefault(lower, set()).symmetric_difference_update({predicate})
            if upper is not None:
                toggles.setdefault(upper, set()).symmetric_difference_update({predicate})
    cuts = sorted(cut for cut, ids in toggles.items() if ids)
    return Regions(test, tuple(sorted(low)), tuple(cuts), _owners(toggles[cut] for cut in cuts))


def _rows(test: Test, asked: Iterable[Numbered]) -> Rows:
    return Rows(test, tuple((*(question.operand or ()), predicate) for predicate, question in asked))


def _whole_rows(test: Test, asked: Iterable[Numbered]) -> Rows:
    """Rows whose operand stays one part, for operands of any length."""
    return Rows(test, tuple((question.operand, predicate) for predicate, question in asked))


def _owners(groups: Iterable[Iterable[int]]) -> Owners:
    ordered = (tuple(sorted(group)) for group in groups)
    return tuple(group[0] if len(group) == 1 else group for group in ordered)


_SHAPES: dict[Test, Callable[[Test, Iterable[Numbered]], Lookup | Regions | Rows]] = {
    Test.PRESENT: _rows,
    Test.EQUAL: _lookup,
    Test.EQUAL_FOLDED: _lookup,
    Test.CONTAINS: _lookup,
    Test.CONTAINS_FOLDED: _lookup,
    Test.PREFIX: _lookup,
    Test.PREFIX_FOLDED: _lookup,
    Test.SUFFIX: _lookup,
    Test.SUFFIX_FOLDED: _lookup,
    Test.PATTERN: _rows,
    Test.NUMBER: _regions,
    Test.MOD: _rows,
    Test.INSTANT: _regions,
    Test.AGE: _regions,
    Test.CALENDAR: _rows,
    Test.VERSION: _regions,
    Test.ANY_OF: _lookup,
    Test.ALL_OF: _whole_rows,
    Test.SIZE: _regions,
    Test.COMPARE: _rows,
    Test.UNDER: _lookup,
    Test.UNDER_FOLDED: _lookup,
    Test.NETWORK: _regions,
    Test.ANNIVERSARY: _rows,
    Test.ROLLOUT: _rows,
    Test.DISTANCE: _rows,
    Test.BOX: _rows,
    Test.WINDOW: _rows,
}
"""The shape of each test's index: what the machine's readers expect."""
