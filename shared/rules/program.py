"""A Program: the bytecode of one audience.

Postfix code over a pool of predicates. A *predicate* asks one thing of one attribute and is always
positive; negation and `"missing": "match"` are the *polarity* of a literal, so that equal
predicates of different audiences meet in one pool when they are linked.

    code         stack before -> after
    LITERAL p q  ...                -> ... truth     predicate p under polarity q
    REFERENCE r n ...               -> ... truth     audience references[r], complemented if n is 1
    ALL n        ... t1 .. tn       -> ... truth     every one of them
    ANY n        ... t1 .. tn       -> ... truth     some one of them

`not` has no instruction: the compiler pushes it down to the polarities (De Morgan).
"""

from enum import IntEnum

import msgspec

from shared.rules.catalogue import Path

FORMAT = 1
"""Raised when a reader of an older Program would misread a newer one."""


class Op(IntEnum):
    """The instructions; each is followed by its operands in `Program.code`."""

    LITERAL = 0
    REFERENCE = 1
    ALL = 2
    ANY = 3


class Polarity(IntEnum):
    """How a literal reads its predicate, where the attribute is missing and where it is not."""

    HOLDS = 0  # missing: false    present: predicate
    FAILS = 1  # missing: true     present: not predicate
    HOLDS_OR_MISSING = 2  # missing: true     present: predicate
    FAILS_AND_PRESENT = 3  # missing: false    present: not predicate

    @property
    def complement(self) -> "Polarity":
        """The polarity that is true exactly where this one is false."""
        return Polarity(self ^ 1)


class Test(IntEnum):
    """What a predicate asks; the operand's shape stands behind each. All are false on a missing value.

    Intervals are half-open pairs `(low, high)`, `low <= v < high`, None for unbounded, sorted and disjoint.
    A predicate with no interval is legal and never holds.
    """

    __test__ = False  # the name is the language's, not a test class for pytest

    PRESENT = 0  # None                     the attribute is not missing (any kind)
    EQUAL = 1  # (scalar, ...)              same kind and equal to one of them
    EQUAL_FOLDED = 2  # (string, ...)       casefold(NFC) of a string equals one of these, themselves folded
    CONTAINS = 3  # (string, ...)           a string that contains one of them
    CONTAINS_FOLDED = 4  # (string, ...)    the same on folded strings
    PREFIX = 5  # (string, ...)             a string that starts with one of them
    PREFIX_FOLDED = 6
    SUFFIX = 7  # (string, ...)             a string that ends with one of them
    SUFFIX_FOLDED = 8
    PATTERN = 9  # (pattern, ignore_case)   RE2 search in a string, unanchored
    NUMBER = 10  # intervals of doubles     a number within one of them; `> t` is written low = nextafter(t, inf)
    MOD = 11  # (divisor, remainder)        an integer-valued number whose floored remainder is this
    INSTANT = 12  # intervals of ms         an instant (Unix milliseconds) within one of them
    AGE = 13  # intervals of ms             `now - v` within one of them (negative: in the future)
    CALENDAR = 14  # (relation, months, ms) v against now stepped by months, then ms: see instants.Relation
    VERSION = 15  # intervals of keys       a version's precedence key (versions.key) within one of them
    ANY_OF = 16  # (scalar, ...)            a list with an element equal (kind and value) to one of them
    ALL_OF = 17  # (scalar, ...)            a list that has every one of them
    SIZE = 18  # intervals of ints          a list whose length lies within one of them
    COMPARE = 19  # (operator, ignore_case) this attribute's value against the other's, by the positive operator
    UNDER = 20  # (string, ...)             a path of names that is one of these or lies below one
    UNDER_FOLDED = 21
    NETWORK = 22  # intervals of keys       an address's key (addresses.key) within one of them
    ANNIVERSARY = 23  # (days, zone)        the day of an instant's month and day lies in today .. today + days
    ROLLOUT = 24  # (hash, salt, intervals) a text whose bucket (buckets.bucket) lies within one of them
    ELEMENT = 25  # (program,)              a list with an object of which this program's rule holds
    DISTANCE = 26  # (lat, lon, km)         latitude (this) and longitude (the other) within so many km of a place
    BOX = 27  # (north, east, south, west)  latitude and longitude within a box
    WINDOW = 28  # a schedule's parts       now lies in a window, see windows.Window; of the clock, whose path is (),
    #                                       or in the zone that the attribute names


class Predicate(msgspec.Struct, frozen=True, array_like=True, gc=False, forbid_unknown_fields=True):
    """One positive question. `subject` is an index into `paths`; `other` a second one, only for COMPARE."""

    subject: int
    test: Test
    operand: object = None  # nested tuples of scalars, None where the test takes none
    other: int | None = None


class Program(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """The compiled form of one audience version; immutable, independent of catalogue and environment."""

    format: int
    paths: tuple[Path, ...]
    predicates: tuple[Predicate, ...]
    references: tuple[str, ...]
    code: tuple[int, ...]


def encode(program: Program) -> bytes:
    """MessagePack bytes of a program."""
    return msgspec.msgpack.encode(program)


def decode(data: bytes) -> Program:
    """A program from its bytes; raises `msgspec.ValidationError` on anything that is not one."""
    program = msgspec.msgpack.decode(data, type=Program)
    predicates = tuple(msgspec.structs.replace(p, operand=freeze(p.operand)) for p in program.predicates)
    return msgspec.structs.replace(program, predicates=predicates)


def pack(program: Program) -> object:
    """A program as an operand: nested tuples of scalars, as it lies on the wire."""
    return freeze(msgspec.msgpack.decode(encode(program)))


def unpack(operand: object) -> Program:
    """The program that `pack` made an operand of."""
    return decode(msgspec.msgpack.encode(operand))


def freeze(operand: object) -> object:
    """Lists as tuples, at every depth: MessagePack knows one kind of array, operands compare as tuples."""
    return tuple(freeze(item) for item in operand) if isinstance(operand, list | tuple) else operand
