"""Telling: an explanation as sentences, one for each node of the rule, numbered as the tree is nested."""

from collections.abc import Iterator
from typing import Any as Json

from shared.rules import phrases
from shared.rules.catalogue import split
from shared.rules.explain import Explanation
from shared.rules.sentence import attribute_name
from shared.rules.witness import Reason, Seen, Witness

SHOWN_CHARACTERS = 100
"""A longer text is cut in a sentence."""

_KINDS = {  # objects and lists are told as such
    "string": "a string",
    "number": "a number",
    "boolean": "a boolean",
    "instant": "an instant",
    "version": "a version",
    "ip": "an address",
}


def tell(told: Explanation) -> tuple[str, ...]:
    """What was asked of the visitor, what was seen and what followed: "2.1. `plan` is `pro`: no, it is unknown".

    The first line is the whole rule's; what stands below a line has its number, and one more behind it.
    """
    return tuple(_lines(told, ""))


def _lines(told: Explanation, number: str) -> Iterator[str]:
    element = "" if told.element is None else f"of element {told.element}: "
    yield f"{f'{number} ' if number else ''}{element}{_line(told)}"
    for place, item in enumerate(told.items, 1):
        yield from _lines(item, f"{number}{place}.")


def _line(told: Explanation) -> str:
    answer = "yes" if told.holds else "no"
    held = sum(item.holds for item in told.items)
    match told.node:
        case "all":
            return f"all of the following hold: {answer}, {held} of {len(told.items)}"
        case "any":
            return f"at least one of the following holds: {answer}, {held} of {len(told.items)}"
        case "not":
            return f"the following does not hold: {answer}"
        case "include" | "exclude":
            return f"{_override(told)}: {answer}"
        case "audience":
            return f"in audience `{told.audience}`: {answer}"
        case _:
            return _leaf(told, answer)


def _override(told: Explanation) -> str:
    """Whether the ids that an audience names decide, or its rule, which follows."""
    witness = told.witness
    assert witness is not None  # it has one as leaves have
    if witness.reason is Reason.HOLDS:
        side = "in" if told.node == "include" else "out"
        return f"{witness.asked}, and so {side} whatever follows"
    return f"not {witness.asked}, and so as follows"


def _leaf(told: Explanation, answer: str) -> str:
    witness = told.witness
    assert witness is not None  # every leaf has one
    match told.node:
        case "list":
            why = f"in {phrases.values(tuple(witness.seen.value)) if witness.seen.value else 'no list'}"
        case "schedule":
            why = _clock(witness)
        case _:
            why = " and ".join(_seen(witness, seen) for seen in (witness.seen, witness.other) if seen is not None)
    return f"{witness.asked}: {answer}, {why}"


def _clock(witness: Witness) -> str:
    if witness.reason is Reason.MISSING:
        return f"`{witness.seen.attribute}` is unknown"
    if witness.reason is Reason.WRONG_KIND:
        return f"`{witness.seen.attribute}` is {_value(witness.seen)}, which is no time zone"
    return f"now is {witness.seen.value}"


def _seen(witness: Witness, seen: Seen) -> str:
    """What stands at one of the attributes of a condition or a rollout."""
    name = "it" if witness.other is None else f"`{attribute_name(split(seen.attribute))}`"
    if seen.kind == "missing" or (witness.other is None and witness.reason is Reason.MISSING):
        return f"{name} is unknown"
    said = f"{name} is {_value(seen)}"
    if witness.bucket is not None:
        return f"{said}, which stands at {witness.bucket:.4g} of 100 whatever else is known"
    if witness.reason is Reason.WRONG_KIND and witness.other is None:
        kind = f", {_KINDS[seen.kind]}" if seen.kind in _KINDS else ""
        return f"{said}{kind}, of which this cannot be asked"
    return said


def _value(seen: Seen) -> str:
    value = seen.value
    if isinstance(value, dict) and {"lat", "lon"} <= value.keys():
        return f"at latitude {_short(value['lat'])}, longitude {_short(value['lon'])}"
    if isinstance(value, list) and value and all(isinstance(item, str | int | float) for item in value):
        left_out = len(value) - phrases.SHOWN_VALUES
        shown = ", ".join(map(_short, value[: phrases.SHOWN_VALUES]))
        return f"the list {shown}{f' and {left_out} more' if left_out > 0 else ''}"
    return _short(value)


def _short(value: Json) -> str:
    if isinstance(value, str) and len(value) > SHOWN_CHARACTERS:
        value = f"{value[:SHOWN_CHARACTERS]}\u2026"
    if isinstance(value, list):
        return f"a list of {len(value)}" if value else "an empty list"
    if isinstance(value, dict):
        return "an object"
    return "unknown" if value is None else phrases.value(value)
