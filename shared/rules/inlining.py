"""What a rule becomes when its references are inlined: cycles, and the limits on the whole."""

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from shared.rules.limits import MAX_CONDITIONS, MAX_DEPTH, MAX_JSON_DEPTH, MAX_REFERENCE_DEPTH
from shared.rules.model import All, Any, Condition, Node, Not, Reference
from shared.rules.problems import Problem, step


class Size(msgspec.Struct, frozen=True):
    """conditions: of the whole. depth: nested nodes, the leaf included. references: the longest chain of them."""

    conditions: int = 0
    depth: int = 1
    references: int = 0


def problems(
    node: Node,
    references: Iterable[tuple[Reference, str]],
    audiences: Mapping[str, Node],
    key: str | None,
    pointer: str,
) -> list[Problem]:
    """The cycles that a rule closes or runs into, and the limits that it exceeds.

    references: the rule's references to known audiences, with their pointers.
    """
    inliner, trail = _Inliner(audiences), (key or "",)
    found = []
    for reference, at in references:
        cycle = inliner.find_cycle(reference, trail)
        if cycle:
            round_trip = ", ".join(f"`{name}`" for name in cycle)
            found.append(Problem(step(at, "audience"), "reference-cycle", f"the references go round: {round_trip}"))
    return found + list(_exceeded(inliner.size(node, trail), pointer))


def size(node: Node, audiences: Mapping[str, Node]) -> Size:
    """The size of a rule that has no problems; `audiences` holds the rules that it refers to."""
    return _Inliner(audiences).size(node, ("",))


def _exceeded(size: Size, pointer: str) -> Iterator[Problem]:
    if size.references > MAX_REFERENCE_DEPTH:
        detail = f"references lead more than {MAX_REFERENCE_DEPTH} audiences deep"
        yield Problem(pointer, "references-too-deep", detail)
    elif size.depth > MAX_DEPTH:
        detail = f"the rule is more than {MAX_DEPTH} levels deep with its references inlined"
        yield Problem(pointer, "too-deep", detail, "split groups, or write them side by side")
    if size.conditions > MAX_CONDITIONS:
        detail = f"{size.conditions} conditions with references inlined, the limit is {MAX_CONDITIONS}"
        yield Problem(pointer, "too-many-conditions", detail, "put values of one attribute into one `in`")


class _Inliner:
    """Sizes of trees as if each reference were the tree that it names; each audience is measured once."""

    def __init__(self, audiences: Mapping[str, Node]) -> None:
        self._audiences = audiences
        self._sizes: dict[str, Size] = {}
        self._cycles: list[tuple[str, ...]] = []

    def find_cycle(self, reference: Reference, trail: tuple[str, ...]) -> tuple[str, ...] | None:
        """The keys of the first cycle behind a reference that no earlier one led to."""
        before = len(self._cycles)
        self.size(reference, trail)
        return self._cycles[before] if len(self._cycles) > before else None

    def size(self, node: Node, trail: tuple[str, ...], level: int = 1) -> Size:
        """The size of a tree; beyond the limits it is not followed further, so that recursion is bounded.

        trail: the audiences whose references led here. level: of the nodes that lead here.
        """
        if level > MAX_JSON_DEPTH:
            return Size(depth=MAX_DEPTH + 1)
        match node:
            case All(items) | Any(items):
                sizes = [self.size(item, trail, level + 1) for item in items]
                return Size(
                    conditions=sum(size.conditions for size in sizes),
                    depth=1 + max((size.depth for size in sizes), default=0),
                    references=max((size.references for size in sizes), default=0),
                )
            case Not(item):
                size = self.size(item, trail, level + 1)
                return msgspec.structs.replace(size, depth=size.depth + 1)
            case Reference(audience):
                size = self._referred(audience, trail, level)
                return msgspec.structs.replace(size, references=size.references + 1)
            case Condition() if node.element is not None:
                inner = self.size(node.element, trail, level + 1)
                return msgspec.structs.replace(inner, conditions=inner.conditions + 1, depth=inner.depth + 1)
            case _:
                return Size(conditions=1)

    def _referred(self, key: str, trail: tuple[str, ...], level: int) -> Size:
        if key in trail:
            self._cycles.append((*trail[trail.index(key) :], key))
            return Size()
        if key not in self._sizes:
            tree = self._audiences.get(key)
            if tree is None or len(trail) > MAX_REFERENCE_DEPTH:
                return Size()
            self._sizes[key] = self.size(tree, (*trail, key), level + 1)
        return self._sizes[key]
