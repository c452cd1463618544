r"""Regular expressions as Apache Unomi applies them: folded to lower-case ASCII, then matched by Java as a whole.

Taken are those that Java and RE2 read alike: characters, `.`, `\d`, `\w`, plain classes, groups, alternatives and
greedy or reluctant repetition.
"""

import re

from shared.rules.problems import Problem, Refused

_NO_LINE_END = r"[^\n\r\x{85}\x{2028}\x{2029}]"  # Java's `.`
_TOKEN = re.compile(
    r"(?P<dot>\.)|(?P<same>\\[dw]|\\[^A-Za-z0-9\s]|\(\?:|\((?!\?)|[)|]|[^\\\[\](){}.*+?^$|]"
    r"|\[\^?(?:\\[dw]|\\[^A-Za-z0-9\s]|[^\\\[\]&^~]|(?<!\[)\^)+\]|(?:[*+?]|\{[0-9]+(?:,[0-9]*)?\})\??(?![+*?{]))"
)


def pattern_of(folded: str, at: str) -> str:
    """An RE2 pattern that is found where Java matches the whole text; raises `Refused`."""
    parts, place = [], 0
    while place < len(folded):
        token = _TOKEN.match(folded, place)
        if token is None:
            detail = f"from `{folded[place : place + 8]}` on, Java and RE2 may read the pattern differently"
            raise Refused([Problem(at, "not-importable", detail, "use plain characters, classes and repetition")])
        parts.append(_NO_LINE_END if token["dot"] else token[0])
        place = token.end()
    return rf"^(?:{''.join(parts)})\z"
