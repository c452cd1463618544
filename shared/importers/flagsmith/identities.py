"""Flagsmith's operators on what identifies: identifier, key and environment, which are kept as texts.

The engine reads a text that looks like a number as one, here too: `0123` is the integer 123, whose text is `123`. What
the visitor document holds is that text, so that each condition can be said of texts alone.
"""

from shared.importers.flagsmith.conditions import pattern
from shared.importers.flagsmith.values import as_float, as_integer, as_version, is_numeric
from shared.importers.nodes import NEVER, Node, all_of, condition, exists, negation
from shared.importers.notes import Notes
from shared.rules.catalogue import Path

PROPERTIES = ("$.identity.identifier", "$.identity.key", "$.environment.name", "$.environment.key")
"""The properties that are no traits."""

_INTEGER = r"\A-?[0-9]+\z"
_FLOAT = r"\A-?[0-9]+(?:\.[0-9]+|(?:\.[0-9]+)?e[+-][0-9]+)\z"


def on_identity(op: str, text: str, path: Path, notes: Notes, pointer: str) -> Node:
    """A condition that takes a text, as `on_trait`."""
    if as_version(text) is not None and op in ("EQUAL", "NOT_EQUAL"):
        return notes.refuse(pointer, "not-importable", "a version in what identifies")
    if op == "EQUAL":
        return condition(path, "in", _equal(text))
    if op == "NOT_EQUAL":
        notes.guard(pointer, "not-equal-missing", "what is missing is neither equal nor different")
        return all_of(exists(path), condition(path, "not_in", _equal(text)), *_uncast(text, path))
    if op in ("CONTAINS", "NOT_CONTAINS"):
        return _containing(op, text, path)
    if op == "REGEX":
        found = pattern(text, notes, pointer)
        return condition(path, "matches", found) if found is not None else NEVER
    return notes.refuse(pointer, "not-importable", f"`{op}` would read `{'.'.join(path)}` as a number")


def among_identities(values: list[str], path: Path) -> Node:
    """`IN`: floats are in nothing."""
    kept = [each for each in values if as_integer(each) is not None or not is_numeric(each)]
    return condition(path, "in", kept) if kept else NEVER


def _equal(text: str) -> list[str]:
    """The texts of all values that equal a condition's."""
    whole, number = as_integer(text), as_float(text)
    found = [] if is_numeric(text) else [text]
    found += [str(whole)] if whole is not None else []
    return found + ([str(number)] if number is not None else [])


def _uncast(text: str, path: Path) -> list[Node]:
    """Numbers with which a condition's text cannot be compared are not different from it."""
    nodes = []
    if as_integer(text) is None:
        nodes.append(negation(condition(path, "matches", _INTEGER)))
    if as_float(text) is None:
        nodes.append(negation(condition(path, "matches", _FLOAT)))
    return nodes


def _containing(op: str, text: str, path: Path) -> Node:
    """Numbers contain nothing, and do not fail to contain."""
    if not text and op == "NOT_CONTAINS":
        return NEVER
    is_text = [negation(condition(path, "matches", each)) for each in (_INTEGER, _FLOAT)]
    return all_of(exists(path), *is_text, *([condition(path, op.lower(), text)] if text else []))
