"""The store as a request may use it: the lean reader, and the knowledge of whether it is worth asking."""

from collections.abc import Iterable

from shared.runtime.backoff import Backoff
from shared.store.keys import Key
from shared.store.reader import Item, Reader, ReadFailed, Unreachable


class Store:
    """A Reader that remembers when the store did not answer at all.

    A hanging store costs the request that finds out a quarter of a second; those after it go without
    what they can do without (`is_down`) until the back-off ends.
    """

    def __init__(self, reader: Reader, backoff: Backoff) -> None:
        self._reader = reader
        self._backoff = backoff

    @property
    def is_down(self) -> bool:
        """Whether the last call found nobody, a short while ago."""
        return self._backoff.is_closed

    def get(self, table: str, key: Key) -> Item | None:
        """As Reader.get."""
        try:
            item = self._reader.get(table, key)
        except ReadFailed as error:
            self._note(error)
            raise
        self._backoff.succeed()
        return item

    def get_many(self, table: str, keys: Iterable[Key], *, consistent: bool = False) -> dict[Key, Item]:
        """As Reader.get_many."""
        try:
            items = self._reader.get_many(table, keys, consistent=consistent)
        except ReadFailed as error:
            self._note(error)
            raise
        self._backoff.succeed()
        return items

    def close(self) -> None:
        """As Reader.close."""
        self._reader.close()

    def _note(self, error: ReadFailed) -> None:
        if isinstance(error, Unreachable):
            self._backoff.fail()
