"""What the gateway answers: the template's routes by their functions, and the few pages of the local run."""

from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

from shared.local import routes
from shared.local.events import Request, Response, from_answer, to_event
from shared.local.functions import Functions

DEMO = Path(__file__).parents[2] / "examples" / "browser.html"
EXAMPLE_URL, EXAMPLE_KEY = "http://127.0.0.1:8080", "pk_..."
"""What the examples are written with; the demo gets the address and the key of the product that runs."""


class Site:
    """The running product. `publishable_key` is the one that the demo page uses, once there is one."""

    def __init__(self, url: str) -> None:
        template = routes.read()
        self._routes = routes.Table(template.routes)
        self._functions = Functions(template.handlers)
        self._url = url
        self.publishable_key = ""

    def answer(self, request: Request) -> Response:
        """The response to a request: a page's, a function's, or API Gateway's own 404."""
        path = urlsplit(request.target).path
        if request.method in ("GET", "HEAD") and path in ("/", "/demo", "/favicon.ico"):
            return self._page(path)
        found = self._routes.find(request.method, path)
        if found is None:
            return _json(HTTPStatus.NOT_FOUND, b'{"message":"Not Found"}')
        route, parameters = found
        return from_answer(self._functions.call(route.function, to_event(request, route, parameters)))

    def _page(self, path: str) -> Response:
        if path == "/":
            return Response(HTTPStatus.FOUND, (("Location", "/demo"),), b"")
        if path == "/favicon.ico":
            return Response(HTTPStatus.NO_CONTENT, (), b"")
        page = DEMO.read_text(encoding="utf-8")
        page = page.replace(EXAMPLE_URL, self._url).replace(EXAMPLE_KEY, self.publishable_key)
        headers = (("Content-Type", "text/html; charset=utf-8"), ("Cache-Control", "no-store"))
        return Response(HTTPStatus.OK, headers, page.encode())


def _json(status: HTTPStatus, body: bytes) -> Response:
    return Response(status, (("Content-Type", "application/json"),), body)
