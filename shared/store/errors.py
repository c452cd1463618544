"""What can go wrong in the store, as a tree. Inputs with problems raise `shared.rules.problems.Refused`."""


class StoreError(Exception):
    """The root of the tree; `detail` is fit to be shown to the caller."""

    def __init__(self, detail: str) -> None:
        self.detail = detail
        super().__init__(detail)


class NotFound(StoreError):
    """There is no such thing (or it belongs to somebody else)."""


class Conflict(StoreError):
    """Somebody else changed it first, or its state forbids this. `current` names what is there now."""

    def __init__(self, detail: str, current: str | None = None) -> None:
        self.current = current
        super().__init__(detail)


class InUse(Conflict):
    """It cannot go while others need it; `users` names them."""

    def __init__(self, detail: str, users: tuple[str, ...]) -> None:
        self.users = users
        super().__init__(detail)


class Stale(Conflict):
    """The version that the caller saw (`If-Match`) is no longer the latest."""


class RepeatedKey(Conflict):
    """The Idempotency-Key was used for another request, or its first request is still under way."""


class Unavailable(StoreError):
    """The store cannot answer now. Whether a write took effect is not known: repeat it with its Idempotency-Key."""
