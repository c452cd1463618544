"""Instants: their text, and steps on the calendar there and back."""

from bisect import bisect_left

import pytest

from shared.rules import instants
from shared.rules.instants import EARLIEST, LATEST, parse, shift, stepped_from, to_text

TEXTS = (
    "0001-01-01T00:00:00Z",
    "1582-10-15T00:00:00Z",
    "1969-12-31T23:59:59.999Z",
    "2023-02-28T12:34:56.7Z",
    "2024-02-29T00:00:00Z",
    "2024-02-29T00:00:00.001Z",
    "2024-03-01T00:00:00Z",
    "2024-12-31T23:59:59Z",
    "2025-01-01T00:00:00Z",
    "2026-05-01T00:00:00Z",
    "2026-05-31T06:00:00Z",
    "9999-12-31T23:59:59.999Z",
)


@pytest.mark.parametrize("text", TEXTS)
def test_an_instant_reads_as_it_is_written(text):
    assert parse(to_text(parse(text))) == parse(text)
    assert to_text(parse(text)).rstrip("0Z").startswith(text.rstrip("0Z"))


def test_a_fraction_is_written_only_where_there_is_one():
    assert to_text(0) == "1970-01-01T00:00:00Z"
    assert to_text(-1) == "1969-12-31T23:59:59.999Z"
    assert to_text(60_007) == "1970-01-01T00:01:00.007Z"


def test_no_months_step_nowhere():
    assert shift(1_234, 0, -234) == 1_000


@pytest.mark.parametrize("months", [-1200, -13, -12, -2, -1, 1, 2, 11, 12, 13, 1200])
@pytest.mark.parametrize("text", TEXTS)
def test_stepped_from_is_the_first_instant_that_a_shift_brings_there(text, months):
    ms = parse(text)
    found = stepped_from(ms, months)
    every = range(EARLIEST, LATEST + 1)
    assert found == EARLIEST + bisect_left(every, ms, key=lambda at: shift(at, -months, 0))


def test_steps_end_with_the_calendar():
    assert shift(EARLIEST, -1, 0) == EARLIEST
    assert shift(LATEST, 1, 0) == LATEST
    assert stepped_from(EARLIEST, -1) == EARLIEST
    assert stepped_from(LATEST, 1) == instants.LATEST + 1
