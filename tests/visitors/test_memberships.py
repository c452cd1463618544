import msgspec
import pytest

from shared.visitors import memberships
from shared.visitors.memberships import Generations, Memberships, decode, decode_generations, encode, lists_of

KNOWN = Generations(next=6, current={2: "vip", 5: "beta"}, staged=frozenset({4}))


def test_records_come_back_as_they_were():
    assert decode_generations(encode(KNOWN)) == KNOWN
    held = Memberships(generations=frozenset({1, 2**40}))
    assert decode(encode(held)) == held


def test_only_generations_that_count_are_lists():
    assert lists_of(Memberships(generations=frozenset({1, 2, 4, 5, 9})), KNOWN) == ["beta", "vip"]
    assert lists_of(Memberships(), KNOWN) == []


def test_a_generation_is_over_when_it_is_neither_counting_nor_staged_and_known_to_this_record():
    assert [number for number in range(1, 9) if KNOWN.is_over(number)] == [1, 3]


@pytest.mark.parametrize(
    "data", [b"", b"\xc1", msgspec.msgpack.encode([2, 1, {}, []]), msgspec.msgpack.encode({"a": 1})]
)
def test_what_is_no_record_of_this_format_is_refused(data):
    for read in (decode, decode_generations):
        with pytest.raises(msgspec.DecodeError):
            read(data)


def test_a_record_of_a_hundred_lists_is_small():
    assert len(encode(Generations(next=10**6, current={10**6 - n: f"some-list-{n}" for n in range(100)}))) < 2_000
    assert len(memberships.encode(Memberships(generations=frozenset(range(1000, 1020))))) < 100
