"""Mutated requests never crash the evaluate function; `python -m bench.hostile` sends as many as one likes."""

from tests.hostile import Tally, attack


def test_whatever_is_sent_is_answered_and_never_with_a_fault_of_ours():
    total = Tally()
    for seed in range(4):
        total.add(attack(seed, 600))
    assert total.faults == []
    assert total.requests == 2_400
    assert {200, 400, 401, 413, 415, 422} <= set(total.statuses)
    assert total.statuses[200] > 400


def test_a_fault_is_seen():
    def broken(event, _):
        raise KeyError(event)

    def failing(_event, _context):
        return {"statusCode": 503}

    total = Tally()
    total.count(broken, {}, 1)
    total.count(failing, {}, 2)
    assert [seed for seed, _, _ in total.faults] == [1, 2]
