"""Kedro: nodes of pipelines with the datasets that they take and give, and code that asks the catalog by name.

Sources: https://docs.kedro.org, "Nodes", "Pipelines", "Namespaces", "Data Catalog" (0.15 to 1.0). What a dataset's name is stored as, the
catalog files say (analyzer.link.catalogs); a name that they do not know is kept in memory and called `kedro:NAME`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from analyzer.link.catalogs import Catalogs
from analyzer.link.domain import Pattern, literal
from analyzer.link.evaluate import Evaluator
from analyzer.link.pipelines.flow import Flow
from analyzer.link.pipelines.module import PipelineModule
from analyzer.link.pipelines.task import Asked, Data, Task, own_name
from analyzer.link.where import Where
from analyzer.read.facts import Call
from analyzer.read.values import Attr, Const, Item, Map, Name, Value, last_name

IMPORTS = frozenset({"kedro"})
_NODE = re.compile(r"^kedro\.pipeline(?:\.\w+)*\.(?:node|Node)$")
_PIPELINE = re.compile(r"^kedro\.(?:pipeline|modular_pipeline)(?:\.\w+)*\.(?:pipeline|Pipeline)$")
_METHODS = {"load": "read", "save": "write"}
MAX_NAMESPACES = 40


@dataclass(frozen=True, slots=True)
class _Setting:
    """How a pipeline renames the datasets of the nodes it takes."""

    namespace: str = ""
    renamed: tuple[tuple[str, str], ...] = ()
    """(inner name, outer name) of the datasets that keep a name of their own."""

    def name(self, dataset: str) -> str:
        plain, at, transcoding = dataset.partition("@")
        outer = dict(self.renamed).get(plain)
        if outer is None:
            outer = f"{self.namespace}.{plain}" if self.namespace else plain
        return f"{outer}{at}{transcoding}"


def tasks(modules: Mapping[str, PipelineModule], catalogs: Catalogs) -> list[Task]:
    """One task a node, for every namespace that it is used in."""
    nodes = {
        (path, index): [f"{path}#{index}"]
        for path, module in modules.items()
        for index, _, _ in module.calls(lambda name: _NODE.match(name) is not None)
    }
    if not nodes:
        return []
    settings = _settings(modules, nodes)
    found: dict[str, Task] = {}
    for (path, index), (key,) in nodes.items():
        for setting in settings.get(key, [_Setting()]):
            task = _task(modules[path], modules[path].facts.calls[index], setting, catalogs)
            known = found.setdefault(task.id, task)
            if known is not task:
                known.absorb(task)
    return list(found.values())


def _settings(modules: Mapping[str, PipelineModule], nodes: Mapping[tuple[str, int], list[str]]) -> dict[str, list[_Setting]]:
    """node → the namespaces and renamings that pipelines put it in."""
    found: dict[str, list[_Setting]] = {}
    flow = Flow(next(iter(modules.values())).evaluator, nodes)
    for module in modules.values():
        for _, call, _ in module.calls(lambda name: _PIPELINE.match(name) is not None):
            names = {name for name, _ in call.keywords}
            pipe = module.argument(call, "pipe", 0) or module.argument(call, "nodes", 0)
            if pipe is None or not names & {"namespace", "inputs", "outputs"}:
                continue
            setting = _setting(module, call)
            for key in flow.of(pipe[0], module.where(call)):
                group = found.setdefault(key, [])
                if setting not in group and len(group) < MAX_NAMESPACES:
                    group.append(setting)
    return found


def _setting(module: PipelineModule, call: Call) -> _Setting:
    where = module.where(call)
    given = module.argument(call, "namespace")
    renamed: list[tuple[str, str]] = []
    for keyword in ("inputs", "outputs"):
        names = module.argument(call, keyword)
        if names is None:
            continue
        value = names[0]
        if isinstance(value, Map):
            pairs = zip(value.keys, value.values, strict=True)
            renamed.extend((module.text(key, where), module.text(item, where)) for key, item in pairs)
        else:
            renamed.extend((pattern.shown, pattern.shown) for pattern, _ in module.texts(value, where, 0))
    return _Setting(module.text(given[0], where) if given else "", tuple(pair for pair in renamed if all(pair)))


def _task(module: PipelineModule, call: Call, setting: _Setting, catalogs: Catalogs) -> Task:
    where = module.where(call)
    function = module.function((module.argument(call, "func", 0) or (None, 0))[0], where)
    given = module.argument(call, "name", 3)
    name = module.text(given[0], where) if given else ""
    if not name:
        name = module.scope_of(function).name if function is not None else f"node at line {call.line}"
    task = Task("kedro", module.path, f"{setting.namespace}.{name}" if setting.namespace else name, call.line, call.end_line)
    if function is not None:
        task.runs.append((function.path, call.line))
    for keyword, position, op in (("inputs", 1, "read"), ("outputs", 2, "write")):
        names = module.argument(call, keyword, position)
        if names is not None:
            for pattern, line in module.texts(names[0], where, names[1]):
                task.data.extend(_data(module.path, setting, pattern, line, op, catalogs))
    return task


def _data(path: str, setting: _Setting, pattern: Pattern, line: int, op: str, catalogs: Catalogs) -> Iterator[Data]:
    if not pattern.has_text or pattern.shown.startswith("params:") or pattern.shown == "parameters":
        return
    name = setting.name(pattern.shown)
    dataset = catalogs.dataset(path, name) if pattern.text is not None else None
    if dataset is not None and dataset.artifact:
        yield Data(op, dataset.kind, Pattern((dataset.artifact,), "config", anchored=True), line)
    else:
        yield Data(op, "dataset", own_name("kedro", literal(name.partition("@")[0])), line)


# ---- code that asks the catalog --------------------------------------------------------------------------------------------


def asked(evaluator: Evaluator, paths: Iterable[str], catalogs: Catalogs) -> Iterator[Asked]:
    """`catalog.load("x")`, `catalog.save("x", …)` and `catalog["x"].load()` of datasets that a catalog file knows."""
    if not catalogs:
        return
    for path in paths:
        for call in evaluator.program.facts[path].calls:
            if not (isinstance(call.func, Attr) and call.func.name in _METHODS):
                continue
            name = _asked_for(call, call.func.value)
            if name is None:
                continue
            where = Where(path, call.scope, call.at, call.block)
            for value in evaluator.value(name, where):
                dataset = catalogs.dataset(path, value.text) if isinstance(value, Pattern) and value.text else None
                if dataset is not None and dataset.artifact:
                    artifact = Pattern((dataset.artifact,), "config", anchored=True)
                    data = Data(_METHODS[call.func.name], dataset.kind, artifact, call.line)
                    yield Asked(path, call.line, call.end_line, f"catalog.{call.func.name}", data)


def _asked_for(call: Call, receiver: Value) -> Value | None:
    """The name that a call asks a catalog for, None when it asks no catalog."""
    if _is_catalog(receiver):
        return call.args[0] if call.args else dict(call.keywords).get("name")
    if isinstance(receiver, Item) and _is_catalog(receiver.value) and isinstance(receiver.key, (Const, Name)):
        return receiver.key
    return None


def _is_catalog(value: Value) -> bool:
    name = last_name(value)
    return name in ("catalog", "_catalog", "data_catalog")
