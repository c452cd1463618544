"""What no stored profile ever held: attributes and values, as far as the sightings of the environments tell.

A claim holds in every environment that is looked at. One that has had no profile yet goes without saying: in it nothing
was ever seen.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

import msgspec

from shared.rules.catalogue import Catalogue, Path, declared, join
from shared.rules.checker import leaves
from shared.rules.comparisons import Typed
from shared.rules.instants import to_text
from shared.rules.kinds import Kind, fold, kind_of, typed
from shared.rules.lint.advice import LOOK_UPS
from shared.rules.model import Condition, Node, Rollout
from shared.rules.problems import Problem, did_you_mean, step
from shared.rules.sightings import Sightings, Values, is_kept, is_personal

MAX_COMPARISONS = 500  # of one rule, for hints: each takes up to 0.7 ms
MAX_NAMED = 3  # environments, or values, in one sentence
MAX_SHOWN = 80  # characters of a value

_TRAITS: Path = ("traits",)


def traits(rule: Node, at: str) -> Iterator[tuple[Path, str]]:
    """The traits that a rule at this pointer names, each with the pointer to its name."""
    for leaf, place in leaves(rule, at):
        if isinstance(leaf, Condition):
            named = {"/attribute": leaf.attribute, "/other": leaf.other}
        else:
            named = {"/rollout/by": leaf.by} if isinstance(leaf, Rollout) else {}
        for field, path in named.items():
            if path is not None and path[:1] == _TRAITS and is_kept(path):
                yield path, place + field


def problems(rule: Node, at: str, catalogue: Catalogue, sightings: Mapping[str, Sightings]) -> Iterator[Problem]:
    """The warnings about a rule at this pointer; `sightings` are those of all environments that it is meant for."""
    seen = {environment: found for environment, found in sightings.items() if found.values}
    if not seen:
        return
    unseen = _Unseen(seen, catalogue)
    yield from (unseen.attribute(path, place) for path, place in traits(rule, at) if not unseen.can_be_there(path))
    for leaf, place in leaves(rule, at):
        if isinstance(leaf, Condition) and leaf.op in LOOK_UPS and leaf.other is None:
            yield from unseen.values(leaf, place)


class _Unseen:
    """What the sightings of some environments claim together."""

    def __init__(self, seen: Mapping[str, Sightings], catalogue: Catalogue) -> None:
        self._seen = seen
        self._catalogue = catalogue
        self._comparisons_left = MAX_COMPARISONS

    def can_be_there(self, path: Path) -> bool:
        """Whether some profile may have held this attribute."""
        return any(path in found.values or not found.is_whole for found in self._seen.values())

    def attribute(self, path: Path, at: str) -> Problem:
        """The warning about an attribute that was never there."""
        siblings = {known[-1] for found in self._seen.values() for known in found.values if known[:-1] == path[:-1]}
        hint = self._nearest(path[-1], sorted(siblings)) or "it may be misspelt, or come with requests only"
        return Problem(at, "attribute-never-seen", f"no profile {self._stored()} ever held `{join(path)}`", hint)

    def values(self, condition: Condition, at: str) -> Iterator[Problem]:
        """The warning about those values of a condition that its attribute never had."""
        path = condition.attribute
        held = self._values_of(path)
        if held is None:
            return
        asked = condition.value if isinstance(condition.value, tuple) else (condition.value,)
        missing = _missing(asked, self._typed(held, path), ignore_case=condition.ignore_case)
        if missing:
            first = missing[0]
            place = step(at, "value")
            if isinstance(condition.value, tuple) and len(missing) == 1:
                place = step(place, first)
            detail = f"no profile {self._stored()} ever held {_told([asked[i] for i in missing])} as `{join(path)}`"
            yield Problem(place, "value-never-seen", detail, self._like(asked[first], held))

    def _values_of(self, path: Path) -> Values:
        """Every value that the attribute had in some profile; None where they are not known, or nobody's business."""
        if path[:1] != _TRAITS or not is_kept(path) or is_personal(path, self._catalogue):
            return None
        if not any(path in found.values for found in self._seen.values()):
            return None  # the attribute itself was never there, which is said once
        each = [found.values_of(path) for found in self._seen.values()]
        known = [values for values in each if values is not None]
        return frozenset().union(*known) if len(known) == len(each) else None

    def _typed(self, held: frozenset[Typed], path: Path) -> set[Typed]:
        """The values as the machine would take them: elements of lists as they are, all others by their type."""
        return {*held, *(typed(value, declared(path, self._catalogue)) for _, value in held)}

    def _like(self, value: object, held: Iterable[Typed]) -> str | None:
        texts = {_text(each): kind for kind, each in held}
        text = _text(value)
        if text in texts:
            return f"profiles hold it as a {texts[text].name.lower()}"
        return self._nearest(text, sorted(texts))

    def _nearest(self, word: str, known: Collection[str]) -> str | None:
        self._comparisons_left -= len(known)
        return did_you_mean(word, known) if self._comparisons_left >= 0 else None

    def _stored(self) -> str:
        """Where it was looked, in words: since when, too."""
        places = [f"in `{name}` since {_day(found.since)}" for name, found in sorted(self._seen.items())]
        return f"stored {_joined(places, 'environment')}"


def _missing(asked: Sequence[object], held: Iterable[Typed], *, ignore_case: bool) -> list[int]:
    """The indexes of the values that are not there."""
    known = {_comparable(each, ignore_case=ignore_case) for each in held}
    wanted = (_comparable((kind_of(value), value), ignore_case=ignore_case) for value in asked)
    return [index for index, value in enumerate(wanted) if value not in known]


def _comparable(value: Typed, *, ignore_case: bool) -> Typed:
    return (value[0], fold(value[1])) if ignore_case and value[0] is Kind.STRING else value


def _told(values: Sequence[object]) -> str:
    return _joined([f"`{_text(value):.{MAX_SHOWN}}`" for value in values], "value")


def _joined(parts: Sequence[str], what: str) -> str:
    shown, more = parts[:MAX_NAMED], len(parts) - MAX_NAMED
    return " or ".join([*shown, f"{more} more {what}{'' if more == 1 else 's'}"] if more > 0 else shown)


def _text(value: object) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _day(ms: int) -> str:
    return to_text(ms)[:10]
