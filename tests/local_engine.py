"""The local engine for tests: the one that `make run` starts, without data of its own."""

import os
from pathlib import Path

import pytest

from shared.local import engine


def started(folder: Path):
    """A running engine; `MINISTACK_PYTHON` names another interpreter with it. Skips where there is none."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "PYTHON", Path(os.environ.get("MINISTACK_PYTHON", engine.PYTHON)))
        if not engine.PYTHON.exists():
            pytest.skip(f"no local engine in `{engine.PYTHON.parents[1]}`; `make test` installs it")
        return engine.start(folder, persistent=False)
