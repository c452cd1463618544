"""How long a failing thing is left alone."""

import random

from shared.runtime.backoff import Backoff
from tests.world import Clock


def closed_for(backoff, clock):
    started, seconds = clock.now, 0.0
    while backoff.is_closed:
        seconds += 0.01
        clock.now = started + seconds
    return seconds


def test_it_doubles_to_half_a_minute_jittered_and_is_forgotten_by_a_success():
    clock = Clock()
    backoff = Backoff(clock, random.Random(1).uniform)
    assert not backoff.is_closed
    for longest in (1, 2, 4, 8, 16, 30, 30, 30):
        backoff.fail()
        assert longest / 2 <= closed_for(backoff, clock) <= longest + 0.02
    backoff.succeed()
    assert not backoff.is_closed
    backoff.fail()
    assert closed_for(backoff, clock) <= 1.02


def test_many_containers_do_not_come_back_together():
    delays = set()
    for seed in range(20):
        clock = Clock()
        backoff = Backoff(clock, random.Random(seed).uniform)
        for _ in range(6):
            backoff.fail()
        delays.add(round(closed_for(backoff, clock)))
    assert len(delays) > 8


def test_a_clock_that_goes_back_opens_it():
    clock = Clock()
    backoff = Backoff(clock, max)
    backoff.fail()
    assert backoff.is_closed
    clock.now -= 3600
    assert not backoff.is_closed
