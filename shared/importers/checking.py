"""A rule of another system asked about one of its visitors: translated, linked and answered by the machine."""

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

import msgspec

from shared.importers.registry import Importer
from shared.importers.translation import Extra, Json, Sighting, Translation, spelled
from shared.rules.catalogue import Catalogue, Path, declared
from shared.rules.checker import check
from shared.rules.compiler import compile_rule
from shared.rules.kinds import MAX_INTEGER, Type, nfc
from shared.rules.linker import link
from shared.rules.machine import Machine
from shared.rules.model import Node
from shared.rules.parser import parse
from shared.rules.problems import Problem, Refused, step
from shared.rules.program import Program
from shared.rules.sentence import sentence
from shared.visitors import document

MAX_LOADED = 512
"""Rules that a checker keeps ready; the one that was not asked for longest goes first."""

_RULE, _ASSUMED = "rule", "assumed"


class _Loaded(NamedTuple):
    """A rule ready to answer; assumed: the sentence of what makes it exact, None where it always is."""

    machine: Machine
    assumed: str | None


class Checker:
    """Answers for one dialect of one format, keeping the rules of the last lines ready."""

    def __init__(self, source: Importer, dialect: str) -> None:
        self._source = source
        self._dialect = dialect
        self._loaded: OrderedDict[bytes, _Loaded | Refused] = OrderedDict()

    def holds(self, rule: Json, visitor: Json, extra: Extra) -> bool:
        """Whether the visitor is in the rule; `extra["now"]` is there.

        Raises `Refused` with all problems of both, their pointers below `/rule`, `/visitor` and `/extra`.
        """
        extra = spelled(extra)
        loaded = self._rule(rule, extra)
        try:
            sighting = sighted(self._source, self._dialect, visitor, extra)
        except Refused as refused:
            found = loaded.problems if isinstance(loaded, Refused) else ()
            raise Refused(_distinct((*found, *refused.problems))) from None
        if isinstance(loaded, Refused):
            raise loaded
        keys = loaded.machine.evaluate(sighting.document, sighting.now_ms)
        if loaded.assumed is not None and _ASSUMED not in keys:
            detail = f"the two systems can differ on this visitor; they agree where {loaded.assumed}"
            raise Refused([Problem("/visitor", "outside-assumptions", detail)])
        return _RULE in keys

    def _rule(self, rule: Json, extra: Extra) -> _Loaded | Refused:
        lasting = {name: value for name, value in extra.items() if name != "now"}
        key = msgspec.json.encode((rule, lasting))
        found = self._loaded.get(key)
        if found is None:
            found = self._loaded[key] = _load(self._source, self._dialect, rule, lasting)
            if len(self._loaded) > MAX_LOADED:
                self._loaded.popitem(last=False)
        else:
            self._loaded.move_to_end(key)
        return found


def translated(source: Importer, dialect: str, rule: Json, extra: Extra) -> Translation:
    """The translation of one rule, its problems, those of the rule that it became included, as values.

    `extra` is without `now`: a rule means the same at every instant. Raises `Refused` where `extra` cannot be read.
    """
    unreadable = problems_of(rule, "")
    if unreadable:
        return Translation(None, problems=tuple(unreadable))
    return completed(source.rule(rule, extra, dialect))


def completed(translation: Translation) -> Translation:
    """The translation with what this language says of its rule: its limits are refusals, too."""
    try:
        nodes_of(translation, {})
    except Refused as refused:
        return Translation(None, problems=refused.problems)
    return translation


def nodes_of(translation: Translation, catalogue: Catalogue) -> tuple[Node, Node | None]:
    """The trees of the rule and of what it assumes, checked by a catalogue; raises `Refused` with all problems."""
    if translation.rule is None:
        raise Refused(translation.problems)
    problems: list[Problem] = []
    node = _node(translation.rule, catalogue, problems)
    assumed = None if translation.assumes is None else _node(translation.assumes, catalogue, problems)
    if node is None or problems:
        raise Refused(_distinct(problems))
    return node, assumed


def _node(rule: Json, catalogue: Catalogue, problems: list[Problem]) -> Node | None:
    """The checked tree of a rule that was made. Pointers into it would mislead whoever reads the source's."""
    node, found = parse(rule, "")
    if node is not None:
        found = check(node, catalogue, {}, None, "")
    problems += (Problem("", each.code, each.detail, each.hint) for each in (*problems_of(rule, ""), *found))
    return node


def sighted(source: Importer, dialect: str, visitor: Json, extra: Extra) -> Sighting:
    """A visitor of the source as this language takes it; raises `Refused` for one that it does not take."""
    problems = problems_of(visitor, "/visitor")
    if problems:
        raise Refused(problems)
    sighting = source.visitor(visitor, extra, dialect)
    placed = [_below("/visitor", each) for each in sighting.problems]
    placed += document.problems_of(sighting.document, "/visitor")
    if placed:
        raise Refused(placed)
    return msgspec.structs.replace(sighting, document=document.normalised(sighting.document, is_plain=False))


def problems_of(value: Json, pointer: str) -> list[Problem]:
    """Texts and numbers that two systems can read differently.

    This language brings strings to NFC and knows integers within 2^53 - 1; others compare them as they come.
    """
    problems: list[Problem] = []
    waiting = [(value, pointer)]
    while waiting:
        found, at = waiting.pop()
        if isinstance(found, str):
            problems += _text_problems(found, at)
        elif isinstance(found, dict):
            problems += (problem for name in found for problem in _text_problems(name, at))
            waiting += [(item, step(at, name)) for name, item in found.items()]
        elif isinstance(found, list):
            waiting += [(item, step(at, index)) for index, item in enumerate(found)]
        elif isinstance(found, int | float):
            problems += _number_problems(found, at)
    return problems


def _text_problems(text: str, at: str) -> Iterator[Problem]:
    if text.isascii():
        return
    if not text.isprintable() and any("\ud800" <= character <= "\udfff" for character in text):
        yield Problem(at, "bad-string", "the text is no valid Unicode: it holds a lone surrogate")
    elif nfc(text) != text:
        detail = "the text is not in Unicode's composed form (NFC), in which this language compares"
        yield Problem(at, "not-composed", detail, "write it in NFC at both ends")


def _number_problems(number: int | float, at: str) -> Iterator[Problem]:
    if number - number != 0:
        yield Problem(at, "bad-number", "a number must be finite")
    elif isinstance(number, int) and abs(number) > MAX_INTEGER:
        yield Problem(at, "bad-number", f"integers lie within ±{MAX_INTEGER}", "write an identifier as a string")


def _load(source: Importer, dialect: str, rule: Json, extra: Extra) -> _Loaded | Refused:
    unreadable = problems_of(rule, "/rule")
    if unreadable:
        return Refused(unreadable)
    try:
        translation = source.rule(rule, extra, dialect)
    except Refused as refused:  # its pointers begin at the line
        return refused
    try:
        node, assumed = nodes_of(translation, {})
        programs = {_RULE: compile_rule(node)} | ({_ASSUMED: compile_rule(assumed)} if assumed else {})
        machine = Machine(link(programs, _types(programs.values()), ()))
    except Refused as refused:
        return Refused(_below("/rule", each) for each in refused.problems)
    return _Loaded(machine, None if assumed is None else sentence(assumed))


def _types(programs: Iterable[Program]) -> Mapping[Path, Type]:
    """The built-in types of the paths that are asked for; a check knows no project's catalogue."""
    return {path: declared(path, {}) for program in programs for path in program.paths}


def _below(pointer: str, problem: Problem) -> Problem:
    return msgspec.structs.replace(problem, pointer=pointer + problem.pointer)


def _distinct(problems: Iterable[Problem]) -> list[Problem]:
    return list(dict.fromkeys(problems))
