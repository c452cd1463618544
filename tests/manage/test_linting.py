"""What validate and saving say beyond problems: warnings, membership, cost; and the cap at publishing."""

from shared.rules import cost

PRO = {"attribute": "traits.plan", "op": "eq", "value": "pro"}
KNOWN = {"attribute": "traits.plan", "op": "exists"}
SHOP = {"attribute": "page.path", "op": "starts_with", "value": "/shop/"}
NEVER = {"all": [PRO, {"attribute": "traits.plan", "op": "eq", "value": "free"}]}


def validated(api, rule, **fields):
    answer = api("POST /v1/audiences/validate", {"rule": rule, **fields})
    assert answer.status == 200, answer.text
    return answer.json


def codes(answer):
    return [(warning["pointer"], warning["code"]) for warning in answer["warnings"]]


def test_validate_warns_of_what_is_said_in_vain(api):
    answer = validated(api, NEVER)
    assert (answer["valid"], answer["problems"], codes(answer)) == (True, [], [("/rule", "never-holds")])
    assert answer["warnings"][0]["hint"] == "use `any` where one of them is enough"


def test_a_rule_with_problems_has_no_warnings(still):
    answer = validated(still, {"audience": "nobody"})
    assert (answer["valid"], answer["warnings"], answer["compared"]) == (False, [], None)


def test_an_audience_is_compared_with_the_others_of_its_project(api):
    api.audience("pro", PRO)
    api.audience("known", KNOWN)
    api.audience("shop", SHOP)
    answer = validated(api, {"all": [PRO, SHOP]})
    assert (answer["compared"], answer["complete"]) == (3, True)
    assert [warning["detail"] for warning in answer["warnings"]] == [
        "whoever is in it is in `known`, `pro`, `shop` too"
    ]


def test_an_audience_is_not_compared_with_itself_nor_with_what_it_names(api):
    api.audience("pro", PRO)
    api.audience("swiss-pro", {"all": [{"audience": "pro"}, {"attribute": "geo.country", "op": "eq", "value": "CH"}]})
    assert codes(validated(api, PRO, key="pro")) == []
    assert codes(validated(api, {"any": [{"audience": "pro"}, SHOP]})) == [("/rule", "contains-audience")]
    archived = api("POST /v1/audiences/swiss-pro/archive")
    assert archived.status == 200
    assert codes(validated(api, {"any": [{"audience": "pro"}, SHOP]})) == []


def test_saving_warns_too(api):
    api.audience("pro", PRO)
    created = api.audience("twin", PRO).json
    assert codes(created) == [("/rule", "equals-audience")]
    fields = {"name": "Twin", "rule": NEVER, "include": ["u1"], "exclude": ["u1"]}
    replaced = api("PUT /v1/audiences/twin", fields, {"if-match": '"1"'}).json
    assert codes(replaced) == [("/rule", "never-holds"), ("/include/0", "included-and-excluded")]


def test_membership_is_told_with_what_makes_it_contextual(api):
    api.audience("shop", SHOP)
    direct, through = validated(api, {"any": [PRO, SHOP]}), validated(api, {"all": [PRO, {"audience": "shop"}]})
    assert (direct["membership"], direct["contextual"]) == ("contextual", ["page.path"])
    assert (through["membership"], through["contextual"]) == ("contextual", ["page.path"])
    stored = {"all": [PRO, {"attribute": "request.time", "op": "after", "value": "2026-01-01"}]}
    assert (validated(api, stored)["membership"], validated(api, stored)["contextual"]) == ("stored", [])
    assert api("GET /v1/audiences/shop").json["membership"] == "contextual"
    assert [item["membership"] for item in api("GET /v1/audiences").json["items"]] == ["contextual"]


def test_an_archived_audience_whose_reference_is_gone_has_neither_membership_nor_cost(api):
    api.audience("pro", PRO)
    api.audience("via", {"audience": "pro"})
    for key in ("via", "pro"):
        assert api(f"POST /v1/audiences/{key}/archive").status == 200
    answer = api("GET /v1/audiences/via").json
    assert (answer["membership"], answer["cost"]) == (None, None)


def test_a_costlier_rule_has_the_greater_cost(still):
    plain, pattern = validated(still, PRO), validated(still, {**PRO, "op": "matches", "value": "a.*b"})
    assert 0 < plain["cost"]["microseconds"] < pattern["cost"]["microseconds"] < cost.CAP


def test_publishing_refuses_what_could_take_too_long_and_names_the_costliest(api):
    for number in range(12):
        patterns = [{**PRO, "op": "matches", "value": f"a{number}.*b{n}.*c" + "[ab]{9}" * 2} for n in range(4)]
        api.audience(f"a{number:02}", {"any": patterns if number == 5 else patterns[:1]})
    answer = api("POST /v1/environments/production/releases", {})
    assert (answer.status, answer.codes) == (422, {("/audiences/a05", "too-costly")})
    (problem,) = answer.json["problems"]
    assert problem["detail"].endswith("the limit is 20 ms")
    assert problem["hint"].startswith("`a05` alone could take ")
