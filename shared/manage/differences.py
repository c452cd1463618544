"""What differs between two JSON values, as a short list of places."""

from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import NamedTuple

import msgspec

from shared.rules.problems import step


class Difference(NamedTuple):
    """One place that differs: `added` has no value before, `removed` none after.

    pointer: into the newer value; for what was removed, into the older one.
    """

    pointer: str
    kind: str
    before: object = None
    after: object = None


def differences(before: object, after: object, pointer: str = "") -> Iterator[Difference]:
    """Every place where two JSON values differ, as deep inside as they still look alike."""
    if isinstance(before, dict) and isinstance(after, dict):
        yield from _of_objects(before, after, pointer)
    elif isinstance(before, list) and isinstance(after, list):
        yield from _of_lists(before, after, pointer)
    elif _text(before) != _text(after):
        yield Difference(pointer, "changed", before, after)


def _of_objects(before: dict[str, object], after: dict[str, object], pointer: str) -> Iterator[Difference]:
    for name, value in before.items():
        if name in after:
            yield from differences(value, after[name], step(pointer, name))
        else:
            yield Difference(step(pointer, name), "removed", before=value)
    for name, value in after.items():
        if name not in before:
            yield Difference(step(pointer, name), "added", after=value)


def _of_lists(before: list[object], after: list[object], pointer: str) -> Iterator[Difference]:
    matcher = SequenceMatcher(None, [_text(item) for item in before], [_text(item) for item in after], autojunk=False)
    for tag, old, old_end, new, new_end in matcher.get_opcodes():
        if tag == "equal":
            continue
        paired = min(old_end - old, new_end - new)
        for i in range(paired):
            yield from differences(before[old + i], after[new + i], step(pointer, new + i))
        for i in range(old + paired, old_end):
            yield Difference(step(pointer, i), "removed", before=before[i])
        for i in range(new + paired, new_end):
            yield Difference(step(pointer, i), "added", after=after[i])


def _text(value: object) -> bytes:
    # as JSON text, `true` is not 1 and 1 is not "1"
    return msgspec.json.encode(value, order="sorted")
