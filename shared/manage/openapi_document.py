"""The OpenAPI 3.1 document: what the router generates, made true to what is really answered."""

import json
import re
from functools import cache
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver

from shared.api.problems import CONTENT_TYPE, TYPES
from shared.manage import evaluate_document
from shared.manage.evaluate_document import REFERENCE
from shared.manage.examples import EXAMPLES
from shared.manage.models import RULE_FORMAT
from shared.manage.operations import OPERATIONS
from shared.manage.operators import rule_schema
from shared.visitors.id_lines import FORMATS

_GENERATED = ("HTTPValidationError", "ValidationError", "ResponseValidationError")
_SECURITY = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "A secret key, `sk_...`."},
    "header": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
    "basic": {"type": "http", "scheme": "basic", "description": "The key as user name."},
}
_COMMON = ("unauthorized", "forbidden", "too-many-requests", "internal", "unavailable")
_WITH_BODY = ("invalid-json", "too-large", "unsupported-media-type")
_IDEMPOTENCY = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "Makes repeating the call harmless for a day: the repeat is answered as the first was.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 128},
}
_TEXT = {"type": "string"}


@cache
def openapi_json(app: APIGatewayHttpResolver) -> str:
    """The document as JSON text, the same whenever the code is the same."""
    return json.dumps(document(app), indent=2, ensure_ascii=False) + "\n"


def document(app: APIGatewayHttpResolver) -> dict[str, Any]:
    """The document of the whole API: manage's routes as generated, evaluate's as written."""
    generated = json.loads(
        app.get_openapi_json_schema(
            title="Muster",
            version="1",
            description="Which audiences is a visitor in, right now.",
            security_schemes=_SECURITY,  # type: ignore[arg-type]  # plain objects are taken too
        ),
        object_hook=_with_rules,
    )
    components = generated["components"]
    kept = {name: schema for name, schema in components["schemas"].items() if name not in _GENERATED}
    components["schemas"] = dict(
        sorted((kept | evaluate_document.schemas() | {"Rule": rule_schema(f"{REFERENCE}Rule")}).items())
    )
    components["responses"] = {
        slug: {
            "description": row.title,
            "content": {CONTENT_TYPE: {"schema": {"$ref": f"{REFERENCE}ProblemDocument"}}},
        }
        for slug, row in TYPES.items()
    }
    for path, operations in generated["paths"].items():
        for method, operation in operations.items():
            _complete(path, method.upper(), operation)
    generated["paths"] = dict(sorted((generated["paths"] | _evaluate_paths()).items()))
    generated["security"] = [{name: []} for name in _SECURITY]
    return dict(generated)


def _with_rules(schema: dict[str, Any]) -> dict[str, Any]:
    # pydantic would look up a reference to what is no model of its own
    return {"$ref": f"{REFERENCE}Rule"} if schema.get("format") == RULE_FORMAT else schema


def _evaluate_paths() -> dict[str, Any]:
    paths = evaluate_document.paths()
    for operations in paths.values():
        for operation in operations.values():
            _add_problems(operation, ("invalid-request",))
    return paths


def _complete(path: str, method: str, operation: dict[str, Any]) -> None:
    """One generated operation: its own name, its scope, its problems, its example."""
    suffix = re.sub(r"\W", "_", path) + "_" + method.lower()
    operation["operationId"] = operation["operationId"].removesuffix(suffix)
    scope = OPERATIONS[path][method]
    operation["description"] = f"{operation.get('description', '')}\n\nScope: `{scope}`.".strip()
    slugs = ["invalid-request"]
    if "{" in path:
        slugs.append("not-found")
    if scope != "read" and not path.startswith("/v1/visitors"):
        slugs.append("conflict")
    if path.endswith("/parts"):
        # the router knows bodies of JSON only; a part may be sent again without a key, its offset says what it is
        operation["requestBody"] = {"required": True, "content": {name: {"schema": _TEXT} for name in FORMATS}}
    elif scope != "read" and not path.startswith("/v1/visitors"):
        operation.setdefault("parameters", []).append(_IDEMPOTENCY)
    if path.endswith("{key}") and method == "PUT":
        slugs += ["stale-version", "precondition-required"]
    for status in ("422", "500"):
        operation["responses"].pop(status, None)
    _add_problems(operation, slugs)
    _add_example(operation)


def _add_problems(operation: dict[str, Any], slugs: list[str] | tuple[str, ...]) -> None:
    body = _WITH_BODY if "requestBody" in operation else ()
    for slug in sorted((*slugs, *body, *_COMMON), key=lambda slug: TYPES[slug].status):
        operation["responses"][str(TYPES[slug].status)] = {"$ref": f"#/components/responses/{slug}"}


def _add_example(operation: dict[str, Any]) -> None:
    example = EXAMPLES[operation["operationId"]]
    if "requestBody" in operation:
        next(iter(operation["requestBody"]["content"].values()))["example"] = example.request
    for status, answer in operation["responses"].items():
        if status.startswith("2") and example.response is not None:
            answer["content"]["application/json"]["example"] = example.response
        elif status == "204":
            answer.pop("content", None)
