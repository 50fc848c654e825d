"""Dagster: assets with what they come from and where they are kept, ops in graphs and jobs, notebooks that are assets.

Source: https://docs.dagster.io (assets, multi-assets, graph-backed assets, ops, I/O managers, dagstermill), 0.13 to 1.x.
An asset is called `dagster:KEY` unless its I/O manager's place is known (analyzer.link.pipelines.dagster_storage).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from analyzer.link import paths
from analyzer.link.domain import FunctionRef, Hole, Many, Pattern, Result, as_pattern, concat, joined, literal
from analyzer.link.evaluate import Evaluator
from analyzer.link.pipelines.call_sites import Binding, CallSites
from analyzer.link.pipelines.called import CalledTasks
from analyzer.link.pipelines.dagster_storage import Storage
from analyzer.link.pipelines.module import PipelineModule
from analyzer.link.pipelines.task import Asked, Data, Task, own_name
from analyzer.link.where import Where
from analyzer.read.facts import Call
from analyzer.read.values import Attr, CallRef, Const, Map, Value

IMPORTS = frozenset({"dagster", "dagstermill"})
_ASSET = re.compile(r"^dagster\.(?:.*\.)?(?P<kind>asset|multi_asset|graph_asset|graph_multi_asset|asset_check|observable_source_asset)$")
_OP = re.compile(r"^dagster\.(?:.*\.)?(?:op|solid|lambda_solid)$")
_NOTEBOOK = re.compile(r"^dagstermill\.(?:.*\.)?define_dagstermill_(?:asset|op|solid)$")
_SPEC = re.compile(r"^dagster\.(?:.*\.)?(?:SourceAsset|AssetSpec)$")
_KEY = re.compile(r"^dagster\.(?:.*\.)?(?:AssetKey|AssetIn|AssetDep|AssetSpec|SourceAsset)$")


@dataclass(slots=True)
class _Output:
    key: Pattern
    line: int
    manager: str = "io_manager"


@dataclass(slots=True)
class _Asset:
    """A function or notebook that makes assets."""

    task: Task
    outputs: list[_Output]
    parameters: list[tuple[str, int]] = field(default_factory=list)
    """Names of parameters that may be assets, with their line."""
    inputs: list[tuple[Pattern, int]] = field(default_factory=list)
    is_partitioned: bool = False


class Dagster:
    def __init__(self, modules: Mapping[str, PipelineModule]) -> None:
        self.modules = modules
        self.sites = CallSites(next(iter(modules.values())).evaluator, modules) if modules else None
        self.storage = Storage(modules)
        self.assets: list[_Asset] = []
        self.known: dict[str, _Output] = {}
        self.partitioned: set[str] = set()

    def tasks(self) -> list[Task]:
        for module in self.modules.values():
            self._functions(module)
            self._notebooks(module)
            self._sources(module)
        for asset in self.assets:
            for output in asset.outputs:
                self.known.setdefault(output.key.shown, output)
                if asset.is_partitioned:
                    self.partitioned.add(output.key.shown)
        for asset in self.assets:
            asset.task.data.extend(self._data(asset))
        return [*(asset.task for asset in self.assets if asset.task.name), *self._ops()]

    # ---- definitions -----------------------------------------------------------------------------------------------

    def _functions(self, module: PipelineModule) -> None:
        for number, scope in enumerate(module.facts.scopes):
            if scope.kind != "function" or not scope.decorators:
                continue
            function = FunctionRef(module.path, number)
            found = next(((m["kind"], call) for name, call in module.decorators(function) if (m := _ASSET.match(name))), None)
            if found is not None and found[0] != "asset_check":
                self._asset(module, function, *found)

    def _asset(self, module: PipelineModule, function: FunctionRef, kind: str, decorator: Call | None) -> None:
        scope = module.scope_of(function)
        index = module.index_of(decorator) if decorator is not None else -1
        bindings = self.sites.bindings(module.path, index) if decorator is not None and self.sites is not None else [Binding()]
        for binding in bindings:
            outputs = self._outputs(module, scope.name, scope.line, kind, decorator, binding)
            name = scope.name if "multi" in kind or not outputs else outputs[0].key.shown
            path, line, end_line = module.path, scope.line, scope.end_line
            if binding.outer is not None:
                caller = self.modules[binding.outer[0]].facts.calls[binding.outer[1]]
                path, line, end_line = binding.outer[0], caller.line, caller.end_line
                outputs = [replace(output, line=line) for output in outputs]
            task = Task("dagster", path, name, line, end_line, runs=[(module.path, line)])
            asset = _Asset(task, outputs, is_partitioned=decorator is not None and module.argument(decorator, "partitions_def") is not None)
            asset.inputs.extend(self._inputs(module, decorator))
            taken = set(_keys(module.argument(decorator, "ins") if decorator is not None else None))
            asset.parameters.extend((param.name, line) for param in scope.params if param.name not in taken)
            self.assets.append(asset)

    def _outputs(self, module: PipelineModule, name: str, line: int, kind: str, decorator: Call | None, binding: Binding) -> list[_Output]:
        if decorator is None:
            return [_Output(literal(name), line)]
        where = module.where(decorator)
        if "multi" in kind:
            return list(self._many(module, decorator))
        manager = self._manager(module, decorator)
        given = module.argument(decorator, "key") or module.argument(decorator, "name")
        keys = [literal(name)]
        if given is not None and self.sites is not None:
            values = self.sites.filled(module.evaluator.value(given[0], where), binding)
            keys = [self._key(module, v) for v in values][:1] or keys
        prefix = module.argument(decorator, "key_prefix")
        parts = [p for p, _ in module.texts(prefix[0], where, line)] if prefix is not None else []
        key = keys[0]
        for part in reversed(parts):
            key = concat("concat", part, literal("/"), key)
        return [_Output(key, line, manager)]

    def _many(self, module: PipelineModule, decorator: Call) -> Iterator[_Output]:
        """`outs={name: AssetOut(…)}` and `specs=[AssetSpec(…)]`, each on its own line."""
        where = module.where(decorator)
        given = module.argument(decorator, "outs")
        if given is not None and isinstance(given[0], Map):
            outs = given[0]
            for number, (key, value) in enumerate(zip(outs.keys, outs.values, strict=True)):
                line = outs.lines[number] if outs.lines else given[1]
                call = module.facts.calls[value.index] if isinstance(value, CallRef) else None
                name = self._named(module, call) or module.text(key, where)
                if name:
                    yield _Output(literal(name), line, self._manager(module, call) if call is not None else "io_manager")
        given = module.argument(decorator, "specs")
        for item, line in module.items(given[0], where, given[1]) if given is not None else ():
            for pattern in self._names(module, item, where):
                yield _Output(pattern, line)

    def _named(self, module: PipelineModule, call: Call | None) -> str:
        """The key that an `AssetOut` gives itself."""
        given = module.argument(call, "key") if call is not None else None
        if given is None or call is None:
            return ""
        found = list(self._names(module, given[0], module.where(call)))
        return found[0].shown if found else ""

    @staticmethod
    def _manager(module: PipelineModule, call: Call) -> str:
        given = module.argument(call, "io_manager_key")
        return (module.text(given[0], module.where(call)) if given is not None else "") or "io_manager"

    def _inputs(self, module: PipelineModule, decorator: Call | None) -> Iterator[tuple[Pattern, int]]:
        """`ins={parameter: AssetIn(key)}`, `deps=[…]`, `non_argument_deps={…}`."""
        if decorator is None:
            return
        where = module.where(decorator)
        ins = module.argument(decorator, "ins")
        if ins is not None and isinstance(ins[0], Map):
            for number, (key, value) in enumerate(zip(ins[0].keys, ins[0].values, strict=True)):
                line = ins[0].lines[number] if ins[0].lines else ins[1]
                found = list(self._names(module, value, where)) or [literal(module.text(key, where))]
                yield from ((pattern, line) for pattern in found if pattern.has_text)
        for keyword in ("deps", "non_argument_deps"):
            given = module.argument(decorator, keyword)
            for item, line in module.items(given[0], where, given[1]) if given is not None else ():
                yield from ((pattern, line) for pattern in self._names(module, item, where))

    def _names(self, module: PipelineModule, value: Value, where: Where) -> Iterator[Pattern]:
        """The asset keys that an expression names: text, `AssetKey(…)`, `AssetIn(…)`, or the function of an asset."""
        for found in module.evaluator.value(value, where):
            if isinstance(found, FunctionRef):
                if any(_ASSET.match(name) for name, _ in module.decorators(found)):
                    yield literal(module.scope_of(found).name)
                continue
            key = self._key(module, found)
            if key.has_text:
                yield key

    def _key(self, module: PipelineModule, found: object) -> Pattern:
        if isinstance(found, Pattern):
            return found
        if isinstance(found, Many):
            return _path_key([p for p in found.items if isinstance(p, Pattern)])
        if isinstance(found, Result) and _KEY.match(found.name):
            call = module.evaluator.program.facts[found.path].calls[found.call]
            given = module.argument(call, "key", 0) or module.argument(call, "path", 0) or module.argument(call, "asset")
            owner = self.modules.get(found.path)
            if given is not None and owner is not None:
                parts = [p for p, _ in owner.texts(given[0], owner.where(call), 0)]
                if parts:
                    return _path_key(parts)
                return next(iter(self._names(owner, given[0], owner.where(call))), Pattern(()))
        return Pattern(())

    def _notebooks(self, module: PipelineModule) -> None:
        for _, call, _ in module.calls(lambda name: _NOTEBOOK.match(name) is not None):
            where = module.where(call)
            name = module.argument(call, "name", 0)
            text = module.text(name[0], where) if name is not None else ""
            if not text:
                continue
            task = Task("dagster", module.path, text, call.line, call.end_line)
            notebook = module.argument(call, "notebook_path", 1)
            task.runs.extend((path, notebook[1]) for path in self._files(module, notebook[0], where)) if notebook is not None else None
            asset = _Asset(task, [_Output(literal(text), call.line)])
            asset.inputs.extend(self._inputs(module, call))
            self.assets.append(asset)

    def _files(self, module: PipelineModule, value: Value, where: Where) -> Iterator[str]:
        """Files of the repository that an expression names; `file_relative_path(__file__, …)` starts from the file's folder."""
        program = module.evaluator.program
        for found in module.evaluator.value(value, where):
            pattern = as_pattern(found)
            if isinstance(found, Result) and found.name.endswith(".file_relative_path"):
                call = program.facts[found.path].calls[found.call]
                at = Where(found.path, call.scope, call.at, call.block)
                tails = [as_pattern(v) for a in call.args[1:2] for v in module.evaluator.value(a, at)]
                pattern = joined(paths.parent(literal(found.path)), tails[0]) if tails else pattern
            path = paths.normal(pattern.shown)
            if path in program.facts:
                yield path

    def _sources(self, module: PipelineModule) -> None:
        """Assets that are only named: other code makes them."""
        for _, call, _ in module.calls(lambda name: _SPEC.match(name) is not None):
            name = self._named(module, call) or module.text((module.argument(call, "key", 0) or (None, 0))[0], module.where(call))
            if name:
                self.known.setdefault(name, _Output(literal(name), call.line, self._manager(module, call)))

    # ---- data ------------------------------------------------------------------------------------------------------

    def _data(self, asset: _Asset) -> Iterator[Data]:
        for output in asset.outputs:
            yield self._one(output, "write", output.line)
        for name, line in asset.parameters:
            if name in self.known:
                yield self._one(self.known[name], "read", line)
        for pattern, line in asset.inputs:
            yield self._one(self.known.get(pattern.shown, _Output(pattern, line)), "read", line)

    def _one(self, output: _Output, op: str, line: int) -> Data:
        place = self.storage.place(output.manager, output.key, output.key.shown in self.partitioned)
        if place is not None:
            return Data(op, place[0], place[1], line)
        return Data(op, "dataset", own_name("dagster", output.key), line)

    def named(self, op: str, name: str, line: int) -> Data | None:
        """What code that asks for an asset by name reads; None when no such asset is known."""
        output = self.known.get(name)
        return self._one(output, op, line) if output is not None else None

    # ---- ops -------------------------------------------------------------------------------------------------------

    def _ops(self) -> list[Task]:
        called = CalledTasks("dagster", self.modules, lambda name: _OP.match(name) is not None)
        called.collect()
        called.order()
        for module in self.modules.values():
            for number, scope in enumerate(module.facts.scopes):
                decorator = called.decorator(module, FunctionRef(module.path, number)) if scope.decorators else None
                if decorator is not None and decorator[1] is not None:
                    data = list(self._op_outputs(module, scope.name, decorator[1]))
                    if data:
                        task = Task("dagster", module.path, scope.name, scope.line, scope.end_line, data, runs=[(module.path, scope.line)])
                        called.found.setdefault(task.id, task).absorb(task)
        return list(called.found.values())

    def _op_outputs(self, module: PipelineModule, name: str, decorator: Call) -> Iterator[Data]:
        """Outputs of an op whose I/O manager keeps them in a known place, under the run and the op."""
        given = module.argument(decorator, "out")
        if given is None:
            return
        outs = [("result", given[0], given[1])]
        if isinstance(given[0], Map):
            lines = given[0].lines or (given[1],) * len(given[0].keys)
            pairs = zip(given[0].keys, given[0].values, lines, strict=True)
            outs = [(str(key.value), value, line) for key, value, line in pairs if isinstance(key, Const)]
        for output, value, line in outs:
            call = module.facts.calls[value.index] if isinstance(value, CallRef) else None
            manager = self._manager(module, call) if call is not None else ""
            key = concat("concat", *_run_key(name, output))
            place = self.storage.place(manager, key, False) if manager and manager != "io_manager" else None
            if place is not None:
                yield Data("write", place[0], place[1], line)


def tasks(modules: Mapping[str, PipelineModule]) -> tuple[list[Task], Dagster]:
    """The tasks of all Dagster modules, and whom to ask for an asset by name."""
    found = Dagster(modules)
    return found.tasks() if modules else [], found


def asked(evaluator: Evaluator, among: Iterable[str], dagster: Dagster) -> Iterator[Asked]:
    """`defs.load_asset_value("x")` of assets that the program defines."""
    if not dagster.known:
        return
    for path in among:
        for call in evaluator.program.facts[path].calls:
            if not (isinstance(call.func, Attr) and call.func.name == "load_asset_value" and call.args):
                continue
            where = Where(path, call.scope, call.at, call.block)
            for value in evaluator.value(call.args[0], where):
                text = dagster.modules[path].text(call.args[0], where) if path in dagster.modules else as_pattern(value).shown
                data = dagster.named("read", text, call.line)
                if data is not None:
                    yield Asked(path, call.line, call.end_line, "dagster.load_asset_value", data)


def _path_key(parts: list[Pattern]) -> Pattern:
    return concat("concat", *[piece for part in parts for piece in (literal("/"), part)][1:]) if parts else Pattern(())


def _keys(given: tuple[Value, int] | None) -> Iterator[str]:
    if given is not None and isinstance(given[0], Map):
        yield from (str(key.value) for key in given[0].keys if isinstance(key, Const))


def _run_key(op: str, output: str) -> list[Pattern]:
    return [Pattern((Hole("run_id"),)), literal(f"/{op}/{output}")]
