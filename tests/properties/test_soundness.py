"""Rules that are accepted never fail; `python -m bench.sound` asks as many as one likes."""

from tests.soundness import Tally, ask


def test_no_accepted_rule_fails_whatever_it_is_asked_for():
    total = Tally()
    for seed in range(2):
        total.add(ask(seed))
    assert total.faults == []
    assert total.accepted > 200
    assert total.evaluations > 30_000
    assert 0.05 < total.held / total.evaluations < 0.95
