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


def seen(api, *profiles, environment="production"):
    items = [{"id": f"v{number}", "traits": traits} for number, traits in enumerate(profiles)]
    assert api(f"PUT /v1/visitors?environment={environment}", {"items": items}).status == 200


def test_what_no_stored_profile_ever_held_is_told(api):
    rule = {
        "all": [
            {"attribute": "traits.plann", "op": "exists"},
            {"attribute": "traits.plan", "op": "eq", "value": "prol"},
        ]
    }
    assert codes(validated(api, rule)) == []
    seen(api, {"plan": "pro", "email": "anna@example.org"})
    first, second = validated(api, rule)["warnings"]
    assert first["detail"] == "no profile stored in `production` since 2025-06-15 ever held `traits.plann`"
    assert (first["code"], first["hint"]) == ("attribute-never-seen", "did you mean `plan`?")
    assert (second["code"], second["hint"]) == ("value-never-seen", "did you mean `pro`?")
    created = api.audience("pro", rule).json
    assert codes(created) == [("/rule/all/0/attribute", first["code"]), ("/rule/all/1/value", second["code"])]
    seen(api, {"plan": "pro", "plann": 1})
    assert [code for _, code in codes(validated(api, rule, key="pro"))] == ["value-never-seen"]


def test_what_one_environment_holds_is_claimed_of_it_alone(api):
    seen(api, {"plan": "pro"})
    seen(api, {"plan": "test"}, environment="staging")
    rule = {"attribute": "traits.plan", "op": "eq", "value": "test"}
    assert codes(validated(api, rule)) == []
    asked = {
        name: api(f"POST /v1/audiences/validate?environment={name}", {"rule": rule})
        for name in ("production", "staging")
    }
    assert codes(asked["production"].json) == [("/rule/value", "value-never-seen")]
    assert codes(asked["staging"].json) == []


def test_a_key_learns_nothing_of_environments_that_it_does_not_name(api):
    seen(api, {"plan": "pro"})
    seen(api, {"plan": "test"}, environment="staging")
    _, key = api.new_key(environments=("staging",))
    body = {"rule": {"attribute": "traits.plan", "op": "eq", "value": "prol"}}
    (warning,) = api("POST /v1/audiences/validate", body, key=key).json["warnings"]
    assert "production" not in warning["detail"]
    assert warning["hint"] is None
    assert api("POST /v1/audiences/validate?environment=production", body, key=key).status == 404


def test_values_of_an_attribute_that_becomes_personal_are_forgotten(api):
    seen(api, {"name": "Anna"})
    rule = {"attribute": "traits.name", "op": "eq", "value": "Anne"}
    assert [warning["hint"] for warning in validated(api, rule)["warnings"]] == ["did you mean `Anna`?"]
    for personal in (True, False):
        assert api("PUT /v1/attributes/traits.name", {"personal": personal}).status == 200
        assert codes(validated(api, rule)) == []
