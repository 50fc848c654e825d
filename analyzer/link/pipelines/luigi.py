"""Luigi: task classes, what they require and where they put their output.

Source: https://luigi.readthedocs.io (Task, Target, parameters, `luigi.contrib` targets, `luigi.util.requires`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from analyzer.link.domain import Alternatives, ClassRef, FunctionRef, Instance, Many, Sym, Table, Unknown
from analyzer.link.luigi_targets import PATH_TARGETS
from analyzer.link.pipelines.call_sites import syms
from analyzer.link.pipelines.module import PipelineModule, flat
from analyzer.link.pipelines.task import Data, Task
from analyzer.link.where import Where

IMPORTS = frozenset({"luigi"})
_TASK = re.compile(r"^luigi\.(?:\w+\.)*\w*Task$")
_TABLES = {
    "RedshiftTarget": ("table", 4),
    "PostgresTarget": ("table", 4),
    "MySqlTarget": ("table", 4),
    "SQLAlchemyTarget": ("target_table", 1),
}
_DECORATORS = re.compile(r"^luigi\.util\.(?:requires|inherits)$")
MAX_CLASSES = 5_000


class Luigi:
    def __init__(self, modules: Mapping[str, PipelineModule]) -> None:
        self.modules = modules
        self.found: dict[ClassRef, Task] = {}
        self.own: dict[ClassRef, list[Data]] = {}
        """What a task writes when nobody gives it parameters."""
        self.made: dict[ClassRef, list[Data]] = {}
        """What it writes for those who require it with parameters."""

    def tasks(self) -> list[Task]:
        for module in self.modules.values():
            for number, scope in enumerate(module.facts.scopes):
                cls = ClassRef(module.path, number)
                if scope.kind == "class" and len(self.found) < MAX_CLASSES and any(_TASK.match(name) for name in module.bases(cls)):
                    runs = [(module.path, scope.line)] if self._method(cls, "run") is not None else []
                    self.found[cls] = Task("luigi", module.path, scope.name, scope.line, scope.end_line, runs=runs)
        for cls, task in self.found.items():
            self._requirements(cls, task)
        for cls, task in self.found.items():
            task.data.extend(dict.fromkeys(self.made.get(cls) or self._outputs(Instance(cls), "write", 0)))
        return list(self.found.values())

    def _method(self, cls: ClassRef, name: str) -> FunctionRef | None:
        """A method of the class itself or of a project class that it extends."""
        module = self.modules.get(cls.path)
        if module is None:
            return None
        for value in module.evaluator.attribute(Instance(cls), name, Where(cls.path, cls.scope, 1 << 30, 0)):
            if isinstance(value, FunctionRef):
                return value
        return None

    # ---- outputs ---------------------------------------------------------------------------------------------------

    def _outputs(self, task: Instance, op: str, line: int) -> Iterator[Data]:
        """The targets of a task's `output`; on `line` when another task asks for them."""
        output = self._method(task.cls, "output")
        module = self.modules.get(output.path) if output is not None else None
        if output is None or module is None:
            return
        found = list(self._targets(module, output, op))
        if not found:
            scope = module.scope_of(output)
            found = [(Data(op, "file", pattern, scope.line), (pattern,)) for pattern in flat(module.evaluator.returned(output))]
        for data, values in found:
            for pattern in flat(self._filled(module, values, task)):
                if pattern.has_text:
                    yield Data(op, data.kind, pattern, line or data.line)

    def _targets(self, module: PipelineModule, output: FunctionRef, op: str) -> Iterator[tuple[Data, Alternatives]]:
        """(kind and line, what the path or the table can be) of every target that the body of `output` makes."""
        for index in module.evaluator.program.symbols(output.path).calls_by_scope.get(output.scope, ()):
            call = module.facts.calls[index]
            for name in module.names(index):
                keyword, position = _TABLES.get(name.rpartition(".")[2], ("", 0))
                kind = "table" if keyword else "file"
                given = module.argument(call, keyword or "path", position) if keyword or name in PATH_TARGETS else None
                if given is not None:
                    values = module.evaluator.value(given[0], module.where(call))
                    for pattern in list(flat(values))[:1]:
                        yield Data(op, kind, pattern, given[1]), values
                    break

    @staticmethod
    def _filled(module: PipelineModule, values: Alternatives, task: Instance) -> Alternatives:
        """`values` with the task's parameters as they were given, else their defaults; one without either stays open under its name."""

        def bind(sym: Sym) -> Alternatives:
            found = module.evaluator.field_value(task, sym.param) if task.call[1] >= 0 else _default(module, task, sym.param)
            known = tuple(value for value in found if not isinstance(value, Unknown))
            return known or (sym,)

        return module.evaluator.replace(values, (task.cls.path, task.cls.scope), bind, Where(task.cls.path, 0, 1 << 30, 0))

    # ---- requirements ----------------------------------------------------------------------------------------------

    def _requirements(self, cls: ClassRef, task: Task) -> None:
        for required, line in self._required(cls):
            other = self.found.get(required.cls)
            if other is not None and other is not task:
                if other.id not in task.after:
                    task.after.append(other.id)
                task.data.extend(data for data in self._outputs(required, "read", line) if data not in task.data)
                self.made.setdefault(required.cls, []).extend(self._outputs(required, "write", 0))

    def _required(self, cls: ClassRef) -> Iterator[tuple[Instance, int]]:
        """(task, line) of what the body of `requires` makes, and of what `@requires(T)` says."""
        requires = self._method(cls, "requires")
        module = self.modules.get(requires.path) if requires is not None else None
        if requires is not None and module is not None:
            for index in module.evaluator.program.symbols(requires.path).calls_by_scope.get(requires.scope, ()):
                for callee in module.evaluator.callee(requires.path, index):
                    if isinstance(callee, ClassRef):
                        yield Instance(callee, (requires.path, index)), module.facts.calls[index].line
        own = self.modules[cls.path]
        for name, call in own.decorators(FunctionRef(cls.path, cls.scope)):
            if call is not None and _DECORATORS.match(name):
                for argument in call.args:
                    yield from ((Instance(v), call.line) for v in own.evaluator.value(argument, own.where(call)) if isinstance(v, ClassRef))


def _default(module: PipelineModule, task: Instance, name: str) -> Alternatives:
    values = module.evaluator.class_attribute(task.cls, name, Where(task.cls.path, 0, 1 << 30, 0), 0)
    return tuple(value for value in values if not isinstance(value, (Many, Table)) and not syms(value))


def tasks(modules: Mapping[str, PipelineModule]) -> list[Task]:
    return Luigi(modules).tasks()
