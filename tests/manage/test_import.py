SCHEMA = [{"property": name, "datatype": "string"} for name in ("country", "plan", "email")]


def group(id_, condition):
    return {"id": id_, "name": id_.title(), "type": "condition", "condition": condition}


def ask(api, *groups, **fields):
    document = {"savedGroups": list(groups), "attributes": SCHEMA}
    return api("POST /v1/import/growthbook", {"document": document, **fields})


def outcomes(answer):
    return [(item["key"], item["outcome"]) for item in answer.json["items"]]


US = group("us", '{"country": "US"}')
ODD = group("odd", '{"email": {"$regex": "(?=a)"}}')


def test_a_dry_run_reports_and_keeps_nothing(api):
    answer = ask(api, US, ODD)
    assert answer.status == 200
    assert outcomes(answer) == [("us", "imported"), ("odd", "refused")]
    assert answer.json["counts"] == {"imported": 1, "guarded": 0, "refused": 1}
    assert answer.json["items"][0]["sentence"] == "`country` is `US`"
    assert answer.json["items"][1]["problems"][0]["code"] == "unsupported-pattern"
    assert api("GET /v1/audiences").json["items"] == []


def test_what_is_imported_is_saved_as_a_bulk_call_would(api):
    answer = ask(api, US, ODD, save=True)
    assert [item["saved"] and item["saved"]["status"] for item in answer.json["items"]] == [201, None]
    assert api("GET /v1/audiences/us").json["rule"] == {"attribute": "traits.country", "op": "eq", "value": "US"}
    assert ask(api, US, save=True).json["items"][0]["saved"]["status"] == 200


def test_a_mapping_puts_attributes_elsewhere(api):
    answer = ask(api, US, attributes={"country": "geo.country"})
    assert answer.json["items"][0]["rule"]["attribute"] == "geo.country"


def test_a_bad_mapping_is_told_where_it_was_written(api):
    assert ask(api, US, attributes={"country": "geo."}).codes == {("/attributes/country", "bad-path")}
    assert ask(api, US, extra={"attributes": {"country": 3}}).codes == {("/extra/attributes/country", "wrong-type")}


def test_an_export_that_cannot_be_read_is_refused_as_a_whole(api):
    answer = api("POST /v1/import/growthbook", {"document": 3})
    assert answer.status == 422
    assert answer.codes == {("/document", "wrong-type")}


def test_a_declared_type_is_named_where_it_changes_what_is_compared(api):
    api("PUT /v1/attributes/traits.plan", {"type": "string"})
    api("PUT /v1/attributes/traits.since", {"type": "datetime"})
    plan, since = group("plan", '{"plan": {"$in": ["pro", 5]}}'), group("since", '{"since": "2024-01-01"}')
    answer = api("POST /v1/import/growthbook", {"document": {"savedGroups": [plan, since]}})
    kept, refused = answer.json["items"]
    assert kept["rule"] == {"attribute": "traits.plan", "op": "eq", "value": "pro"}
    assert "declared-type" in {guard["code"] for guard in kept["guards"]}
    assert [problem["code"] for problem in refused["problems"]] == ["declared-type"]


def test_unknown_formats_and_dialects_are_told_with_the_known_ones(api):
    answer = api("POST /v1/import/growthbok", {"document": {}})
    assert answer.status == 404
    assert "`growthbook`" in answer.json["detail"]
    assert ask(api, US, dialect="ruby").codes == {("/dialect", "unknown-dialect")}


def test_more_audiences_than_a_bulk_call_takes_are_refused(api):
    groups = [group(f"g{number}", "{}") for number in range(501)]
    assert ask(api, *groups).codes == {("/document", "too-many")}


def test_a_reading_key_may_not_import(api):
    _, key = api.new_key("read")
    body = {"document": {"savedGroups": []}}
    assert api("POST /v1/import/growthbook", body, key=key).status == 403
