"""What the linter claims holds for every random visitor, by the oracle."""

from itertools import combinations

import pytest

from shared.rules.compiler import compile_rule
from shared.rules.lint import structure
from shared.rules.lint.formulas import Pool, formula, negation
from shared.rules.lint.search import Search
from shared.rules.parser import parse
from tests import generate, oracle

WORLDS = range(2_000, 2_012)
AUDIENCES, VISITORS = 25, 40
NEVER, ALWAYS = {"any": []}, {"all": []}


@pytest.fixture(scope="module", params=WORLDS)
def world(request):
    return generate.world(request.param, AUDIENCES)


@pytest.fixture(scope="module")
def truths(world):
    """For each audience whether it holds, visitor by visitor."""
    visitors = world.visitors(VISITORS)
    return {key: [_holds(world, rule, *visitor) for visitor in visitors] for key, rule in world.rules.items()}


@pytest.fixture(scope="module")
def programs(world):
    return {key: compile_rule(parse(rule)[0]) for key, rule in world.rules.items()}


def test_what_is_said_of_two_audiences_is_so(world, truths, programs):
    search = Search(Pool(), 1_000_000)
    claims = {key: formula(program, programs, search.pool) for key, program in programs.items()}
    proven = 0
    for one, other in combinations(claims, 2):
        pairs = list(zip(truths[one], truths[other], strict=True))
        relations = {
            "within": (search.excludes(claims[one], negation(claims[other])), (True, False)),
            "around": (search.excludes(claims[other], negation(claims[one])), (False, True)),
            "apart": (search.excludes(claims[one], claims[other]), (True, True)),
        }
        for name, (is_proven, counterexample) in relations.items():
            proven += is_proven
            assert not (is_proven and counterexample in pairs), (world.seed, name, one, other)
    assert proven > 0
    assert not search.gave_up


def test_parts_in_vain_can_go_all_at_once(world, truths, programs):
    visitors = world.visitors(VISITORS)
    for key, rule in world.rules.items():
        search = Search(Pool(), 1_000_000)
        left = rule
        for problem in structure.problems(structure.part(parse(rule)[0], "", programs, search), search):
            left = _put(left, problem.pointer.split("/")[1:], _constant(problem))
        now = truths[key] if left is rule else [_holds(world, left, *visitor) for visitor in visitors]
        assert now == truths[key], (world.seed, key, left)


def _holds(world, rule, visitor, now_ms):
    return oracle.holds(rule, visitor, now_ms, world.types, world.rules)


def _constant(problem):
    """What may stand in the place of a part that is said in vain."""
    is_in_all = problem.pointer.split("/")[-2:-1] == ["all"]
    return ALWAYS if problem.code == "always-holds" or (problem.code != "never-holds" and is_in_all) else NEVER


def _put(rule, steps, node):
    if not steps:
        return node
    first, *rest = steps
    if isinstance(rule, list):
        at = int(first)
        return [*rule[:at], _put(rule[at], rest, node), *rule[at + 1 :]]
    return {**rule, first: _put(rule[first], rest, node)}
