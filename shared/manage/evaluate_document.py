"""Evaluate's part of the OpenAPI document: that function has no router to generate it from."""

from collections.abc import Mapping
from inspect import cleandoc
from typing import Any

import msgspec

from shared.api.answers import Answer, Result
from shared.api.problems import ProblemDocument
from shared.api.requests import INCLUDES, MAX_BATCH_VISITORS
from shared.rules.catalogue import CLOSED, OPEN
from shared.rules.kinds import Type
from shared.visitors.document import LISTS, MAX_LISTS

REFERENCE = "#/components/schemas/"
_JSON_TYPES = {Type.NUMBER: "number", Type.BOOLEAN: "boolean"}
_TAG = ["evaluate"]

_VISITOR = {"visitor": {"id": "00004"}, "traits": {"plan": "pro"}, "request": {"time": "1998-07-01T00:00:00Z"}}
_ANSWER = {
    "audiences": ["lapsed-buyers"],
    "release": "r42",
    "evaluated_at": "1998-07-01T00:00:00Z",
    "age_seconds": 3,
    "stale": False,
    "valid_until": "1998-07-04T00:00:00Z",
}
_QUERY_ANSWER = {
    "audiences": ["lapsed-buyers"],
    "release": "r42",
    "stale": False,
    "valid_until": "1998-07-04T00:00:00Z",
}
_RESULT = {
    "audiences": ["lapsed-buyers"],
    "evaluated_at": "1998-07-01T00:00:00Z",
    "valid_until": "1998-07-04T00:00:00Z",
}

_QUERY_HEADERS = {
    "ETag": "The hash of the answer; `If-None-Match` with it is answered 304 while nothing changed.",
    "Muster-Evaluated-At": "The instant of the answer, RFC 3339 UTC.",
    "Muster-Age-Seconds": "Since the release was last known to be the latest.",
}


def schemas() -> dict[str, Any]:
    """The schemas of evaluate's bodies and of problems, by name."""
    _, found = msgspec.json.schema_components([Answer, Result, ProblemDocument], ref_template=REFERENCE + "{name}")
    for schema in found.values():
        schema["description"] = cleandoc(schema["description"])
    names = {"type": "array", "items": {"type": "string"}}
    controls = {
        "audiences": {**names, "description": "Answer only these."},
        "include": {"type": "array", "items": {"enum": list(INCLUDES)}},
        "min_release": {"type": "string", "pattern": "^r[0-9]+$", "description": "Refresh first if older than this."},
    }
    visitors = {"type": "array", "items": {"$ref": f"{REFERENCE}Visitor"}, "maxItems": MAX_BATCH_VISITORS}
    one = {"oneOf": [{"$ref": f"{REFERENCE}Result"}, {"$ref": f"{REFERENCE}ProblemDocument"}]}
    freshness = {name: found["Answer"]["properties"][name] for name in ("release", "age_seconds", "stale")}
    return {
        **found,
        "BatchAnswer": _object(
            "A result for each visitor, in their order; for one that cannot be taken its problem.",
            {"results": {"type": "array", "items": one}, **freshness},
        ),
        "Visitor": _object("The visitor document; every root may be left out.", _roots()),
        "Evaluation": _object("A visitor, and what to answer.", _roots() | controls),
        "EvaluationBatch": _object("Up to 100 visitors.", {"visitors": visitors, **controls})
        | {"required": ["visitors"]},
    }


def paths() -> dict[str, Any]:
    """Evaluate's operations, without their problems."""
    environment = _query("environment", "Needed where a secret key names several.")
    immutable = {"name": "hash", "in": "path", "required": True, "schema": {"type": "string"}}
    image = _answer(
        "The image in its own format, named by its hash.",
        "application/octet-stream",
        {"type": "string", "format": "binary"},
    )
    return {
        "/v1/evaluate": {
            "post": _operation("evaluate", "Evaluate a visitor", [environment], _json("Answer", _ANSWER))
            | _body("Evaluation", _VISITOR),
            "get": _operation(
                "evaluate_query",
                "Evaluate by query parameters",
                [environment, *_query_parameters()],
                _json("Answer", _QUERY_ANSWER, _QUERY_HEADERS),
            ),
        },
        "/v1/evaluate/batch": {
            "post": _operation(
                "evaluate_batch",
                "Evaluate many visitors",
                [environment],
                _json("BatchAnswer", {"results": [_RESULT], "release": "r42", "age_seconds": 3, "stale": False}),
            )
            | _body("EvaluationBatch", {"visitors": [_VISITOR]})
        },
        "/v1/image": {"get": _operation("get_image", "Get the current image", [environment], image)},
        "/v1/images/{hash}": {"get": _operation("get_image_by_hash", "Get an image", [immutable, environment], image)},
        "/v1/health": {"get": _open_operation("health", "Whether the function runs")},
        "/v1/ready": {"get": _open_operation("ready", "Whether some environment has an image")},
    }


def _query_parameters() -> list[dict[str, Any]]:
    """What the body of the POST says, as parameters of the GET."""
    dotted = {
        "name": "attributes",
        "in": "query",
        "style": "form",
        "explode": True,
        "description": "Dotted attributes, as in `traits.plan=pro`; a repeated one is a list.",
        "schema": {"type": "object", "additionalProperties": {"type": "string"}},
    }
    return [
        _query("context", "The body of the POST as base64url JSON, under the dotted attributes."),
        dotted,
        _query("audiences", "Answer only these, with commas between them."),
        _query("include", f"What to answer beside them: {', '.join(f'`{name}`' for name in INCLUDES)}."),
        _query("min_release", "Refresh first if older than this."),
    ]


def _roots() -> dict[str, Any]:
    """A schema per root of the visitor document, by the same table that checks them."""
    anything = {"type": "object", "additionalProperties": True}
    roots: dict[str, Any] = {path[0]: anything for path in OPEN if len(path) == 1}
    roots[LISTS] = {
        "type": "array",
        "items": {"type": "string"},
        "maxItems": MAX_LISTS,
        "description": "Keys of lists that hold the visitor, in place of the stored ones.",
    }
    for root, names in CLOSED.items():
        within = {path[1]: anything for path in OPEN if path[0] == root}
        roots[root] = _object(
            "", {name: {"type": _JSON_TYPES.get(type_, "string")} for name, type_ in names.items()} | within
        )
    return roots


def _object(description: str, properties: dict[str, Any]) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "object", "properties": properties, "additionalProperties": False}
    return {"description": description, **schema} if description else schema


def _query(name: str, description: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "description": description, "schema": {"type": "string"}}


def _operation(name: str, summary: str, parameters: list[dict[str, Any]], answer: dict[str, Any]) -> dict[str, Any]:
    return {
        "operationId": name,
        "summary": summary,
        "tags": _TAG,
        "parameters": parameters,
        "responses": {"200": answer},
    }


def _open_operation(name: str, summary: str) -> dict[str, Any]:
    answer = _answer("It is.", "application/json", {"type": "object"})
    return _operation(name, summary, [], answer) | {"security": []}


def _body(schema: str, example: object) -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": REFERENCE + schema}, "example": example}}
    return {"requestBody": {"required": True, "content": content}}


def _json(schema: str, example: object, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
    answer = _answer("The answer.", "application/json", {"$ref": REFERENCE + schema})
    if headers:
        answer["headers"] = {
            name: {"description": description, "schema": {"type": "string"}} for name, description in headers.items()
        }
    answer["content"]["application/json"]["example"] = example
    return answer


def _answer(description: str, media_type: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "content": {media_type: {"schema": schema}}}
