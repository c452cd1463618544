import pytest

from shared.rules.problems import Refused
from shared.store import api_keys, key_text, keys, records
from shared.store.api_keys import NewKey
from shared.store.changes import audit_page
from shared.store.errors import NotFound
from shared.store.verify import verify


@pytest.fixture
def shop(store):
    store.environment("production")
    store.environment("staging")
    return store


def secret(*environments, scopes=("evaluate", "read")):
    return NewKey("server", publishable=False, environments=environments or ("production",), scopes=scopes)


def publishable(environment="production", origins=()):
    return NewKey("site", publishable=True, environments=(environment,), origins=origins)


def create(store, new, change=None):
    return api_keys.create(store.db, store.signer, change or store.change(), new)


def revoke(store, key_id, change=None):
    return api_keys.revoke(store.db, store.signer, change or store.change(), key_id)


def table(store, environment="production"):
    item = store.db.find(store.db.images, keys.key_table(store.project, environment))
    document = item.binary("document")
    assert verify(records.KEY_TABLE_DOMAIN, document, item.binary("signature"), item.text("kid"), store.trusted)
    return records.decode_key_table(document)


def accepted(store, environment="production"):
    return {entry.key_id for entry in table(store, environment).entries}


def test_a_new_key_is_found_by_its_text_only(shop):
    key, text = create(shop, secret())
    assert api_keys.find(shop.db, shop.project, text) == key
    other = key_text.compose("sk", key.key_id, "a" * 26)
    for wrong in ("", text[:-1], text.upper(), other, text.replace("sk_", "pk_")):
        assert api_keys.find(shop.db, shop.project, wrong) is None


def test_a_key_of_another_project_is_not_found(shop):
    _, text = create(shop, secret())
    assert api_keys.find(shop.db, "another", text) is None


def test_the_text_is_stored_nowhere(shop):
    key, text = create(shop, secret(), shop.change("once"))
    random_part = text.split("_")[2][:20].encode()
    partitions = [keys.api_keys(shop.project), keys.audit(shop.project)]
    partitions.append(keys.idempotency(shop.project, "tester", "once")[0])
    stored = [item for each in partitions for item in shop.db.every(shop.db.definitions, each)]
    assert len(stored) >= 3
    assert all(random_part not in item.body for item in stored)
    assert key.last_four == text[-4:]


def test_texts_are_never_alike(shop):
    texts = {create(shop, secret())[1] for _ in range(5)}
    assert len(texts) == 5
    assert all(key_text.key_id(text) for text in texts)


def test_the_signed_table_of_each_named_environment_accepts_the_key(shop):
    key, text = create(shop, secret("production", "staging"))
    assert accepted(shop, "production") == accepted(shop, "staging") == {key.key_id}
    entry = table(shop).entries[0]
    assert entry == key.table_entry
    assert (entry.hash, entry.publishable, entry.scopes) == (key_text.digest(text), False, ("read", "evaluate"))
    assert table(shop).seq == 1


def test_another_environment_does_not(shop):
    create(shop, secret("staging"))
    assert accepted(shop, "production") == set()
    assert table(shop, "production").seq == 0


def test_a_publishable_key_carries_its_origins(shop):
    key, text = create(shop, publishable(origins=("https://shop.example", "https://shop.example")))
    assert text.startswith("pk_")
    entry = table(shop).entries[0]
    assert (entry.publishable, entry.scopes, entry.origins) == (
        True,
        ("evaluate", "collect"),
        ("https://shop.example",),
    )
    assert key.environments == ("production",)


def test_a_revoked_key_is_in_no_table_and_no_longer_found(shop):
    key, text = create(shop, secret("production", "staging"))
    kept, _ = create(shop, secret("production"))
    revoked = revoke(shop, key.key_id)
    assert revoked.revoked_at is not None
    assert accepted(shop, "production") == {kept.key_id}
    assert accepted(shop, "staging") == set()
    assert api_keys.find(shop.db, shop.project, text) is None
    assert [each.revoked_at is None for each in api_keys.every(shop.db, shop.project)].count(True) == 1


def test_revoking_twice_changes_nothing_more(shop):
    key, _ = create(shop, secret())
    first = revoke(shop, key.key_id)
    assert revoke(shop, key.key_id) == first
    assert table(shop).seq == 2


def test_an_unknown_key_cannot_be_revoked(shop):
    with pytest.raises(NotFound, match="`nobody`"):
        revoke(shop, "nobody")


def test_a_repeat_makes_no_second_key_and_does_not_show_the_text_again(shop):
    key, text = create(shop, secret(), shop.change("once"))
    assert text is not None
    assert create(shop, secret(), shop.change("once")) == (key, None)
    assert len(api_keys.every(shop.db, shop.project)) == 1


def test_keys_are_audited(shop):
    key, _ = create(shop, secret())
    revoke(shop, key.key_id)
    told = [(each.action, each.subject) for each in audit_page(shop.db, shop.project)[0]]
    assert {("key.create", key.key_id), ("key.revoke", key.key_id)} <= set(told)


@pytest.mark.parametrize(
    ("new", "pointers"),
    [
        (secret("productoin"), ["/environments/0"]),
        (secret(scopes=("evaluate", "raed")), ["/scopes/1"]),
        (secret(scopes=()), ["/scopes"]),
        (NewKey("x", publishable=False, environments=(), scopes=("read",)), ["/environments"]),
        (NewKey("x", publishable=True, environments=("production", "staging")), ["/environments"]),
        (NewKey("x", publishable=True, environments=("production",), scopes=("read",)), ["/scopes"]),
        (NewKey("x", publishable=False, environments=("nowhere",), scopes=("raed",), origins=("https://a",)),
         ["/environments/0", "/scopes/0", "/origins"]),
        (publishable(origins=tuple(f"https://{n}.example" for n in range(21))), ["/origins"]),
    ],
)  # fmt: skip
def test_a_key_that_cannot_be_is_refused_with_all_its_problems(shop, new, pointers):
    with pytest.raises(Refused) as refused:
        create(shop, new)
    assert [problem.pointer for problem in refused.value.problems] == pointers
    assert api_keys.every(shop.db, shop.project) == []


def test_a_project_has_a_bounded_number_of_keys(shop, monkeypatch):
    monkeypatch.setattr(api_keys, "MAX_KEYS", 1)
    key, _ = create(shop, secret())
    with pytest.raises(Refused, match="at most 1 keys"):
        create(shop, secret())
    revoke(shop, key.key_id)
    create(shop, secret())
