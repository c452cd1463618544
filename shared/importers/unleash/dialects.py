"""What differs between Unleash's evaluators."""

from shared.importers.javascript import trim
from shared.rules.limits import MAX_VALUES

YGGDRASIL, NODE = "yggdrasil", "node"


class NotImportable(ValueError):
    """A constraint that cannot be said. field: where in the constraint, without `/`; the text says why."""

    def __init__(self, field: str, detail: str, hint: str | None = None) -> None:
        super().__init__(detail)
        self.field = field
        self.hint = hint


class Broken(ValueError):
    """A constraint that the source cannot read: Yggdrasil then drops the whole strategy, so that it never holds."""


def cleaned(values: list[str], dialect: str) -> list[str]:
    """The values of a constraint as the evaluator uses them."""
    if dialect == NODE:
        return [trim(value) for value in values if value]
    for value in values:
        if value.endswith("\\"):
            raise NotImportable("values", "a value that ends in a backslash breaks the source's own rule text")
    return values


def parts(values: list[str]) -> list[list[str]]:
    """As many values at a time as one condition may hold."""
    return [values[at : at + MAX_VALUES] for at in range(0, len(values), MAX_VALUES)]
