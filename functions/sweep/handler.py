"""The sweep, by schedule: takes away what nobody can see any more."""

import os
from typing import Any

import msgspec
from aws_lambda_powertools.logging import Logger

from shared.store import database
from shared.store.sweeping import sweep

RESERVE_MS = 60_000
"""A page is begun only with so much time left: up to 10,000 items, in transactions of 100."""

logger = Logger(service="sweep", level=os.environ.get("LOG_LEVEL", "INFO"))

_database = database.connect(*(os.environ[f"{name}_TABLE"] for name in ("DEFINITIONS", "IMAGES", "PROFILES")))


def handler(_event: object, context: Any) -> dict[str, Any]:
    """What was done; where a run has no time left, the next one goes on."""
    swept = sweep(_database, os.environ["PROJECT"], lambda: context.get_remaining_time_in_millis() > RESERVE_MS)
    told: dict[str, Any] = msgspec.to_builtins(swept)
    logger.info("swept", extra=told)
    return told
