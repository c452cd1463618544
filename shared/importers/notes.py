"""What an importer notes beside the rule that it makes: guards and problems, with their places in the source's rule."""

from shared.importers.nodes import NEVER, Node, closed
from shared.importers.translation import Guard, Translation
from shared.rules.problems import Problem


class Notes:
    """The guards and problems of one rule while it is read."""

    def __init__(self) -> None:
        self._guards: dict[tuple[str, str], Guard] = {}
        self._problems: list[Problem] = []

    def guard(self, pointer: str, code: str, detail: str) -> None:
        """A guard, once for each place and code."""
        self._guards.setdefault((pointer, code), Guard(pointer, code, detail))

    def refuse(self, pointer: str, code: str, detail: str, hint: str | None = None) -> Node:
        """A problem; what stands for the refused part keeps the reader going to the next problem."""
        self._problems.append(Problem(pointer, code, detail, hint))
        return NEVER

    def translation(self, node: Node) -> Translation:
        """`node` as the whole rule, or the problems where there are some."""
        if self._problems:
            return Translation(None, problems=tuple(dict.fromkeys(self._problems)))
        return Translation(closed(node), guards=tuple(self._guards.values()))
