"""How an audience stands to others: the same, within one, around one, or apart."""

from collections.abc import Iterable, Mapping, Sequence

from shared.rules.lint.formulas import Formula, formula, negation, subjects
from shared.rules.lint.search import Search
from shared.rules.problems import Problem
from shared.rules.program import Program

MAX_NAMED = 5
"""So many audiences are named in one warning; the rest are counted."""

_WORDS = {
    "equals-audience": ("it has the same visitors as {}", "use one of them"),
    "within-audience": ("whoever is in it is in {} too", None),
    "contains-audience": ("whoever is in {} is in it too", None),
    "apart-from-audience": ("nobody is in it and in {}", None),
}


def problems(
    claim: Formula, others: Iterable[str], programs: Mapping[str, Program], search: Search, pointer: str
) -> list[Problem]:
    """One warning for each way in which an audience stands to some of the others; they are keys of `programs`."""
    found: dict[str, list[str]] = {code: [] for code in _WORDS}
    about = subjects(claim, search.pool)
    for key in others:
        other = formula(programs[key], programs, search.pool)
        if about & subjects(other, search.pool):
            code = _relation(claim, other, search)
            if code:
                found[code].append(key)
    return [
        Problem(pointer, code, _WORDS[code][0].format(_named(keys)), _WORDS[code][1])
        for code, keys in found.items()
        if keys
    ]


def _relation(claim: Formula, other: Formula, search: Search) -> str | None:
    """None also where either never or always holds: then it stands so to every audience."""
    is_within = search.excludes(claim, negation(other))
    is_around = search.excludes(other, negation(claim))
    is_apart = not (is_within or is_around) and search.excludes(claim, other)
    if not (is_within or is_around or is_apart) or _is_trivial(other, search):
        return None
    if is_apart:
        return "apart-from-audience"
    return "equals-audience" if is_within and is_around else "within-audience" if is_within else "contains-audience"


def _is_trivial(claim: Formula, search: Search) -> bool:
    return search.excludes(claim) or search.excludes(negation(claim))


def _named(keys: Sequence[str]) -> str:
    names = ", ".join(f"`{key}`" for key in keys[:MAX_NAMED])
    more = len(keys) - MAX_NAMED
    return f"{names} and {more} more" if more > 0 else names
