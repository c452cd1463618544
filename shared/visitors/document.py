"""The visitor document of a request: known names only, bounded, in one normal form.

`document` is the decoded JSON of the roots (catalogue.ROOTS), and of `lists`, which holds keys of lists and no
attributes. Types are not looked at here: what the catalogue declares is converted once, by the machine; a value of
another kind stays as it is.
"""

from collections.abc import Iterable, Mapping
from unicodedata import normalize

from shared.rules import instants
from shared.rules.catalogue import CLOSED, OPEN, ROOTS
from shared.rules.kinds import MAX_INTEGER, MAX_MARKS, is_composable
from shared.rules.limits import MAX_STRING_LENGTH
from shared.rules.problems import Problem, did_you_mean, step

MAX_ATTRIBUTES = 200
MAX_DEPTH = 16
MAX_ID_LENGTH = 256
MAX_LIST_LENGTH = 1_000
MAX_ELEMENTS = 1_000
"""Objects within lists: rules may ask each of them."""
MAX_LISTS = 500
"""Stored id lists of an environment, and keys of them in a document."""

LISTS = "lists"
"""The root that holds the keys of the stored lists with this visitor."""

Document = dict[str, object]
_Place = tuple["_Place | None", str | int]

_LATER = ("events",)
_OPEN_WITHIN: Mapping[str, tuple[str, ...]] = {
    root: tuple(path[1] for path in OPEN if len(path) == 2 and path[0] == root) for root in CLOSED
}
_NAMES = {root: frozenset((*names, *_OPEN_WITHIN[root])) for root, names in CLOSED.items()}
_FLAT = frozenset((bool, float, type(None)))
_MOST_HINTS = 10  # a hint costs 0.1 ms, and a hostile body holds hundreds of unknown names


def problems_of(document: Document, pointer: str, also_known: Iterable[str] = ()) -> list[Problem]:
    """Everything that is wrong with `document`, which stands at `pointer`; `also_known` are names for the hints."""
    inspection = _Inspection(pointer)
    for root, members in document.items():
        inspection.root(root, members, also_known)
    if inspection.attributes > MAX_ATTRIBUTES:
        detail = f"{inspection.attributes} attributes, the limit is {MAX_ATTRIBUTES}"
        return [Problem(pointer, "too-many-attributes", detail)]
    if inspection.elements > MAX_ELEMENTS:
        detail = f"{inspection.elements} objects within lists, the limit is {MAX_ELEMENTS}"
        return [Problem(pointer, "too-many-elements", detail)]
    return inspection.problems


def normalised(document: Document, *, is_plain: bool) -> Document:
    """`document`, without problems, in its normal form: no null roots, strings and names in NFC, ids as text.

    is_plain: every string is known to be ASCII, so that NFC has nothing to do.
    """
    if not is_plain:
        document = {root: composed(members) for root, members in document.items()}
    if None in document.values():
        document = {root: members for root, members in document.items() if members is not None}
    visitor = document.get("visitor")
    if isinstance(visitor, dict) and type(visitor.get("id")) is int:
        document["visitor"] = {**visitor, "id": str(visitor["id"])}
    return document


def composed(value: object) -> object:
    """A JSON value with every string and every name in NFC; of names that become equal, the last wins."""
    if isinstance(value, str):
        return normalize("NFC", value)
    if isinstance(value, dict):
        return {normalize("NFC", name): composed(member) for name, member in value.items()}
    return [composed(item) for item in value] if isinstance(value, list) else value


def members_of(document: Document, root: str) -> Document:
    """The members of a root, none where it is missing."""
    members = document.get(root)
    return members if isinstance(members, dict) else {}


def instant_of(document: Document) -> int | None:
    """Unix milliseconds of `request.time`, None where the request has none; the document has no problems."""
    time = members_of(document, "request").get("time")
    return None if time is None else _instant(time)


def _instant(time: object) -> int | None:
    if isinstance(time, str):
        return instants.parse(time)
    if isinstance(time, int | float) and not isinstance(time, bool):
        return instants.from_epoch(time)
    return None


class _Inspection:
    """One walk over a document; `attributes` counts names of objects, but not of objects within lists,
    which `elements` counts.

    Places are (place above, token) and become pointers only where there is a problem: a body may hold
    20,000 empty objects.
    """

    def __init__(self, pointer: str) -> None:
        self.problems: list[Problem] = []
        self.attributes = 0
        self.elements = 0
        self._pointer = pointer

    def root(self, root: str, members: object, also_known: Iterable[str]) -> None:
        place = (None, root)
        if root == LISTS:
            self._lists(members, place)
        elif root not in ROOTS:
            self._unknown_root(root, place, also_known)
        elif isinstance(members, dict):
            self._members(members, place, 2)
            if root in CLOSED:
                self._closed(root, members, place)
        elif members is not None:
            self._add(place, "wrong-type", f"`{root}` is an object")

    def _unknown_root(self, root: str, place: _Place, also_known: Iterable[str]) -> None:
        self.attributes += 1
        if root in _LATER:
            self._add(place, "not-supported-yet", f"`{root}` is not supported yet")
        else:
            self._unknown(place, root, (*ROOTS, LISTS, *also_known))

    def _lists(self, keys: object, place: _Place) -> None:
        if not isinstance(keys, list | None):
            self._add(place, "wrong-type", f"`{LISTS}` is a list of keys of stored lists")
            return
        if keys is not None and len(keys) > MAX_LISTS:
            self._add(place, "too-many-values", f"`{LISTS}` names at most {MAX_LISTS}")
            return
        for index, key in enumerate(keys or ()):
            if not isinstance(key, str):
                self._add((place, index), "wrong-type", "the key of a list is a string")

    def _closed(self, root: str, members: Document, place: _Place) -> None:
        names = _NAMES[root]
        if not members.keys() <= names:
            for name in members:
                if name not in names:
                    self._unknown((place, name), name, names)
        for name in _OPEN_WITHIN[root]:
            if not isinstance(members.get(name), dict | None):
                self._add((place, name), "wrong-type", f"`{name}` is an object")
        if root == "visitor":
            self._identity(members, place)
        elif root == "request" and members.get("time") is not None and _instant(members["time"]) is None:
            self._add((place, "time"), "bad-instant", "`time` is no instant", "write it as RFC 3339 with offset")

    def _identity(self, visitor: Document, place: _Place) -> None:
        for name, kinds in (("id", (str, int)), ("anonymous_id", (str,))):
            value = visitor.get(name)
            if value is None:
                continue
            if type(value) not in kinds:
                self._add((place, name), "wrong-type", f"`{name}` is a string")
            elif isinstance(value, str) and not 1 <= len(value) <= MAX_ID_LENGTH:
                self._add((place, name), "bad-length", f"`{name}` has 1 to {MAX_ID_LENGTH} characters")

    def _members(self, members: Document, place: _Place, depth: int) -> None:
        self.attributes += len(members)
        names = "".join(members)
        if "\0" in names:
            self._add(place, "bad-name", "a name holds NUL")
        if not (names.isascii() or all(map(is_composable, members))):
            self._add(place, "bad-name", f"more than {MAX_MARKS} combining marks follow one another in a name")
        self._values(members.items(), place, depth)

    def _values(self, values: Iterable[tuple[str | int, object]], place: _Place, depth: int) -> None:
        for token, value in values:
            kind = type(value)
            # compared here, without a call each: this loop is most of what checking a request costs
            if kind is str:
                if len(value) > MAX_STRING_LENGTH or not (value.isascii() or is_composable(value)):  # type: ignore[arg-type,attr-defined]  # kind str
                    self._string(value, (place, token))
            elif kind not in _FLAT and not (kind is int and -MAX_INTEGER <= value <= MAX_INTEGER):  # type: ignore[operator]  # kind int
                self._value(value, (place, token), depth)

    def _string(self, value: object, place: _Place) -> None:
        if isinstance(value, str) and len(value) > MAX_STRING_LENGTH:
            detail = f"a string has at most {MAX_STRING_LENGTH} characters"
            self._add(place, "bad-length", detail, "of a long address send `page.path` and `page.query` instead")
        else:
            self._add(place, "bad-string", f"more than {MAX_MARKS} combining marks follow one another")

    def _value(self, value: object, place: _Place, depth: int) -> None:
        if isinstance(value, int):
            self._add(place, "bad-number", "an integer lies within 2^53 - 1 of zero")
        elif isinstance(value, list) and len(value) > MAX_LIST_LENGTH:
            self._add(place, "too-many-values", f"a list has at most {MAX_LIST_LENGTH} elements")
        elif depth >= MAX_DEPTH:
            self._add(place, "too-deep", f"more than {MAX_DEPTH} levels")
        elif isinstance(value, dict):
            self._members(value, place, depth + 1)
        elif isinstance(value, list):
            counted = self.attributes
            self.elements += sum(type(item) is dict for item in value)
            self._values(enumerate(value), place, depth + 1)
            self.attributes = counted

    def _unknown(self, place: _Place, name: str, known: Iterable[str]) -> None:
        hint = did_you_mean(name, known) if len(self.problems) < _MOST_HINTS else None
        self._add(place, "unknown-attribute", f"unknown attribute `{name}`", hint)

    def _add(self, place: _Place, code: str, detail: str, hint: str | None = None) -> None:
        self.problems.append(Problem(self._pointer_of(place), code, detail, hint))

    def _pointer_of(self, place: _Place | None) -> str:
        return self._pointer if place is None else step(self._pointer_of(place[0]), place[1])
