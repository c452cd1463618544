"""evaluate: which audiences a visitor is in, and the image that says so. The hot function.

A plain handler: no router, no pydantic, no boto3, and no line logged for a request that went well.
"""

from collections.abc import Callable, Mapping
from urllib.parse import unquote

import msgspec

from shared.api import answers, problems, requests
from shared.api.answers import BatchAnswer
from shared.api.calls import Call, Event, Response, call_of, respond, respond_bytes
from shared.api.credentials import api_key
from shared.api.etags import etag_of, is_match
from shared.api.problems import Failure, ProblemDocument
from shared.api.requests import Controls, Evaluation
from shared.api.timing import Timing
from shared.rules import instants
from shared.rules.problems import Problem
from shared.runtime import replies
from shared.runtime.container import container
from shared.runtime.contexts import complete
from shared.runtime.decisions import Decision, browser_problems, scope_of
from shared.runtime.environment import Loaded, find_image
from shared.runtime.faults import report
from shared.runtime.serving import RETRY_AFTER, Access, is_listed
from shared.store.reader import ReadFailed

_HEADERS = {
    "content-type": "application/json",
    "cache-control": replies.NO_STORE,
    "x-content-type-options": "nosniff",
    "vary": "Origin",
}
_QUERY_VARY = "Origin, Authorization, X-API-Key"
_PREFLIGHT = {
    "access-control-allow-headers": "authorization, content-type, if-none-match, x-api-key",
    "access-control-max-age": "600",
    "vary": "Origin, Access-Control-Request-Method, Access-Control-Request-Headers",
}
_EXPOSED = "etag, muster-age-seconds, muster-evaluated-at, retry-after, server-timing"
_IMAGES = "/v1/images/"


class Request(msgspec.Struct, frozen=True):
    """A call whose key was let in."""

    call: Call
    access: Access
    parameters: Mapping[str, list[str]]
    timing: Timing


Work = Callable[[Call, Timing], tuple[Response, frozenset[str] | None]]
"""Answers a call: the response, and the origins whose pages may read it, None for those of any key."""


def handler(event: Event, _context: object) -> Response:
    """Answers a payload 2.0 event; every error becomes a problem document here."""
    timing = Timing()
    origins: frozenset[str] | None = None
    try:
        response, origins = _answer(call_of(event), timing)
    except Failure as failure:
        response = _problem(event, failure)
    except Exception as error:  # noqa: BLE001  # the one place where a fault of ours becomes an answer
        report("internal-error", kind=type(error).__name__, request_id=event["requestContext"]["requestId"])
        response = _problem(event, Failure("internal", "the request could not be answered"))
        origins = frozenset()
    origin = (event.get("headers") or {}).get("origin")
    if origin is not None and is_listed(origin, container().serving.origins if origins is None else origins):
        response["headers"] |= {"access-control-allow-origin": origin, "access-control-expose-headers": _EXPOSED}
    return response


def _problem(event: Event, failure: Failure) -> Response:
    request_id = event["requestContext"]["requestId"]
    body = problems.document(failure.slug, failure.detail, request_id, failure.problems)
    return respond(failure.status, {**_HEADERS, "content-type": problems.CONTENT_TYPE, **failure.headers}, body)


def _answer(call: Call, timing: Timing) -> tuple[Response, frozenset[str] | None]:
    """Finds the work for a call and does it."""
    methods = _ROUTES.get(_IMAGES if call.path.startswith(_IMAGES) else call.path)
    if methods is None:
        raise Failure("not-found", "there is nothing at this address")
    if call.method == "OPTIONS":
        return _preflight(call, methods), None
    work = methods.get("GET" if call.method == "HEAD" else call.method)
    if work is None:
        allowed = ", ".join([*methods, "OPTIONS"])
        raise Failure("method-not-allowed", f"`{call.method}` is not taken here", headers={"allow": allowed})
    response, origins = work(call, timing)
    if call.method == "HEAD":
        response["body"] = ""
    return response, origins


def _keyed(scope: str, work: Callable[[Request], Response]) -> Work:
    """Work that is done for keys of this scope only."""

    def admitted(call: Call, timing: Timing) -> tuple[Response, frozenset[str] | None]:
        parameters = requests.parse_query(call.query) if call.query else {}
        access = _admit(call, scope, parameters)
        return work(Request(call, access, parameters, timing)), access.origins

    return admitted


def _preflight(call: Call, methods: Mapping[str, object]) -> Response:
    """What a browser asks before it sends a key; pages of other origins are answered without leave."""
    headers = dict(_PREFLIGHT)
    if container().serving.allows(call.headers.get("origin", "")):
        headers["access-control-allow-methods"] = ", ".join([*methods, "OPTIONS"])
    return respond(204, headers)


def _admit(call: Call, scope: str, parameters: Mapping[str, list[str]]) -> Access:
    """Lets the call's key in, or raises Failure."""
    environment = parameters["environment"][-1] if "environment" in parameters else None
    access = container().serving.access(api_key(call.headers), environment)
    if scope not in access.scopes:
        if access.publishable and scope == "image":
            raise Failure("not-supported-yet", "the image of the public audiences is not supported yet")
        raise Failure("forbidden", f"the key's scopes do not include `{scope}`")
    return access


def _evaluate(request: Request) -> Response:
    requests.check_media_type(request.call.headers)
    evaluation = requests.evaluation(request.call.body)
    loaded, decision, now_ms = _decided(request, evaluation)
    body = answers.encode(replies.answer(decision, loaded.pointer.release, _freshness(request, loaded), now_ms))
    request.timing.mark("encode")
    return respond(200, {**_HEADERS, "server-timing": request.timing.header}, body)


def _evaluate_query(request: Request) -> Response:
    evaluation = requests.query_evaluation(request.parameters)
    loaded, decision, now_ms = _decided(request, evaluation)
    age, stale = _freshness(request, loaded)
    body = answers.encode(replies.answer(decision, loaded.pointer.release, (age, stale)))
    etag = etag_of(body)
    request.timing.mark("encode")
    wanted = loaded.needs.context
    is_by_network = request.access.publishable and wanted.network  # the browser may be elsewhere when it asks again
    caching = replies.caching(decision, now_ms, is_of_now=evaluation.at_ms is None and not stale)
    headers = {
        **_HEADERS,
        "cache-control": replies.NO_STORE if is_by_network else caching,
        "vary": ", ".join((_QUERY_VARY, *wanted.vary)),
        "etag": etag,
        "muster-evaluated-at": instants.to_text(now_ms),
        "muster-age-seconds": str(age),
        "server-timing": request.timing.header,
    }
    return (
        respond(304, headers)
        if is_match(request.call.headers.get("if-none-match"), etag)
        else respond(200, headers, body)
    )


def _evaluate_batch(request: Request) -> Response:
    requests.check_media_type(request.call.headers)
    batch = requests.batch(request.call.body)
    access, here = request.access, container()
    loaded = _loaded(request, batch.controls)
    scope = scope_of(access, loaded, batch.controls, batch.problems)
    found = [
        [*visitor.problems, *browser_problems(access, loaded, visitor.document, f"/visitors/{place}")]
        for place, visitor in enumerate(batch.visitors)
    ]
    sound = [visitor for visitor, wrong in zip(batch.visitors, found, strict=True) if not wrong]
    for visitor in sound:
        complete(access, loaded, here.settings.trusted_cdn, visitor.document)
    decisions = iter(here.decisions(access, loaded, scope, sound, request.timing))
    results = [
        _refused(wrong, request.call.request_id) if wrong else replies.result(*next(decisions)) for wrong in found
    ]
    age, stale = _freshness(request, loaded)
    body = answers.encode(BatchAnswer(results, loaded.pointer.release, age, stale))
    request.timing.mark("encode")
    return respond(200, {**_HEADERS, "server-timing": request.timing.header}, body)


def _refused(found: list[Problem], request_id: str) -> ProblemDocument:
    failure = requests.refusal(found)
    title = problems.TYPES[failure.slug].title
    return ProblemDocument(
        f"/problems/{failure.slug}", title, failure.status, failure.detail, request_id, failure.problems
    )


def _decided(request: Request, evaluation: Evaluation) -> tuple[Loaded, Decision, int]:
    """The image, its decision about one visitor, and the instant of it."""
    access, here = request.access, container()
    loaded = _loaded(request, evaluation.controls)
    wrong = [*evaluation.problems, *browser_problems(access, loaded, evaluation.document)]
    scope = scope_of(access, loaded, evaluation.controls, wrong)
    complete(access, loaded, here.settings.trusted_cdn, evaluation.document, request.call)
    [(decision, now_ms)] = here.decisions(access, loaded, scope, [evaluation], request.timing)
    return loaded, decision, now_ms


def _loaded(request: Request, controls: Controls) -> Loaded:
    """The image to answer from."""
    access = request.access
    return container().serving.loaded(access.environment, None if access.publishable else controls.min_seq)


def _freshness(request: Request, loaded: Loaded) -> tuple[int, bool]:
    """Seconds since the release was last known to be the latest, and whether that is too long ago."""
    age = request.access.environment.age_seconds
    return int(age), age >= loaded.pointer.settings.stale_after_seconds


def _image(request: Request) -> Response:
    loaded = container().serving.loaded(request.access.environment)
    return _image_response(request, loaded.pointer.image, loaded.data, "private, no-cache", loaded.pointer.release)


def _image_by_hash(request: Request) -> Response:
    name = unquote(request.call.path.removeprefix(_IMAGES))
    here = container()
    loaded = request.access.environment.loaded
    if loaded is not None and loaded.pointer.image == name:
        data: bytes | None = loaded.data
    else:
        try:
            data = find_image(here.settings.project, name, here.store, here.settings.images_table)
        except ReadFailed as error:
            raise Failure("unavailable", "the image could not be read", headers=RETRY_AFTER) from error
    if data is None:
        raise Failure("not-found", f"there is no image `{name}`")
    return _image_response(request, name, data, "private, max-age=31536000, immutable")


def _image_response(request: Request, name: str, data: bytes, caching: str, release: str | None = None) -> Response:
    etag = f'"{name}"'
    headers = {**_HEADERS, "content-type": "application/octet-stream", "cache-control": caching, "etag": etag}
    if release is not None:
        headers["muster-release"] = release
    if is_match(request.call.headers.get("if-none-match"), etag):
        return respond(304, headers)
    return respond_bytes(200, headers, data)


def _health(_call: Call, _timing: Timing) -> tuple[Response, None]:
    """The function runs."""
    return respond(200, dict(_HEADERS), b'{"status":"ok"}'), None


def _ready(_call: Call, _timing: Timing) -> tuple[Response, None]:
    """The function can answer: it has an image."""
    if not container().serving.is_ready:
        raise Failure("unavailable", "there is no image yet", headers=RETRY_AFTER)
    return respond(200, dict(_HEADERS), b'{"status":"ready"}'), None


_ROUTES: Mapping[str, Mapping[str, Work]] = {
    "/v1/evaluate": {"POST": _keyed("evaluate", _evaluate), "GET": _keyed("evaluate", _evaluate_query)},
    "/v1/evaluate/batch": {"POST": _keyed("evaluate", _evaluate_batch)},
    "/v1/image": {"GET": _keyed("image", _image)},
    _IMAGES: {"GET": _keyed("image", _image_by_hash)},
    "/v1/health": {"GET": _health},
    "/v1/ready": {"GET": _ready},
}
