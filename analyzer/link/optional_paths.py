"""Paths that a program does without: it asks whether they exist before, or goes on when they do not."""

from __future__ import annotations

from collections.abc import Sequence

from analyzer.link.domain import Alternatives, Pattern, Sym, as_pattern
from analyzer.link.evaluate import Evaluator
from analyzer.link.where import Where
from analyzer.read.facts import Block, Call, PythonFacts
from analyzer.read.values import Attr

_EXISTS = frozenset({"exists", "isfile", "is_file", "isdir", "is_dir", "file_exists", "path_exists"})


class OptionalPaths:
    def __init__(self, evaluator: Evaluator) -> None:
        self.evaluator = evaluator
        self.program = evaluator.program
        self._tests: dict[tuple[str, int], list[tuple[Call, frozenset[str]]]] = {}

    def tested(self, path: str, scope: int) -> set[str]:
        """Paths that the scope tests for existence: what it then writes is a cache."""
        return {shown for _, names in self._in_scope(path, scope) for shown in names}

    def is_optional(self, path: str, call: Call, values: Alternatives) -> bool:
        """Does the call stand in an `if` that asks for one of these paths, or in a `try` that goes on without the file?"""
        facts = self.program.facts[path]
        if is_attempt(facts, call):
            return True
        shown = {as_pattern(v).shown for v in values if isinstance(v, (Pattern, Sym))}
        tests = self._in_scope(path, call.scope) if shown else ()
        return any(not names.isdisjoint(shown) and _is_arm(facts.blocks, call.block, test.block) for test, names in tests)

    def _in_scope(self, path: str, scope: int) -> list[tuple[Call, frozenset[str]]]:
        key = (path, scope)
        found = self._tests.get(key)
        if found is None:
            found = self._tests[key] = []
            facts = self.program.facts[path]
            for index in self.program.symbols(path).calls_by_scope.get(scope, ()):
                call = facts.calls[index]
                if isinstance(call.func, Attr) and call.func.name in _EXISTS:
                    where = Where(path, scope, call.at, call.block)
                    asked = self.evaluator.value(call.args[0] if call.args else call.func.value, where)
                    found.append((call, frozenset(as_pattern(v).shown for v in asked if isinstance(v, (Pattern, Sym)))))
        return found


def is_attempt(facts: PythonFacts, call: Call) -> bool:
    """Does the call stand in a `try` of its own function that goes on without the file?"""
    block = call.block
    while block > 0 and facts.blocks[block].kind not in ("function", "class"):
        if facts.blocks[block].spares:
            return True
        block = facts.blocks[block].parent
    return False


def _is_arm(blocks: Sequence[Block], inner: int, outer: int) -> bool:
    """Is `inner` an `if` straight in `outer`, or in one?"""
    while inner > outer:
        if blocks[inner].kind == "if" and blocks[inner].parent == outer:
            return True
        inner = blocks[inner].parent
    return False
