"""What a rule says in vain: parts that never or always hold, and parts that can never change the result.

A part counts in its place: the other items of a group are known to hold there (in `all`) or to fail (in `any`), and
so are those of the groups around it. A part that is found is left out when the others are looked at, so that all of
them can go together.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

import msgspec

from shared.rules.compiler import compile_rule
from shared.rules.lint.formulas import Both, Either, Formula, formula, negation
from shared.rules.lint.search import Search
from shared.rules.model import All, Any, Node, Not
from shared.rules.parser import to_json
from shared.rules.problems import Problem, step
from shared.rules.program import Program

Known = tuple[Formula, ...]
"""What holds around a part, wherever it matters."""


class Part(msgspec.Struct, frozen=True):
    """A node of a rule with its pointer and what it claims."""

    node: Node
    at: str
    claim: Formula
    items: tuple["Part", ...] = ()


def part(node: Node, at: str, programs: Mapping[str, Program], search: Search) -> Part:
    """A rule with all its parts; `programs` holds what it refers to."""
    if isinstance(node, All | Any):
        inside = step(at, "all" if isinstance(node, All) else "any")
        items = tuple(part(item, step(inside, index), programs, search) for index, item in enumerate(node.items))
        claims = tuple(item.claim for item in items)
        return Part(node, at, Both(claims) if isinstance(node, All) else Either(claims), items)
    if isinstance(node, Not):
        item = part(node.item, step(at, "not"), programs, search)
        return Part(node, at, negation(item.claim), (item,))
    return Part(node, at, formula(compile_rule(node), programs, search.pool))


def problems(rule: Part, search: Search) -> list[Problem]:
    """The warnings about a rule's own structure, from the whole to its parts."""
    found: list[Problem] = []
    if search.excludes(rule.claim):
        found.append(_never(_culprit(rule, search), search))
    elif search.excludes(negation(rule.claim)):
        found.append(Problem(rule.at, "always-holds", "this holds for every visitor", "ask for less, or leave it out"))
    else:
        _reduce(rule, (), search, found)
    return found


def _culprit(never: Part, search: Search) -> Part:
    """The innermost part because of which a part can never hold."""
    if isinstance(never.node, All):
        for item in never.items:
            if search.excludes(item.claim):
                return _culprit(item, search)
    return never


def _never(found: Part, search: Search) -> Problem:
    detail, hint = "this can never hold", "change it, or leave it out"
    if isinstance(found.node, All):
        for one, other in combinations(found.items, 2):
            if search.excludes(one.claim, other.claim):
                detail = f"this can never hold: `{one.at}` and `{other.at}` exclude each other"
                hint = "use `any` where one of them is enough"
                break
    return Problem(found.at, "never-holds", detail, hint)


def _reduce(whole: Part, known: Known, search: Search, found: list[Problem]) -> Formula:
    """What a part that matters claims without its parts in vain, which are added to `found`.

    known: what holds around it. What was left out counts no more when the rest is looked at.
    """
    if isinstance(whole.node, Not):
        return negation(_reduce(whole.items[0], known, search, found))
    if not whole.items:
        return whole.claim
    is_all = isinstance(whole.node, All)
    kept = list(whole.items)
    # from the last to the first: of two items that make each other needless, the first one stays
    for item in reversed(whole.items):
        others = [other for other in kept if other is not item]
        around = _around((other.claim for other in others), known, is_all=is_all)
        if search.excludes(negation(item.claim) if is_all else item.claim, *around):
            kept = others
            found.append(_needless(item, others, search, is_all=is_all))
    claims = [item.claim for item in kept]
    for at, item in enumerate(kept):
        around = _around((*claims[:at], *claims[at + 1 :]), known, is_all=is_all)
        claims[at] = _reduce(item, around, search, found)
    return Both(tuple(claims)) if is_all else Either(tuple(claims))


def _around(others: Iterable[Formula], known: Known, *, is_all: bool) -> Known:
    """What is known of an item's place: the others hold, or, where one is enough, all of them fail."""
    return (*known, *(other if is_all else negation(other) for other in others))


def _needless(item: Part, others: Sequence[Part], search: Search, *, is_all: bool) -> Problem:
    """Why an item of a group can never change the result."""
    same = next((other for other in others if to_json(other.node) == to_json(item.node)), None)
    if same is not None:
        return Problem(item.at, "duplicate-condition", f"the same stands at `{same.at}`", "leave one of them out")
    if is_all:
        return _implied(item, others, search)
    if search.excludes(item.claim):
        return _never(_culprit(item, search), search)
    holds_too = next((other for other in others if search.excludes(item.claim, negation(other.claim))), None)
    detail = f"whenever this holds, `{holds_too.at}` holds too" if holds_too else "what stands around it decides"
    return Problem(item.at, "unreachable", f"this never changes the result: {detail}", "leave it out")


def _implied(item: Part, others: Sequence[Part], search: Search) -> Problem:
    if search.excludes(negation(item.claim)):
        return Problem(item.at, "always-holds", "this holds for every visitor", "leave it out")
    implying = next((other for other in others if search.excludes(other.claim, negation(item.claim))), None)
    detail = f"it holds whenever `{implying.at}` does" if implying else "what stands around it decides"
    return Problem(item.at, "redundant", f"this never changes the result: {detail}", "leave it out")
