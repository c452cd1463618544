from random import Random

import pytest

from tests import oracle
from tests.rules.build import NOW, condition, machine

NAMES = [f"a{number}" for number in range(6)]


def rule(rng, depth=3):
    if depth == 0 or rng.random() < 0.3:
        asked = condition(f"traits.{rng.choice(NAMES)}", "eq", rng.choice("xy"))
        return asked if rng.random() < 0.7 else {"not": asked}
    return {rng.choice(("all", "any")): [rule(rng, depth - 1) for _ in range(rng.randint(2, 3))]}


def deciding(node, visitor, unread):
    """The unread attributes below groups that are all undecided, by the oracle."""
    if oracle.kleene(node, visitor, NOW, unread=unread) is not None:
        return set()
    if "attribute" in node:
        return {node["attribute"]}
    items = [node["not"]] if "not" in node else node.get("all") or node["any"]
    return set().union(*(deciding(item, visitor, unread) for item in items))


@pytest.mark.parametrize("seed", range(40))
def test_what_would_decide_is_what_no_decided_group_stands_above(seed):
    rng = Random(seed)
    rules = {f"k{number}": rule(rng) for number in range(12)}
    asked = machine(rules)
    for _ in range(10):
        visitor = {"traits": {name: rng.choice("xyz") for name in NAMES if rng.random() < 0.5}}
        unread = {f"traits.{name}" for name in NAMES if name not in visitor["traits"]}
        keys, paths = asked.undecided(visitor, NOW, {tuple(path.split(".")) for path in unread}.__contains__)
        undecided = {key: deciding(each, visitor, unread) for key, each in rules.items()}
        assert set(keys) == {key for key, names in undecided.items() if names}
        assert {".".join(path) for path in paths} == set().union(*undecided.values())


def test_only_the_audiences_asked_for_are_told():
    asked = machine({"a": condition("traits.x", "eq", 1), "b": condition("traits.y", "eq", 1)})
    unread = {("traits", "x"), ("traits", "y")}
    assert asked.undecided({}, NOW, unread.__contains__, asked.select(["b"])) == (["b"], [("traits", "y")])
    assert asked.undecided({"traits": {"x": 1}}, NOW, {("traits", "y")}.__contains__, asked.select(["a"])) == ([], [])
