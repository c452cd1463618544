"""The attribute catalogue: which paths a rule may name, and the type that each is declared to have."""

from collections.abc import Mapping

import msgspec

from shared.rules.kinds import Type

Path = tuple[str, ...]
"""The steps of an attribute: `traits.plan` is `("traits", "plan")`, split once, when parsed."""

TEXT, NUMBER, BOOLEAN, DATETIME, VERSION, IP = (
    Type.STRING,
    Type.NUMBER,
    Type.BOOLEAN,
    Type.DATETIME,
    Type.VERSION,
    Type.IP,
)

CLOSED: Mapping[str, Mapping[str, Type]] = {
    "visitor": {"id": TEXT, "anonymous_id": TEXT, "is_new": BOOLEAN, "first_seen": DATETIME, "last_seen": DATETIME},
    "page": {
        "url": TEXT,
        "host": TEXT,
        "path": TEXT,
        "referrer": TEXT,
        "referrer_host": TEXT,
        "title": TEXT,
        "landing_path": TEXT,
        "previous_path": TEXT,
    },
    "utm": {"source": TEXT, "medium": TEXT, "campaign": TEXT, "term": TEXT, "content": TEXT},
    "device": {
        "type": TEXT,
        "os": TEXT,
        "os_version": VERSION,
        "browser": TEXT,
        "browser_version": VERSION,
        "is_bot": BOOLEAN,
    },
    "geo": {"country": TEXT, "region": TEXT, "city": TEXT, "lat": NUMBER, "lon": NUMBER, "timezone": TEXT},
    "locale": {"language": TEXT, "region": TEXT},
    "request": {"ip": IP, "time": DATETIME},
}
"""Roots whose names are fixed, with the type of each name."""

OPEN: tuple[Path, ...] = (("traits",), ("groups",), ("page", "query"), ("request", "cookies"), ("request", "headers"))
"""Prefixes below which any name may stand."""

PLACE: Path = ("geo",)
"""The closed root that is a place: operators on places take it whole."""

ROOTS = ("visitor", "traits", "groups", "page", "utm", "device", "geo", "locale", "request")
"""The roots of the visitor document that callers may send."""


class Attribute(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What a project says of one path."""

    type: Type = Type.UNDECLARED
    description: str = ""
    examples: tuple[str | int | float | bool, ...] = ()
    personal: bool = False
    trusted: bool = False


Catalogue = Mapping[Path, Attribute]
"""A project's own entries, by path; the closed roots' types are built in."""


def declared(path: Path, catalogue: Catalogue) -> Type:
    """The type of a path: the catalogue's, else the built-in one of a closed root, else undeclared."""
    entry = catalogue.get(path)
    if entry is not None and entry.type is not Type.UNDECLARED:
        return entry.type
    if len(path) == 2:
        return CLOSED.get(path[0], {}).get(path[1], Type.UNDECLARED)
    return Type.UNDECLARED


def split(text: str) -> Path:
    r"""The steps of a dotted path; `\.` is a dot inside a name, `\\` a backslash. Raises ValueError, saying why."""
    steps, current, characters = [], "", iter(text)
    for character in characters:
        if character == ".":
            steps.append(current)
            current = ""
        elif character == "\\":
            escaped = next(characters, "")
            if escaped not in (".", "\\"):
                raise ValueError("a backslash stands only before a dot or a backslash")
            current += escaped
        else:
            current += character
    steps.append(current)
    if "" in steps:
        raise ValueError("a name between dots is empty")
    return tuple(steps)


def join(path: Path) -> str:
    """The dotted text of a path, the inverse of `split`."""
    return ".".join(name.replace("\\", "\\\\").replace(".", "\\.") for name in path)
