"""The search for a case in which formulas hold together; that there is none is a proof.

Cases are over-approximated: a case that is found need not exist, but where none is found no visitor can be one.
The formulas are taken apart: what must hold is claimed, what leaves a choice waits until one of its items is left,
else each of them is tried. After every claim the subject that it is about is asked whether some value is left.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from shared.rules.lint import cases
from shared.rules.lint.formulas import Both, Either, Formula, Pool, Subject, formula, negation, subjects
from shared.rules.program import unpack

MAX_CHOICES = 200
"""So many choices may be open within each other; a search that would need more gives up."""

Claims = dict[Subject, frozenset[int]]


QUERY_STEPS = 4_000
"""What one question may take of all steps."""


class GaveUp(Exception):
    """The steps of a search are used up."""


class Search:
    """Searches over one pool of questions, with a number of steps for all of them together.

    A step is one look at the values that are left of one subject. gave_up: whether some search ended without a result.
    """

    def __init__(self, pool: Pool, steps: int) -> None:
        self.pool = pool
        self.gave_up = False
        self.steps_left = steps
        self._query = 0
        self._known: dict[frozenset[int], bool] = {}

    def excludes(self, first: Formula, *others: Formula) -> bool:
        """Whether it is proven that the formulas never hold together; False also where the search gave up.

        Of the others only those are looked at that the first one shares a subject with, directly or through others:
        the rest, if it can hold at all, cannot matter.
        """
        self._query = min(QUERY_STEPS, self.steps_left)
        before = self._query
        try:
            return not self._is_possible({}, self._connected(first, others), [], 0)
        except GaveUp:
            self.gave_up = True
            return False
        finally:
            self.steps_left -= before - self._query

    def _connected(self, first: Formula, others: Iterable[Formula]) -> list[Formula]:
        found, about = [first], subjects(first, self.pool)
        waiting = [(other, subjects(other, self.pool)) for other in others]
        while True:
            near = [(other, its) for other, its in waiting if its & about]
            if not near:
                return found
            waiting = [(other, its) for other, its in waiting if not its & about]
            found += [other for other, _ in near]
            about = about.union(*(its for _, its in near))

    def _is_possible(self, claims: Claims, goals: list[Formula], choices: list[Either], depth: int) -> bool:
        claims = dict(claims)
        found = self._narrowed(claims, goals, choices)
        if found is None:
            return False
        if not found:
            return True
        if depth >= MAX_CHOICES:
            raise GaveUp
        tried = min(found, key=lambda choice: len(choice.items))
        rest = [choice for choice in found if choice is not tried]
        denied: list[Formula] = []
        for item in tried.items:
            if self._is_possible(claims, [*denied, item], rest, depth + 1):
                return True
            if isinstance(item, int):
                denied.append(~item)
        return False

    def _narrowed(self, claims: Claims, goals: list[Formula], choices: list[Either]) -> list[Either] | None:
        """The choices that stay open once everything is claimed that must hold; None where that is impossible."""
        waiting = list(choices)
        while True:
            if not self._claim_all(claims, goals, waiting):
                return None
            goals, still = [], []
            for choice in waiting:
                items = self._left(claims, choice)
                if items is None:
                    continue
                if not items:
                    return None
                if len(items) == 1:
                    goals.append(items[0])
                else:
                    still.append(Either(items))
            waiting = still
            if not goals:
                return waiting

    def _claim_all(self, claims: Claims, goals: Iterable[Formula], waiting: list[Either]) -> bool:
        open_goals = list(goals)
        while open_goals:
            goal = open_goals.pop()
            if isinstance(goal, Both):
                open_goals += goal.items
            elif isinstance(goal, Either):
                waiting.append(goal)
            elif not self._claim(claims, goal):
                return False
        return True

    def _claim(self, claims: Claims, claim: int) -> bool:
        subject = self.pool.subject(claim)
        held = claims.get(subject, frozenset())
        if claim not in held:
            held |= {claim}
            if not self._are_possible(held):
                return False
            claims[subject] = held
        return True

    def _left(self, claims: Claims, choice: Either) -> tuple[Formula, ...] | None:
        """The items of a choice that can still hold; None where one of them does."""
        left: list[Formula] = []
        for item in choice.items:
            if isinstance(item, int):
                held = claims.get(self.pool.subject(item), frozenset())
                if item in held:
                    return None
                if not self._are_possible(held | {item}):
                    continue
            left.append(item)
        return tuple(left)

    def _are_possible(self, claims: frozenset[int]) -> bool:
        """Whether claims and denials about one subject can be true of one value."""
        if self._query <= 0:
            raise GaveUp
        self._query -= 1
        found = self._known.get(claims)
        if found is None:
            found = self._known[claims] = self._can_be(claims)
        return found

    def _can_be(self, claims: frozenset[int]) -> bool:
        questions = self.pool.questions
        asked = [questions[claim] for claim in sorted(claims) if claim >= 0]
        denied = [questions[~claim] for claim in sorted(claims) if claim < 0]
        return cases.can_be(asked, denied, self._is_excluded)

    def _is_excluded(self, rule: Any, others: Sequence[Any]) -> bool:
        """Whether no element of a list passes one rule about elements and fails the others."""
        wanted, *unwanted = (formula(unpack(operand[0]), {}, self.pool) for operand in (rule, *others))
        return not self._is_possible({}, [wanted, *map(negation, unwanted)], [], 0)
