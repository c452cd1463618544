"""What each leaf of a rule asks: of which attribute, by which test of the machine, with which operand."""

import msgspec

from shared.rules import buckets, schedules
from shared.rules.catalogue import Path
from shared.rules.limits import MAX_SALT_LENGTH
from shared.rules.model import Condition, Listed, Rollout, Schedule
from shared.rules.operators import OPERATORS, prepare
from shared.rules.problems import Problem, Refused, did_you_mean, step
from shared.rules.program import Test

CLOCK: Path = ()
"""The attribute that is there for every visitor: now."""
LISTS: Path = ("lists",)
ZONE: Path = ("geo", "timezone")

Asking = Condition | Listed | Rollout | Schedule
"""The leaves that ask something of a visitor; a reference asks what its audience asks."""


class Question(msgspec.Struct, frozen=True):
    """What a predicate asks, see program.Test. other: the second attribute of a test on two."""

    path: Path
    test: Test
    operand: object
    other: Path | None = None


def question(leaf: Asking) -> Question:
    """The positive question of a leaf; raises Refused with pointers relative to the leaf.

    A condition's operator must be one of `OPERATORS`. Of `element` the operand is None: the compiler makes it.
    """
    match leaf:
        case Condition():
            return _condition(leaf)
        case Listed(key):
            return Question(LISTS, Test.ANY_OF, (key,))
        case Rollout():
            return _rollout(leaf)
        case Schedule():
            return _schedule(leaf)


def place_paths(path: Path) -> tuple[Path, Path]:
    """The attributes that make a place of the object at a path: its latitude and its longitude."""
    return (*path, "lat"), (*path, "lon")


def _condition(condition: Condition) -> Question:
    test, operand = prepare(condition)
    if not OPERATORS[condition.op].takes_place:
        return Question(condition.attribute, test, operand, condition.other)
    latitude, longitude = place_paths(condition.attribute)
    return Question(latitude, test, operand, longitude)


def _rollout(rollout: Rollout) -> Question:
    problems = []
    if not 0 <= rollout.percent <= 100:
        problems.append(Problem("/rollout/percent", "bad-number", "a percentage lies within 0 and 100"))
    if not 1 <= len(rollout.salt) <= MAX_SALT_LENGTH:
        detail = f"a salt has 1 to {MAX_SALT_LENGTH} characters"
        why = "name what is rolled out, so that no two rollouts choose the same visitors"
        problems.append(Problem("/rollout/salt", "bad-length", detail, why))
    if rollout.hash not in buckets.HASHES:
        hint = did_you_mean(rollout.hash, buckets.HASHES)
        problems.append(Problem("/rollout/hash", "bad-value", f"unknown hash `{rollout.hash}`", hint))
    if problems:
        raise Refused(problems)
    interval = buckets.interval(rollout.hash, float(rollout.percent))
    return Question(rollout.by, Test.ROLLOUT, (rollout.hash, rollout.salt, (interval,)))


def _schedule(schedule: Schedule) -> Question:
    try:
        window = schedules.window(schedule)
    except Refused as refused:
        found = [msgspec.structs.replace(p, pointer=step("", "schedule") + p.pointer) for p in refused.problems]
        raise Refused(found) from refused
    path = ZONE if window.zone is None else CLOCK
    return Question(path, Test.WINDOW, msgspec.structs.astuple(window))
