"""What one container of the hot function holds between requests, and the decisions it makes with it."""

import os
import time
from collections.abc import Sequence
from functools import cache

import msgspec

from shared.api.requests import Evaluation
from shared.api.timing import Timing
from shared.runtime.backoff import Clock
from shared.runtime.decisions import Decision, Scope, decide
from shared.runtime.environment import Loaded
from shared.runtime.profiles import Profiles
from shared.runtime.serving import Access, Serving, serving_of
from shared.runtime.settings import Settings, settings_of
from shared.runtime.store import Store


class Container(msgspec.Struct, frozen=True):
    """The parts of a container, wired."""

    settings: Settings
    store: Store
    serving: Serving
    profiles: Profiles
    clock: Clock = time.time

    def decisions(
        self, access: Access, loaded: Loaded, scope: Scope, visitors: Sequence[Evaluation], timing: Timing
    ) -> list[tuple[Decision, int]]:
        """The decision about each visitor and its instant in Unix milliseconds: its own, else the wall clock's."""
        timing.mark("decode")
        readings = self.profiles.read(access, loaded.needs, [visitor.document for visitor in visitors])
        timing.mark("profile")
        wall_ms = int(self.clock() * 1000)
        decided = []
        for visitor, reading in zip(visitors, readings, strict=True):
            now_ms = wall_ms if visitor.at_ms is None else visitor.at_ms
            decided.append((decide(loaded, scope, visitor.document, reading, now_ms), now_ms))
        timing.mark("evaluate")
        return decided


@cache
def container() -> Container:
    """The container that this process is, made by its first request; raises BadSetting."""
    settings = settings_of(os.environ)
    serving, store = serving_of(settings)
    return Container(settings, store, serving, Profiles(store, settings.profiles_table))
