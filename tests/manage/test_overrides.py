RULE = {"attribute": "traits.plan", "op": "eq", "value": "pro"}
AT = "?environment=production"


def test_overrides_are_saved_shown_and_said(api):
    made = api.audience("vip", RULE, include=["anna", "ben", "e\u0301"], exclude=["carl"])
    assert (made.json["include"], made.json["exclude"]) == (["anna", "ben", "é"], ["carl"])
    assert made.json["sentence"] == "`plan` is `pro`, always 3 ids, never 1 id"
    assert api("GET /v1/audiences/vip").json.items() <= made.json.items()
    version = api("GET /v1/audiences/vip/versions/1").json
    assert (version["include"], version["exclude"]) == (["anna", "ben", "é"], ["carl"])


def test_other_overrides_make_another_version(api):
    api.audience("vip", RULE, include=["anna"])
    fields = {"name": "Vip", "rule": RULE, "include": ["anna"]}
    assert api("PUT /v1/audiences/vip", fields, {"if-match": '"1"'}).json["version"] == 1
    changed = api("PUT /v1/audiences/vip", fields | {"exclude": ["anna"]}, {"if-match": '"1"'})
    assert changed.json["version"] == 2
    diff = api("GET /v1/audiences/vip/diff?from=1&to=2").json
    assert diff["fields"] == [{"field": "exclude", "from": [], "to": ["anna"]}]
    assert diff["rule"] == []


def test_overrides_go_over_the_rule_also_where_others_refer_to_it(api):
    api.audience("vip", RULE, include=["anna", "ben"], exclude=["ben", "carl"])
    api.audience("others", {"not": {"audience": "vip"}})

    def holds(audience, visitor, plan):
        question = {"audience": audience, "visitor": visitor, "traits": {"plan": plan}}
        return api(f"POST /v1/explain{AT}", question).json["holds"]

    def vip(visitor, plan):
        answer = holds("vip", visitor, plan)
        assert holds("others", visitor, plan) is not answer
        return answer

    for _ in range(2):  # as drafts, and live
        assert vip({"id": "anna"}, "free")
        assert not vip({"id": "ben"}, "pro")
        assert not vip({"id": "carl"}, "pro")
        assert vip({"id": "dora"}, "pro")
        assert vip({"anonymous_id": "anna"}, "free")
        assert not vip({"id": "dora", "anonymous_id": "anna"}, "free")
        api.publish()


def test_an_explanation_says_the_sentence_and_not_a_thousand_ids(api):
    api.audience("vip", RULE, include=[f"v{number}" for number in range(1000)])
    answer = api(f"POST /v1/explain{AT}", {"audience": "vip", "visitor": {"id": "v7"}}).json
    assert answer["sentence"] == "`plan` is `pro`, always 1000 ids"
    assert answer["holds"]


def test_many_at_once_may_have_overrides(api):
    items = [
        {"key": "a", "name": "A", "rule": {"audience": "b"}},
        {"key": "b", "name": "B", "rule": RULE, "include": ["anna"]},
        {"key": "c", "name": "C", "rule": RULE, "include": ["anna", "anna"]},
    ]
    results = api("PUT /v1/audiences", {"items": items}).json["items"]
    assert [result["status"] for result in results] == [201, 201, 422]
    assert [(p["pointer"], p["code"]) for p in results[2]["problems"]] == [("/items/2/include/1", "repeated-id")]
    assert api(f"POST /v1/explain{AT}", {"audience": "a", "visitor": {"id": "anna"}}).json["holds"]


def test_bad_overrides_are_told_all_at_once(api):
    body = {"key": "a", "name": "A", "rule": RULE, "include": ["", "x" * 257, 7], "exclude": "anna"}
    assert api("POST /v1/audiences", body).codes == {
        ("/include/0", "too-short"), ("/include/1", "too-long"), ("/include/2", "wrong-type"),
        ("/exclude", "wrong-type"),
    }  # fmt: skip
    many = [f"v{number}" for number in range(1001)]
    assert api("POST /v1/audiences", {**body, "include": many, "exclude": []}).codes == {("/include", "too-many")}
    twice = {**body, "include": ["a", "b", "a"], "exclude": ["e\u0301", "é"]}
    assert api("POST /v1/audiences", twice).codes == {("/include/2", "repeated-id"), ("/exclude/1", "repeated-id")}


def test_overrides_count_towards_the_limits_of_a_rule(api):
    rule = RULE
    for _ in range(15):
        rule = {"all": [rule]}
    body = {"key": "a", "name": "A", "rule": rule}
    assert api("POST /v1/audiences/validate", {"rule": rule}).json["valid"]
    assert api("POST /v1/audiences", {**body, "include": ["x"]}).codes == {("/rule", "too-deep")}
    validated = api("POST /v1/audiences/validate", {"rule": rule, "include": ["x"]}).json
    assert [problem["code"] for problem in validated["problems"]] == ["too-deep"]


def test_validate_says_what_the_whole_costs(api):
    answer = api("POST /v1/audiences/validate", {"rule": RULE, "exclude": ["a"]}).json
    assert answer["sentence"] == "`plan` is `pro`, never 1 id"
    assert answer["cost"]["attributes"] == ["traits.plan", "visitor.anonymous_id", "visitor.id"]


def test_a_restored_audience_keeps_its_overrides(api):
    api.audience("vip", RULE, include=["anna"])
    api("POST /v1/audiences/vip/archive")
    assert api("POST /v1/audiences/vip/restore").json["include"] == ["anna"]
