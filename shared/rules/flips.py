"""The reading of a visitor document, specialised to an image: one straight-line function instead of a loop.

The function is generated from the fixed phrases below; of the image only attribute names enter its text, as
string literals, and the tables come by their numbers. Against a loop over the same tables this takes a quarter
off every attribute (docs/decisions/0002-flips.md).
"""

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from types import FunctionType
from typing import Any

from shared.rules.calendar import DAYS_KEPT
from shared.rules.catalogue import Path
from shared.rules.clocks import Clock
from shared.rules.pairs import PairReader
from shared.rules.readers import Reader

Flip = Callable[[Mapping[str, Any], int], int]
"""(visitor document, now in ms) to the literals' bits."""

_TIMELESS = """\
if (value := node.get({name})) is not None:
 bits ^= strings{n}[value] if type(value) is str else memos{n}[type(value)][value]
"""
_LIST = """\
if (value := node.get({name})) is not None:
 try: bits ^= lists{n}[tuple(value)] if type(value) is list else memos{n}[type(value)][value]
 except TypeError: bits ^= memos{n}[list][value]
"""
_TEMPORAL = """\
if (value := node.get({name})) is not None:
 mask, instant = memos{n}[type(value)][value]
 bits ^= mask
 if instant is not None:
  bits ^= ages{n}[bisect_right(cuts{n}, now - instant)]
  if instants{n} is not None: bits ^= instants{n}.at(instant)
"""


_ANNIVERSARY = " if instant is not None: bits ^= anniversaries{n}.at(instant, now)\n"
_ELEMENTS = " if type(value) is list: bits ^= elements{n}.at(value, now)\n"
_CLOCKS = " if type(value) is str: bits ^= clocks{n}.at(value, now)\n"


class Flips(dict[int, Flip]):
    """The function for a now within each UTC day (days since 1970), made on first need.

    Calendar durations are cut-offs that change with the day; the code is the same, its tables are the day's.
    """

    def __init__(
        self,
        base: int,
        readers: Sequence[tuple[Path, Reader]],
        pairs: Sequence[PairReader],
        clock: Clock | None,
    ) -> None:
        super().__init__()
        self._readers = readers
        self._names: dict[str, Any] = {"base": base, "bisect_right": bisect_right}
        self._names |= {f"memos{n}": reader.memos for n, (_, reader) in enumerate(readers)}
        self._names |= {f"strings{n}": reader.memos[str] for n, (_, reader) in enumerate(readers)}
        self._names |= {f"lists{n}": reader.lists for n, (_, reader) in enumerate(readers)}
        self._names |= {f"anniversaries{n}": reader.anniversaries for n, (_, reader) in enumerate(readers)}
        self._names |= {f"elements{n}": reader.elements for n, (_, reader) in enumerate(readers)}
        self._names |= {f"clocks{n}": reader.clocks for n, (_, reader) in enumerate(readers)}
        self._names |= {f"pair{n}": pair.at for n, pair in enumerate(pairs)}
        self._names["clock"] = clock
        module = compile(_source(readers, len(pairs), has_clock=clock is not None), "<flips>", "exec")
        self._code = next(constant for constant in module.co_consts if hasattr(constant, "co_code"))

    def __missing__(self, day: int) -> Flip:
        if len(self) >= DAYS_KEPT:
            self.clear()
        names = dict(self._names)
        for n, (_, reader) in enumerate(self._readers):
            if reader.is_temporal:
                ages, instants = reader.seen_from(day)
                names |= {f"ages{n}": ages, f"cuts{n}": ages.cuts, f"instants{n}": instants}
        self[day] = FunctionType(self._code, names)
        return self[day]


def _source(readers: Sequence[tuple[Path, Reader]], pairs: int, *, has_clock: bool) -> str:
    """The text of the function: attributes of one parent are read one after the other."""
    by_parent: dict[Path, list[str]] = {}
    for n, (path, reader) in enumerate(readers):
        by_parent.setdefault(path[:-1], []).append(_phrase(reader).format(name=ascii(path[-1]), n=n))
    lines = [" bits = base\n"]
    for parent, phrases in by_parent.items():
        lines += _inside(parent, "".join(phrases))
    lines += [f" bits ^= pair{n}(document)\n" for n in range(pairs)]
    lines += [" bits ^= clock.at(now)\n"] if has_clock else []
    return f"def flip(document, now):\n{''.join(lines)} return bits\n"


def _phrase(reader: Reader) -> str:
    phrase = _TEMPORAL if reader.is_temporal else _LIST if reader.lists is not None else _TIMELESS
    phrase += _ANNIVERSARY if reader.anniversaries is not None else ""
    phrase += _ELEMENTS if reader.elements is not None else ""
    return phrase + (_CLOCKS if reader.clocks is not None else "")


def _inside(parent: Path, text: str) -> list[str]:
    """`text` for where every step down to `parent` is an object."""
    lines = [" node = document\n"]
    for depth, step in enumerate(parent, 1):
        lines += [f"{' ' * depth}node = node.get({step!a})\n", f"{' ' * depth}if type(node) is dict:\n"]
    return lines + [f"{' ' * (len(parent) + 1)}{line}\n" for line in text.splitlines()]
