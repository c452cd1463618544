"""The document is what the code does: the stored file, the examples as a story, every answer by its schema."""

import json
import os
import re

import jsonschema
import msgspec
import pytest

from shared.manage.app import resolver
from shared.manage.examples import EXAMPLES, PATH
from shared.manage.openapi import main
from shared.manage.openapi_document import openapi_json
from shared.manage.operations import OPERATIONS

DOCUMENT = json.loads(openapi_json(resolver()))
MADE_UP = [
    (re.compile(r"pk_[a-z2-7]{12}_[a-z2-7]{26}[0-9a-f]{6}"), "pk_r3f6ab2dhq5w_nq4zt7xk2mbr5cjw6sdhp3vyla81c09e"),
    (re.compile(r"sha256:[0-9a-f]{64}"), f"sha256:{'5f' * 32}"),
    (re.compile(r'(?<="last_four": ")[0-9a-f]{4}'), "c09e"),
]


def operations():
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def test_the_stored_document_is_what_the_code_says(capsys):
    assert main(["--check"]) == 0, capsys.readouterr().err


def test_every_operation_has_an_example_and_says_how_it_fails():
    described = {(path, method.upper()): operation for path, method, operation in operations()}
    wanted = {(p, m) for p, methods in OPERATIONS.items() for m, scope in methods.items() if scope}
    assert wanted <= described.keys()
    for operation in described.values():
        assert {"401", "403", "422", "500", "503"} <= operation["responses"].keys()
        for body in (
            operation.get("requestBody"),
            operation["responses"].get("200"),
            operation["responses"].get("201"),
        ):
            content = (body or {}).get("content", {}).get("application/json")
            assert content is None or "example" in content or operation["operationId"] in ("health", "ready")


def test_operation_ids_are_unique_and_every_reference_leads_somewhere():
    names = [operation["operationId"] for _, _, operation in operations()]
    assert len(names) == len(set(names))
    for reference in set(re.findall(r'"\$ref": "#/components/([^"]+)"', json.dumps(DOCUMENT))):
        kind, name = reference.split("/")
        assert name in DOCUMENT["components"][kind]


@pytest.mark.parametrize("name", sorted(DOCUMENT["components"]["schemas"]))
def test_every_schema_is_a_json_schema(name):
    jsonschema.Draft202012Validator.check_schema(DOCUMENT["components"]["schemas"][name])


def test_the_examples_fit_their_schemas():
    for _, _, operation in operations():
        bodies = [operation.get("requestBody"), *operation["responses"].values()]
        for content in (body["content"].values() for body in bodies if body and "content" in body):
            for media in content:
                if "example" in media:
                    schema = {**media["schema"], "components": DOCUMENT["components"]}
                    jsonschema.validate(media["example"], schema, jsonschema.Draft202012Validator)


def test_the_examples_told_as_a_story_are_what_is_answered(api):
    told, names = {}, {api.record.key_id: "kx7sq2m4wz3d"}
    for operation, example in EXAMPLES.items():
        if operation == "cancel_upload":
            another = api(EXAMPLES["start_upload"].call, {"mode": "add"})
            names[another.json["upload"]] = "7902699be42c8a8e"
        call = example.call
        for random, instead in names.items():
            call = call.replace(instead, random)
        answer = api(call, example.request, example.headers)
        assert answer.status < 300, (operation, answer.text)
        if operation == "create_key":
            names[answer.json["key_id"]] = "r3f6ab2dhq5w"
        if operation == "start_upload":
            names[answer.json["upload"]] = "8c6976e5b5410415"
        response = _made_up(answer.json, names) if answer.text else None
        told[operation] = msgspec.structs.replace(example, response=_short(operation, response))
    if os.environ.get("UPDATE_EXAMPLES"):
        text = msgspec.json.format(msgspec.json.encode(told), indent=2).decode()
        PATH.write_text(text + "\n", encoding="utf-8")
    assert told == EXAMPLES, "run it again with UPDATE_EXAMPLES=1, then `python -m shared.manage.openapi`"


def _made_up(answer, names):
    """The answer with whatever is random in it replaced."""
    text = json.dumps(answer, ensure_ascii=False)
    for pattern, instead in MADE_UP:
        text = pattern.sub(instead, text)
    for key, instead in names.items():
        text = text.replace(key, instead)
    return json.loads(text)


def _short(operation, answer):
    """Tables as they stand in the document: a few rows, in an order that no random id decides."""
    if operation == "list_keys":
        return {**answer, "items": sorted(answer["items"], key=lambda key: key["key_id"])}
    if operation == "list_operators":
        return {"items": answer["items"][:3], "rule_schema": {"$ref": "#/$defs/Rule"}}
    if operation == "list_templates":
        shown = ("lapsed-buyers", "from-the-campaign")
        return {**answer, "items": [item for item in answer["items"] if item["key"] in shown]}
    if operation == "list_attributes":
        shown = ("geo.country", "traits.last_order_at")
        return {**answer, "items": [item for item in answer["items"] if item["path"] in shown]}
    return answer


def test_the_document_its_page_and_the_problem_pages_are_open_to_all(still):
    nobody = {"authorization": None}
    assert json.loads(still("GET /openapi.json", headers=nobody).text) == DOCUMENT
    page = still("GET /docs", headers=nobody)
    assert page.headers["content-type"].startswith("text/html")
    assert "SwaggerUIBundle" in page.text
    assert not re.search(r'(src|href)=["\']https?://', page.text)
    assert json.loads(still("GET /docs?format=json", headers=nobody).text) == DOCUMENT
    assert "<h1>409 in use</h1>" in still("GET /problems/in-use", headers=nobody).text
    assert still("GET /problems/none", headers=nobody).status == 404
