from datetime import UTC, datetime

import pytest

from shared.rules import zones


def ms(text):
    return int(datetime.fromisoformat(text).timestamp()) * 1000


def midnight(day):
    return int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp()) * 1000


@pytest.mark.parametrize(
    ("day", "zone", "start", "end"),
    [
        ("2024-01-15", "UTC", "2024-01-15T00:00:00+00:00", "2024-01-16T00:00:00+00:00"),
        ("2024-03-31", "Europe/Rome", "2024-03-31T00:00:00+01:00", "2024-04-01T00:00:00+02:00"),
        ("2024-10-27", "Europe/Rome", "2024-10-27T00:00:00+02:00", "2024-10-28T00:00:00+01:00"),
        ("2024-01-15", "Asia/Kathmandu", "2024-01-15T00:00:00+05:45", "2024-01-16T00:00:00+05:45"),
        ("2018-11-04", "America/Sao_Paulo", "2018-11-04T01:00:00-02:00", "2018-11-05T00:00:00-02:00"),
        ("2018-02-17", "America/Sao_Paulo", "2018-02-17T00:00:00-02:00", "2018-02-18T00:00:00-03:00"),
        ("2011-12-30", "Pacific/Apia", "2011-12-30T00:00:00-10:00", "2011-12-31T00:00:00+14:00"),
    ],
)
def test_a_local_day_goes_from_midnight_to_midnight(day, zone, start, end):
    assert zones.day(midnight(day), zone) == (ms(start), ms(end))


def test_the_last_day_has_an_end():
    start, end = zones.day(midnight("9999-12-31"), "UTC")
    assert end - start == 86_400_000


def test_names_are_those_of_iana_and_nothing_else():
    assert {"UTC", "Europe/Rome", "US/Pacific"} <= zones.names()
    assert not {"", "Europe", "../etc/passwd", "europe/rome", "visitor"} & zones.names()
