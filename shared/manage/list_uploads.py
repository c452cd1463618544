"""Uploads of ids by the million: start, parts, finish; whatever happens between, `received` says where to go on."""

from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.depends import Depends
from aws_lambda_powertools.event_handler.openapi.params import Query
from aws_lambda_powertools.event_handler.request import Request

from shared.manage.bodies import Body
from shared.manage.calls import CurrentCall, answered, refuse
from shared.manage.list_models import (
    Anonymous,
    Environment,
    FinishedUpload,
    NewUpload,
    UploadAnswer,
    described_upload,
)
from shared.manage.requests import Lines, lines_of
from shared.rules.kinds import MAX_INTEGER
from shared.rules.problems import Problem
from shared.store import list_uploads, lists
from shared.store.errors import NotFound
from shared.store.list_uploads import Part
from shared.store.lists import IdList

router = Router()


def current_lines(request: Request) -> Lines:
    """The body of the call under way, as lines."""
    return lines_of(request.resolved_event.raw_event)


CurrentLines = Annotated[Lines, Depends(current_lines)]
Offset = Annotated[
    int, Query(ge=0, le=MAX_INTEGER, description="How many bytes of the stream come before: `received`, as last told.")
]


@router.post("/v1/lists/<key>/uploads", summary="Start an upload", tags=["lists"], status_code=201)
def start_upload(
    key: str, body: Body[NewUpload], call: CurrentCall, environment: Environment = None
) -> Response[UploadAnswer]:
    """One at a time; a replacement is seen by nobody until it is finished, and by everybody then."""
    name = call.environment(environment)
    replaces = body.accepted().mode == "replace"
    started = _upload(list_uploads.start(call.database, call.change, name, key, replaces=replaces))
    return answered(started, 201, location=f"/v1/lists/{key}/uploads/{started.upload}")


@router.get("/v1/lists/<key>/uploads/<upload>", summary="Follow an upload", tags=["lists"])
def get_upload(key: str, upload: str, call: CurrentCall, environment: Environment = None) -> Response[UploadAnswer]:
    """How far it came. A list remembers its last upload until the next one starts."""
    found = lists.head(call.database, call.project, call.environment(environment), key).list
    if found.upload is None or found.upload.id != upload:
        raise NotFound(f"list `{key}` has no upload `{upload}`")
    return answered(_upload(found))


@router.put("/v1/lists/<key>/uploads/<upload>/parts", summary="Send a part of an upload", tags=["lists"])
def put_part(
    key: str,
    upload: str,
    call: CurrentCall,
    lines: CurrentLines,
    offset: Offset,
    environment: Environment = None,
    anonymous: Anonymous = False,  # noqa: FBT002  # a query parameter
) -> Response[UploadAnswer]:
    """Ids, one a line, in up to 256 KB of the stream: plain text, CSV (the first column) or JSON Lines.

    Go on from `received`: a call takes whole lines only, and of very many short ones not all. Bytes that were taken
    before are passed over, so that any part may be sent again.
    """
    if b"\n" not in lines.data:
        hint = "end every line, the last one too, with a line end"
        refuse([Problem("", "no-whole-line", "the part holds no whole line", hint)])
    part = Part(offset, lines.data, lines.media_type, anonymous)
    name = call.environment(environment)
    return answered(_upload(list_uploads.receive(call.database, call.change, name, key, upload, part)))


@router.post("/v1/lists/<key>/uploads/<upload>/finish", summary="Finish an upload", tags=["lists"])
def finish_upload(
    key: str, upload: str, body: Body[FinishedUpload], call: CurrentCall, environment: Environment = None
) -> Response[UploadAnswer]:
    """A replacement becomes the list, in one step; what was added by entry meanwhile goes with the old ids."""
    size = body.accepted().bytes
    name = call.environment(environment)
    return answered(_upload(list_uploads.finish(call.database, call.change, name, key, upload, size)))


@router.post("/v1/lists/<key>/uploads/<upload>/cancel", summary="Cancel an upload", tags=["lists"])
def cancel_upload(key: str, upload: str, call: CurrentCall, environment: Environment = None) -> Response[UploadAnswer]:
    """A replacement leaves the list as it is; what an addition has added stays."""
    name = call.environment(environment)
    return answered(_upload(list_uploads.cancel(call.database, call.change, name, key, upload)))


def _upload(found: IdList) -> UploadAnswer:
    assert found.upload is not None
    return described_upload(found.upload)
