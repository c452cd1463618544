RULE = {"attribute": "traits.plan", "op": "eq", "value": "pro"}


def item(key, rule=RULE, **fields):
    return {"key": key, "name": key.title(), "rule": rule, **fields}


def put(api, *items, **headers):
    return api("PUT /v1/audiences", {"items": list(items)}, headers)


def results(answer):
    return [(each["key"], each["status"], each["version"]) for each in answer.json["items"]]


def test_every_item_has_the_result_of_a_call_of_its_own(api):
    api.audience("old", RULE)
    api.audience("same", RULE)
    answer = put(api, item("new"), item("old", {"not": RULE}), item("same"))
    assert answer.status == 200
    assert results(answer) == [("new", 201, 1), ("old", 200, 2), ("same", 200, 1)]


def test_items_may_refer_to_each_other_in_any_order(api):
    answer = put(api, item("a", {"audience": "b"}), item("b", {"audience": "c"}), item("c"))
    assert [status for _, status, _ in results(answer)] == [201, 201, 201]


def test_an_item_with_problems_holds_back_itself_and_those_that_refer_to_it(api):
    answer = put(api, item("a", {"audience": "b"}), item("b", {"all": []}), item("c"), {"key": "d", "rule": 3})
    assert results(answer) == [("a", 422, None), ("b", 422, None), ("c", 201, 1), ("d", 422, None)]
    found = {(problem["pointer"], problem["code"]) for each in answer.json["items"] for problem in each["problems"]}
    assert found == {
        ("/items/0/rule/audience", "unknown-audience"),
        ("/items/1/rule/all", "empty-group"),
        ("/items/3/name", "missing-field"),
        ("/items/3/rule", "wrong-type"),
    }


def test_a_cycle_among_items_is_refused(api):
    answer = put(api, item("a", {"audience": "b"}), item("b", {"audience": "a"}))
    assert [status for _, status, _ in results(answer)] == [422, 422]


def test_a_key_may_come_once_only(api):
    assert {problem["code"] for problem in put(api, item("a"), item("a")).json["items"][0]["problems"]} == {
        "repeated-key"
    }


def test_an_archived_audience_is_not_written_over(api):
    api.audience("a")
    api("POST /v1/audiences/a/archive")
    answer = put(api, item("a"), item("b"), item("c", {"audience": "a"}))
    assert results(answer) == [("a", 409, None), ("b", 201, 1), ("c", 422, None)]


def test_a_repeated_call_writes_nothing_twice(api):
    items = [item("a"), item("b")]
    first = put(api, *items, **{"idempotency-key": "k"})
    again = put(api, *items, **{"idempotency-key": "k"})
    assert again.json == first.json
    actions = [entry["action"] for entry in api("GET /v1/audit").json["items"]]
    assert actions.count("audience.create") == 2


def test_more_than_500_items_and_none_are_refused(api):
    assert put(api).codes == {("/items", "too-few")}
    assert api("PUT /v1/audiences", {"items": [{}] * 501}).codes == {("/items", "too-many")}
    assert api("PUT /v1/audiences", {"item": []}).codes == {("/items", "missing-field"), ("/item", "unknown-field")}
