"""Id lists of an environment: made, listed, described, deleted, and their ids one by one or a thousand at a time."""

from urllib.parse import unquote

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router

from shared.api.problems import Failure
from shared.manage.bodies import Body
from shared.manage.calls import CurrentCall, after_cursor, answered, cursor_of, done, refuse
from shared.manage.list_models import (
    MAX_ENTRIES,
    Anonymous,
    EntriesAnswer,
    EntriesChange,
    EntryAnswer,
    Environment,
    ListAnswer,
    ListFields,
    ListPage,
    described,
)
from shared.manage.models import KEY_PATTERN, Cursor, Limit, is_key
from shared.rules.kinds import nfc
from shared.rules.problems import Problem
from shared.store import list_entries, lists, releases
from shared.store.list_entries import Entries
from shared.store.profiles import Visitor
from shared.visitors.document import MAX_ID_LENGTH

router = Router()


@router.get("/v1/lists", summary="List the id lists", tags=["lists"])
def list_lists(
    call: CurrentCall, environment: Environment = None, limit: Limit = 50, cursor: Cursor = None
) -> Response[ListPage]:
    """The lists of an environment in the order of their keys."""
    name = call.environment(environment)
    found, after = lists.page(call.database, call.project, name, after_cursor(cursor), limit)
    return answered(ListPage(items=[described(each, name) for each in found], next_cursor=cursor_of(after)))


@router.get("/v1/lists/<key>", summary="Get an id list", tags=["lists"])
def get_list(key: str, call: CurrentCall, environment: Environment = None) -> Response[ListAnswer]:
    """A list with the number of its ids, and its upload, if there ever was one."""
    name = call.environment(environment)
    return answered(described(lists.head(call.database, call.project, name, key).list, name))


@router.put("/v1/lists/<key>", summary="Create or describe an id list", tags=["lists"])
def put_list(
    key: str, body: Body[ListFields], call: CurrentCall, environment: Environment = None
) -> Response[ListAnswer]:
    """A new list is empty, and answered with 201; one that exists keeps its ids."""
    name = call.environment(environment)
    problems = [*body.problems]
    if not is_key(key):
        problems.append(Problem("", "bad-parameter", f"`{key:.80}` is no key of a list", f"a key is `{KEY_PATTERN}`"))
    refuse(problems)
    fields = body.accepted()
    saved = lists.put(call.database, call.change, name, key, fields.name, fields.description)
    return answered(described(saved.list, name), 201 if saved.is_new else 200)


@router.delete("/v1/lists/<key>", summary="Delete an id list", tags=["lists"], status_code=204)
def delete_list(key: str, call: CurrentCall, environment: Environment = None) -> Response[None]:
    """Deletes it with its ids; refused while a latest or live version of an audience asks for it."""
    name = call.environment(environment)
    served = releases.live(call.database, call.project, [name]).get(name, {})
    lists.delete(call.database, call.change, name, key, served)
    return done()


@router.post("/v1/lists/<key>/entries", summary="Add and remove many ids", tags=["lists"])
def post_entries(
    key: str, body: Body[EntriesChange], call: CurrentCall, environment: Environment = None
) -> Response[EntriesAnswer]:
    """Up to 1,000 ids in all; adding one that is there, or removing one that is not, does nothing."""
    name = call.environment(environment)
    wanted = body.accepted()
    added = set(wanted.add)
    problems = [
        Problem(f"/remove/{i}", "repeated-id", "the id stands in `add` too")
        for i, each in enumerate(wanted.remove)
        if each in added
    ]
    if not 1 <= len(wanted.add) + len(wanted.remove) <= MAX_ENTRIES:
        problems.append(Problem("", "too-many", f"`add` and `remove` name 1 to {MAX_ENTRIES} ids together"))
    refuse(problems)
    visitors = {Visitor(each, wanted.anonymous): True for each in wanted.add}
    visitors |= {Visitor(each, wanted.anonymous): False for each in wanted.remove}
    return answered(_counted(list_entries.put(call.database, call.change, name, key, visitors)))


@router.get("/v1/lists/<key>/entries/<id>", summary="Ask for an id", tags=["lists"])
def get_entry(
    key: str,
    id: str,  # noqa: A002  # the name in the address
    call: CurrentCall,
    environment: Environment = None,
    anonymous: Anonymous = False,  # noqa: FBT002  # a query parameter
) -> Response[EntryAnswer]:
    """200 where the list holds the id, 404 where it does not."""
    visitor = _named(id, anonymous=anonymous)
    if not list_entries.has(call.database, call.project, call.environment(environment), key, visitor):
        raise Failure("not-found", f"list `{key}` does not hold the id")
    return answered(EntryAnswer(list=key, id=visitor.id, anonymous=anonymous))


@router.put("/v1/lists/<key>/entries/<id>", summary="Add an id", tags=["lists"])
def put_entry(
    key: str,
    id: str,  # noqa: A002  # the name in the address
    call: CurrentCall,
    environment: Environment = None,
    anonymous: Anonymous = False,  # noqa: FBT002  # a query parameter
) -> Response[EntriesAnswer]:
    """The next evaluation of the visitor sees it; nothing happens where the list holds the id."""
    wanted = {_named(id, anonymous=anonymous): True}
    return answered(_counted(list_entries.put(call.database, call.change, call.environment(environment), key, wanted)))


@router.delete("/v1/lists/<key>/entries/<id>", summary="Remove an id", tags=["lists"], status_code=204)
def delete_entry(
    key: str,
    id: str,  # noqa: A002  # the name in the address
    call: CurrentCall,
    environment: Environment = None,
    anonymous: Anonymous = False,  # noqa: FBT002  # a query parameter
) -> Response[None]:
    """Nothing happens where the list does not hold the id."""
    wanted = {_named(id, anonymous=anonymous): False}
    list_entries.put(call.database, call.change, call.environment(environment), key, wanted)
    return done()


def _named(text: str, *, anonymous: bool) -> Visitor:
    """The visitor of an address."""
    name = nfc(unquote(text))
    if not 1 <= len(name) <= MAX_ID_LENGTH:
        refuse([Problem("", "bad-parameter", f"an id has 1 to {MAX_ID_LENGTH} characters")])
    return Visitor(name, anonymous)


def _counted(entries: Entries) -> EntriesAnswer:
    return EntriesAnswer(count=entries.count, added=entries.added, removed=entries.removed)
