import hashlib

import msgspec
import pytest

from shared.rules import image, text
from shared.rules.catalogue import Attribute
from shared.rules.kinds import Type
from shared.rules.machine import Machine
from shared.rules.problems import Refused
from shared.store import audience_changes, catalogue, images, keys, lists, publish, records, releases
from shared.store.changes import audit_page
from shared.store.errors import Conflict, NotFound, RepeatedKey
from shared.store.publish import Order, VersionChange
from shared.store.verify import verify


def save(store, key, rule=None, **fields):
    return audience_changes.put(store.db, store.change(), store.content(key, rule, **fields)).audience.latest


def release(store, change=None, environment="production", **order):
    return publish.publish(store.db, store.signer, change or store.change(), Order(environment, **order))


def roll_back(store, name, change=None):
    return publish.roll_back(store.db, store.signer, change or store.change(), "production", name)


def served(store, plan, environment="production"):
    """The answer of a reader that trusts nothing: pointer, signature, hash, machine."""
    item = store.db.find(store.db.images, keys.pointer(store.project, environment))
    document = item.binary("document")
    assert verify(records.POINTER_DOMAIN, document, item.binary("signature"), item.text("kid"), store.trusted)
    pointer = records.decode_pointer(document)
    data = images.read(store.db, store.project, pointer.image, pointer.chunks)
    assert f"sha256:{hashlib.sha256(data).hexdigest()}" == pointer.image
    return pointer.release, sorted(Machine(image.decode(data)).evaluate({"traits": {"plan": plan}}, 0))


def changes(outcome):
    return [(change.key, change.before, change.after) for change in outcome.changes]


@pytest.fixture
def production(store):
    store.environment()
    save(store, "pro")
    save(store, "team")
    return store


def test_everything_goes_to_its_latest_version(production):
    save(production, "team", {"not": {"audience": "pro"}})
    outcome = release(production, message="first")
    assert changes(outcome) == [("pro", None, 1), ("team", None, 2)]
    assert (outcome.release.name, outcome.release.message) == ("r1", "first")
    assert served(production, "pro") == ("r1", ["pro"])
    assert served(production, "free") == ("r1", ["team"])


def test_a_release_is_found_by_its_name_and_in_the_history(production):
    first, second = release(production).release, release(production).release
    assert releases.get(production.db, production.project, "production", "r1") == first
    assert releases.current(production.db, production.project, "production") == second
    page, cursor = releases.history(production.db, production.project, "production", None, 2)
    rest, end = releases.history(production.db, production.project, "production", cursor, 2)
    assert [each.name for each in (*page, *rest)] == ["r2", "r1", "r0"]
    assert end is None


@pytest.mark.parametrize("name", ["r9", "r01", "1", "r", "rx", "r-1", "r\u0661", "r" + "9" * 5000])
def test_no_release_has_another_name(production, name):
    with pytest.raises(NotFound, match="no release"):
        releases.get(production.db, production.project, "production", name)


def test_an_unknown_environment_is_not_found(production):
    with pytest.raises(NotFound, match="`nowhere`"):
        release(production, environment="nowhere")
    with pytest.raises(NotFound, match="`nowhere`"):
        release(production, source="nowhere")


def test_only_the_named_audiences_change(production):
    release(production)
    save(production, "pro", {"attribute": "traits.plan", "op": "eq", "value": "PRO"})
    save(production, "team", {"attribute": "traits.plan", "op": "eq", "value": "TEAM"})
    save(production, "new")
    outcome = release(production, audiences={"pro": "latest", "new": 1})
    assert changes(outcome) == [("new", None, 1), ("pro", 1, 2)]
    assert outcome.release.versions == {"new": 1, "pro": 2, "team": 1}
    assert served(production, "team") == ("r2", ["team"])
    assert served(production, "PRO") == ("r2", ["pro"])
    assert changes(release(production, audiences={"pro": 1, "team": None, "never-was": None})) == [
        ("pro", 2, 1),
        ("team", 1, None),
    ]


def test_unknown_audiences_and_versions_are_named_all_at_once(production):
    with pytest.raises(Refused) as refused:
        release(production, audiences={"teem": "latest", "other": 3, "pro": 1})
    assert [(p.pointer, p.code, p.hint) for p in refused.value.problems] == [
        ("/audiences/teem", "unknown-audience", "did you mean `team`?"),
        ("/audiences/other", "unknown-audience", None),
    ]
    with pytest.raises(Refused) as refused:
        release(production, audiences={"team": 7})
    assert [(p.pointer, p.code) for p in refused.value.problems] == [("/audiences/team", "unknown-version")]
    assert served(production, "pro") == ("r0", [])


def test_an_audience_that_others_need_cannot_be_left_out(production):
    save(production, "both", {"all": [{"audience": "pro"}, {"audience": "team"}]})
    release(production)
    with pytest.raises(Refused, match="`pro`"):
        release(production, audiences={"pro": None})
    assert served(production, "pro") == ("r1", ["pro"])


def test_an_archived_audience_stays_live_until_the_next_whole_release(production):
    release(production)
    audience_changes.archive(production.db, production.change(), "team", {})
    assert served(production, "team") == ("r1", ["team"])
    assert changes(release(production, audiences={"pro": 1})) == []
    assert served(production, "team") == ("r2", ["team"])
    with pytest.raises(Refused, match="`team`"):
        release(production, audiences={"team": "latest"})
    assert changes(release(production)) == [("team", 1, None)]
    assert served(production, "team") == ("r3", [])


def test_a_dry_run_tells_what_would_change_and_writes_nothing(production):
    before = audit_page(production.db, production.project)
    planned = release(production, dry_run=True)
    assert changes(planned) == [("pro", None, 1), ("team", None, 1)]
    assert served(production, "pro") == ("r0", [])
    assert audit_page(production.db, production.project) == before
    done = release(production)
    assert (done.release.name, done.release.image) == (planned.release.name, planned.release.image)


def test_a_promotion_takes_another_environments_release_over_whole(production):
    production.environment("staging")
    release(production, environment="staging")
    save(production, "pro", {"attribute": "traits.plan", "op": "eq", "value": "PRO"})
    outcome = release(production, source="staging")
    assert changes(outcome) == [("pro", None, 1), ("team", None, 1)]
    assert (outcome.release.origin_environment, outcome.release.origin_release) == ("staging", "r1")
    assert outcome.release.image == releases.current(production.db, production.project, "staging").image


def test_a_promotion_takes_all_or_nothing(production):
    production.environment("staging")
    with pytest.raises(Refused, match="exclude each other"):
        release(production, source="staging", audiences={"pro": 1})


def test_a_rollback_is_a_new_release_of_the_very_same_image(production):
    first = release(production).release
    save(production, "pro", {"attribute": "traits.plan", "op": "eq", "value": "PRO"})
    release(production)
    outcome = roll_back(production, "r1")
    assert (outcome.release.name, outcome.release.image) == ("r3", first.image)
    assert (outcome.release.origin_environment, outcome.release.origin_release) == (None, "r1")
    assert changes(outcome) == [("pro", 2, 1)]
    assert served(production, "pro") == ("r3", ["pro"])
    after = release(production).release
    assert (after.name, after.origin_release) == ("r4", None)


def test_a_rollback_can_go_back_to_the_empty_beginning(production):
    release(production)
    roll_back(production, "r0")
    assert served(production, "pro") == ("r2", [])


def test_a_rollback_to_an_unknown_release_is_not_found(production):
    with pytest.raises(NotFound, match="`r7`"):
        roll_back(production, "r7")


def test_a_rollback_to_an_image_that_is_gone_changes_nothing(production):
    first = release(production).release
    release(production, audiences={"pro": None})
    production.db.put(images.Write(production.db.images, keys.chunk(production.project, first.image, 0), None))
    with pytest.raises(Conflict, match="no longer whole"):
        roll_back(production, "r1")
    assert served(production, "team") == ("r2", ["team"])


def test_publishing_again_repairs_a_damaged_chunk(production):
    first = release(production).release
    key = keys.chunk(production.project, first.image, 0)
    production.db.put(images.Write(production.db.images, key, {"body": b"damaged"}))
    assert release(production).release.image == first.image
    assert served(production, "pro") == ("r2", ["pro"])


def test_a_repeat_gives_the_same_release_and_makes_no_second(production):
    first = release(production, production.change("once", b"publish"))
    save(production, "new")
    again = release(production, production.change("once", b"publish"))
    assert again == first
    assert served(production, "pro")[0] == "r1"
    with pytest.raises(RepeatedKey):
        release(production, production.change("once", b"another"))
    back = roll_back(production, "r0", production.change("twice"))
    assert roll_back(production, "r0", production.change("twice")) == back


def test_every_release_is_audited_with_what_was_before(production):
    release(production)
    roll_back(production, "r0")
    entries, _ = audit_page(production.db, production.project, limit=100)
    told = {(each.action, each.environment, each.before, each.after) for each in entries}
    assert {("release.publish", "production", "r0", "r1"), ("release.roll-back", "production", "r1", "r2")} <= told


def test_types_of_the_catalogue_go_into_the_image(production):
    save(production, "old", {"attribute": "traits.age", "op": "gte", "value": 60})
    release(production)
    machine = served_machine(production)
    assert machine.evaluate({"traits": {"age": "61"}}, 0) == []
    number = Attribute(type=Type.NUMBER)
    catalogue.put(production.db, production.change(), ("traits", "age"), number)
    release(production)
    assert served_machine(production).evaluate({"traits": {"age": "61"}}, 0) == ["old"]


def served_machine(store):
    current = releases.current(store.db, store.project, "production")
    data = images.read(store.db, store.project, current.image, current.chunks)
    return Machine(image.decode(data))


def test_public_audiences_are_marked_in_the_image(production):
    save(production, "open", public=True)
    release(production)
    machine = served_machine(production)
    assert machine.evaluate({"traits": {"plan": "open"}}, 0, machine.public) == ["open"]
    assert machine.evaluate({"traits": {"plan": "pro"}}, 0, machine.public) == []


@pytest.mark.parametrize("cached", [b"", b"\xc1", msgspec.msgpack.encode([0, [], [], [], []])])
def test_a_program_that_cannot_be_read_is_compiled_anew(production, cached):
    content = production.content("pro", {"attribute": "traits.plan", "op": "eq", "value": "PRO"})
    audience_changes.put(production.db, production.change(), msgspec.structs.replace(content, program=cached))
    release(production)
    assert served(production, "PRO") == ("r1", ["pro"])


def test_a_program_compiled_anew_keeps_the_ids_that_override_its_rule(production):
    content = production.content("pro", {"attribute": "traits.plan", "op": "eq", "value": "PRO"}, exclude=("anna",))
    audience_changes.put(production.db, production.change(), msgspec.structs.replace(content, program=b""))
    release(production)
    machine = served_machine(production)
    assert machine.evaluate({"traits": {"plan": "PRO"}, "visitor": {"id": "ben"}}, 0) == ["pro"]
    assert machine.evaluate({"traits": {"plan": "PRO"}, "visitor": {"id": "anna"}}, 0) == []


def test_lists_that_the_environment_does_not_have_are_refused_by_name(production):
    audience_changes.put(production.db, production.change(), production.content("testers", lists=("beta",)))
    with pytest.raises(Refused) as caught:
        release(production)
    [problem] = caught.value.problems
    assert (problem.pointer, problem.code) == ("/audiences/testers", "unknown-list")
    assert problem.detail == "audience `testers` asks for list `beta`, which environment `production` does not have"
    lists.put(production.db, production.change(), "production", "beta", "Beta", "")
    release(production)


def test_an_image_past_the_limit_is_refused(production, monkeypatch):
    monkeypatch.setattr(image, "MAX_BYTES", 80)
    with pytest.raises(Refused, match="the limit is 80"):
        release(production)


def test_patterns_that_readers_could_not_hold_are_refused(production, monkeypatch):
    monkeypatch.setattr(text, "PATTERN_MEMORY", 20_000)
    save(production, "wide", {"attribute": "traits.x", "op": "matches", "value": "(a|b){200}c"})
    with pytest.raises(Refused) as caught:
        release(production)
    assert [problem.code for problem in caught.value.problems] == ["bad-pattern"]
    assert served(production, "pro")[0] == "r0"


def test_an_image_larger_than_a_chunk_is_written_and_read_whole(production, monkeypatch):
    monkeypatch.setattr(images, "CHUNK_BYTES", 40)
    outcome = release(production)
    assert outcome.release.chunks > 2
    assert served(production, "pro") == ("r1", ["pro"])


def test_versions_that_do_not_fit_an_item_are_refused(monkeypatch):
    monkeypatch.setattr(releases, "MAX_VERSIONS_BYTES", 10)
    with pytest.raises(Refused, match="limit is 10"):
        releases.pack_versions({"pro": 1, "team": 2})


def test_live_tells_what_each_environment_serves(production):
    production.environment("staging")
    release(production)
    live = releases.live(production.db, production.project, ["production", "staging", "nowhere"])
    assert live == {"production": {"pro": 1, "team": 1}, "staging": {}}


def test_changes_hold_only_what_differs():
    assert publish._changes({"a": 1, "b": 1, "c": 1}, {"a": 1, "b": 2, "d": 1}) == (
        VersionChange("b", 1, 2),
        VersionChange("c", 1, None),
        VersionChange("d", None, 1),
    )
