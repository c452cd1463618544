"""A rule in plain English, from the phrases of the operator table."""

from shared.rules import phrases
from shared.rules.buckets import HASHES
from shared.rules.catalogue import Path, join
from shared.rules.model import All, Any, Condition, Listed, Node, Not, Reference, Rollout, Schedule
from shared.rules.operators import OPERATORS


def sentence(node: Node) -> str:
    """What a checked rule says: "`plan` is one of `pro`, `team` and (`orders` is more than 3 or in audience `vip`)"."""
    match node:
        case All(items):
            return " and ".join(_item(item, node) for item in items)
        case Any(items):
            return " or ".join(_item(item, node) for item in items)
        case Not(item):
            return _negation(item)
        case Reference(audience):
            return f"in audience `{audience}`"
        case Condition():
            return _condition(node)
        case _:
            return _said(node)


def _said(leaf: Listed | Rollout | Schedule, *, negated: bool = False) -> str:
    not_ = "not " if negated else ""
    match leaf:
        case Listed(key):
            return f"{not_}in the list `{key}`"
        case Rollout():
            name = f" ({leaf.hash})" if leaf.hash != HASHES[0] else ""
            return f"{not_}among {leaf.percent} % by `{attribute_name(leaf.by)}` (salt `{leaf.salt}`){name}"
        case Schedule():
            return f"now is {not_}{phrases.when(leaf)}"


def _item(item: Node, group: All | Any) -> str:
    """In brackets where "and" and "or" would meet."""
    is_other_kind = isinstance(item, All | Any) and type(item) is not type(group) and len(item.items) > 1
    return f"({sentence(item)})" if is_other_kind else sentence(item)


def _negation(node: Node) -> str:
    match node:
        case Reference(audience):
            return f"not in audience `{audience}`"
        case Condition():
            return _condition(node, negated=True)
        case Listed() | Rollout() | Schedule():
            return _said(node, negated=True)
        case All() | Any() | Not():
            return f"not ({sentence(node)})"


def _condition(condition: Condition, *, negated: bool = False) -> str:
    operator = OPERATORS[condition.op]
    if condition.element is not None:
        asked = f"({sentence(condition.element)})"
    elif condition.other is None:
        asked = operator.words(condition.value)
    else:
        asked = f"the value of `{attribute_name(condition.other)}`"
    said = (operator.opposite if negated else operator.phrase).format(asked)
    notes = []
    if condition.timezone:
        notes.append(f"in the time zone `{condition.timezone}`")
    if condition.ignore_case:
        notes.append("in upper or lower case")
    if condition.missing_matches:
        notes.append("and is known" if negated else "or is unknown")
    return " ".join((f"`{attribute_name(condition.attribute)}`", said, *(f"({note})" for note in notes)))


def attribute_name(path: Path) -> str:
    """A trait goes by its own name; it cannot be taken for another attribute, which always has a dot."""
    return join(path[1:]) if path[0] == "traits" and len(path) == 2 else join(path)
