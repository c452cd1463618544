"""Optimizely's order of versions as patterns.

A version is one to three numbers with dots between them, then perhaps `-` or `+` and anything without blanks. It is
compared with as many numbers as the condition names: 2.1.5 is equal to `2.1`, 2 is less, and so is 2.1.0-beta. What
stands behind `-` or `+` takes the place of a number that is not there: as a number where it is digits, else by text.
"""

import re
from collections.abc import Callable, Mapping, Sequence

from shared.importers import digits

Target = tuple[str, ...]
"""The numbers of the condition's version, as written."""

NOT_TAKEN = "a version of one to three numbers of at most 15 digits, without `-` or `+`, is expected"
_ANY = r"[0-9]+(?:\.[0-9]+){0,2}(?:[-+][^ ]*)?"
VALID = rf"\A{_ANY}\z"
"""What the source reads as a version."""

_PRINTABLE = re.compile("[ -~]*").fullmatch  # of white space the SDKs know different kinds, and of digits
_VERSION = re.compile(_ANY).fullmatch
_TARGET = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,15}){0,2}").fullmatch


def is_version(text: str) -> bool:
    """Whether the source may read it as a version; where this is false, it certainly does not."""
    return not _PRINTABLE(text) or _VERSION(text) is not None


def target_of(text: str) -> Target | None:
    """The numbers of a condition's version; None where it is none, or has a pre-release or build part."""
    return tuple(text.split(".")) if _TARGET(text) else None


def equal(target: Target) -> str:
    """Versions that the source takes as equal to the target."""
    *above, last = target
    whole = rf"{_prefix(target)}(?:\.[0-9]+){{0,{3 - len(target)}}}(?:\+[^ ]*)?"
    built = rf"{_prefix(above)}\+{digits.equal(last)}"  # its digits stand in for the last number
    return rf"\A(?:{whole}|{built})\z" if above else rf"\A{whole}\z"


def greater(target: Target) -> str:
    """Versions that the source takes as greater."""
    return rf"\A(?:{'|'.join(_greater_at(target, at) for at in range(len(target)))})\z"


def _greater_at(target: Target, at: int) -> str:
    """Equal up to one number and greater there, be it a number or what stands in for it."""
    number = digits.above(target[at])
    rest = rf"(?:\.[0-9]+){{0,{2 - at}}}(?:[-+][^ ]*)?"
    if not at:
        return f"{number}{rest}"
    # behind `-` only a number can be greater, behind `+` also text
    return rf"{_prefix(target[:at])}(?:\.{number}{rest}|[-+]{number}|\+(?:{_text_above(target[at])}))"


def _text_above(numeral: str) -> str:
    """Texts that come after `numeral` and are no numerals."""
    no_number = "[0-9]*[^0-9 ][^ ]*"
    found = [f"{numeral}{no_number}"]
    for at, digit in enumerate(numeral):
        found.append(rf"{numeral[:at]}[^\x00-9][^ ]*")
        if digit < "9":
            found.append(f"{numeral[:at]}[{chr(ord(digit) + 1)}-9]{no_number}")
    return "|".join(found)


def _prefix(target: Sequence[str]) -> str:
    return r"\.".join(digits.equal(number) for number in target)


PATTERNS: Mapping[str, tuple[Callable[[Target], str], ...]] = {
    "semver_eq": (equal,),
    "semver_gt": (greater,),
    "semver_ge": (greater, equal),
    "semver_lt": (greater, equal),
    "semver_le": (greater,),
}
"""The patterns of which one is found: where the match is true, or, for `COMPLEMENTS`, where it is false."""

COMPLEMENTS = ("semver_lt", "semver_le")
