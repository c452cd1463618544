"""Which generation of each id list counts in an environment: one record, in equal copies that change together.

The copies are for evaluate, which reads one of them with every question that asks for lists. Writers read the first.
"""

from collections.abc import Iterable

import msgspec

from shared.store import keys
from shared.store.database import Database
from shared.store.items import Item, Write, record
from shared.visitors.memberships import Generations, decode_generations, encode


class Stored(msgspec.Struct, frozen=True):
    """The record as read, and how often it was written, for the condition of the next write."""

    generations: Generations
    seq: int


def read(database: Database, project: str, environment: str) -> Stored:
    """The generations of an environment; none at all before its first list."""
    item = database.find(database.profiles, keys.generations(project, environment))
    return Stored(decode_generations(item.body), item.seq) if item else Stored(Generations(), 0)


def list_keys(database: Database, project: str, environments: Iterable[str]) -> frozenset[str]:
    """The keys of the id lists that some of these environments have."""
    wanted = [keys.generations(project, environment) for environment in environments]
    found: Iterable[Item] = database.find_many(database.profiles, wanted).values()
    return frozenset(key for item in found for key in decode_generations(item.body).current.values())


def staged(generations: Generations) -> tuple[Generations, int]:
    """With one more generation, which does not count yet, and its number."""
    number = generations.next
    changed = msgspec.structs.replace(generations, next=number + 1, staged=generations.staged | {number})
    return changed, number


def counting(generations: Generations, number: int, key: str) -> Generations:
    """With a staged generation as the one that counts for the list `key`, in place of any other."""
    current = {other: name for other, name in generations.current.items() if name != key}
    return msgspec.structs.replace(generations, current=current | {number: key}, staged=generations.staged - {number})


def without(generations: Generations, numbers: Iterable[int]) -> Generations:
    """With these generations over."""
    over = frozenset(numbers)
    current = {number: key for number, key in generations.current.items() if number not in over}
    return msgspec.structs.replace(generations, current=current, staged=generations.staged - over)


def writes(database: Database, project: str, environment: str, changed: Generations, before: Stored) -> list[Write]:
    """What changes every copy, on condition that nobody else did since `before` was read."""
    attributes = record(encode(changed), before.seq + 1)
    return [
        Write(database.profiles, keys.generations(project, environment, copy), attributes, expected=before.seq)
        for copy in range(keys.GENERATION_COPIES)
    ]
