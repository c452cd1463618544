"""Sightings: which attributes the stored profiles of an environment ever held, with which values.

They only grow, so what is not among them was never held, as far as they are whole.
"""

from collections.abc import Mapping
from functools import lru_cache

import msgspec

from shared.rules.catalogue import Catalogue, Path, join
from shared.rules.comparisons import Typed

MAX_STEPS = 4  # of a path, its root included
MAX_PATH_BYTES = 100  # of a dotted path in UTF-8

Values = frozenset[Typed] | None
"""The scalars of an attribute, those in its lists too, each with its kind; None where there are others besides."""


class Sightings(msgspec.Struct, frozen=True):
    """What the stored profiles of one environment ever held.

    since: Unix milliseconds, when there was none yet. is_whole: whether every path that `is_kept` stands in `values`
    once a profile held it.
    """

    since: int
    is_whole: bool = True
    values: Mapping[Path, Values] = {}

    def values_of(self, path: Path) -> Values:
        """All values that profiles held at a path that `is_kept`, None where that is not known."""
        return self.values.get(path, frozenset() if self.is_whole else None)


@lru_cache(4_096)  # asked of every attribute of every profile that is stored
def is_kept(path: Path) -> bool:
    """Whether sightings keep a path: no rule names an empty name, and what holds an `@` may be an address."""
    text = join(path)
    return len(path) <= MAX_STEPS and len(text.encode()) <= MAX_PATH_BYTES and "@" not in text and "" not in path


def is_personal(path: Path, catalogue: Catalogue) -> bool:
    """Whether the catalogue calls a path personal, or an object that it lies in."""
    known = (catalogue.get(path[:length]) for length in range(1, len(path) + 1))
    return any(attribute.personal for attribute in known if attribute)
