"""Which tasks an expression stands for: calls that make tasks, followed through names, containers, project functions and other calls."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from analyzer.link.domain import FunctionRef
from analyzer.link.evaluate import Evaluator
from analyzer.link.where import Where
from analyzer.read.facts import Assign, Context
from analyzer.read.values import Attr, BinOp, CallRef, Const, Either, Element, Fmt, Item, Map, Name, Seq, Value

MAX_DEPTH = 24
MAX_TASKS = 400
MAX_LOOKS = 4_000
"""Expressions looked at for one question."""


class Flow:
    """`tasks` maps (path, call index) to the ids of the tasks that the call makes or starts."""

    def __init__(self, evaluator: Evaluator, tasks: Mapping[tuple[str, int], list[str]]) -> None:
        self.evaluator = evaluator
        self.program = evaluator.program
        self.known = tasks
        self._appended: dict[tuple[str, int, str], list[tuple[Value, Where]]] | None = None
        self._looks = 0

    def of(self, value: Value, where: Where) -> list[str]:
        """Ids of the tasks whose result or handle an expression is made of; empty when it has nothing to do with tasks."""
        self._looks = 0
        found: dict[str, None] = {}
        for task in self._of(value, where, 0, frozenset()):
            found[task] = None
            if len(found) >= MAX_TASKS:
                break
        return list(found)

    def before_call(self, path: str, index: int) -> list[str]:
        """Ids of the tasks whose results the arguments of a call hold."""
        call = self.program.facts[path].calls[index]
        where = Where(path, call.scope, call.at, call.block)
        found: list[str] = []
        for value in (*call.args, *(value for _, value in call.keywords)):
            found.extend(self.of(value, where))
        if isinstance(call.func, (Attr, CallRef)):
            inner = call.func.value if isinstance(call.func, Attr) else call.func
            found.extend(self._chained(inner, where))
        mine = self.known.get((path, index), ())
        return [task for task in dict.fromkeys(found) if task not in mine]

    def _chained(self, value: Value, where: Where) -> list[str]:
        """Arguments of earlier calls of one chain: `task.partial(x=a()).expand(y=b())`."""
        found: list[str] = []
        for _ in range(8):
            if isinstance(value, Attr):
                value = value.value
            elif isinstance(value, CallRef) and (where.path, value.index) not in self.known:
                call = self.program.facts[where.path].calls[value.index]
                for argument in (*call.args, *(v for _, v in call.keywords)):
                    found.extend(self.of(argument, where))
                value = call.func
            else:
                break
        return found

    # ---- expressions -----------------------------------------------------------------------------------------------

    def _of(self, value: Value, where: Where, depth: int, busy: frozenset[tuple[str, int, str]]) -> Iterator[str]:
        self._looks += 1
        if depth > MAX_DEPTH or self._looks > MAX_LOOKS:
            return
        if isinstance(value, CallRef):
            yield from self._of_call(value.index, where, depth, busy)
        elif isinstance(value, Name):
            yield from self._of_name(value.id, where, depth, busy)
        elif isinstance(value, Item) and isinstance(value.value, Seq) and isinstance(value.key, Const) and isinstance(value.key.value, int):
            if -len(value.value.items) <= value.key.value < len(value.value.items):
                yield from self._of(value.value.items[value.key.value], where, depth + 1, busy)
        elif isinstance(value, Item) and isinstance(value.value, Name) and isinstance(value.key, Const):
            # `tasks["load"]`: what was set under that key, else anything in it
            keyed = f"{value.value.id}[{value.key.value}]"
            found = list(self._of_name(keyed, where, depth + 1, busy))
            entry = self._entry(value.value.id, value.key, where)
            yield from found or self._of(entry or value.value, where, depth + 1, busy)
        else:
            for part in _parts(value):
                yield from self._of(part, where, depth + 1, busy)

    def _of_call(self, index: int, where: Where, depth: int, busy: frozenset[tuple[str, int, str]]) -> Iterator[str]:
        key = (where.path, index)
        known = self.known.get(key)
        if known is not None:
            yield from known
            return
        mark = (*key, "()")
        if mark in busy:
            return
        call = self.program.facts[where.path].calls[index]
        at = Where(where.path, call.scope, call.at, call.block)
        for callee in self.evaluator.callee(where.path, index):
            if isinstance(callee, FunctionRef):
                yield from self._returned(callee, depth, busy | {mark})
                break
        else:
            inner = call.func.value if isinstance(call.func, Attr) else call.func if isinstance(call.func, CallRef) else None
            if inner is not None:
                yield from self._of(inner, at, depth + 1, busy | {mark})
        for argument in (*call.args, *(v for _, v in call.keywords)):
            yield from self._of(argument, at, depth + 1, busy | {mark})

    def _returned(self, function: FunctionRef, depth: int, busy: frozenset[tuple[str, int, str]]) -> Iterator[str]:
        facts = self.program.facts[function.path]
        scope = facts.scopes[function.scope]
        for value in scope.returns:
            yield from self._of(value, Where(function.path, function.scope, 1 << 30, scope.block), depth + 1, busy)

    def _of_name(self, name: str, where: Where, depth: int, busy: frozenset[tuple[str, int, str]]) -> Iterator[str]:
        symbols = self.program.symbols(where.path)
        scopes = symbols.facts.scopes
        index = where.scope
        while index >= 0:
            mark = (where.path, index, name)
            group = symbols.assigns.get(index, {}).get(name)
            appended = self._added(where.path, index, name)
            if (group or appended) and mark not in busy:
                reaching: Iterable[Assign] = (
                    symbols.reaching(index, name, where.at, where.block) if index == where.scope else (group or [])[-4:]
                )
                for assign in reaching:
                    at = Where(where.path, assign.scope, assign.at, assign.block)
                    yield from self._of(assign.value, at, depth + 1, busy | {mark})
                for value, at in appended:
                    yield from self._of(value, at, depth + 1, busy | {mark})
                return
            if any(p.name == name for p in scopes[index].params):
                return
            index = scopes[index].parent

    def _entry(self, name: str, key: Const, where: Where) -> Value | None:
        """What a dict display that `name` was set to holds under `key`."""
        symbols = self.program.symbols(where.path)
        for scope in dict.fromkeys((where.scope, 0)):
            for assign in symbols.assigns.get(scope, {}).get(name, ())[-1:]:
                if isinstance(assign.value, Map) and key in assign.value.keys:
                    return assign.value.values[assign.value.keys.index(key)]
        return None

    def _added(self, path: str, scope: int, name: str) -> list[tuple[Value, Where]]:
        """What `name.append(x)`, `name.extend(x)` and the like put into a list."""
        if self._appended is None:
            self._appended = {}
            for task_path in {key[0] for key in self.known}:
                for call in self.program.facts[task_path].calls:
                    if isinstance(call.func, Attr) and call.func.name in ("append", "extend", "add") and isinstance(call.func.value, Name):
                        at = Where(task_path, call.scope, call.at, call.block)
                        entries = self._appended.setdefault((task_path, call.scope, call.func.value.id), [])
                        entries.extend((value, at) for value in call.args[:1] if len(entries) < MAX_TASKS)
        return self._appended.get((path, scope, name), [])


def _parts(value: Value) -> tuple[Value, ...]:
    if isinstance(value, Seq):
        return value.items
    if isinstance(value, Map):
        return value.values
    if isinstance(value, Either):
        return value.options
    if isinstance(value, Fmt):
        return value.parts
    if isinstance(value, BinOp):
        return (value.left, value.right)
    if isinstance(value, (Attr, Item, Element)):
        return (value.value,)
    return ()


def inside(context: Context, scope: int, line: int) -> bool:
    """Does a call at `line` of `scope` stand in a `with` block?"""
    return context.scope == scope and context.line <= line <= context.end_line
