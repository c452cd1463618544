"""One call of the management API: who calls, when, on which project, with the stores at hand."""

import base64
import binascii
from collections.abc import Sequence
from typing import Annotated, TypeVar

import msgspec
from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.depends import Depends
from aws_lambda_powertools.event_handler.request import Request
from pydantic import BaseModel

from shared.api.problems import Failure, counted
from shared.rules.problems import Problem
from shared.store.api_keys import ApiKey
from shared.store.changes import Change
from shared.store.database import Database
from shared.store.errors import NotFound
from shared.store.signing import Signer
from shared.visitors.geo import Cdn

SAFE_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
"""What every answer says to caches and browsers."""

_MAX_SORT_KEY = 250  # characters, of up to 4 bytes; DynamoDB takes 1,024 bytes

T = TypeVar("T", bound=BaseModel)


class Call(msgspec.Struct, frozen=True):
    """What a route needs beside its parameters and its body. cdn: whose headers are believed."""

    database: Database
    signer: Signer
    caller: ApiKey
    change: Change
    cdn: Cdn | None = None

    @property
    def project(self) -> str:
        """The project of the caller's key, and so of everything that this call can see."""
        return self.change.project

    @property
    def now_ms(self) -> int:
        """When the call arrived, in Unix milliseconds."""
        return self.change.at_ms

    def refuse_foreign(self, environment: str) -> None:
        """Raise `NotFound` where the caller's key does not name this environment: it is somebody else's."""
        if environment not in self.caller.environments:
            raise NotFound(f"there is no environment `{environment}`")

    def environment(self, asked: str | None) -> str:
        """The environment of `?environment=`, or the only one of the caller's key; raises `Failure` or `NotFound`."""
        if asked is not None:
            self.refuse_foreign(asked)
            return asked
        names = self.caller.environments
        if len(names) != 1:
            hint = "one of " + ", ".join(f"`{name}`" for name in names)
            problem = Problem("", "missing-parameter", "query parameter `environment` is missing", hint)
            raise Failure("invalid-request", "1 problem", [problem])
        return names[0]


def current(request: Request) -> Call:
    """The call that is under way."""
    call: Call = request.context["call"]
    return call


CurrentCall = Annotated[Call, Depends(current)]
"""A route's parameter of this type is the call under way."""


def answered(body: T, status: int = 200, *, version: int | None = None, location: str | None = None) -> Response[T]:
    """A JSON answer; `version` goes out as `ETag`, `location` as the address of what was made."""
    headers: dict[str, str | list[str]] = {**SAFE_HEADERS}
    if version is not None:
        headers["ETag"] = f'"{version}"'
    if location is not None:
        headers["Location"] = location
    return Response(status_code=status, content_type="application/json", body=body, headers=headers)


def done() -> Response[None]:
    """204: done, and nothing to say."""
    return Response(status_code=204)


def refuse(problems: Sequence[Problem]) -> None:
    """Raise `Failure` with these problems, by the kind that they share; nothing where there are none."""
    if not problems:
        return
    if all(problem.code == "not-supported-yet" for problem in problems):
        slug = "not-supported-yet"
    elif any(problem.pointer.startswith("/rule") for problem in problems):
        slug = "invalid-rule"
    else:
        slug = "invalid-request"
    raise Failure(slug, counted(problems), problems)


def cursor_of(sort_key: str | int | None) -> str | None:
    """The opaque cursor to go on after a sort key; None where there is nothing more."""
    return None if sort_key is None else base64.urlsafe_b64encode(str(sort_key).encode()).decode().rstrip("=")


def after_cursor(cursor: str | None) -> str | None:
    """The sort key of a cursor; raises `Failure` on a text that no page ever gave."""
    if cursor is None:
        return None
    try:
        key = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
    except (binascii.Error, UnicodeError, ValueError) as error:
        raise _no_cursor(cursor) from error
    if not 1 <= len(key) <= _MAX_SORT_KEY:
        raise _no_cursor(cursor)
    return key


def after_number(cursor: str | None) -> int | None:
    """The number of a cursor over numbered things; raises `Failure` on any other text."""
    text = after_cursor(cursor)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 10):
        raise _no_cursor(cursor or "")
    return int(text)


def _no_cursor(cursor: str) -> Failure:
    problem = Problem("", "bad-parameter", f"query parameter `cursor`: `{cursor:.80}` is no cursor")
    return Failure("invalid-request", "1 problem", [problem])
