import base64

import pytest

AT = "?environment=production"
LINES = {"content-type": "text/plain"}


@pytest.fixture
def beta(api):
    """An API with a list."""
    assert api(f"PUT /v1/lists/beta{AT}", {"name": "Beta"}).status == 201
    return api


def count(api, key="beta"):
    return api(f"GET /v1/lists/{key}{AT}").json["count"]


def start(api, mode="add", key="beta"):
    answer = api(f"POST /v1/lists/{key}/uploads{AT}", {"mode": mode})
    assert answer.status == 201, answer.text
    return answer.headers["location"]


def send(api, upload, data, offset=0, headers=LINES, more=""):
    return api(f"PUT {upload}/parts{AT}&offset={offset}{more}", data, headers)


def test_a_list_is_made_described_listed_and_deleted(api):
    made = api(f"PUT /v1/lists/beta{AT}", {"name": "Beta", "description": "testers"})
    assert made.status == 201
    assert made.json == {
        "key": "beta", "name": "Beta", "description": "testers", "environment": "production", "count": 0,
        "created_at": "2025-06-15T15:06:41Z", "created_by": api.record.key_id,
        "updated_at": "2025-06-15T15:06:41Z", "updated_by": api.record.key_id, "upload": None,
    }  # fmt: skip
    assert api(f"PUT /v1/lists/beta{AT}", {"name": "Testers"}).status == 200
    assert api(f"GET /v1/lists/beta{AT}").json["name"] == "Testers"
    assert [item["key"] for item in api(f"GET /v1/lists{AT}").json["items"]] == ["beta"]
    assert api("GET /v1/lists?environment=staging").json == {"items": [], "next_cursor": None}
    assert api(f"DELETE /v1/lists/beta{AT}").status == 204
    assert api(f"DELETE /v1/lists/beta{AT}").status == 404
    assert [entry["action"] for entry in api("GET /v1/audit").json["items"]][:3] == [
        "list.delete", "list.describe", "list.create",
    ]  # fmt: skip


def test_lists_come_in_pages(api):
    for key in ("a", "b", "c"):
        api(f"PUT /v1/lists/{key}{AT}", {"name": key})
    first = api(f"GET /v1/lists{AT}&limit=2").json
    rest = api(f"GET /v1/lists{AT}&limit=2&cursor={first['next_cursor']}").json
    assert [item["key"] for page in (first, rest) for item in page["items"]] == ["a", "b", "c"]


def test_bad_lists_are_refused(api):
    answer = api(f"PUT /v1/lists/No%20key{AT}", {"nam": "x"})
    assert answer.codes == {("", "bad-parameter"), ("/name", "missing-field"), ("/nam", "unknown-field")}
    for call in ("GET /v1/lists/none", "DELETE /v1/lists/none", "PUT /v1/lists/none/entries/x"):
        assert api(f"{call}{AT}").status == 404
    assert api("GET /v1/lists").codes == {("", "missing-parameter")}
    assert api("PUT /v1/lists/x?environment=nowhere", {"name": "x"}).status == 404


def test_ids_come_and_go_one_by_one(beta):
    assert beta(f"PUT /v1/lists/beta/entries/jo%40x.example{AT}").json == {"count": 1, "added": 1, "removed": 0}
    assert beta(f"PUT /v1/lists/beta/entries/jo@x.example{AT}").json == {"count": 1, "added": 0, "removed": 0}
    assert beta(f"GET /v1/lists/beta/entries/jo@x.example{AT}").json == {
        "list": "beta", "id": "jo@x.example", "anonymous": False,
    }  # fmt: skip
    assert beta(f"GET /v1/lists/beta/entries/jo@x.example{AT}&anonymous=true").status == 404
    assert beta(f"DELETE /v1/lists/beta/entries/jo@x.example{AT}").status == 204
    assert beta(f"DELETE /v1/lists/beta/entries/jo@x.example{AT}").status == 204
    assert (beta(f"GET /v1/lists/beta/entries/jo@x.example{AT}").status, count(beta)) == (404, 0)
    assert beta(f"PUT /v1/lists/beta/entries/{'x' * 257}{AT}").status == 422


def test_ids_come_and_go_many_at_once(beta):
    ids = [f"v{number}" for number in range(300)]
    assert beta(f"POST /v1/lists/beta/entries{AT}", {"add": ids}).json == {"count": 300, "added": 300, "removed": 0}
    answer = beta(f"POST /v1/lists/beta/entries{AT}", {"add": ["new", "new"], "remove": ids[:100]})
    assert answer.json == {"count": 201, "added": 1, "removed": 100}
    answer = beta(f"POST /v1/lists/beta/entries{AT}", {"add": ["v7"], "anonymous": True})
    assert answer.json == {"count": 202, "added": 1, "removed": 0}


def test_bad_ids_are_told_all_at_once(beta):
    answer = beta(f"POST /v1/lists/beta/entries{AT}", {"add": ["", "x" * 257, 5], "remove": "y"})
    assert answer.codes == {
        ("/add/0", "too-short"), ("/add/1", "too-long"), ("/add/2", "wrong-type"), ("/remove", "wrong-type"),
    }  # fmt: skip
    assert beta(f"POST /v1/lists/beta/entries{AT}", {"add": ["a"], "remove": ["b", "a"]}).codes == {
        ("/remove/1", "repeated-id")
    }
    assert beta(f"POST /v1/lists/beta/entries{AT}", {}).codes == {("", "too-many")}
    many = [f"v{number}" for number in range(501)]
    both = {"add": many, "remove": [f"w{number}" for number in range(501)]}
    assert beta(f"POST /v1/lists/beta/entries{AT}", both).codes == {("", "too-many")}
    assert count(beta) == 0


def test_a_repeat_under_one_idempotency_key_happens_once_and_in_its_environment(beta):
    beta("PUT /v1/lists/beta?environment=staging", {"name": "Beta"})
    key = {"idempotency-key": "k"}
    first = beta(f"PUT /v1/lists/beta/entries/anna{AT}", headers=key)
    beta(f"DELETE /v1/lists/beta/entries/anna{AT}")
    assert beta(f"PUT /v1/lists/beta/entries/anna{AT}", headers=key).json == first.json
    assert count(beta) == 0
    assert beta("PUT /v1/lists/beta/entries/anna?environment=staging", headers=key).status == 409


def test_an_upload_is_followed_to_its_end(beta):
    upload = start(beta, "replace")
    answer = send(beta, upload, "anna\nben\n\x00\n")
    assert {name: answer.json[name] for name in ("received", "lines", "added", "repeated", "refused")} == {
        "received": 11, "lines": 3, "added": 2, "repeated": 0, "refused": 1,
    }  # fmt: skip
    assert answer.json["refused_lines"] == [
        {"line": 3, "code": "bad-line", "detail": "the line cannot be read as an id in its format"}
    ]
    assert beta(f"GET {upload}{AT}").json == answer.json
    assert count(beta) == 0
    assert send(beta, upload, "carl\n", 12).status == 409
    assert send(beta, upload, "carl\n", 11).json["added"] == 3
    assert beta(f"POST {upload}/finish{AT}", {"bytes": 15}).status == 409
    assert beta(f"POST {upload}/finish{AT}", {"bytes": 16}).json["state"] == "finished"
    assert beta(f"POST {upload}/cancel{AT}").status == 409
    assert send(beta, upload, "dora\n", 16).status == 409
    assert (count(beta), beta(f"GET /v1/lists/beta{AT}").json["upload"]["state"]) == (3, "finished")


def test_one_upload_at_a_time_and_no_other_than_it(beta):
    upload = start(beta)
    answer = beta(f"POST /v1/lists/beta/uploads{AT}", {"mode": "replace"})
    assert (answer.status, upload.rpartition("/")[2] in answer.json["detail"]) == (409, True)
    assert beta(f"GET /v1/lists/beta/uploads/none{AT}").status == 404
    assert send(beta, "/v1/lists/beta/uploads/none", "x\n").status == 404
    assert beta(f"POST {upload}/cancel{AT}").json["state"] == "cancelled"
    assert beta(f"POST /v1/lists/beta/uploads{AT}", {"mode": "merge"}).codes == {("/mode", "unknown-value")}


def test_a_part_is_lines_of_a_known_kind(beta):
    upload = start(beta)
    assert send(beta, upload, "anna").codes == {("", "no-whole-line")}
    assert send(beta, upload, None).codes == {("", "no-whole-line")}
    assert send(beta, upload, "anna\n", -1).codes == {("", "bad-parameter")}
    assert beta(f"PUT {upload}/parts{AT}", "anna\n", LINES).codes == {("", "missing-parameter")}
    refused = send(beta, upload, "anna\n", headers={"content-type": "application/json"})
    assert (refused.status, "`text/csv`" in refused.json["detail"]) == (415, True)
    assert send(beta, upload, "x" * (256 * 1024) + "\n").status == 413
    assert send(beta, upload, '"a,b",x\n', headers={"content-type": "text/csv; charset=utf-8"}).json["added"] == 1
    rows = send(beta, upload, '{"id": 7}\n', 8, {"content-type": "application/x-ndjson"})
    assert rows.json["added"] == 2
    assert beta(f"GET /v1/lists/beta/entries/a,b{AT}").status == 200
    assert send(beta, upload, "v7\n", 18, more="&anonymous=true").json["added"] == 3
    assert beta(f"GET /v1/lists/beta/entries/v7{AT}&anonymous=true").status == 200


def test_lines_that_are_no_utf_8_are_told_by_their_numbers(beta):
    upload = start(beta)
    event = beta.event(f"PUT {upload}/parts{AT}&offset=0", "-", LINES)
    body = base64.b64encode(b"anna\nb\xff\nben\n").decode()
    answer = beta.app.answer(event | {"body": body, "isBase64Encoded": True}, "r")
    assert '"refused_lines":[{"line":2,"code":"bad-line"' in answer["body"].replace(" ", "")
    assert count(beta) == 2


def test_rules_may_name_lists_of_any_environment_and_releases_only_their_own(beta):
    rule = {"list": "beta"}
    assert beta.audience("testers", rule).json["sentence"] == "in the list `beta`"
    unknown = beta("POST /v1/audiences", {"key": "x", "name": "x", "rule": {"not": {"list": "betta"}}})
    assert unknown.codes == {("/rule/not/list", "unknown-list")}
    assert unknown.json["problems"][0]["hint"] == "did you mean `beta`?"
    refused = beta("POST /v1/environments/staging/releases", {"dry_run": True})
    assert refused.codes == {("/audiences/testers", "unknown-list")}
    beta.publish()
    assert beta("POST /v1/environments/staging/releases", {"from": "production"}).status == 422
    beta("PUT /v1/lists/beta?environment=staging", {"name": "Beta"})
    beta.publish("staging", **{"from": "production"})


def test_a_list_that_rules_ask_for_cannot_be_deleted(beta):
    beta.audience("testers", {"list": "beta"})
    beta.publish()
    answer = beta(f"DELETE /v1/lists/beta{AT}")
    assert (answer.status, answer.json["type"]) == (409, "/problems/in-use")
    assert [problem["detail"] for problem in answer.json["problems"]] == [
        "audience `testers` version 1 refers to it",
        "audience `testers` version 1 refers to it in environment `production`",
    ]


def test_explain_sees_stored_lists_unless_it_is_given_others(beta):
    beta(f"PUT /v1/lists/beta/entries/anna{AT}")
    beta(f"PUT /v1/lists/beta/entries/a1{AT}&anonymous=true")

    def holds(**visitor):
        return beta(f"POST /v1/explain{AT}", {"rule": {"list": "beta"}, **visitor}).json["holds"]

    assert holds(visitor={"id": "anna"})
    assert holds(visitor={"anonymous_id": "a1"})
    assert not holds(visitor={"id": "ben", "anonymous_id": "a1"})
    assert not holds()
    assert not holds(visitor={"id": "anna"}, lists=[])
    assert holds(lists=["other", "beta"])
