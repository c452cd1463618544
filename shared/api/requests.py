"""What evaluate is asked: bodies and query strings to frozen requests, with all problems at once."""

import base64
import binascii
import re
from collections.abc import Iterable, Mapping
from urllib.parse import parse_qsl

import msgspec

from shared.api.problems import Failure, counted
from shared.rules import catalogue
from shared.rules.problems import Problem, did_you_mean, step
from shared.visitors import document as visitor_document
from shared.visitors.document import Document

MAX_BODY_BYTES = 64 * 1024
MAX_BATCH_BYTES = 1024 * 1024
MAX_BATCH_VISITORS = 100

INCLUDES = ("unknowns", "needs", "valid_until")
"""What `include` may name; `valid_until` is in every answer, so that naming it changes nothing."""
PUBLIC_INCLUDES = ("valid_until",)
"""What publishable keys may name, too."""

_LATER_INCLUDES = ("experiences", "reasons", "computed")
_MOST_INCLUDES = 10
_CONTROLS = ("audiences", "include", "min_release")
_LATER = ("visitor_token",)
_NOT_ROOTS = frozenset((*_CONTROLS, *_LATER))
_IN_QUERY = ("context", "environment", *_CONTROLS)
_RELEASE = re.compile(r"r(0|[1-9][0-9]{0,14})").fullmatch
_MEDIA_TYPES = ("application/json", "text/plain")  # text/plain spares a browser the preflight
_decode = msgspec.json.Decoder().decode


class Controls(msgspec.Struct, frozen=True):
    """What to answer: only these `audiences` (None: all), what to `include`, and the least release sequence number."""

    audiences: tuple[str, ...] | None = None
    include: tuple[str, ...] = ()
    min_seq: int | None = None


_DEFAULTS = Controls()


class Evaluation(msgspec.Struct, frozen=True):
    """One visitor to evaluate. at_ms: Unix milliseconds of `request.time`, None for the wall clock.

    Where there are `problems`, the rest is not to be used: they wait here for those that only the image shows.
    """

    document: Document
    at_ms: int | None
    controls: Controls
    problems: list[Problem]


class Batch(msgspec.Struct, frozen=True):
    """Up to 100 visitors, each with problems of its own; `problems` are those of the whole."""

    visitors: tuple[Evaluation, ...]
    controls: Controls
    problems: list[Problem]


def check_media_type(headers: Mapping[str, str]) -> None:
    """Raises Failure unless the body is declared as JSON, as plain text, or not at all."""
    media_type = headers.get("content-type")
    if media_type is not None and media_type != "application/json":
        name = media_type.partition(";")[0].strip().lower()
        if name not in _MEDIA_TYPES and not name.endswith("+json"):
            raise Failure("unsupported-media-type", f"`{name}` is not taken, send `application/json`")


def evaluation(body: bytes) -> Evaluation:
    """The request in a body of `POST /v1/evaluate`. Raises Failure where the body cannot be decoded."""
    return _evaluation(_object(body, MAX_BODY_BYTES), is_plain=_is_plain(body))


def batch(body: bytes) -> Batch:
    """The request in a body of `POST /v1/evaluate/batch`: `{"visitors": [document, ...]}` and the controls, once.

    A visitor with problems does not fail the others. Raises Failure where the body cannot be decoded.
    """
    members = _object(body, MAX_BATCH_BYTES)
    visitors = members.pop("visitors", None)
    controls, problems = _controls(members)
    known = ("visitors", *_CONTROLS)
    problems += [
        Problem(step("", name), "unknown-field", f"unknown field `{name}`", did_you_mean(name, known))
        for name in list(members)[:MAX_BATCH_VISITORS]
    ]
    if not isinstance(visitors, list) or not 1 <= len(visitors) <= MAX_BATCH_VISITORS:
        problems.append(Problem("/visitors", "bad-visitors", f"`visitors` is a list of 1 to {MAX_BATCH_VISITORS}"))
        visitors = []
    is_plain = _is_plain(body)
    found = tuple(_one(item, f"/visitors/{i}", controls, is_plain=is_plain) for i, item in enumerate(visitors))
    return Batch(found, controls, problems)


def query_evaluation(parameters: Mapping[str, list[str]]) -> Evaluation:
    """The request in the parameters of `GET /v1/evaluate`. Raises Failure where they cannot be decoded.

    Dotted names are attributes (`traits.plan=pro`), a repeated one is a list; `context` is a whole body
    as base64url JSON, under them; lists of names are written with commas.
    """
    members: dict[str, object] = {}
    for text in parameters.get("context", ())[-1:]:
        members = _object(_from_base64url(text), MAX_BODY_BYTES)
    for name in ("audiences", "include"):
        if name in parameters:
            members[name] = [item for text in parameters[name] for item in text.split(",") if item]
    for text in parameters.get("min_release", ())[-1:]:
        members["min_release"] = text
    dotted = {name: values for name, values in parameters.items() if name not in _IN_QUERY}
    problems = [problem for name, values in dotted.items() for problem in _place(members, name, values)]
    return _evaluation(members, problems, is_plain=False)


def parse_query(query: str) -> dict[str, list[str]]:
    """The values of each parameter, in order. Raises Failure on too many of them and on what is no UTF-8."""
    parameters: dict[str, list[str]] = {}
    try:
        pairs = parse_qsl(
            query, keep_blank_values=True, errors="strict", max_num_fields=2 * visitor_document.MAX_ATTRIBUTES
        )
    except UnicodeDecodeError as error:
        raise Failure("invalid-json", "the query is not UTF-8") from error
    except ValueError as error:
        raise Failure("too-large", "the query has too many parameters") from error
    for name, value in pairs:
        parameters.setdefault(name, []).append(value)
    return parameters


def refusal(problems: list[Problem]) -> Failure:
    """The failure that a request with these problems ends with."""
    codes = {problem.code for problem in problems}
    slug = "invalid-request"
    if "too-deep" in codes:
        slug = "invalid-json"
    elif codes == {"not-supported-yet"}:
        slug = "not-supported-yet"
    return Failure(slug, counted(problems), problems)


def _evaluation(members: dict[str, object], problems: Iterable[Problem] = (), *, is_plain: bool) -> Evaluation:
    controls, found = _controls(members)
    found += problems
    found += visitor_document.problems_of(members, "", _CONTROLS)
    return _checked(members, controls, found, is_plain=is_plain)


def _one(item: object, pointer: str, controls: Controls, *, is_plain: bool) -> Evaluation:
    if not isinstance(item, dict):
        return Evaluation({}, None, controls, [Problem(pointer, "wrong-type", "a visitor is an object")])
    problems = _take_later(item, pointer)
    problems += visitor_document.problems_of(item, pointer)
    return _checked(item, controls, problems, is_plain=is_plain)


def _checked(document: Document, controls: Controls, problems: list[Problem], *, is_plain: bool) -> Evaluation:
    if problems:
        return Evaluation(document, None, controls, problems)
    document = visitor_document.normalised(document, is_plain=is_plain)
    return Evaluation(document, visitor_document.instant_of(document), controls, problems)


def _object(body: bytes, limit: int) -> dict[str, object]:
    if len(body) > limit:
        raise Failure("too-large", f"the body has {len(body)} bytes, the limit is {limit}")
    try:
        members = _decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Failure("invalid-json", "the body is no JSON in UTF-8") from error
    except RecursionError as error:
        raise Failure("invalid-json", "the body nests too deep") from error
    if not isinstance(members, dict):
        raise refusal([Problem("", "wrong-type", "the body is an object")])
    return members


def _is_plain(body: bytes) -> bool:
    """Whether every string in a JSON body is ASCII: then NFC has nothing to do."""
    return body.isascii() and b"\\u" not in body


def _controls(members: dict[str, object]) -> tuple[Controls, list[Problem]]:
    """Takes the controls out of `members`."""
    if members.keys().isdisjoint(_NOT_ROOTS):
        return _DEFAULTS, []
    problems = _take_later(members, "")
    audiences = _names(members, "audiences", problems)
    include = _names(members, "include", problems) or ()
    if len(include) > _MOST_INCLUDES:
        problems.append(Problem("/include", "too-many-values", f"`include` names at most {_MOST_INCLUDES}"))
        include = ()
    problems += [problem for i, name in enumerate(include) for problem in _unknown_include(name, f"/include/{i}")]
    release = members.pop("min_release", None)
    found = _RELEASE(release) if isinstance(release, str) else None
    if release is not None and found is None:
        problems.append(Problem("/min_release", "bad-release", "`min_release` names a release such as `r42`"))
    return Controls(audiences, include, int(found[1]) if found else None), problems


def _take_later(members: dict[str, object], pointer: str) -> list[Problem]:
    return [
        Problem(step(pointer, name), "not-supported-yet", f"`{name}` is not supported yet")
        for name in _LATER
        if members.pop(name, None) is not None
    ]


def _names(members: dict[str, object], field: str, problems: list[Problem]) -> tuple[str, ...] | None:
    names = members.pop(field, None)
    if names is None:
        return None
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        problems.append(Problem(f"/{field}", "wrong-type", f"`{field}` is a list of strings"))
        return None
    return tuple(names)


def _unknown_include(name: str, pointer: str) -> list[Problem]:
    if name in INCLUDES:
        return []
    if name in _LATER_INCLUDES:
        return [Problem(pointer, "not-supported-yet", f"`{name}` is not supported yet")]
    return [Problem(pointer, "unknown-include", f"unknown include `{name}`", did_you_mean(name, INCLUDES))]


def _place(members: dict[str, object], name: str, values: list[str]) -> list[Problem]:
    """Puts the values of a dotted parameter in their place among `members`."""
    pointer = step("", name)
    try:
        *way, last = catalogue.split(name)
    except ValueError as error:
        return [Problem(pointer, "bad-path", f"`{name}` is no attribute: {error}")]
    if not way:
        return [Problem(pointer, "unknown-parameter", f"unknown parameter `{name}`", did_you_mean(name, _IN_QUERY))]
    if len(way) >= visitor_document.MAX_DEPTH:
        return [Problem(pointer, "too-deep", f"more than {visitor_document.MAX_DEPTH} levels")]
    for token in way:
        inner = members.setdefault(token, {})
        if not isinstance(inner, dict):
            return [Problem(pointer, "bad-path", f"`{name}` goes through a value that is no object")]
        members = inner
    members[last] = values[0] if len(values) == 1 else values
    return []


def _from_base64url(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise Failure("invalid-json", "`context` is no base64url") from error
