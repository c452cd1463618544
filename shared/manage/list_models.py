"""What id lists look like on the wire."""

from collections.abc import Mapping
from typing import Annotated, Literal

from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import Field

from shared.manage.bodies import Model
from shared.manage.models import Description, Id, Instant, Name
from shared.rules.instants import to_text
from shared.store.lists import IdList, Upload
from shared.visitors.document import MAX_ID_LENGTH
from shared.visitors.id_lines import WhyRefused

MAX_ENTRIES = 1_000

Environment = Annotated[
    str | None, Query(description="The environment that holds the list; needed where the key names several.")
]
Anonymous = Annotated[bool, Query(description="Whether the ids are anonymous ids.")]
Ids = Annotated[list[Id], Field(max_length=MAX_ENTRIES, default_factory=list)]
Mode = Literal["add", "replace"]

_TOLD: Mapping[WhyRefused, str] = {
    "bad-line": "the line cannot be read as an id in its format",
    "bad-length": f"an id has 1 to {MAX_ID_LENGTH} characters",
}


class ListFields(Model):
    """What a list is called."""

    name: Name
    description: Description = ""


class RefusedLineAnswer(Model):
    """A line of an upload that holds no id; lines are counted from 1."""

    line: int
    code: WhyRefused
    detail: str


class UploadAnswer(Model):
    """A stream of ids into a list: the next part begins at byte `received`.

    `added` ids are new to the list, `repeated` ones were there; of the `refused` lines the first 100 are named.
    """

    upload: str
    mode: Mode
    state: Literal["open", "finished", "cancelled"]
    received: int
    lines: int
    added: int
    repeated: int
    refused: int
    refused_lines: list[RefusedLineAnswer]
    started_at: Instant
    updated_at: Instant


class ListAnswer(Model):
    """A list; `count` is how many ids it holds, `upload` the one that is open, else the last one."""

    key: str
    name: str
    description: str
    environment: str
    count: int
    created_at: Instant
    created_by: str
    updated_at: Instant
    updated_by: str
    upload: UploadAnswer | None


class ListPage(Model):
    """Some lists in the order of their keys."""

    items: list[ListAnswer]
    next_cursor: str | None


class EntriesChange(Model):
    """Up to 1,000 ids to add and to remove; `anonymous` says that they are anonymous ids."""

    add: Ids
    remove: Ids
    anonymous: bool = False


class EntriesAnswer(Model):
    """How many ids a list holds now, and how many came and went."""

    count: int
    added: int
    removed: int


class EntryAnswer(Model):
    """An id that a list holds."""

    list: str
    id: str
    anonymous: bool


class NewUpload(Model):
    """An upload to start: `add` to the ids of the list, or `replace` them all when it is finished."""

    mode: Mode


class FinishedUpload(Model):
    """The end of an upload; with `bytes`, the size of the whole stream, nothing ends that is not complete."""

    bytes: Annotated[int, Field(ge=0)] | None = None


def described(found: IdList, environment: str) -> ListAnswer:
    """A list as the API shows it."""
    return ListAnswer(
        key=found.key,
        name=found.name,
        description=found.description,
        environment=environment,
        count=found.count,
        created_at=to_text(found.created_at),
        created_by=found.created_by,
        updated_at=to_text(found.updated_at),
        updated_by=found.updated_by,
        upload=described_upload(found.upload) if found.upload else None,
    )


def described_upload(upload: Upload) -> UploadAnswer:
    """An upload as the API shows it."""
    return UploadAnswer(
        upload=upload.id,
        mode="replace" if upload.replaces else "add",
        state=upload.state,
        received=upload.received,
        lines=upload.lines,
        added=upload.added,
        repeated=upload.repeated,
        refused=upload.refused,
        refused_lines=[
            RefusedLineAnswer(line=each.line, code=each.code, detail=_TOLD[each.code]) for each in upload.refused_lines
        ],
        started_at=to_text(upload.started_at),
        updated_at=to_text(upload.updated_at),
    )
