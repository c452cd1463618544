"""What the API says of itself: its OpenAPI document, a page to try it, and a page per kind of problem."""

from functools import cache
from html import escape
from importlib.resources import files
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.openapi.params import Query
from aws_lambda_powertools.event_handler.openapi.swagger_ui import generate_swagger_html

from shared.api.problems import TYPES, Failure
from shared.manage.openapi_document import openapi_json

_SWAGGER_UI = files("aws_lambda_powertools.event_handler.openapi.swagger_ui")

router = Router()


@router.get("/openapi.json", include_in_schema=False, compress=True)
def get_openapi() -> Response[str]:
    """The OpenAPI 3.1 document of the whole API."""
    return Response(200, "application/json", openapi_json(router.api_resolver))


@router.get("/docs", include_in_schema=False, compress=True)
def get_docs(
    format_: Annotated[str | None, Query(alias="format")] = None,  # Swagger UI's own link to the document
) -> Response[str]:
    """Swagger UI with everything in one page, so that nothing is loaded from elsewhere."""
    return get_openapi() if format_ == "json" else Response(200, "text/html; charset=utf-8", _docs_page())


@router.get("/problems/<slug>", include_in_schema=False)
def get_problem(slug: str) -> Response[str]:
    """The page behind the `type` of a problem."""
    if slug not in TYPES:
        raise Failure("not-found", f"there is no problem `{slug}`")
    row = TYPES[slug]
    page = (
        f"<!doctype html><html lang=en><meta charset=utf-8><title>{escape(row.title)}</title>"
        f"<h1>{row.status} {escape(row.title)}</h1><p>{escape(row.explanation)}</p></html>"
    )
    return Response(200, "text/html; charset=utf-8", page)


@cache
def _docs_page() -> str:
    script, style = (
        _SWAGGER_UI.joinpath(name).read_text(encoding="utf-8")
        for name in ("swagger-ui-bundle.min.js", "swagger-ui.min.css")
    )
    # `</` cannot stand in a script of a page
    return generate_swagger_html(openapi_json(router.api_resolver).replace("</", "<\\/"), script, style, "", None)
