"""One module that uses an orchestrator, as the readers of pipelines ask it: what is called, with which texts, on which lines."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from analyzer.link.domain import (
    Abstract,
    Alternatives,
    ClassRef,
    External,
    FunctionRef,
    Instance,
    Known,
    Many,
    Pattern,
    Result,
    Sym,
    Table,
    Unknown,
    as_pattern,
)
from analyzer.link.evaluate import Evaluator
from analyzer.link.where import Where
from analyzer.read.facts import Call, Scope
from analyzer.read.values import Attr, CallRef, Map, Name, Seq, Value

MAX_ENTRIES = 200
MAX_BASES = 6


class PipelineModule:
    """Questions about the calls of one module; every answer comes from the evaluator, nothing is executed."""

    def __init__(self, evaluator: Evaluator, path: str) -> None:
        self.evaluator = evaluator
        self.path = path
        self.facts = evaluator.program.facts[path]
        self._names: dict[int, tuple[str, ...]] = {}
        self._indexes: dict[int, int] = {}

    # ---- calls -----------------------------------------------------------------------------------------------------

    def where(self, call: Call) -> Where:
        return Where(self.path, call.scope, call.at, call.block)

    def calls(self, wanted: Callable[[str], bool]) -> Iterator[tuple[int, Call, str]]:
        """(index, call, full name) of the calls whose callee has a wanted full name, itself or through a base class."""
        for index, call in enumerate(self.facts.calls):
            name = next((n for n in self.names(index) if wanted(n)), None)
            if name is not None:
                yield index, call, name

    def index_of(self, call: Call) -> int:
        """The position of a call of this module; -1 for any other call."""
        if not self._indexes:
            self._indexes = {id(known): index for index, known in enumerate(self.facts.calls)}
        return self._indexes.get(id(call), -1)

    def names(self, index: int) -> tuple[str, ...]:
        """Full names of what a call calls: of a library function or class, of the library classes that a project class extends, and of a
        method of an object that a library made (`prefect.Flow.set_dependencies`)."""
        found = self._names.get(index)
        if found is None:
            self._names[index] = ()
            found = self._names[index] = tuple(dict.fromkeys(self._called(index)))
        return found

    def _called(self, index: int) -> Iterator[str]:
        call = self.facts.calls[index]
        for callee in self.evaluator.callee(self.path, index):
            yield from self.external_names(callee)
        if isinstance(call.func, Attr):
            for receiver in self.evaluator.value(call.func.value, self.where(call)):
                if isinstance(receiver, Result):
                    yield f"{receiver.name}.{call.func.name}"
                elif isinstance(receiver, Instance):
                    yield from (f"{name}.{call.func.name}" for name in self.external_names(receiver.cls))

    def external_names(self, value: Abstract) -> Iterator[str]:
        """The library name that a value is, or the library classes that a project class extends."""
        if isinstance(value, External):
            yield value.name
        elif isinstance(value, ClassRef):
            yield from self.bases(value)

    def bases(self, cls: ClassRef, depth: int = 0) -> Iterator[str]:
        """Full names of the library classes that a project class extends, through project classes in between."""
        scope = self.evaluator.program.facts[cls.path].scopes[cls.scope]
        at = Where(cls.path, max(scope.parent, 0), scope.at, 0)
        for base in scope.bases:
            for value in self.evaluator.value(base, at):
                if isinstance(value, External):
                    yield value.name
                elif isinstance(value, ClassRef) and value != cls and depth < MAX_BASES:
                    yield from self.bases(value, depth + 1)

    def decorators(self, function: FunctionRef) -> Iterator[tuple[str, Call | None]]:
        """(full name, the decorator's call when it is one) of what decorates a project function."""
        facts = self.evaluator.program.facts[function.path]
        scope = facts.scopes[function.scope]
        at = Where(function.path, max(scope.parent, 0), scope.at, facts.scopes[max(scope.parent, 0)].block)
        for decorator in scope.decorators:
            call = facts.calls[decorator.index] if isinstance(decorator, CallRef) else None
            for value in self.evaluator.value(call.func if call is not None else decorator, at):
                for name in self.external_names(value):
                    yield name, call

    def function(self, value: Value | None, where: Where) -> FunctionRef | None:
        """The project function that an expression names, through `functools.partial` as well."""
        if value is None:
            return None
        for found in self.evaluator.value(value, where):
            if isinstance(found, FunctionRef):
                return found
            if isinstance(found, Result) and found.name == "functools.partial":
                call = self.evaluator.program.facts[found.path].calls[found.call]
                if call.args and call.args[0] != value:
                    return self.function(call.args[0], Where(found.path, call.scope, call.at, call.block))
        return None

    def called_function(self, index: int) -> FunctionRef | None:
        """The project function that a call calls."""
        return next((c for c in self.evaluator.callee(self.path, index) if isinstance(c, FunctionRef)), None)

    def is_defined(self, index: int) -> bool:
        """Is a function or class of the project called?"""
        return any(isinstance(callee, (FunctionRef, ClassRef)) for callee in self.evaluator.callee(self.path, index))

    def is_class(self, index: int) -> bool:
        """Is a class of the project called?"""
        return any(isinstance(callee, ClassRef) for callee in self.evaluator.callee(self.path, index))

    def scope_of(self, function: FunctionRef) -> Scope:
        return self.evaluator.program.facts[function.path].scopes[function.scope]

    # ---- arguments -------------------------------------------------------------------------------------------------

    @staticmethod
    def argument(call: Call, keyword: str, position: int = -1) -> tuple[Value, int] | None:
        """(expression, line) of what a call passes for a keyword or at a position, None when it passes nothing."""
        for number, (name, value) in enumerate(call.keywords):
            if name == keyword:
                return value, call.lines[len(call.args) + number] if call.lines else call.line
        if 0 <= position < len(call.args):
            return call.args[position], call.lines[position] if call.lines else call.line
        return None

    def text(self, value: Value | None, where: Where) -> str:
        """The one text that an expression is, holes kept; "" when there is none or it has no text of its own."""
        if value is None:
            return ""
        for found in self.evaluator.value(value, where):
            if isinstance(found, (Pattern, Sym)):
                pattern = as_pattern(found)
                return pattern.shown if pattern.has_text else ""
        return ""

    def texts(self, value: Value | None, where: Where, line: int) -> Iterator[tuple[Pattern, int]]:
        """Every text in an expression with its line: of lists and tuples the items, of a dict the values."""
        for item, at in self.items(value, where, line):
            yield from ((pattern, at) for pattern in self.patterns(item, where))

    def items(self, value: Value | None, where: Where, line: int) -> Iterator[tuple[Value, int]]:
        """The items of a display with their lines, the values of a dict; anything else is one item."""
        if isinstance(value, Seq):
            for number, item in enumerate(value.items):
                yield from self.items(item, where, value.lines[number] if value.lines else line)
        elif isinstance(value, Map):
            for number, item in enumerate(value.values):
                yield from self.items(item, where, value.lines[number] if value.lines else line)
        elif isinstance(value, (Name, Attr)) and (named := self._display(value, where)) is not None:
            yield from ((item, line) for item, _ in self.items(named, where, line))
        elif value is not None:
            yield value, line

    def _display(self, value: Value, where: Where) -> Value | None:
        """The display that a local or module-level name was set to, when there is one only."""
        if not isinstance(value, Name):
            return None
        symbols = self.evaluator.program.symbols(self.path)
        for scope in dict.fromkeys((where.scope, 0)):
            found = symbols.assigns.get(scope, {}).get(value.id)
            if found:
                single = found[0].value if len(found) == 1 else None
                return single if isinstance(single, (Seq, Map)) else None
        return None

    def patterns(self, value: Value, where: Where) -> list[Pattern]:
        """Alternatives of an expression that are text."""
        return list(flat(self.evaluator.value(value, where)))[:MAX_ENTRIES]


def flat(values: Alternatives) -> Iterator[Pattern]:
    """Texts of alternatives, those in lists and dicts too."""
    for value in values:
        if isinstance(value, (Pattern, Sym)):
            yield as_pattern(value)
        elif isinstance(value, Known) and isinstance(value.value, (int, float)) and not isinstance(value.value, bool):
            yield Pattern((str(value.value),))
        elif isinstance(value, Many):
            yield from flat(value.items)
        elif isinstance(value, Table):
            yield from flat(tuple(v for _, v in value.entries))


def is_known(value: Abstract) -> bool:
    return not isinstance(value, Unknown)
