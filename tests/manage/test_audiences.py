import pytest

RULE = {"attribute": "traits.plan", "op": "eq", "value": "pro"}


def test_a_created_audience_is_a_draft_with_a_sentence_and_an_etag(api):
    answer = api.audience("vip", RULE, description="d", tags=["x"], public=True)
    assert answer.headers["etag"] == '"1"'
    assert answer.headers["location"] == "/v1/audiences/vip"
    assert answer.json == {
        "key": "vip", "name": "Vip", "description": "d", "tags": ["x"], "public": True, "rule": RULE, "include": [],
        "exclude": [], "version": 1, "status": "draft", "sentence": "`plan` is `pro`",
        "created_at": "2025-06-15T15:06:41Z", "updated_at": "2025-06-15T15:06:41Z", "updated_by": api.record.key_id,
        "live_in": {}, "membership": "stored", "cost": pytest.approx(20, rel=0.5), "warnings": [], "compared": 0,
        "complete": True,
    }  # fmt: skip
    linted = {"warnings": [], "compared": 0, "complete": True}
    assert api("GET /v1/audiences/vip").json | linted == answer.json


def test_a_taken_key_is_a_conflict(api):
    api.audience("vip")
    assert api("POST /v1/audiences", {"key": "vip", "name": "x", "rule": RULE}).status == 409


def test_everything_wrong_with_an_audience_is_said_at_once(api):
    rule = {"all": [{"attribute": "traits.plan", "op": "equalz", "value": 1}, {"audience": "nobody"}, {"any": []}]}
    answer = api("POST /v1/audiences", {"key": "Vip", "nam": "x", "include": ["a", "a"], "tags": "t", "rule": rule})
    assert answer.status == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json["type"] == "/problems/invalid-rule"
    assert answer.json["request_id"] == "request-1"
    assert answer.codes == {
        ("/key", "bad-format"), ("/name", "missing-field"), ("/nam", "unknown-field"), ("/tags", "wrong-type"),
        ("/include/1", "repeated-id"), ("/rule/all/0/op", "unknown-operator"),
        ("/rule/all/1/audience", "unknown-audience"), ("/rule/all/2/any", "empty-group"),
    }  # fmt: skip
    hints = {problem.get("hint") for problem in answer.json["problems"]}
    assert {"did you mean `name`?", "did you mean `eq`?"} <= hints
    assert api("GET /v1/audiences").json["items"] == []


@pytest.mark.parametrize("key", ["validate", "preview", "overlap"])
def test_keys_that_are_addresses_of_the_api_are_refused(still, key):
    assert still("POST /v1/audiences", {"key": key, "name": "x", "rule": RULE}).codes == {("/key", "bad-value")}


def test_only_later_work_makes_the_problem_not_supported_yet(still):
    answer = still("POST /v1/audiences", {"key": "a", "name": "x", "rule": {"event": "Order Completed"}})
    assert answer.json["type"] == "/problems/not-supported-yet"


def test_replacing_wants_the_etag_of_the_latest_version(api):
    api.audience("vip", RULE)
    fields = {"name": "VIP", "rule": RULE}
    assert api("PUT /v1/audiences/vip", fields).status == 428
    assert api("PUT /v1/audiences/vip", fields, {"if-match": '"7"'}).status == 412
    assert api("PUT /v1/audiences/vip", fields, {"if-match": "nonsense"}).status == 412
    answer = api("PUT /v1/audiences/vip", fields, {"if-match": '"1"'})
    assert (answer.status, answer.headers["etag"], answer.json["name"]) == (200, '"2"', "VIP")
    stale = api("PUT /v1/audiences/vip", fields, {"if-match": '"1"'})
    assert (stale.status, stale.json["detail"]) == (412, "audience `vip` is at version 2")
    assert api("PUT /v1/audiences/nobody", fields, {"if-match": '"1"'}).status == 404


def test_equal_content_makes_no_new_version(api):
    api.audience("vip", RULE)
    answer = api("PUT /v1/audiences/vip", {"name": "Vip", "rule": RULE, "key": "vip"}, {"if-match": '"1"'})
    assert answer.json["version"] == 1


def test_the_key_of_an_audience_never_changes(api):
    api.audience("vip", RULE)
    answer = api("PUT /v1/audiences/vip", {"key": "other", "name": "x", "rule": RULE}, {"if-match": '"1"'})
    assert answer.codes == {("/key", "bad-value")}


def test_a_rule_that_would_close_a_cycle_is_refused(api):
    api.audience("a")
    api.audience("b", {"audience": "a"})
    answer = api("PUT /v1/audiences/a", {"name": "A", "rule": {"audience": "b"}}, {"if-match": '"1"'})
    assert ("/rule/audience", "reference-cycle") in answer.codes


def test_lists_come_in_pages_and_by_text_tag_and_status(api):
    for key in ("alpha", "beta", "gamma"):
        api.audience(key, tags=["greek"] if key != "beta" else [])
    api.publish(audiences={"alpha": 1})
    first = api("GET /v1/audiences?limit=2").json
    assert [item["key"] for item in first["items"]] == ["alpha", "beta"]
    rest = api(f"GET /v1/audiences?limit=2&cursor={first['next_cursor']}").json
    assert ([item["key"] for item in rest["items"]], rest["next_cursor"]) == (["gamma"], None)

    def found(query):
        return [item["key"] for item in api(f"GET /v1/audiences?{query}").json["items"]]

    assert found("search=MMA") == ["gamma"]
    assert found("tag=greek") == ["alpha", "gamma"]
    assert found("status=live") == ["alpha"]
    assert found("status=draft") == ["beta", "gamma"]


@pytest.mark.parametrize("query", ["limit=0", "limit=x", "status=alive", "cursor=%25", "serch=a"])
def test_bad_query_parameters_are_problems(still, query):
    answer = still(f"GET /v1/audiences?{query}")
    assert (answer.status, answer.json["type"]) == (422, "/problems/invalid-request")


def test_archiving_takes_an_audience_out_of_the_next_release_only(api):
    api.audience("vip")
    api.publish()
    archived = api("POST /v1/audiences/vip/archive")
    assert (archived.json["status"], archived.json["live_in"]) == ("archived", {"production": 1})
    assert api("PUT /v1/audiences/vip", {"name": "x", "rule": RULE}, {"if-match": '"1"'}).status == 409
    assert api("POST /v1/audiences", {"key": "b", "name": "b", "rule": {"audience": "vip"}}).status == 422
    assert api.publish().json["changes"] == [{"key": "vip", "from": 1, "to": None}]
    assert api("GET /v1/audiences/vip").json["live_in"] == {}
    assert api("POST /v1/audiences/vip/restore").json["status"] == "draft"


def test_what_others_refer_to_can_neither_be_archived_nor_deleted(api):
    api.audience("a")
    api.audience("b", {"audience": "a"})
    for call in ("POST /v1/audiences/a/archive", "DELETE /v1/audiences/a"):
        answer = api(call)
        assert (answer.status, answer.json["type"]) == (409, "/problems/in-use")
        assert [problem["detail"] for problem in answer.json["problems"]] == ["audience `b` version 1 refers to it"]


def test_a_live_version_counts_as_a_user_after_its_audience_has_moved_on(api):
    api.audience("a")
    api.audience("b", {"audience": "a"})
    api.publish()
    api("PUT /v1/audiences/b", {"name": "B", "rule": RULE}, {"if-match": '"1"'})
    answer = api("POST /v1/audiences/a/archive")
    details = [problem["detail"] for problem in answer.json["problems"]]
    assert details == ["audience `b` version 1 refers to it in environment `production`"]
    usages = api("GET /v1/audiences/a/usages").json["items"]
    assert usages == [{"kind": "audience", "key": "b", "version": 1, "environment": "production"}]


def test_an_audience_that_is_live_anywhere_cannot_be_deleted(api):
    api.audience("a")
    api.publish("staging")
    answer = api("DELETE /v1/audiences/a")
    assert [problem["detail"] for problem in answer.json["problems"]] == ["environment `staging` serves it"]


def test_a_deleted_audience_is_gone_and_its_key_counts_on(api):
    api.audience("a")
    assert api("DELETE /v1/audiences/a").status == 204
    assert api("GET /v1/audiences/a").status == 404
    assert api("GET /v1/audiences/a/versions/1").status == 404
    assert api.audience("a").json["version"] == 2


def test_restoring_is_refused_where_a_reference_is_gone(api):
    api.audience("a")
    api.audience("b", {"audience": "a"})
    api("POST /v1/audiences/b/archive")
    assert api("DELETE /v1/audiences/a").status == 204
    assert api("POST /v1/audiences/b/restore").codes == {("/rule/audience", "unknown-audience")}


def test_a_repeated_write_under_one_idempotency_key_happens_once(api):
    body = {"key": "vip", "name": "VIP", "rule": RULE}
    first = api("POST /v1/audiences", body, {"idempotency-key": "k"})
    again = api("POST /v1/audiences", body, {"idempotency-key": "k"})
    assert (first.status, again.status, again.json) == (201, 201, first.json)
    other = api("POST /v1/audiences", {**body, "name": "x"}, {"idempotency-key": "k"})
    assert (other.status, other.json["type"]) == (409, "/problems/conflict")
    assert api("DELETE /v1/audiences/vip", headers={"idempotency-key": "d"}).status == 204
    assert api("DELETE /v1/audiences/vip", headers={"idempotency-key": "d"}).status == 204
    assert [entry["action"] for entry in api("GET /v1/audit").json["items"]][:2] == [
        "audience.delete",
        "audience.create",
    ]


def test_versions_stay_as_they_were_saved_and_can_be_compared(api):
    api.audience("vip", RULE)
    rule = {"any": [RULE, {"attribute": "traits.plan", "op": "eq", "value": "team"}]}
    api("PUT /v1/audiences/vip", {"name": "VIPs", "rule": rule}, {"if-match": '"1"'})
    versions = api("GET /v1/audiences/vip/versions?limit=1").json
    assert [item["version"] for item in versions["items"]] == [2]
    older = api(f"GET /v1/audiences/vip/versions?cursor={versions['next_cursor']}").json
    assert [item["version"] for item in older["items"]] == [1]
    assert api("GET /v1/audiences/vip/versions/1").json["rule"] == RULE
    assert api("GET /v1/audiences/vip/versions/3").status == 404
    diff = api("GET /v1/audiences/vip/diff?from=1&to=2").json
    assert diff["fields"] == [{"field": "name", "from": "Vip", "to": "VIPs"}]
    assert {(place["pointer"], place["change"]) for place in diff["rule"]} >= {("/any", "added")}
    assert set(diff["sentences"]) == {"from", "to"}
    assert api("GET /v1/audiences/vip/diff?from=1").status == 422


def test_validate_tells_problems_or_the_sentence_and_the_cost(api):
    api.audience("a", {"all": [RULE, {"attribute": "traits.age", "op": "gt", "value": 3}]})
    good = api("POST /v1/audiences/validate", {"rule": {"not": {"audience": "a"}}}).json
    assert good["valid"]
    assert good["cost"] == {
        "microseconds": pytest.approx(25, rel=0.5), "conditions": 2, "depth": 3, "references": ["a"],
        "attributes": ["traits.age", "traits.plan"],
    }  # fmt: skip
    bad = api("POST /v1/audiences/validate", {"rule": {"attribute": "traits.age", "op": "gt", "value": "3"}})
    assert (bad.status, bad.json["valid"], bad.json["sentence"]) == (200, False, None)
    assert [problem["pointer"] for problem in bad.json["problems"]] == ["/rule/value"]


def test_the_catalogue_types_what_rules_may_ask(api):
    api("PUT /v1/attributes/traits.age", {"type": "number"})
    answer = api(
        "POST /v1/audiences",
        {"key": "a", "name": "A", "rule": {"attribute": "traits.age", "op": "contains", "value": "3"}},
    )
    assert answer.codes == {("/rule/attribute", "wrong-type")}


def test_hints_at_unknown_audiences_are_bounded(api):
    api.audience("lapsed")
    rule = {"all": [{"audience": f"lapsed{i}"} for i in range(8)]}
    problems = api("POST /v1/audiences/validate", {"rule": rule}).json["problems"]
    assert [problem["hint"] for problem in problems] == ["did you mean `lapsed`?"] * 5 + [None] * 3
