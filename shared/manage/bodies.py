"""Request bodies by pydantic models, with everything that is wrong with them said at once, as problems."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Annotated, Any, Generic, TypeVar, get_args, get_origin

from pydantic import AfterValidator, BaseModel, ConfigDict, GetCoreSchemaHandler, ValidationError
from pydantic_core import CoreSchema, ErrorDetails, core_schema

from shared.api.problems import Failure, counted
from shared.rules.kinds import nfc
from shared.rules.problems import Problem, did_you_mean, step

Text = Annotated[str, AfterValidator(nfc)]
"""A string in Unicode's composed form."""

T = TypeVar("T", bound=BaseModel)

_CODES = {
    "missing": "missing-field",
    "extra_forbidden": "unknown-field",
    "string_pattern_mismatch": "bad-format",
    "string_too_long": "too-long",
    "string_too_short": "too-short",
    "too_long": "too-many",
    "too_short": "too-few",
    "literal_error": "unknown-value",
    "greater_than_equal": "out-of-range",
    "less_than_equal": "out-of-range",
}


class Model(BaseModel):
    """The root of all bodies: no coercion, no unknown fields."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Body(Generic[T]):
    """A body as sent (`raw`), as its model, or None, and what is wrong with it.

    A route that has more to check adds its own problems before it refuses; others just ask for `accepted`.
    """

    def __init__(self, raw: object, value: T | None, problems: Sequence[Problem]) -> None:
        self.raw = raw
        self.value = value
        self.problems = tuple(problems)

    def accepted(self) -> T:
        """The model; raises `Failure` with all problems where there are any."""
        if self.value is None:
            raise Failure("invalid-request", counted(self.problems), self.problems)
        return self.value

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Validates as `T` does, and documents itself as `T`, but never fails."""
        model: type[T] = get_args(source)[0]

        def check(raw: object, validate: Callable[[object], T]) -> "Body[T]":
            try:
                return cls(raw, validate(raw), ())
            except ValidationError as error:
                return cls(raw, None, [_problem(details, model) for details in error.errors(include_url=False)])

        return core_schema.no_info_wrap_validator_function(check, handler.generate_schema(model))


def parameter_problems(errors: Iterable[Mapping[str, Any]]) -> list[Problem]:
    """What is wrong with path, query and header parameters, and with a body that is not there at all."""
    return [_parameter_problem(error) for error in errors]


def _parameter_problem(error: Mapping[str, Any]) -> Problem:
    kind, *names = error["loc"]
    if kind == "body":
        return Problem("", "missing-body", "the body is missing")
    name = ".".join(map(str, names))
    if error["type"] == "missing":
        return Problem("", "missing-parameter", f"{kind} parameter `{name}` is missing")
    return Problem("", "bad-parameter", f"{kind} parameter `{name}`: {_sentence(error['msg'])}")


def _problem(error: ErrorDetails, model: type[BaseModel]) -> Problem:
    pointer = ""
    for token in error["loc"]:
        pointer = step(pointer, token)
    name = str(error["loc"][-1]) if error["loc"] else ""
    code = _CODES.get(error["type"], "wrong-type" if error["type"].endswith("_type") else "bad-value")
    if code == "missing-field":
        return Problem(pointer, code, f"`{name}` is missing")
    if code == "unknown-field":
        return Problem(pointer, code, f"unknown field `{name}`", did_you_mean(name, _fields(model, error["loc"][:-1])))
    return Problem(pointer, code, _sentence(error["msg"]))


def _fields(model: type[BaseModel], path: Sequence[int | str]) -> list[str]:
    """The fields of the model that lies at `path` inside `model`."""
    for token in path:
        if isinstance(token, str) and token in model.model_fields:
            model = _model_of(model.model_fields[token].annotation)
    return list(model.model_fields)


def _model_of(annotation: Any) -> type[BaseModel]:
    while get_origin(annotation) is not None:
        annotation = next(part for part in reversed(get_args(annotation)) if part is not type(None))
    return annotation if isinstance(annotation, type) and issubclass(annotation, BaseModel) else Model


def _sentence(message: str) -> str:
    return message[:1].lower() + message[1:]
