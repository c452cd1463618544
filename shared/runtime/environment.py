"""One environment as this container serves it: its newest pointer, the image loaded from it, its keys.

Nothing gets in without a signature over a document of this very project and environment, a sequence number
that is not lower, and, for an image, the length and hash that the signed pointer names. Whatever fails
leaves what was there before: the last good image keeps serving, and absent is never empty.
"""

import hmac
from collections.abc import Callable
from functools import lru_cache
from itertools import compress, count

import msgspec

from shared.rules import image as images
from shared.rules.image import ImageRefused
from shared.rules.machine import Machine
from shared.runtime.backoff import Backoff, Clock, Jitter
from shared.runtime.faults import report
from shared.runtime.store import Store
from shared.store import keys, records
from shared.store.reader import Item, ReadFailed
from shared.store.records import KeyTable, Pointer
from shared.store.verify import TrustedKeys, verify
from shared.visitors.needs import Needs, needs
from shared.visitors.trust import Trust, trust_of

BAD_IMAGE_SECONDS = 60.0
"""For so long an image that was refused is not fetched again, unless the pointer names another one."""


class Loaded(msgspec.Struct, frozen=True):
    """An image in service. data: its bytes; keys: all audiences; public: those that browsers may learn of.

    select: the machine's mask of some audiences, remembered, because callers ask for the same few again and again.
    trust: in the attributes that browsers cannot set.
    """

    pointer: Pointer
    data: bytes
    machine: Machine
    needs: Needs
    keys: frozenset[str]
    public: frozenset[str]
    select: Callable[[tuple[str, ...]], int]
    trust: Trust


class Environment:
    """`pointer` and `key_table` are the newest accepted ones, `loaded` the last good image; None until there is one."""

    def __init__(self, project: str, name: str, trusted: TrustedKeys, clock: Clock, jitter: Jitter) -> None:
        self.project = project
        self.name = name
        self.pointer: Pointer | None = None
        self.key_table: KeyTable | None = None
        self.loaded: Loaded | None = None
        self._trusted = trusted
        self._clock = clock
        self._backoff = Backoff(clock, jitter)
        self._documents: dict[str, bytes] = {}  # the accepted ones, so that equal ones are not verified again
        self._read_at: float | None = None
        self._bad: tuple[str, float] | None = None  # image hash, when it was refused
        self._reported: dict[str, str] = {}

    @property
    def age_seconds(self) -> float:
        """Since the pointer was last read and accepted; never negative."""
        return float("inf") if self._read_at is None else max(self._clock() - self._read_at, 0.0)

    @property
    def is_current(self) -> bool:
        """Whether the image in service is the one that the newest pointer names."""
        return self.loaded is not None and self.loaded.pointer is self.pointer

    def accept_pointer(self, item: Item | None) -> None:
        """Takes a pointer item as read, or leaves the last one."""
        document = self._verified("pointer", records.POINTER_DOMAIN, item)
        if document is None:
            return
        if document != self._documents.get("pointer"):
            pointer = self._decoded_pointer(document)
            if pointer is None or (self.pointer is not None and pointer.seq < self.pointer.seq):
                return  # an older one is an eventually consistent read, not a fault
            self.pointer = pointer
            self._documents["pointer"] = document
        self._read_at = self._clock()

    def accept_key_table(self, item: Item | None) -> None:
        """Takes a key table item as read, or leaves the last one."""
        document = self._verified("keys", records.KEY_TABLE_DOMAIN, item)
        if document is None or document == self._documents.get("keys"):
            return
        try:
            table = records.decode_key_table(document)
        except msgspec.DecodeError:
            self._refuse("keys", "unknown-format")
            return
        if (table.project, table.environment) != (self.project, self.name):
            self._refuse("keys", "foreign")
        elif self.key_table is None or table.seq >= self.key_table.seq:
            self.key_table = table
            self._documents["keys"] = document

    def load(self, store: Store, table: str) -> None:
        """Brings the image in service up to the pointer, or leaves the last good one."""
        pointer = self.pointer
        if pointer is None or self.is_current:
            return
        if self.loaded is not None and self.loaded.pointer.image == pointer.image:
            self.loaded = msgspec.structs.replace(self.loaded, pointer=pointer)
        elif not self._is_known_bad(pointer.image) and not (self.loaded and self._backoff.is_closed):
            self._fetch(pointer, store, table)

    def _fetch(self, pointer: Pointer, store: Store, table: str) -> None:
        try:
            data = _chunks(pointer, store, table)
            self.loaded = _load(pointer, data)
        except ReadFailed as error:
            self._backoff.fail()
            report("image-not-read", environment=self.name, release=pointer.release, reason=error.detail)
        except ImageRefused as error:
            self._bad = (pointer.image, self._clock())
            self._refuse("image", error.reason, pointer.image)
        else:
            self._backoff.succeed()

    def _is_known_bad(self, image: str) -> bool:
        bad, refused_at = self._bad or ("", 0.0)
        return bad == image and 0 <= self._clock() - refused_at < BAD_IMAGE_SECONDS

    def _verified(self, kind: str, domain: bytes, item: Item | None) -> bytes | None:
        """The signed document of an item, None (and a report) where it is absent or its signature does not hold."""
        if item is None:
            self._refuse(kind, "absent")
            return None
        document, signature, kid = item.get("document"), item.get("signature"), item.get("kid")
        if not isinstance(document, bytes) or not isinstance(signature, bytes) or not isinstance(kid, str):
            self._refuse(kind, "unsigned")
            return None
        if document != self._documents.get(kind) and not verify(domain, document, signature, kid, self._trusted):
            self._refuse(kind, "bad-signature")
            return None
        return document

    def _decoded_pointer(self, document: bytes) -> Pointer | None:
        try:
            pointer = records.decode_pointer(document)
        except msgspec.DecodeError:
            self._refuse("pointer", "unknown-format")
            return None
        if (pointer.project, pointer.environment) != (self.project, self.name):
            self._refuse("pointer", "foreign")
            return None
        return pointer

    def _refuse(self, kind: str, reason: str, image: str | None = None) -> None:
        """Reports a refusal once, not with every poll."""
        told = f"{reason} {image}"
        if self._reported.get(kind) != told:
            self._reported[kind] = told
            report("refused", environment=self.name, kind=kind, reason=reason, image=image)


def find_image(project: str, name: str, store: Store, table: str) -> bytes | None:
    """The image of this name (`sha256:<hex>`) from the store, whatever serves it; None where there is none.

    The name vouches for the content, so the chunks are simply read on until there is none. Raises ReadFailed.
    """
    data = b""
    for number in count():
        item = store.get(table, keys.chunk(project, name, number))
        body = item.get("body") if item is not None else None
        if not isinstance(body, bytes) or not body:
            break
        data += body
        if len(data) > images.MAX_BYTES:
            return None
    return data if hmac.compare_digest(images.content_hash(data), name) else None


def _chunks(pointer: Pointer, store: Store, table: str) -> bytes:
    pieces = []
    for number in range(pointer.chunks):
        item = store.get(table, keys.chunk(pointer.project, pointer.image, number))
        piece = item.get("body") if item is not None else None
        if not isinstance(piece, bytes):
            raise ReadFailed("chunk-missing")
        pieces.append(piece)
    return b"".join(pieces)


def _load(pointer: Pointer, data: bytes) -> Loaded:
    """The image in `data` ready to answer; raises ImageRefused unless it is the one that the pointer names."""
    if len(data) != pointer.length:
        raise ImageRefused("wrong-length", f"{len(data)} bytes, the pointer says {pointer.length}")
    if not hmac.compare_digest(images.content_hash(data), pointer.image):
        raise ImageRefused("wrong-hash", "the content is not what the pointer names")
    image = images.decode(data)
    machine = Machine(image)
    bits = f"{int.from_bytes(image.public, 'little'):b}"
    public = frozenset(compress(image.keys, map(int, reversed(bits))))
    select = lru_cache(64)(machine.select)
    return Loaded(
        pointer,
        data,
        machine,
        needs(machine.paths),
        frozenset(image.keys),
        public,
        select,
        trust_of(image.trusted),
    )
