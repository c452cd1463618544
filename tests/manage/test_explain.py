AT = "?environment=production"
RULE = {"attribute": "traits.orders", "op": "gte", "value": 2}
PLACE = {"lat": 47.37, "lon": 8.54, "km": 10}


def test_an_audience_is_explained_as_it_is_live_with_what_it_refers_to(api):
    api.audience("loyal", RULE)
    api.audience("target", {"not": {"audience": "loyal"}})
    api.publish()
    api("PUT /v1/audiences/loyal", {"name": "L", "rule": {**RULE, "value": 9}}, {"if-match": '"1"'})
    api(f"PUT /v1/visitors/4{AT}", {"traits": {"orders": 3}})
    told = api(f"POST /v1/explain{AT}", {"audience": "target", "visitor": {"id": "4"}}).json
    assert (told["holds"], told["version"], told["environment"]) == (False, 1, "production")
    reference = told["explanation"]["items"][0]
    assert (reference["node"], reference["audience"], reference["holds"]) == ("audience", "loyal", True)
    witness = reference["items"][0]["witness"]
    assert witness["seen"] == {"attribute": "traits.orders", "kind": "number", "value": 3}
    assert witness["reason"] == "holds"


def test_a_draft_is_explained_at_its_latest_version(api):
    api.audience("loyal", RULE)
    told = api(f"POST /v1/explain{AT}", {"audience": "loyal", "traits": {"orders": 1}}).json
    assert (told["holds"], told["version"], told["explanation"]["witness"]["reason"]) == (False, 1, "fails")


def test_an_inline_rule_is_explained_on_the_document_as_evaluate_completes_it(api):
    rule = {"all": [
        {"attribute": "page.path", "op": "eq", "value": "/sale"},
        {"attribute": "utm.source", "op": "eq", "value": "mail"},
        {"attribute": "visitor.is_new", "op": "eq", "value": True},
        {"attribute": "request.time", "op": "on", "value": "1998-07-01"},
    ]}  # fmt: skip
    body = {
        "rule": rule,
        "visitor": {"id": "unseen", "anonymous_id": "either"},
        "page": {"url": "https://shop.example/sale?utm_source=mail"},
        "request": {"time": "1998-07-01T00:00:00Z"},
    }
    told = api(f"POST /v1/explain{AT}", body).json
    assert (told["holds"], told["evaluated_at"], told["version"]) == (True, "1998-07-01T00:00:00Z", None)


def test_both_profiles_of_a_visitor_count_and_declared_types_convert(api):
    api("PUT /v1/attributes/traits.orders", {"type": "number"})
    api(f"PUT /v1/visitors/4{AT}", {"traits": {"orders": "3"}})
    api(f"PUT /v1/visitors/anon{AT}&anonymous=true", {"traits": {"orders": "1", "theme": "dark"}})
    rule = {"all": [RULE, {"attribute": "traits.theme", "op": "exists"}]}
    told = api(f"POST /v1/explain{AT}", {"rule": rule, "visitor": {"id": "4", "anonymous_id": "anon"}}).json
    assert told["holds"]


def test_everything_wrong_with_a_question_is_said_at_once(api):
    body = {"rule": {"attribute": "traits.a", "op": "eqq"}, "traits": 3, "events": [], "visiter": {}}
    answer = api(f"POST /v1/explain{AT}", body)
    assert answer.status == 422
    assert answer.codes == {
        ("/rule/op", "unknown-operator"), ("/traits", "wrong-type"), ("/events", "not-supported-yet"),
        ("/visiter", "unknown-attribute"),
    }  # fmt: skip
    both = api(f"POST /v1/explain{AT}", {"rule": RULE, "audience": "a"})
    assert both.codes == api(f"POST /v1/explain{AT}", {}).codes == {("", "bad-value")}
    assert api(f"POST /v1/explain{AT}", {"audience": "nobody"}).status == 404
    assert api(f"POST /v1/explain{AT}", {"audience": "No"}).codes == {("/audience", "bad-format")}


def test_what_headers_say_is_explained_as_evaluate_reads_them(api):
    headers = {"User-Agent": "curl/8.5.0", "Cookie": "theme=dark", "cf-ipcountry": "AT"}
    rule = {
        "all": [
            {"attribute": "device.type", "op": "eq", "value": "bot"},
            {"attribute": "request.cookies.theme", "op": "eq", "value": "dark"},
            {"not": {"attribute": "geo.country", "op": "exists"}},
        ]
    }
    question = {"rule": rule, "request": {"headers": headers}}
    assert api("POST /v1/explain?environment=production", question).json["holds"] is True


def test_an_explanation_is_told_in_sentences_with_the_nearest_change(api):
    api("PUT /v1/attributes/traits.orders", {"type": "number"})
    api.audience("loyal", RULE)
    rule = {"any": [{"audience": "loyal"}, {"schedule": {"start": "2030-01-01"}}]}
    question = {"rule": rule, "traits": {"orders": "1"}, "request": {"time": "2029-12-31T00:00:00Z"}}
    told = api(f"POST /v1/explain{AT}", question).json
    assert told["sentences"] == [
        "at least one of the following holds: no, 0 of 2",
        "1. in audience `loyal`: no",
        "1.1. `orders` is at least 2: no, it is 1",
        "2. now is from `2030-01-01` on: no, now is mon 2029-12-31 00:00:00 UTC",
    ]
    step = {
        "pointer": "/rule", "attribute": "traits.orders", "from": 1, "to": 2,
        "words": "`orders` rose by 1 to 2", "audience": "loyal",
    }  # fmt: skip
    at = "2030-01-01T00:00:00Z"
    assert told["nearest"] == [
        {"words": f"in 24 hours, on {at}", "holds_then": True, "at": at, "steps": []},
        {"words": "if `orders` rose by 1 to 2", "holds_then": True, "at": None, "steps": [step]},
    ]


def test_a_change_does_what_it_says(api):
    rule = {"all": [RULE, {"attribute": "geo", "op": "within_km", "value": PLACE}]}
    visitor = {"traits": {"orders": 1}, "geo": {"lat": 47.0, "lon": 8.0}}
    [change] = api(f"POST /v1/explain{AT}", {"rule": rule, **visitor}).json["nearest"]
    orders, place = (step["to"] for step in change["steps"])
    changed = {"traits": {"orders": orders}, "geo": place}
    assert api(f"POST /v1/explain{AT}", {"rule": rule, **changed}).json["holds"] is change["holds_then"] is True


def test_rollouts_and_elements_show_where_the_visitor_stands(api):
    rollout = {"rollout": {"percent": 0, "by": "visitor.id", "salt": "s"}}
    element = {"attribute": "traits.items", "op": "element", "value": {"attribute": "sku", "op": "eq", "value": "A"}}
    question = {"rule": {"all": [rollout, element]}, "visitor": {"id": "7"}, "traits": {"items": ["x", {"sku": "B"}]}}
    told = api(f"POST /v1/explain{AT}", question).json
    shares, items = told["explanation"]["items"]
    assert 49 < shares["witness"]["bucket"] < 50
    assert items["items"][0]["element"] == 1
    assert told["nearest"] == []


def test_a_draft_that_grew_too_large_with_what_it_refers_to_has_no_nearest_change(api):
    def exists(first, last):
        return [{"attribute": f"traits.t{number}", "op": "exists"} for number in range(first, last)]

    api.audience("part", {"any": exists(0, 100)})
    api.audience("whole", {"all": [{"audience": "part"}, *exists(200, 350)]})
    answer = api("PUT /v1/audiences/part", {"name": "P", "rule": {"any": exists(0, 200)}}, {"if-match": '"1"'})
    assert answer.status == 200
    assert api(f"POST /v1/explain{AT}", {"audience": "whole"}).json["nearest"] == []
