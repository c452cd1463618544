"""The management API as one resolver: every router, and every exception as its answer."""

import time
from collections.abc import Callable, Mapping
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.middlewares import NextMiddleware
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError, ResponseValidationError

from shared.api.credentials import api_key
from shared.api.problems import CONTENT_TYPE, Failure, counted, document
from shared.manage import (
    attributes,
    audiences,
    bulk,
    documentation,
    environments,
    explaining,
    exporting,
    importing,
    keys,
    list_uploads,
    lists,
    operations,
    operators,
    templates,
    validation,
    versions,
    visitors,
)
from shared.manage.bodies import parameter_problems
from shared.manage.calls import SAFE_HEADERS, Call, refuse
from shared.manage.requests import Event, canonical, decode_object, request_bytes
from shared.rules.problems import Problem, Refused, did_you_mean
from shared.store import api_keys
from shared.store.api_keys import ApiKey
from shared.store.changes import Change
from shared.store.database import Database
from shared.store.errors import Conflict, InUse, NotFound, Stale, StoreError, Unavailable
from shared.store.signing import Signer
from shared.visitors.geo import Cdn

RETRY_AFTER_SECONDS = 1
MAX_IDEMPOTENCY_KEY = 128

ROUTERS = (
    audiences.router,
    bulk.router,
    validation.router,
    versions.router,
    explaining.router,
    operators.router,
    templates.router,
    importing.router,
    exporting.router,
    attributes.router,
    environments.router,
    keys.router,
    visitors.router,
    lists.router,
    list_uploads.router,
    documentation.router,
)


class App:
    """The management API of one project."""

    def __init__(
        self,
        database: Database,
        signer: Signer,
        project: str,
        cdn: Cdn | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._database = database
        self._signer = signer
        self._project = project
        self._cdn = cdn
        self._clock = clock
        self.resolver = resolver()

    def answer(self, event: Mapping[str, Any], request_id: str) -> dict[str, Any]:
        """The answer to a payload 2.0 event; `request_id` names it in problems and in the audit trail."""
        try:
            asked = canonical(event)
            self.resolver.append_context(**self._context(asked, request_id))
        except Failure as failure:
            return problem_answer(failure, request_id)
        except StoreError as error:
            return problem_answer(_store_failure(error), request_id)
        return self.resolver.resolve(asked, None)  # type: ignore[arg-type]  # no route asks for Lambda's context

    def _context(self, event: Event, request_id: str) -> dict[str, object]:
        """What routes and exception handlers find beside the event; raises `Failure` where the caller may not ask."""
        http = event["requestContext"]["http"]
        operation = operations.find(http["method"], event["rawPath"])
        context: dict[str, object] = {"request_id": request_id}
        if operation.scope is None:
            return context
        caller = self._caller(event["headers"], operation.scope)
        change = Change(
            project=self._project,
            actor=caller.key_id,
            at_ms=int(self._clock() * 1000),
            request_id=request_id,
            idempotency_key=_idempotency_key(event["headers"]),
            request=request_bytes(
                f"{http['method']} {event['rawPath']}?{event.get('rawQueryString', '')}\n{event['body'] or ''}"
            ),
        )
        return context | {"call": Call(self._database, self._signer, caller, change, self._cdn)}

    def _caller(self, headers: Mapping[str, str], scope: str) -> ApiKey:
        text = api_key(headers)
        caller = api_keys.find(self._database, self._project, text) if text else None
        if caller is None:
            detail = "the key is not valid" if text else "a key is needed"
            raise Failure("unauthorized", detail, headers={"WWW-Authenticate": "Bearer"})
        if caller.publishable:
            raise Failure("forbidden", "publishable keys cannot call the management API")
        if scope not in caller.scopes:
            raise Failure("forbidden", f"the key lacks the scope `{scope}`")
        return caller


def resolver() -> APIGatewayHttpResolver:
    """A resolver with every route and every exception handler of the management API."""
    app = APIGatewayHttpResolver(
        enable_validation=True, response_validation_error_http_code=500, json_body_deserializer=decode_object
    )
    for router in ROUTERS:
        app.include_router(router)
    app.use([_refuse_unknown_parameters])

    def request_id() -> str:
        return str(app.context["request_id"])

    def handles(kind: type[Exception], failure_of: Callable[[Any], Failure]) -> None:
        app.exception_handler(kind)(lambda error: _response(failure_of(error), request_id()))

    handles(Failure, lambda failure: failure)
    handles(RequestValidationError, _invalid)
    handles(Refused, lambda refused: _refused(refused.problems))
    handles(StoreError, _store_failure)
    handles(ResponseValidationError, _fault)
    return app


def problem_answer(failure: Failure, request_id: str) -> dict[str, Any]:
    """A failure as a payload 2.0 answer."""
    return {
        "statusCode": failure.status,
        "headers": {"Content-Type": CONTENT_TYPE, **SAFE_HEADERS, **failure.headers},
        "body": document(failure.slug, failure.detail, request_id, failure.problems).decode(),
        "isBase64Encoded": False,
    }


def _response(failure: Failure, request_id: str) -> Response[str]:
    answer = problem_answer(failure, request_id)
    return Response(answer["statusCode"], CONTENT_TYPE, answer["body"], answer["headers"])


def _refused(problems: tuple[Problem, ...]) -> Failure:
    return Failure("invalid-request", counted(problems), problems)


def _invalid(error: RequestValidationError) -> Failure:
    return _refused(tuple(parameter_problems(error.errors())))


def _fault(error: ResponseValidationError) -> Failure:
    # an answer that does not fit its own model is for the handler's catch-all, like every other fault
    raise error


def _store_failure(error: StoreError) -> Failure:
    """What the caller is told of a failure in the store."""
    match error:
        case InUse():
            return Failure("in-use", error.detail, [Problem("", "in-use", user) for user in error.users])
        case Stale():
            return Failure("stale-version", error.detail)
        case NotFound():
            return Failure("not-found", error.detail)
        case Unavailable():
            return Failure("unavailable", error.detail, headers={"Retry-After": str(RETRY_AFTER_SECONDS)})
        case Conflict():
            return Failure("conflict", error.detail)
    raise error


def _refuse_unknown_parameters(app: APIGatewayHttpResolver, next_middleware: NextMiddleware) -> Response[Any]:
    """A misspelt filter must not answer everything."""
    known = [field.alias for field in app.context["_route"].dependant.query_params]
    refuse(
        [
            Problem("", "unknown-parameter", f"unknown query parameter `{name}`", did_you_mean(name, known))
            for name in app.current_event.query_string_parameters
            if name not in known
        ]
    )
    response: Response[Any] = next_middleware(app)
    return response


def _idempotency_key(headers: Mapping[str, str]) -> str | None:
    key = headers.get("idempotency-key")
    if key is not None and not 1 <= len(key) <= MAX_IDEMPOTENCY_KEY:
        problem = Problem("", "bad-parameter", f"`Idempotency-Key` has 1 to {MAX_IDEMPOTENCY_KEY} characters")
        raise Failure("invalid-request", "1 problem", [problem])
    return key
