"""What stands in a rule's fields: paths, values and names, read from decoded JSON with every problem of their form."""

import re
from collections.abc import Iterable, Iterator, Mapping

from shared.rules import catalogue
from shared.rules.catalogue import Path
from shared.rules.kinds import MAX_INTEGER, MAX_MARKS, is_composable, nfc
from shared.rules.limits import MAX_PATH_LENGTH, MAX_PATH_STEPS
from shared.rules.model import Operand
from shared.rules.problems import Problem, did_you_mean, step

_SURROGATE = re.compile("[\ud800-\udfff]").search


def path_at(text: object, at: str, problems: list[Problem]) -> Path | None:
    """The steps of a dotted path, None where it is none."""
    if not isinstance(text, str) or not text:
        problems.append(Problem(at, "wrong-type", "a dotted attribute path is expected"))
        return None
    if len(text) > MAX_PATH_LENGTH:
        problems.append(Problem(at, "path-too-long", f"an attribute path has at most {MAX_PATH_LENGTH} characters"))
        return None
    try:
        path = catalogue.split(nfc(text))
    except ValueError as error:
        problems.append(Problem(at, "bad-path", f"`{text}` is no attribute: {error}"))
        return None
    if len(path) > MAX_PATH_STEPS:
        problems.append(Problem(at, "path-too-long", f"an attribute path has at most {MAX_PATH_STEPS} steps"))
        return None
    return path


def value_at(value: object, at: str, problems: list[Problem]) -> Operand:
    """A condition's value: a scalar, a list of values or an object of them."""
    if isinstance(value, list | tuple):
        return tuple(scalar_at(item, step(at, index), problems) for index, item in enumerate(value))
    if isinstance(value, dict):
        return {name: scalar_at(item, step(at, name), problems) for name, item in value.items()}
    return scalar_at(value, at, problems)


def scalar_at(value: object, at: str, problems: list[Problem]) -> Operand:
    """A string in NFC, a number in its one form or a boolean, None where it is neither."""
    if isinstance(value, str):
        return nfc(value)
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return _number(value, at, problems)
    if value is None:
        problems.append(Problem(at, "wrong-type", "null is no value: it means missing", "ask with `exists`"))
    else:
        problems.append(Problem(at, "wrong-type", "a string, a number or a boolean is expected"))
    return None


def _number(number: int | float, at: str, problems: list[Problem]) -> int | float:
    """The number in its one form: an integer where it is one."""
    if number - number != 0:
        problems.append(Problem(at, "bad-number", "a number must be finite"))
    elif isinstance(number, int) and abs(number) > MAX_INTEGER:
        detail = f"integers lie within ±{MAX_INTEGER}"
        problems.append(Problem(at, "bad-number", detail, "write an identifier as a string"))
    elif abs(number) <= MAX_INTEGER and number == int(number):
        return int(number)
    return number


def only(fields: Mapping[str, object], known: tuple[str, ...], pointer: str, problems: list[Problem]) -> None:
    """Adds a problem for each name that is not known."""
    problems += [
        Problem(step(pointer, name), "unknown-field", f"unknown field `{name}`", did_you_mean(name, known))
        for name in fields
        if name not in known
    ]


def bad_strings(value: object, pointer: str) -> Iterator[Problem]:
    """Strings and names that no UTF-8 can carry, which would break whoever repeats them; without recursion."""
    waiting = [(value, pointer)]
    while waiting:
        found, at = waiting.pop()
        texts: Iterable[object] = found if isinstance(found, dict) else (found,)
        if any(isinstance(text, str) and _SURROGATE(text) for text in texts):
            yield Problem(at, "bad-string", "the text is no valid Unicode: it holds a lone surrogate")
        elif any(isinstance(text, str) and not is_composable(text) for text in texts):
            yield Problem(at, "bad-string", f"more than {MAX_MARKS} combining marks follow one another")
        elif isinstance(found, dict):
            waiting += ((item, step(at, name)) for name, item in found.items())
        elif isinstance(found, list | tuple):
            waiting += ((item, step(at, index)) for index, item in enumerate(found))
