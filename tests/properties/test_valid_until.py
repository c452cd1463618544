"""Until when an answer is valid: never later than the first change of a condition, and never earlier."""

from random import Random

import pytest

from tests import changes, draws_when, generate, readings
from tests.agreement import Subject

WORLDS = range(2_000, 2_040)


@pytest.fixture(params=WORLDS)
def world(request):
    return generate.world(request.param)


def _visitors(world, count):
    return [(readings.composed(visitor), now_ms) for visitor, now_ms in world.visitors(count)]


def _at(visitor, ms):
    return {**visitor, "request": {**visitor["request"], "time": draws_when.text(ms)}}


def test_it_is_the_first_change_of_the_audiences_that_are_asked(world):
    audiences, rng = world.audiences, Random(world.seed)
    subject = Subject(audiences, world.types)
    for visitor, now_ms in _visitors(world, 4):
        for count in (1, 3, 10):
            keys = rng.sample(sorted(audiences), count)
            rule = {"any": [{"audience": key} for key in keys]}
            expected = changes.next_change(rule, visitor, now_ms, world.types, audiences)
            assert subject.turn(visitor, now_ms, keys) == expected, (keys, visitor, now_ms)


def test_no_answer_changes_before_it(world):
    rng = Random(world.seed)
    subject = Subject(world.audiences, world.types)
    for visitor, now_ms in _visitors(world, 8):
        until = subject.turn(visitor, now_ms)
        last = readings.LATEST if until is None else until - 1
        between = [now_ms, last, *(rng.randint(now_ms, last) for _ in range(8))]
        matches = subject.matches(_at(visitor, now_ms), now_ms)
        for ms in between:
            assert subject.matches(_at(visitor, ms), ms) == matches, (visitor, now_ms, until, ms)


def test_asked_again_at_any_time_before_it_it_is_the_same(world):
    rng = Random(world.seed)
    subject = Subject(world.audiences, world.types)
    for visitor, now_ms in _visitors(world, 8):
        until = subject.turn(visitor, now_ms)
        if until is not None:
            later = rng.randint(now_ms, until - 1)
            assert subject.turn(_at(visitor, until - 1), until - 1) == until
            assert subject.turn(_at(visitor, later), later) == until
            beyond = subject.turn(_at(visitor, until), until)
            assert beyond is None or beyond > until
