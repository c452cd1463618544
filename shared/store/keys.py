"""Every key of every item, built here and nowhere else: project first, then environment.

A key is `(pk, sk)`. `#` separates the parts, so `#` and `%` inside a part are percent-escaped and
no two things ever share a key. Imports nothing: the hot function loads this module.
"""

Key = tuple[str, str]
"""Partition key and sort key of one item."""

MEMBERSHIPS = "lists"
"""The sort key of all memberships, and of nothing else."""

GENERATION_COPIES = 8
"""Every evaluation that asks for lists reads one copy, and a partition gives 3,000 consistent reads a second."""


def _part(text: str) -> str:
    return text.replace("%", "%25").replace("#", "%23")


def _text(part: str) -> str:
    return part.replace("%23", "#").replace("%25", "%")


def _project(project: str) -> str:
    return f"P#{_part(project)}"


def _environment(project: str, environment: str) -> str:
    return f"{_project(project)}#E#{_part(environment)}"


# --- images ---


def pointer(project: str, environment: str) -> Key:
    """The signed pointer to the image that an environment serves."""
    return _environment(project, environment), "pointer"


def key_table(project: str, environment: str) -> Key:
    """The signed table of the API keys that an environment accepts."""
    return _environment(project, environment), "keys"


def chunk(project: str, image: str, number: int) -> Key:
    """One chunk of an image (`sha256:<hex>`), in a partition of its own so that reads spread."""
    return f"{_project(project)}#I#{image.removeprefix('sha256:')}#{number:04}", "chunk"


# --- profiles ---


def known_profile(project: str, environment: str, visitor_id: str) -> Key:
    """The profile of a known visitor, by `visitor.id`."""
    return f"{_environment(project, environment)}#V#{_part(visitor_id)}", "profile"


def anonymous_profile(project: str, environment: str, anonymous_id: str) -> Key:
    """The profile of a visitor known only by an anonymous id."""
    return f"{_environment(project, environment)}#A#{_part(anonymous_id)}", "profile"


def known_memberships(project: str, environment: str, visitor_id: str) -> Key:
    """The stored id lists that hold a known visitor."""
    return known_profile(project, environment, visitor_id)[0], MEMBERSHIPS


def anonymous_memberships(project: str, environment: str, anonymous_id: str) -> Key:
    """The stored id lists that hold a visitor known only by an anonymous id."""
    return anonymous_profile(project, environment, anonymous_id)[0], MEMBERSHIPS


def owner_of(key: Key) -> tuple[str, str]:
    """The project and the environment of an item that belongs to an environment."""
    _, project, _, environment, *_ = key[0].split("#")
    return _text(project), _text(environment)


def generations(project: str, environment: str, copy: int = 0) -> Key:
    """One of the equal copies of what says which generation of each id list counts."""
    return f"{_environment(project, environment)}#generations#{copy}", "generations"


def sightings(project: str, environment: str) -> Key:
    """What the stored profiles of an environment ever held."""
    return f"{_environment(project, environment)}#sightings", "sightings"


# --- definitions ---


def audiences(project: str) -> str:
    """The partition that holds the latest version of each audience, sorted by key."""
    return f"{_project(project)}#audiences"


def audience(project: str, key: str) -> Key:
    """The latest version of one audience."""
    return audiences(project), key


def audience_versions(project: str, key: str) -> str:
    """The partition that holds every version of one audience, oldest first."""
    return f"{_project(project)}#audience#{_part(key)}"


def audience_version(project: str, key: str, version: int) -> Key:
    """One immutable version of an audience."""
    return audience_versions(project, key), f"{version:010}"


def attribute_catalogue(project: str) -> Key:
    """The attribute catalogue of a project: one item, so that a change of it is atomic."""
    return f"{_project(project)}#catalogue", "catalogue"


def environments(project: str) -> Key:
    """The environments of a project: one item, so that their number is bounded atomically."""
    return f"{_project(project)}#environments", "environments"


def id_lists(project: str, environment: str) -> str:
    """The partition that holds the id lists of an environment, sorted by key."""
    return f"{_environment(project, environment)}#lists"


def id_list(project: str, environment: str, key: str) -> Key:
    """The record of one id list; its ids are memberships, beside the profiles."""
    return id_lists(project, environment), key


def releases(project: str, environment: str) -> str:
    """The partition that holds the releases of an environment, oldest first."""
    return f"{_environment(project, environment)}#releases"


def release(project: str, environment: str, seq: int) -> Key:
    """One release of an environment."""
    return releases(project, environment), f"{seq:010}"


def api_keys(project: str) -> str:
    """The partition that holds the API key records of a project, sorted by key id."""
    return f"{_project(project)}#keys"


def api_key(project: str, key_id: str) -> Key:
    """The record of one API key."""
    return api_keys(project), key_id


def audit(project: str) -> str:
    """The partition that holds the audit entries of a project, oldest first."""
    return f"{_project(project)}#audit"


def audit_entry(project: str, at_ms: int, request_id: str, number: int = 0) -> Key:
    """One audit entry; `number` tells apart several changes of one request."""
    return audit(project), f"{at_ms:014}#{_part(request_id)}#{number:04}"


def sweep(project: str) -> Key:
    """How far the sweep of a project's deployment came."""
    return f"{_project(project)}#sweep", "sweep"


def idempotency(project: str, actor: str, idempotency_key: str) -> Key:
    """The record of a write that an API key (`actor`) asked for under an Idempotency-Key."""
    return f"{_project(project)}#idempotency#{_part(actor)}#{_part(idempotency_key)}", "answer"
