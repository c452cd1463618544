"""Flagsmith's evaluation contexts and identities as visitor documents, their values as the engine reads them."""

from shared.importers.attributes import Attributes
from shared.importers.flagsmith.conditions import COMPANION, NEAR, companion
from shared.importers.flagsmith.engines import Engine
from shared.importers.flagsmith.values import as_float, read
from shared.importers.python_versions import strict
from shared.importers.translation import Extra, Json
from shared.rules import versions
from shared.rules.catalogue import Path, declared
from shared.rules.kinds import MAX_INTEGER, Type, kind_of, typed
from shared.rules.problems import Problem, Refused, step
from shared.visitors.document import MAX_DEPTH

MAX_TRAITS = 1_000
"""Traits of one identity."""


class Traits(Attributes):
    """Traits stand at `traits.<name>`, what else identifies, too; but the identifier is `visitor.id`."""

    def __init__(self, extra: Extra) -> None:
        super().__init__(extra, {"$.identity.identifier": "visitor.id"})

    def path_of(self, name: str) -> Path:
        """The path of a property, or of a trait's companion."""
        if name.endswith(COMPANION):
            return companion(self.path_of(name.removesuffix(COMPANION)))
        return super().path_of(name)


def document_of(value: Json, extra: Extra, engine: Engine) -> tuple[dict[str, Json], list[Problem]]:
    """The visitor document of `{"environment": ..., "identity": ...}` or of an identity alone; problems point into it.

    Raises `Refused` where it is neither.
    """
    if not isinstance(value, dict):
        raise Refused([Problem("", "wrong-type", "an evaluation context or an identity is expected")])
    is_context = "identity" in value or "environment" in value
    identity = value.get("identity") or {} if is_context else value
    environment = value.get("environment") or {}
    if not isinstance(identity, dict) or not isinstance(environment, dict):
        raise Refused([Problem("", "wrong-type", "`environment` and `identity` are objects")])
    placing = _Placing(extra, engine)
    at = "/identity" if is_context else ""
    for name, each in _traits(identity, step(at, "traits")).items():
        placing.trait(name, each, step(step(at, "traits"), name))
    for name, each in _identifying(identity, environment).items():
        placing.identity(name, each, at)
    return placing.document, placing.problems


class _Placing:
    """Puts values into a document; `problems` are those of values that it cannot hold."""

    def __init__(self, extra: Extra, engine: Engine) -> None:
        self.document: dict[str, Json] = {}
        self.problems: list[Problem] = []
        self._attributes = Traits(extra)
        self._engine = engine

    def trait(self, name: str, value: Json, at: str) -> None:
        """A trait, and beside one that is no text its companion."""
        if name.startswith("$.") or name.endswith(COMPANION):
            self.problems.append(Problem(at, "reserved-name", f"a trait named `{name}` would be taken for another"))
            return
        if _is_deeper(value, MAX_DEPTH):
            self.problems.append(Problem(at, "too-deep", f"more than {MAX_DEPTH} levels"))
            return
        found = read(value)
        if found is None:
            return
        problem = _unknown(found)
        path = self._attributes.path_of(name)
        type_ = declared(path, {})
        is_whole_float = isinstance(found, float) and found.is_integer()
        if type_ is not Type.UNDECLARED and (is_whole_float or typed(found, type_) != (kind_of(found), found)):
            problem = "the attribute that this is mapped to has a type which would convert it"
        if problem:
            self.problems.append(Problem(at, "ambiguous-value", problem))
            return
        self._attributes.place(self.document, name, found)
        if type_ is Type.UNDECLARED and not isinstance(found, str):
            self._attributes.place(self.document, f"{name}{COMPANION}", str(found))

    def identity(self, name: str, value: str, at: str) -> None:
        """What identifies, as the text of what the engine reads."""
        found = read(value) if self._engine.reads_identity else value
        is_confusing = isinstance(found, str) and as_float(found) is not None and self._engine.reads_identity
        if is_confusing or (name == "$.identity.key" and str(found) != value):
            detail = f"the text of `{name}` can be read as a number in more than one way"
            self.problems.append(Problem(at, "ambiguous-value", detail))
            return
        self._attributes.place(self.document, name, str(found))


def _traits(identity: dict[str, Json], at: str) -> dict[str, Json]:
    """Traits by name, of an object or of a list of `trait_key` and `trait_value`."""
    traits = identity.get("traits", identity.get("identity_traits")) or {}
    if isinstance(traits, list):
        if not all(isinstance(each, dict) and isinstance(each.get("trait_key"), str) for each in traits):
            raise Refused([Problem(at, "wrong-type", "a trait of a list has a `trait_key` and a `trait_value`")])
        traits = {each["trait_key"]: each.get("trait_value") for each in traits}
    if not isinstance(traits, dict) or len(traits) > MAX_TRAITS:
        raise Refused([Problem(at, "wrong-type", f"an object of at most {MAX_TRAITS} traits is expected")])
    return traits


def _identifying(identity: dict[str, Json], environment: dict[str, Json]) -> dict[str, str]:
    """The texts of the properties that are no traits; the key is put together where the identity has none.

    Raises `Refused` where one is no text.
    """
    identifier, scope = identity.get("identifier"), environment.get("key", identity.get("environment_api_key"))
    composed = f"{scope}_{identifier}" if isinstance(identifier, str) and isinstance(scope, str) else None
    found = {
        "$.identity.identifier": identifier,
        "$.identity.key": identity.get("key") or identity.get("django_id") or composed,
        "$.environment.name": environment.get("name"),
        "$.environment.key": environment.get("key"),
    }
    for name, value in found.items():
        is_id = name == "$.identity.key" and type(value) is int
        if not isinstance(value, str | None) and not is_id:
            raise Refused([Problem("", "wrong-type", f"`{name}` is a text")])
    return {name: str(value) for name, value in found.items() if value is not None}


def _unknown(value: Json) -> str | None:
    """Why a value cannot be carried."""
    if isinstance(value, int) and abs(value) > MAX_INTEGER:
        return f"the engine reads an integer beyond ±{MAX_INTEGER}"
    if isinstance(value, float) and abs(value) > MAX_INTEGER:
        return f"a number beyond ±{MAX_INTEGER}, of which `MODULO` is not the same"
    if isinstance(value, float) and value < 0 and 0 < abs(value - round(value)) < NEAR:
        return "a negative number so near to a whole one that `MODULO` could round it"
    if isinstance(value, str) and strict(value) is not None and versions.key(value) is None:
        return "a version whose numbers are too large"
    return None


def _is_deeper(value: Json, levels: int) -> bool:
    members = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return levels < 0 or any(_is_deeper(each, levels - 1) for each in members)
