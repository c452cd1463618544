"""The management API: decode, work, encode."""

import logging
import os
from typing import Any

from aws_lambda_powertools.logging import Logger

from shared.api.problems import Failure
from shared.manage.app import App, problem_answer
from shared.manage.settings import settings_of
from shared.store import database, signing

logger = Logger(service="manage", level=os.environ.get("LOG_LEVEL", "INFO"))
# the router logs what it cannot handle, message and all; what is logged of a fault is decided below
logging.getLogger("aws_lambda_powertools").setLevel(logging.CRITICAL)

_settings = settings_of(os.environ)
_app = App(
    database.connect(_settings.definitions_table, _settings.images_table, _settings.profiles_table),
    signing.connect(_settings.signing_key_id, _settings.trusted_keys),
    _settings.project,
    _settings.trusted_cdn.cdn if _settings.trusted_cdn else None,
)


def handler(event: dict[str, Any], _: object) -> dict[str, Any]:
    """The answer to a payload 2.0 event of the HTTP API."""
    request_id = str(event["requestContext"]["requestId"])
    try:
        return _app.answer(event, request_id)
    except Exception as error:  # noqa: BLE001  # the one place where a fault becomes an answer
        logger.error("fault", extra=_fault(error, request_id))  # noqa: TRY400  # a trace would hold the message
        return problem_answer(Failure("internal", "the fault is ours"), request_id)


def _fault(error: Exception, request_id: str) -> dict[str, object]:
    """Where it happened and what kind of fault it was; no message, because that may hold a caller's values."""
    trace, places = error.__traceback__, []
    while trace is not None:
        places.append(f"{trace.tb_frame.f_code.co_qualname}:{trace.tb_lineno}")
        trace = trace.tb_next
    return {"fault": type(error).__name__, "request_id": request_id, "places": places}
