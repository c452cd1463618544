"""The routes of `template.yaml`, and which of them a request takes, by the rules of API Gateway's HTTP APIs."""

import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import msgspec

from shared.store import template


class Route(msgspec.Struct, frozen=True):
    """One route. `method` may be `ANY`; `path` may hold `{name}` (one segment) and end in `{name+}` (the rest)."""

    method: str
    path: str
    function: str

    @property
    def key(self) -> str:
        """The route as events name it: `POST /v1/evaluate`."""
        return f"{self.method} {self.path}"


class Template(msgspec.Struct, frozen=True):
    """What the gateway takes from the template: routes, and the handler of each function as (file, attribute)."""

    routes: tuple[Route, ...]
    handlers: dict[str, tuple[Path, str]]


def read(file: Path = template.PATH) -> Template:
    """The functions of a SAM template and their HTTP API routes."""
    document = template.load(file)
    defaults = document.get("Globals", {}).get("Function", {})
    routes, handlers = [], {}
    for own in template.resources(document, "AWS::Serverless::Function").values():
        properties = {**defaults, **own}
        name = Path(properties["CodeUri"]).name
        module, attribute = properties["Handler"].rsplit(".", 1)
        handlers[name] = (file.parent / properties["CodeUri"] / f"{module}.py", attribute)
        routes += [_route(event["Properties"], name) for event in properties["Events"].values() if _is_http(event)]
    return Template(tuple(routes), handlers)


def _is_http(event: dict[str, Any]) -> bool:
    return bool(event["Type"] == "HttpApi")


def _route(properties: dict[str, str], function: str) -> Route:
    method = properties.get("Method", "ANY").upper()
    return Route("ANY" if method == "*" else method, properties["Path"], function)


class Table:
    """Routes in the order in which API Gateway prefers them: fixed segments, then variables, then greedy ones."""

    def __init__(self, routes: tuple[Route, ...]) -> None:
        self._rows = [(route, re.compile(_pattern(route.path))) for route in sorted(routes, key=_preference)]

    def find(self, method: str, path: str) -> tuple[Route, dict[str, str]] | None:
        """The route of a request and its path parameters, decoded; None where no route takes it."""
        for route, pattern in self._rows:
            if route.method in (method, "ANY") and (found := pattern.fullmatch(path)):
                return route, {name: unquote(value) for name, value in found.groupdict().items()}
        return None


def _preference(route: Route) -> tuple[list[int], bool]:
    ranks = [2 if segment.endswith("+}") else int(segment.startswith("{")) for segment in route.path.split("/")]
    return ranks, route.method == "ANY"


def _pattern(path: str) -> str:
    parts = re.split(r"(\{\w+\+?\})", path)
    return "".join(_variable(part) if part.startswith("{") else re.escape(part) for part in parts)


def _variable(part: str) -> str:
    name = part.strip("{}")
    return f"(?P<{name[:-1]}>.+)" if name.endswith("+") else f"(?P<{name}>[^/]+)"
