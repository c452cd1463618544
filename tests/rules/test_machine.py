import pytest

from shared.rules import masks
from shared.rules.instants import parse
from shared.rules.kinds import Type
from shared.rules.machine import Machine
from shared.rules.masks import Budget, Memo, Outcomes, mask_of
from tests.rules.build import NOW, condition, link, machine

PRO = condition("traits.plan", "eq", "pro")


def in_(loaded, traits, now=NOW):
    return sorted(loaded.evaluate({"traits": traits}, now))


def test_only_the_selected_audiences_are_answered():
    loaded = machine({"a": PRO, "b": PRO, "c": PRO}, public=("b",))
    assert loaded.evaluate({"traits": {"plan": "pro"}}, NOW, loaded.select(["a", "c", "unknown"])) == ["a", "c"]
    assert loaded.evaluate({"traits": {"plan": "pro"}}, NOW, loaded.public) == ["b"]
    assert loaded.paths == {("traits", "plan")}


def test_values_of_every_shape_are_answered_and_never_raise():
    loaded = machine(
        {"a": PRO, "b": condition("traits.plan", "has_any", ["pro"]), "c": condition("traits.plan.x", "exists")}
    )
    for value in (
        "pro",
        1,
        1.5,
        True,
        None,
        [],
        ["pro"],
        [["pro"]],
        [{}],
        [None],
        {},
        {"x": 1},
        "x" * 100_000,
        -0.0,
        2**53,
    ):
        in_(loaded, {"plan": value})
    assert in_(loaded, {"plan": ["pro", ["pro"], {}]}) == ["b"]
    assert in_(loaded, {"plan": {"x": 0}}) == ["c"]
    assert loaded.evaluate({"traits": "pro"}, NOW) == loaded.evaluate({}, NOW) == []


def test_two_elements_with_one_owner_do_not_cancel():
    loaded = machine({"a": condition("traits.roles", "has_any", ["x", "y"])})
    assert in_(loaded, {"roles": ["x", "y"]}) == in_(loaded, {"roles": ["x", "x"]}) == ["a"]


def test_lists_tell_kinds_apart_also_from_memory():
    loaded = machine({"one": condition("traits.l", "has_any", [1]), "true": condition("traits.l", "has_any", [True])})
    for _ in range(2):
        assert in_(loaded, {"l": [1]}) == in_(loaded, {"l": [1.0]}) == ["one"]
        assert in_(loaded, {"l": [True]}) == ["true"]
        assert in_(loaded, {"l": ["1"]}) == []


def test_scalars_tell_kinds_apart_also_from_memory():
    loaded = machine({"one": condition("traits.x", "eq", 1), "true": condition("traits.x", "eq", value=True)})
    for _ in range(2):
        assert in_(loaded, {"x": 1}) == in_(loaded, {"x": 1.0}) == ["one"]
        assert in_(loaded, {"x": True}) == ["true"]
        assert in_(loaded, {"x": "1"}) == in_(loaded, {"x": False}) == []


def test_bounds_tell_what_unread_attributes_could_decide():
    loaded = machine(
        {
            "known": condition("geo.country", "eq", "DE"),
            "both": {"all": [PRO, condition("geo.country", "eq", "DE")]},
            "never": {"all": [PRO, condition("geo.country", "eq", "FR")]},
            "either": {"any": [PRO, {"not": PRO}]},
            "not": {"not": PRO},
        }
    )
    certain, possible = loaded.bounds({"geo": {"country": "DE"}}, NOW, lambda path: path[0] == "traits")
    assert sorted(certain) == ["known"]
    assert sorted(possible) == ["both", "either", "known", "not"]


def test_calendar_cut_offs_move_with_now_and_end_where_a_month_lacks_the_day():
    loaded = machine(
        {"a": condition("traits.at", "within_last", "P1M"), "b": condition("traits.at", "older_than", "P1M")}
    )
    for now, at, holds in (
        ("2024-03-31T12:00:00Z", "2024-03-01T00:00:00Z", ["b"]),  # 31 February is 1 March, 0:00
        ("2024-03-31T12:00:00Z", "2024-03-01T00:00:00.001Z", ["a"]),
        ("2024-03-30T23:59:59Z", "2024-02-29T23:59:59Z", ["b"]),  # 30 February, too
        ("2024-03-15T12:00:00Z", "2024-02-15T12:00:00Z", ["b"]),
        ("2024-03-15T12:00:00Z", "2024-02-15T12:00:00.001Z", ["a"]),
        ("2024-03-15T12:00:00Z", "2024-03-15T12:00:00.001Z", []),
    ):
        assert in_(loaded, {"at": at}, parse(now)) == holds, (now, at)


def test_more_days_of_now_than_are_kept_give_the_same_answers_again():
    loaded = machine({"a": condition("traits.at", "within_last", "P1M")})
    at, day = {"at": "2024-03-01T00:00:00Z"}, 86_400_000
    start = parse("2024-02-01T00:00:00Z")
    answers = [in_(loaded, at, start + n * day) for n in range(90)]
    assert [in_(loaded, at, start + n * day) for n in range(90)] == answers
    assert sum(map(len, answers)) == 29  # from 1 March on; the cut-off of 30 March is 1 March itself


def test_declared_types_convert_before_anything_is_asked():
    rules = {"n": condition("traits.x", "gt", 5), "t": condition("traits.x", "after", "2001-01-01")}
    assert in_(machine(rules, {"traits.x": Type.NUMBER}), {"x": "42"}) == ["n"]
    assert in_(machine(rules), {"x": "42"}) == []
    assert in_(machine(rules, {"traits.x": Type.DATETIME}), {"x": 1_700_000_000}) == ["t"]


def test_searches_by_look_up_and_by_set_agree():
    few = {f"c{n}": condition("traits.p", "contains", f"x{n}") for n in range(3)}
    words = ["x1", "ax1b", "x", "", "X1", "x12", "é", "a\nx1", "\0x1"]
    many = few | {f"m{n}": condition("traits.p", "contains", f"y{n}.*") for n in range(40)}
    for word in words:
        found = [key for key in in_(machine(many), {"p": word}) if key.startswith("c")]
        assert found == in_(machine(few), {"p": word})
    assert in_(machine(many), {"p": "y7.*"}) == ["m7"]


def test_a_mask_toggles_positions_that_come_twice():
    assert mask_of([0, 9, 0]) == 1 << 9
    assert mask_of([]) == 0


def test_the_memo_tables_never_outgrow_their_budget(monkeypatch):
    monkeypatch.setattr(masks, "PATIENCE", 50)
    budget = Budget(1000, 20_000)
    outcomes = Outcomes([[n * 8] for n in range(1000)], budget)
    memo = Memo(lambda n: outcomes[(n,)], budget)
    for n in range(1000):
        assert memo[n] == 1 << n * 8
        stored = sum(len(table) for table in budget.tables)
        assert stored * masks.ENTRY_BYTES <= budget.size
        assert budget.room >= 0
        assert len(outcomes) * 1000 <= budget.size
        # whatever an entry refers to is counted: it stands in a table of masks as well
        assert {id(mask) for mask in memo.values()} <= {id(mask) for mask in outcomes.values()}
    assert memo


@pytest.mark.parametrize("op", ["gt", "gte", "lt", "lte"])
def test_regions_far_from_a_checkpoint_are_right(op):
    loaded = Machine(link({f"a{n}": condition("traits.n", op, n) for n in range(500)}), memo_bytes=0)
    compare = {"gt": int.__gt__, "gte": int.__ge__, "lt": int.__lt__, "lte": int.__le__}[op]
    for value in (-1, 0, 1, 7, 8, 250, 499, 500):
        assert set(in_(loaded, {"n": value})) == {f"a{n}" for n in range(500) if compare(value, n)}
