def test_a_new_environment_serves_an_empty_release(api):
    made = api("POST /v1/environments", {"key": "qa"})
    assert (made.status, made.headers["location"]) == (201, "/v1/environments/qa")
    assert (made.json["name"], made.json["release"]) == ("qa", "r0")
    assert api("GET /v1/environments/qa").json == made.json
    assert [each["key"] for each in api("GET /v1/environments").json["items"]] == ["production", "qa", "staging"]
    assert api("POST /v1/environments", {"key": "qa"}).status == 409
    assert api("GET /v1/environments/nowhere").status == 404


def test_an_environment_is_set_up_whole(api):
    assert api("GET /v1/environments/production").json["settings"] == {"allowed_headers": []}
    body = {"settings": {"allowed_headers": ["x-shop", "x-role", "x-shop"]}}
    answer = api("PATCH /v1/environments/production", body)
    assert (answer.status, answer.json["settings"]) == (200, {"allowed_headers": ["x-role", "x-shop"]})
    assert api("GET /v1/environments/production").json == answer.json
    assert api("GET /v1/environments/staging").json["settings"] == {"allowed_headers": []}
    assert api("PATCH /v1/environments/nowhere", body).status == 404


def test_what_cannot_be_set_up_is_told_all_at_once(api):
    bad = {"settings": {"allowed_headers": ["X-Shop", ""], "colour": "red"}}
    assert api("PATCH /v1/environments/production", bad).codes == {
        ("/settings/allowed_headers/0", "bad-format"),
        ("/settings/allowed_headers/1", "bad-format"),
        ("/settings/colour", "unknown-field"),
    }
    secret = {"settings": {"allowed_headers": ["cookie", "x-shop", "authorization"]}}
    assert api("PATCH /v1/environments/production", secret).codes == {
        ("/settings/allowed_headers/0", "bad-value"),
        ("/settings/allowed_headers/2", "bad-value"),
    }


def test_publishing_tells_what_changes_and_a_dry_run_changes_nothing(api):
    api.audience("a")
    dry = api("POST /v1/environments/production/releases", {"dry_run": True})
    assert (dry.status, dry.json["dry_run"], dry.json["release"]) == (200, True, "r1")
    assert api("GET /v1/environments/production").json["release"] == "r0"
    done = api.publish(message="first")
    assert done.headers["location"] == "/v1/environments/production/releases/r1"
    assert done.json["changes"] == dry.json["changes"] == [{"key": "a", "from": None, "to": 1}]
    assert done.json["image"] == dry.json["image"]
    assert api("GET /v1/audiences/a").json["live_in"] == {"production": 1}
    assert api("GET /v1/environments/production/releases/r1").json["audiences"] == {"a": 1}


def test_only_the_named_audiences_change(api):
    for key in ("a", "b", "c"):
        api.audience(key)
    api.publish(audiences={"a": 1, "b": "latest"})
    answer = api.publish(audiences={"a": None, "c": 1})
    assert answer.json["changes"] == [{"key": "a", "from": 1, "to": None}, {"key": "c", "from": None, "to": 1}]
    assert api("GET /v1/environments/production/releases/r2").json["audiences"] == {"b": 1, "c": 1}


def test_a_promotion_takes_over_what_another_environment_serves(api):
    api.audience("a")
    api.publish("staging")
    api.audience("b")
    answer = api.publish("production", **{"from": "staging"})
    assert (answer.json["from"], answer.json["changes"]) == ("staging", [{"key": "a", "from": None, "to": 1}])


def test_a_rollback_is_a_new_release_of_what_an_old_one_served(api):
    api.audience("a")
    api.publish()
    answer = api("POST /v1/environments/production/rollback", {"release": "r0"})
    assert (answer.status, answer.json["release"], answer.json["from"]) == (201, "r2", "r0")
    assert api("GET /v1/audiences/a").json["status"] == "draft"
    assert api("POST /v1/environments/production/rollback", {"release": "r9"}).status == 404
    assert api("POST /v1/environments/production/rollback", {"release": "9"}).codes == {("/release", "bad-format")}


def test_releases_are_listed_newest_first(api):
    api.publish()
    page = api("GET /v1/environments/production/releases?limit=1").json
    assert [each["release"] for each in page["items"]] == ["r1"]
    rest = api(f"GET /v1/environments/production/releases?cursor={page['next_cursor']}").json
    assert ([each["release"] for each in rest["items"]], rest["next_cursor"]) == (["r0"], None)


def test_a_publication_with_unknown_audiences_or_broken_references_changes_nothing(api):
    api.audience("a")
    api.audience("b", {"audience": "a"})
    unknown = api("POST /v1/environments/production/releases", {"audiences": {"c": 1, "a": 7}})
    assert unknown.status == 422
    assert ("/audiences/c", "unknown-audience") in unknown.codes
    dangling = api("POST /v1/environments/production/releases", {"audiences": {"b": 1}})
    assert dangling.status == 422
    assert api("POST /v1/environments/production/releases", {"audiences": {"a": "newest"}}).status == 422
    assert api("POST /v1/environments/production/releases", {"dryrun": True}).codes == {("/dryrun", "unknown-field")}
    assert api("GET /v1/environments/production").json["release"] == "r0"


def test_a_repeated_publication_makes_one_release(api):
    api.audience("a")
    body = {"message": "x"}
    first = api("POST /v1/environments/production/releases", body, {"idempotency-key": "k"})
    again = api("POST /v1/environments/production/releases", body, {"idempotency-key": "k"})
    assert (again.status, again.json) == (201, first.json)
    assert api("GET /v1/environments/production").json["release"] == "r1"


def test_an_environment_that_the_key_does_not_name_looks_like_none(api):
    _, key = api.new_key(environments=("staging",))
    foreign = api("GET /v1/environments/production/releases", key=key)
    unknown = api("GET /v1/environments/nowhere/releases", key=key)
    assert (
        (foreign.status, foreign.json["type"]) == (unknown.status, unknown.json["type"]) == (404, "/problems/not-found")
    )
    for call, body in (
        ("POST /v1/environments/production/releases", {}),
        ("POST /v1/environments/production/rollback", {"release": "r0"}),
        ("GET /v1/environments/production/releases/r0", None),
        ("POST /v1/environments/staging/releases", {"from": "production"}),
    ):
        assert api(call, body, key=key).status == 404
