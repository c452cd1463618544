"""Profiles: the stored traits of visitors, one item a visitor.

Single writes read, change and write on condition that nobody else wrote meanwhile, so none is lost.
Writes of many at once are unconditional: the last one wins. Repeating any of them changes nothing.
What a profile holds is recorded among the environment's sightings before it is stored.
"""

from collections.abc import Callable, Iterable, Mapping

import msgspec

from shared.rules.problems import Problem, Refused, step
from shared.store import keys, sightings
from shared.store.database import Database, retried
from shared.store.items import Item, Write, record
from shared.visitors.profile import Profile, decode, encode

MAX_BYTES = 100 * 1024  # encoded; evaluate reads it for every request, and history is still to find room in the item
Traits = Mapping[str, object]


class Visitor(msgspec.Struct, frozen=True):
    """Whose profile: a `visitor.id`, or an anonymous id."""

    id: str
    anonymous: bool = False


class Visitors:
    """The profiles of one environment."""

    def __init__(self, database: Database, project: str, environment: str) -> None:
        self._database = database
        self._project = project
        self._environment = environment

    def find(self, visitor: Visitor) -> Profile | None:
        """The profile of a visitor, or None where nothing is stored."""
        item = self._database.find(self._database.profiles, self._key(visitor))
        return decode(item.body) if item else None

    def find_many(self, visitors: Iterable[Visitor]) -> dict[Visitor, Profile]:
        """The profiles of these visitors; those of whom nothing is stored are left out."""
        return {visitor: decode(item.body) for visitor, item in self._items(visitors).items()}

    def put(self, visitor: Visitor, traits: Traits) -> Profile:
        """Replace all traits; when the visitor was seen stays. Raises `Refused` where the profile gets too large."""
        return self._change(visitor, lambda _: dict(traits))

    def patch(self, visitor: Visitor, changes: Traits) -> Profile:
        """Set these traits (top-level names), remove those that are None; raises `Refused` as `put` does."""
        return self._change(visitor, lambda traits: _merged(traits, changes))

    def delete(self, visitor: Visitor) -> None:
        """Forget a visitor; nothing happens where nothing is stored."""
        self._database.put(Write(self._database.profiles, self._key(visitor), None))

    def put_many(self, traits: Mapping[Visitor, Traits]) -> None:
        """Replace the traits of many visitors; raises `Refused` with pointers `/<position>/traits`, all or none."""
        stored = self._items(traits)
        profiles = {visitor: _with(stored.get(visitor), dict(new)) for visitor, new in traits.items()}
        problems = [
            problem
            for number, profile in enumerate(profiles.values())
            for problem in size_problems(profile, step("", number))
        ]
        if problems:
            raise Refused(problems)
        retried(lambda: self._record(profiles.values()))
        self._database.put_many(
            [self._write(visitor, profile, stored.get(visitor)) for visitor, profile in profiles.items()]
        )

    def delete_many(self, visitors: Iterable[Visitor]) -> None:
        """Forget these visitors."""
        self._database.put_many(
            [Write(self._database.profiles, self._key(visitor), None) for visitor in dict.fromkeys(visitors)]
        )

    def _change(self, visitor: Visitor, changed: Callable[[dict[str, object]], dict[str, object]]) -> Profile:
        def attempt() -> Profile:
            item = self._database.find(self._database.profiles, self._key(visitor))
            profile = _with(item, changed(decode(item.body).traits if item else {}))
            problems = size_problems(profile, "")
            if problems:
                raise Refused(problems)
            self._record([profile])
            write = self._write(visitor, profile, item)
            self._database.put(msgspec.structs.replace(write, expected=item.seq if item else 0))
            return profile

        return retried(attempt)

    def _record(self, profiles: Iterable[Profile]) -> None:
        sightings.record(self._database, self._project, self._environment, [profile.traits for profile in profiles])

    def _items(self, visitors: Iterable[Visitor]) -> dict[Visitor, Item]:
        wanted = {self._key(visitor): visitor for visitor in visitors}
        found = self._database.find_many(self._database.profiles, list(wanted))
        return {wanted[key]: item for key, item in found.items()}

    def _write(self, visitor: Visitor, profile: Profile, before: Item | None) -> Write:
        attributes = record(encode(profile), before.seq + 1 if before else 1)
        return Write(self._database.profiles, self._key(visitor), attributes)

    def _key(self, visitor: Visitor) -> keys.Key:
        key = keys.anonymous_profile if visitor.anonymous else keys.known_profile
        return key(self._project, self._environment, visitor.id)


def size_problems(profile: Profile, pointer: str) -> list[Problem]:
    """A problem at `<pointer>/traits` where the profile is larger than may be stored."""
    size = len(encode(profile))
    if size <= MAX_BYTES:
        return []
    detail = f"the profile takes {size} bytes, the limit is {MAX_BYTES}"
    return [Problem(step(pointer, "traits"), "too-large", detail)]


def _with(item: Item | None, traits: dict[str, object]) -> Profile:
    return msgspec.structs.replace(decode(item.body) if item else Profile(), traits=traits)


def _merged(traits: dict[str, object], changes: Traits) -> dict[str, object]:
    return {name: value for name, value in {**traits, **changes}.items() if value is not None}
