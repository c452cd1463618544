"""Problem documents (RFC 9457): the one table of what can go wrong, and its bytes on the wire."""

from collections.abc import Mapping, Sequence

import msgspec

from shared.rules.problems import Problem

CONTENT_TYPE = "application/problem+json"


class ProblemType(msgspec.Struct, frozen=True):
    """One row of the table: `status` is HTTP's, `explanation` is what the page behind `type` says."""

    status: int
    title: str
    explanation: str


TYPES: Mapping[str, ProblemType] = {
    "invalid-json": ProblemType(
        400,
        "invalid JSON",
        "The body cannot be decoded: it is no JSON, no UTF-8, holds NaN, an infinity or a lone surrogate, or nests too "
        "deep.",
    ),
    "unauthorized": ProblemType(
        401,
        "unauthorized",
        "No valid key came with the request. Send one as `Authorization: Bearer KEY`, as `X-API-Key: KEY`, or as the "
        "user name of Basic authentication. Unknown, revoked and other environments' keys are not told apart.",
    ),
    "forbidden": ProblemType(403, "forbidden", "The key is valid, but its scopes do not allow this call."),
    "not-found": ProblemType(
        404, "not found", "Nothing is known under this address, or it belongs to somebody else; the two look the same."
    ),
    "method-not-allowed": ProblemType(
        405, "method not allowed", "The address exists, but not with this method; `Allow` names the ones it has."
    ),
    "conflict": ProblemType(
        409,
        "conflict",
        "Another change came first, the thing exists already, or the idempotency key was used for something else. "
        "Read the current state and try again.",
    ),
    "in-use": ProblemType(
        409, "in use", "Others refer to this or serve it; `problems` names each of them. Change those first."
    ),
    "stale-version": ProblemType(
        412, "stale version", "`If-Match` names a version that is no longer the latest. Read it again and repeat."
    ),
    "too-large": ProblemType(413, "too large", "The body is larger than this call takes."),
    "unsupported-media-type": ProblemType(415, "unsupported media type", "This call takes `application/json`."),
    "invalid-request": ProblemType(
        422,
        "invalid request",
        "The request was understood but cannot be taken; `problems` says what is wrong and where.",
    ),
    "invalid-rule": ProblemType(
        422, "invalid rule", "The rule cannot be taken; `problems` says what is wrong and where in it, all at once."
    ),
    "not-supported-yet": ProblemType(
        422, "not supported yet", "This belongs to the language or the API, but this version does not serve it yet."
    ),
    "precondition-required": ProblemType(
        428,
        "precondition required",
        "This call replaces something, so it wants `If-Match` with the `ETag` that you last read.",
    ),
    "too-many-requests": ProblemType(429, "too many requests", "Slow down; `Retry-After` says for how many seconds."),
    "internal": ProblemType(500, "internal error", "The fault is ours. Name `request_id` when you ask about it."),
    "unavailable": ProblemType(
        503, "unavailable", "A right answer cannot be given now; `Retry-After` says when to try again."
    ),
}
"""Every `type` that an answer may carry, by the last part of its address `/problems/<slug>`."""


class ProblemDocument(msgspec.Struct, frozen=True, omit_defaults=True):
    """The body of every error answer."""

    type: str
    title: str
    status: int
    detail: str
    request_id: str
    problems: tuple[Problem, ...] = ()


class Failure(Exception):
    """Ends a request with a problem document: `slug` is a key of `TYPES`, `headers` go out beside it."""

    def __init__(
        self, slug: str, detail: str, problems: Sequence[Problem] = (), headers: Mapping[str, str] | None = None
    ) -> None:
        self.slug = slug
        self.detail = detail
        self.problems = tuple(problems)
        self.headers = dict(headers or {})
        super().__init__(f"{slug}: {detail}")

    @property
    def status(self) -> int:
        """The HTTP status of this kind of problem."""
        return TYPES[self.slug].status


def document(slug: str, detail: str, request_id: str, problems: Sequence[Problem] = ()) -> bytes:
    """The JSON bytes of a problem of this type; raises KeyError on a slug that is not in `TYPES`."""
    row = TYPES[slug]
    return msgspec.json.encode(
        ProblemDocument(f"/problems/{slug}", row.title, row.status, detail, request_id, tuple(problems))
    )


def counted(problems: Sequence[Problem]) -> str:
    """The `detail` of an answer whose `problems` say it all: `1 problem`, `3 problems`."""
    return f"{len(problems)} problem{'' if len(problems) == 1 else 's'}"
