"""One running product a folder: two engines over the same state would overwrite each other's."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class AlreadyRunning(Exception):
    """The folder is in use; the message is one sentence for the user."""


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Holds the folder, made where it is missing, until the end or the process's death. Raises AlreadyRunning."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning(f"it runs already with the data in `{folder}`; stop it there first") from None
        yield
