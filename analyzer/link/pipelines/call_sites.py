"""Tasks that a project function makes from its parameters: one task for every call of that function."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from analyzer.link.domain import Abstract, Alternatives, FunctionRef, Hole, Many, Pattern, Sym, Table
from analyzer.link.evaluate import Evaluator
from analyzer.link.where import Where

MAX_CALLS = 300
MAX_NESTING = 3


@dataclass(frozen=True, slots=True)
class Binding:
    """The calls, innermost first, that gave the parameters of the function in which a task is made; none for a task as it stands."""

    frames: tuple[tuple[FunctionRef, str, int], ...] = ()
    """(function, path and index of the call of it)."""

    @property
    def outer(self) -> tuple[str, int] | None:
        """(path, call index) of the outermost call."""
        return self.frames[-1][1:] if self.frames else None


class CallSites:
    """Who calls the project functions of the modules given."""

    def __init__(self, evaluator: Evaluator, paths: Iterable[str]) -> None:
        self.evaluator = evaluator
        self.callers: dict[tuple[str, int], list[tuple[str, int]]] = {}
        for path in paths:
            for index in range(len(evaluator.program.facts[path].calls)):
                for callee in evaluator.callee(path, index):
                    if isinstance(callee, FunctionRef):
                        self.callers.setdefault((callee.path, callee.scope), []).append((path, index))

    def bindings(self, path: str, index: int) -> list[Binding]:
        """How the arguments of a call are filled in: once for every call of the functions whose parameters they hold."""
        call = self.evaluator.program.facts[path].calls[index]
        where = Where(path, call.scope, call.at, call.block)
        values = [v for value in (*call.args, *(v for _, v in call.keywords)) for v in self.evaluator.value(value, where)]
        return self._bindings(tuple(values), Binding(), MAX_NESTING)[:MAX_CALLS] or [Binding()]

    def _bindings(self, values: Alternatives, binding: Binding, nesting: int) -> list[Binding]:
        open_functions = {sym.function for value in values for sym in syms(value)} & self.callers.keys()
        if not open_functions or not nesting:
            return [binding]
        key = min(open_functions)
        found: list[Binding] = []
        for path, index in self.callers[key][:MAX_CALLS]:
            if any(frame[1:] == (path, index) for frame in binding.frames):
                continue
            inner = Binding((*binding.frames, (FunctionRef(*key), path, index)))
            found.extend(self._bindings(self._one(values, FunctionRef(*key), path, index), inner, nesting - 1))
            if len(found) > MAX_CALLS:
                break
        return found or [binding]

    def filled(self, values: Alternatives, binding: Binding) -> Alternatives:
        for function, path, index in binding.frames:
            values = self._one(values, function, path, index)
        return values

    def _one(self, values: Alternatives, function: FunctionRef, path: str, index: int) -> Alternatives:
        call = self.evaluator.program.facts[path].calls[index]
        bound = next((c for c in self.evaluator.callee(path, index) if isinstance(c, FunctionRef)), function)
        return self.evaluator.filled(values, bound, call, Where(path, call.scope, call.at, call.block))


def syms(value: Abstract, depth: int = 0) -> list[Sym]:
    """The open parameters in a value."""
    if isinstance(value, Sym):
        return [value]
    if isinstance(value, Pattern):
        return [part.sym for part in value.parts if isinstance(part, Hole) and part.sym is not None]
    if depth > 4:
        return []
    if isinstance(value, Many):
        return [sym for item in value.items for sym in syms(item, depth + 1)]
    if isinstance(value, Table):
        return [sym for _, item in value.entries for sym in syms(item, depth + 1)]
    return []
