"""Every operation of the management API with the scope that it wants; what is not listed is not served."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from shared.api.problems import Failure

OPERATIONS: Mapping[str, Mapping[str, str | None]] = {
    "/openapi.json": {"GET": None},
    "/docs": {"GET": None},
    "/problems/{slug}": {"GET": None},
    "/v1/audiences": {"GET": "read", "POST": "write", "PUT": "write"},
    "/v1/audiences/validate": {"POST": "read"},
    "/v1/audiences/{key}": {"GET": "read", "PUT": "write", "DELETE": "write"},
    "/v1/audiences/{key}/archive": {"POST": "write"},
    "/v1/audiences/{key}/restore": {"POST": "write"},
    "/v1/audiences/{key}/versions": {"GET": "read"},
    "/v1/audiences/{key}/versions/{number}": {"GET": "read"},
    "/v1/audiences/{key}/diff": {"GET": "read"},
    "/v1/audiences/{key}/usages": {"GET": "read"},
    "/v1/audiences/{key}/export/{format}": {"GET": "read"},
    "/v1/explain": {"POST": "read"},
    "/v1/operators": {"GET": "read"},
    "/v1/templates": {"GET": "read"},
    "/v1/import/{format}": {"POST": "write"},
    "/v1/attributes": {"GET": "read"},
    "/v1/attributes/{path}": {"GET": "read", "PUT": "write", "DELETE": "write"},
    "/v1/environments": {"GET": "read", "POST": "admin"},
    "/v1/environments/{environment}": {"GET": "read", "PATCH": "admin"},
    "/v1/environments/{environment}/releases": {"GET": "read", "POST": "publish"},
    "/v1/environments/{environment}/releases/{release}": {"GET": "read"},
    "/v1/environments/{environment}/rollback": {"POST": "publish"},
    "/v1/keys": {"GET": "admin", "POST": "admin"},
    "/v1/keys/{key_id}": {"GET": "admin", "DELETE": "admin"},
    "/v1/audit": {"GET": "admin"},
    "/v1/lists": {"GET": "read"},
    "/v1/lists/{key}": {"GET": "read", "PUT": "write", "DELETE": "write"},
    "/v1/lists/{key}/entries": {"POST": "write"},
    "/v1/lists/{key}/entries/{id}": {"GET": "read", "PUT": "write", "DELETE": "write"},
    "/v1/lists/{key}/uploads": {"POST": "write"},
    "/v1/lists/{key}/uploads/{upload}": {"GET": "read"},
    "/v1/lists/{key}/uploads/{upload}/parts": {"PUT": "write"},
    "/v1/lists/{key}/uploads/{upload}/finish": {"POST": "write"},
    "/v1/lists/{key}/uploads/{upload}/cancel": {"POST": "write"},
    "/v1/visitors": {"PUT": "write"},
    "/v1/visitors/read": {"POST": "read"},
    "/v1/visitors/delete": {"POST": "write"},
    "/v1/visitors/{id}": {"GET": "read", "PUT": "write", "PATCH": "write", "DELETE": "write"},
}
"""Path to method to scope; None is open to all. A literal path comes before the pattern that would take it."""

NOT_YET = (
    "/v1/audiences/preview",
    "/v1/audiences/overlap",
    "/v1/audiences/{key}/size",
    "/v1/audiences/{key}/history",
    "/v1/audiences/{key}/composition",
    "/v1/audiences/{key}/members",
    "/v1/experiences",
    "/v1/experiences/{key}",
    "/v1/experiences/{key}/report",
    "/v1/visitors/{id}/export",
    "/v1/visitors/{id}/erase",
    *(f"/v1/{name}" for name in ("identify", "track", "page", "screen", "group", "alias", "batch")),
    *(f"/v1/{letter}" for letter in "itpsga"),
    "/ofrep/v1/evaluate/flags",
    "/ofrep/v1/evaluate/flags/{key}",
)
"""Paths of the API that this version does not serve yet, whatever the method."""


class Operation(NamedTuple):
    """One method of one path, with the scope that a key needs for it (None: no key)."""

    method: str
    path: str
    scope: str | None


def find(method: str, path: str) -> Operation:
    """The operation that a request asks for; raises `Failure` where there is none."""
    if any(pattern.fullmatch(path) for pattern in _NOT_YET):
        raise Failure("not-supported-yet", f"`{path}` is not supported yet")
    for pattern, template, methods in _OPERATIONS:
        if pattern.fullmatch(path):
            if method not in methods:
                allowed = ", ".join(methods)
                raise Failure(
                    "method-not-allowed", f"`{path}` takes {allowed}, not `{method}`", headers={"Allow": allowed}
                )
            return Operation(method, template, methods[method])
    raise Failure("not-found", f"there is nothing at `{path}`")


def _pattern(template: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(template)))


_OPERATIONS = [(_pattern(template), template, methods) for template, methods in OPERATIONS.items()]
_NOT_YET = [_pattern(template) for template in NOT_YET]
