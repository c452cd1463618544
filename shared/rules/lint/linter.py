"""Lint: everything that is worth a warning in an audience that has no problems."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from types import MappingProxyType

import msgspec

from shared.rules import cost
from shared.rules.catalogue import Catalogue
from shared.rules.compiler import compile_rule
from shared.rules.lint import advice, neighbours, structure, unseen
from shared.rules.lint.formulas import Pool, formula
from shared.rules.lint.search import Search
from shared.rules.model import Node
from shared.rules.overrides import overridden
from shared.rules.problems import Problem, step
from shared.rules.program import Program
from shared.rules.sightings import Sightings

STEPS = 60_000
"""What one audience may take, its neighbours included."""
OWN_STEPS = 30_000
"""What the audience itself may take of that."""

COSTLY = cost.CAP / 10
"""Microseconds from which on an audience is worth a warning."""


class Candidate(msgspec.Struct, frozen=True):
    """An audience as it would be saved; include and exclude: the ids that override its rule."""

    rule: Node
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()


class Findings(msgspec.Struct, frozen=True):
    """The warnings about an audience.

    compared: with how many others it was compared. is_complete: False where the steps did not suffice for everything
    that could have been proven; what is said is proven all the same.
    """

    warnings: tuple[Problem, ...]
    compared: int
    is_complete: bool


def lint(
    candidate: Candidate,
    programs: Mapping[str, Program],
    others: Iterable[str],
    catalogue: Catalogue,
    pointer: str = "",
    sightings: Mapping[str, Sightings] = MappingProxyType({}),
) -> Findings:
    """The warnings about an audience; `pointer` is where it stands in the input.

    programs: all audiences that it refers to, directly or through others, and the others with theirs. others: the
    keys of those that it is compared with. sightings: those of every environment that it is meant for, by key.
    """
    search = Search(Pool(), OWN_STEPS)
    rule = structure.part(candidate.rule, step(pointer, "rule"), programs, search)
    warnings = [*structure.problems(rule, search), *advice.problems(rule, catalogue, search)]
    warnings += unseen.problems(candidate.rule, rule.at, catalogue, sightings)
    warnings += _overrides(candidate.include, candidate.exclude, pointer)
    whole = compile_rule(overridden(candidate.rule, candidate.include, candidate.exclude))
    warnings += _costly(cost.of_audience(whole, programs).own, rule.at)
    claim = formula(whole, programs, search.pool)
    search.steps_left += STEPS - OWN_STEPS
    compared = list(others)
    if not any(warning.pointer == rule.at and warning.code.endswith("-holds") for warning in warnings):
        warnings += neighbours.problems(claim, compared, programs, search, rule.at)
    return Findings(tuple(warnings), len(compared), is_complete=not search.gave_up)


def _costly(microseconds: float, at: str) -> Iterator[Problem]:
    if microseconds > COSTLY:
        limit = f"all audiences of an environment may add {cost.CAP / 1000:.0f} ms"
        detail = f"it can add {microseconds / 1000:.1f} ms to an evaluation, {limit}"
        hint = "patterns with loops, long lists of `has_all` and rollouts with salts of their own cost most"
        yield Problem(at, "costly", detail, hint)


def _overrides(include: Collection[str], exclude: Collection[str], pointer: str) -> Iterator[Problem]:
    """Ids that stand on both sides."""
    out = set(exclude)
    for index, visitor_id in enumerate(include):
        if visitor_id in out:
            at = step(step(pointer, "include"), index)
            detail = f"`{visitor_id}` is excluded too, and `exclude` goes over `include`"
            yield Problem(at, "included-and-excluded", detail, "leave it out of one of them")
