"""The real handlers, called as Lambda calls them: one event at a time each, with a context."""

import importlib.util
import sys
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

Handler = Callable[[dict[str, Any], "Context"], Any]
TIMEOUT_MS = 30_000


class Context:
    """What Lambda tells a handler of its invocation, by Lambda's own names."""

    memory_limit_in_mb = 1769
    function_version = "$LATEST"

    def __init__(self, function_name: str) -> None:
        self.function_name = function_name
        self.aws_request_id = str(uuid.uuid4())
        self.invoked_function_arn = f"arn:aws:lambda:us-east-1:000000000000:function:{function_name}"
        self._deadline = time.monotonic() + TIMEOUT_MS / 1000

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until Lambda would end the invocation."""
        return max(0, int((self._deadline - time.monotonic()) * 1000))


class Functions:
    """Handlers by function name, each loaded from its file."""

    def __init__(self, handlers: Mapping[str, tuple[Path, str]]) -> None:
        self._handlers = {name: _load(name, file, attribute) for name, (file, attribute) in handlers.items()}
        # a container of Lambda answers one request at a time, and handlers may rely on that
        self._turns = {name: threading.Lock() for name in handlers}

    def call(self, name: str, event: dict[str, Any]) -> Any:
        """The answer of a function to an event; whatever the handler raises comes out."""
        with self._turns[name]:
            return self._handlers[name](event, Context(name))


def _load(name: str, file: Path, attribute: str) -> Handler:
    spec = importlib.util.spec_from_file_location(f"functions.{name}.{file.stem}", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # where annotations and pickles look a module up
    spec.loader.exec_module(module)
    handler: Handler = getattr(module, attribute)
    return handler
