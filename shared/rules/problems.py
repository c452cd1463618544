"""Problems: what is wrong with an input, as values, all of them at once."""

from collections.abc import Iterable
from difflib import get_close_matches

import msgspec


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing wrong with an input.

    pointer: RFC 6901 JSON pointer into the input (`""` is the whole of it).
    code: a stable kebab-case name, e.g. `unknown-operator`.
    detail: lower case, no full stop, input in backticks.
    hint: what to do about it, or None.
    """

    pointer: str
    code: str
    detail: str
    hint: str | None = None


class Refused(Exception):
    """An input that cannot be taken, with all its problems."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{p.pointer}: {p.detail}" for p in self.problems))


def step(pointer: str, token: str | int) -> str:
    """`pointer` one step deeper, the token escaped by RFC 6901."""
    return f"{pointer}/{str(token).replace('~', '~0').replace('/', '~1')}"


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """A hint naming the nearest of `known`, or None where none is near."""
    near = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"did you mean `{near[0]}`?" if near else None
