"""evaluate and stored id lists: one read, honest where it fails."""

import pytest

from shared.store import keys
from tests import world as worlds
from tests.functions.test_evaluate import ANONYMOUS, PK, SK, ask, audiences, evaluate, problems  # noqa: F401

RULES = {
    "testers": {"list": "beta"},
    "others": {"not": {"list": "beta"}},
    "pro-testers": {"all": [{"list": "beta"}, {"attribute": "traits.plan", "op": "eq", "value": "pro"}]},
    "press": {"list": "press"},
    "pro": {"attribute": "traits.plan", "op": "eq", "value": "pro"},
}
BETA, OLD_PRESS, PRESS = 1, 2, 3


@pytest.fixture
def world():
    with worlds.loopback_store() as store:
        world = worlds.World(store)
        world.publish(worlds.image_of(RULES, ("testers", "press")), 7)
        world.allow(worlds.entry(SK), worlds.entry(PK, publishable=True, scopes=("evaluate",)))
        world.make_lists("beta", "gone", "press")
        world.remember("anna", {"plan": "pro"})
        world.enlist("anna", BETA)
        yield world


@pytest.fixture
def send(evaluate, world, monkeypatch):  # noqa: F811
    container = world.container()
    monkeypatch.setattr(evaluate, "container", lambda: container)

    def send(method, path, body=None, key=SK, **more):
        return evaluate.handler(worlds.event(method, path, body=body, key=key, **more), None)

    return send


def of(send, key=SK, **visitor):
    return audiences(send, {"visitor": visitor}, key)


def test_who_is_in_a_list_is_in_its_audiences(send):
    assert of(send, id="anna") == ["pro", "pro-testers", "testers"]
    assert of(send, id="ben") == ["others"]


def test_whoever_names_no_visitor_is_in_no_list(send):
    assert audiences(send, {}) == ["others"]


def test_generations_that_do_not_count_are_in_no_list(send, world):
    world.enlist("anna", BETA, 99)
    assert of(send, id="anna") == ["pro", "pro-testers", "testers"]
    world.make_lists("old", "beta", "press")
    assert of(send, id="anna") == ["others", "pro"]
    world.enlist("anna", 2, PRESS)
    assert of(send, id="anna") == ["press", "pro", "pro-testers", "testers"]


def test_memberships_go_by_the_id_else_by_the_anonymous_id(send, world):
    world.enlist(ANONYMOUS, PRESS, anonymous=True)
    assert of(send, id="anna", anonymous_id=ANONYMOUS) == ["pro", "pro-testers", "testers"]
    assert of(send, anonymous_id=ANONYMOUS) == ["others", "press"]
    assert of(send, id=ANONYMOUS) == ["others"]


def test_a_browser_learns_nothing_of_a_known_visitor(send, world):
    world.enlist(ANONYMOUS, PRESS, anonymous=True)
    assert of(send, PK, id="anna") == []
    assert of(send, PK, id="anna", anonymous_id=ANONYMOUS) == ["press"]


def test_an_anonymous_id_is_never_taken_for_a_known_one(send, world):
    known = "anna.with.a.long.name@shop.example"
    world.enlist(known, BETA)
    assert of(send, PK, anonymous_id=known) == []


def test_a_server_may_send_the_lists_itself(send, world):
    world.store.calls.clear()
    assert audiences(send, {"lists": ["beta", "unheard-of"], "traits": {"plan": "free"}}) == ["testers"]
    assert audiences(send, {"lists": [], "visitor": {"id": "anna"}}) == ["others", "pro"]
    assert audiences(send, {"lists": None, "visitor": {"id": "anna"}}) == ["pro", "pro-testers", "testers"]
    status, answer = ask(send, {"lists": {"beta": True}})
    assert (status, problems(answer)) == (422, {"/lists": "wrong-type"})


def test_a_browser_may_not(send):
    status, answer = ask(send, {"lists": ["beta"]}, PK)
    assert (status, problems(answer)) == (422, {"/lists": "secret-key-only"})


def test_one_consistent_read_brings_profile_memberships_and_generations(send, world):
    of(send, id="anna")
    world.store.calls.clear()
    of(send, id="anna", anonymous_id=ANONYMOUS)
    assert world.store.calls == [("BatchGetItem", worlds.PROFILES)]
    body = {"visitors": [{"visitor": {"id": f"v{number}"}} for number in range(40)]}
    world.store.calls.clear()
    send("POST", "/v1/evaluate/batch", body)
    assert world.store.calls == [("BatchGetItem", worlds.PROFILES)]


def test_nothing_is_read_of_lists_that_nobody_asks_for(send, world):
    world.publish(worlds.image_of({"pro": RULES["pro"]}), 8)
    world.clock.now += 10
    damaged = {"body": b"\xc1"}
    world.store.items[worlds.PROFILES][keys.known_memberships(worlds.PROJECT, "production", "anna")] = damaged
    assert of(send, id="anna") == ["pro"]


def test_before_the_first_list_nobody_is_in_one(send, world):
    for copy in range(keys.GENERATION_COPIES):
        del world.store.items[worlds.PROFILES][keys.generations(worlds.PROJECT, "production", copy)]
    assert of(send, id="anna") == ["others", "pro"]


@pytest.mark.parametrize("mode", ["throttled", "broken", "garbage"])
def test_memberships_that_could_not_be_read_are_not_taken_for_none(send, world, mode):
    of(send, id="anna")
    world.store.mode, world.store.broken_tables = mode, {worlds.PROFILES}
    status, answer = ask(send, {"visitor": {"id": "anna"}, "traits": {"plan": "pro"}})
    assert (status, answer["profile"], answer["audiences"]) == (200, "unavailable", ["pro"])
    assert answer["unknowns"] == ["others", "press", "pro-testers", "testers"]
    status, answer = ask(send, {"visitor": {"anonymous_id": ANONYMOUS}}, PK)
    assert (answer["audiences"], answer.get("unknowns")) == ([], None)


@pytest.mark.parametrize(
    "damaged",
    [
        [keys.known_memberships(worlds.PROJECT, "production", "anna")],
        [keys.generations(worlds.PROJECT, "production", copy) for copy in range(keys.GENERATION_COPIES)],
    ],
    ids=["memberships", "generations"],
)
def test_what_is_damaged_makes_lists_unknown_and_leaves_the_profile_known(send, world, damaged):
    for key in damaged:
        world.store.items[worlds.PROFILES][key] = {"body": b"\xc1"}
    _, answer = ask(send, {"visitor": {"id": "anna"}})
    assert (answer["audiences"], answer["profile"]) == (["pro"], "unavailable")
    assert answer["unknowns"] == ["others", "press", "pro-testers", "testers"]
