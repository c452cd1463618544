"""Rollouts over many ids: each takes its share, evenly, and no two of them choose alike.

Every input is fixed, so that the statistics are too: a test fails by a change of the code and never by chance.
"""

from collections import Counter
from functools import cache
from itertools import combinations, product
from uuid import UUID

import pytest

from tests import splits
from tests.agreement import Subject

COUNT = 20_000
IDS = {
    "numbers": [str(number) for number in range(COUNT)],
    "padded numbers": [f"{number:06}" for number in range(COUNT)],
    "addresses": [f"user{number}@example.com" for number in range(COUNT)],
    "uuids": [str(UUID(int=number * 0x9E3779B97F4A7C15F39CC0605CEDC835 % 2**128)) for number in range(COUNT)],
}
SALTS = ("spring", "spring2", "checkout", "x")
SPLITS = tuple(product(splits.HASHES, SALTS))
TENTHS = range(10, 101, 10)
SURE = 4.265  # standard deviations above which a normal variable lies once in 100,000 times


def rollout(name, salt, percent):
    return {"rollout": {"percent": percent, "by": "traits.id", "salt": salt, "hash": name}}


@cache
def tenths(family):
    """For each (hash, salt) the tenth, from 0 to 9, in which the machine puts each id; shares grow by inclusion."""
    rules = {f"{name} {salt} {percent}": rollout(name, salt, percent) for name, salt in SPLITS for percent in TENTHS}
    subject = Subject(rules, {})
    found = {split: [] for split in SPLITS}
    for each in IDS[family]:
        matches = subject.matches({"traits": {"id": each}}, 0)
        for name, salt in SPLITS:
            holds = [f"{name} {salt} {percent}" in matches for percent in TENTHS]
            assert holds == sorted(holds), (each, name, salt)
            found[name, salt].append(holds.count(False))
    return found


def chi_square(counts, expected):
    return sum((count - expected) ** 2 / expected for count in counts)


def critical(degrees):
    """What chi-square exceeds once in 100,000 times, by Wilson and Hilferty's approximation."""
    return degrees * (1 - 2 / (9 * degrees) + SURE * (2 / (9 * degrees)) ** 0.5) ** 3


@pytest.mark.parametrize("family", IDS)
def test_every_tenth_of_the_share_has_a_tenth_of_the_ids(family):
    for split, places in tenths(family).items():
        counts = Counter(places)
        assert chi_square([counts[tenth] for tenth in range(10)], COUNT / 10) < critical(9), split


@pytest.mark.parametrize("family", IDS)
def test_salts_and_hashes_choose_independently_of_each_other(family):
    for (one, places), (other, elsewhere) in combinations(tenths(family).items(), 2):
        counts = Counter(zip(places, elsewhere, strict=True))
        cells = [counts[cell] for cell in product(range(10), repeat=2)]
        assert chi_square(cells, COUNT / 100) < critical(99), (one, other)


@pytest.mark.parametrize("family", IDS)
def test_neighbours_are_chosen_independently_of_each_other(family):
    for split, places in tenths(family).items():
        counts = Counter(zip(places[::2], places[1::2], strict=True))
        cells = [counts[cell] for cell in product(range(10), repeat=2)]
        assert chi_square(cells, COUNT / 200) < critical(99), split


@pytest.mark.parametrize(("name", "salt"), SPLITS)
@pytest.mark.parametrize("percent", [0.1, 1, 12.5, 33.3, 99.9])
def test_a_share_is_met_within_what_chance_allows(name, salt, percent):
    subject = Subject({"share": rollout(name, salt, percent)}, {})
    chosen = [bool(subject.matches({"traits": {"id": each}}, 0)) for each in IDS["uuids"]]
    deviation = (COUNT * percent / 100 * (1 - percent / 100)) ** 0.5
    assert abs(sum(chosen) - COUNT * percent / 100) < SURE * deviation
    assert chosen[:1_000] == [splits.HASHES[name](salt, each, percent) for each in IDS["uuids"][:1_000]]


def test_murmur3_gives_the_published_hashes():
    published = {
        "": 0,
        "a": 0x3C2569B2,
        "hello, world": 0x149BBB7F,
        "The quick brown fox jumps over the lazy dog": 0x2E4FF723,
    }
    assert {text: splits.murmur3_32(text.encode()) for text in published} == published
