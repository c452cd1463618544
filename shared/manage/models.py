"""The models that several resources share."""

import re
from typing import Annotated, Any

from annotated_types import Interval
from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import AfterValidator, Field

from shared.manage.bodies import Model, Text
from shared.rules.kinds import nfc
from shared.visitors.document import MAX_ID_LENGTH

KEY_PATTERN = r"^[a-z0-9][a-z0-9._-]{0,63}$"

Key = Annotated[str, Field(pattern=KEY_PATTERN, description="Lower-case letters, digits and `.` `_` `-`, up to 64.")]
"""The key of an audience or an environment."""

_key = re.compile(KEY_PATTERN).fullmatch

Number = Annotated[int, Interval(ge=1, le=10**9)]
"""The number of a version. (Of a parameter's type the router keeps such constraints, but no `Field`.)"""

Id = Annotated[str, Field(min_length=1, max_length=MAX_ID_LENGTH), AfterValidator(nfc)]
"""The id of a visitor, in Unicode's composed form; evaluate counts its characters as sent too."""

Name = Annotated[Text, Field(min_length=1, max_length=200)]
Description = Annotated[Text, Field(max_length=2_000)]
Tag = Annotated[Text, Field(min_length=1, max_length=64)]
Instant = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
"""RFC 3339, UTC."""

RULE_FORMAT = "rule"
Rule = Annotated[Any, Field(json_schema_extra={"format": RULE_FORMAT})]
"""A rule as JSON: the rule language's own parser reads it, and the OpenAPI document puts its schema here."""

Limit = Annotated[int, Query(ge=1, le=500, description="How many items to answer at most.")]
Cursor = Annotated[str | None, Query(description="`next_cursor` of the page before.")]


class ProblemAnswer(Model):
    """One thing wrong with an input: `pointer` is a JSON pointer into the body, `code` a stable name."""

    pointer: str
    code: str
    detail: str
    hint: str | None = None


def is_key(text: str) -> bool:
    """Whether an audience or an environment could have this key."""
    return _key(text) is not None
