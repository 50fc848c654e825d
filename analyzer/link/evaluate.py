"""Evaluation on demand: what an expression of the scanned code can be, without running it.

Flow-sensitive inside a scope (the assignments that may reach a use), symbolic in parameters (`Sym`), so that a function is evaluated once
and filled in at each call site. Every answer is a bounded set of alternatives; what is not known is `Unknown` with its cause.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import product

from analyzer.link import commandline, formatting, hierarchy, records, text_methods, type_hints
from analyzer.link.arithmetic import arithmetic, repeated
from analyzer.link.commandline import CommandLines
from analyzer.link.configuration import calls, environment, hydra, mappings
from analyzer.link.configuration.trees import Configurations
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
    capped,
    concat,
    ending_with,
    joined,
    literal,
)
from analyzer.link.fill import Filling
from analyzer.link.io_table import IoTable
from analyzer.link.library_objects import LibraryObjects
from analyzer.link.program import Program
from analyzer.link.where import Where
from analyzer.link.wording import hint_of, named, percent, through_name
from analyzer.read.configuration_facts import ConfigFacts
from analyzer.read.facts import LOCAL_KINDS, Assign, Call, Scope
from analyzer.read.handed_calls import MAPPING, STAR_MAPPING
from analyzer.read.values import (
    Attr,
    BinOp,
    CallRef,
    Const,
    Either,
    Element,
    Fmt,
    Function,
    Item,
    Map,
    Name,
    Opaque,
    Seq,
    Star,
    Value,
    Within,
)

MAX_DEPTH = 40
MAX_GROWTH = 24
_BUSY: Alternatives = (Unknown("…", "recursive definition"),)


class Evaluator(Filling):
    """Answers `value(expression, where)`; everything is memoised per definition and per call."""

    def __init__(self, program: Program, configs: Mapping[str, ConfigFacts] | None = None, table: IoTable | None = None) -> None:
        self.program = program
        self.configs = dict(configs or {})
        self.configurations = Configurations(self.configs)
        self.environment = {}
        self.ready_made = {}
        self.settings_classes = {}
        self.objects = LibraryObjects(self, table) if table is not None else None
        self.command_lines = CommandLines(program, {})
        self.callers: dict[tuple[str, int], list[tuple[str, int]]] = {}
        self._assigned: dict[int, Alternatives] = {}
        self._called: dict[tuple[str, int], Alternatives] = {}
        self._callees: dict[tuple[str, int], Alternatives] = {}
        self._returned: dict[tuple[str, int], Alternatives] = {}
        self._named: dict[tuple[str, str], Alternatives] = {}
        self._depth = 0
        self._passing = set()
        self._evaluate: dict[type, Callable[..., Alternatives]] = {
            Const: self._const,
            Name: self._name,
            Attr: self._attr,
            CallRef: self._call,
            BinOp: self._binary,
            Fmt: self._format,
            Item: self._item,
            Element: self._element,
            Seq: self._seq,
            Map: self._map,
            Either: self._either,
            Function: self._function,
            Within: self._within,
            Opaque: self._opaque,
            Star: self._opaque,
        }

    def value(self, value: Value, where: Where) -> Alternatives:
        evaluate = self._evaluate.get(type(value))
        if evaluate is None:
            return (Unknown(),)
        if self._depth > MAX_DEPTH:
            return (Unknown("…", "too deep"),)
        self._depth += 1
        try:
            return evaluate(value, where)
        finally:
            self._depth -= 1

    # ---- simple expressions ----------------------------------------------------------------------------------------

    def _const(self, value: Const, _where: Where) -> Alternatives:
        return (literal(value.value),) if isinstance(value.value, str) else (Known(value.value),)

    def _opaque(self, value: Opaque, _where: Where) -> Alternatives:
        return (Unknown(value.hint),)

    def _within(self, value: Within, where: Where) -> Alternatives:
        return self.value(value.value, where._replace(block=value.block))

    def _function(self, value: Function, where: Where) -> Alternatives:
        return (FunctionRef(where.path, value.scope),)

    def _attr(self, value: Attr, where: Where) -> Alternatives:
        found: list[Abstract] = []
        for base in self.value(value.value, where):
            found.extend(self.attribute(base, value.name, where))
        return capped(found)

    def _either(self, value: Either, where: Where) -> Alternatives:
        found = [a for option in value.options for a in self.value(option, where)]
        telling = [a for a in found if not (isinstance(a, Known) and not a.value) and not (isinstance(a, Pattern) and not a.parts)]
        # what is written out comes before what callers may pass: later steps keep the first few alternatives
        return capped(sorted(telling or found, key=lambda a: isinstance(a, (Sym, Unknown))))

    def _seq(self, value: Seq, where: Where) -> Alternatives:
        """A sequence of each item's alternatives side by side: every one stands in its place, not every combination is made."""
        if len(value.items) == 1 and isinstance(value.items[0], Within):
            return (Many(self.value(value.items[0], where), ordered=False),)  # a comprehension: all of them, in an order not followed
        groups = [self.value(item, where) or (Unknown(),) for item in value.items if not isinstance(item, Star)]
        starred = [self.value(item.value, where) for item in value.items if isinstance(item, Star)]
        if starred:
            items = [v for group in groups for v in group] + [e for group in starred for v in group for e in self.elements(v, "")]
            return (Many(tuple(dict.fromkeys(items))[:MAX_GROWTH], ordered=False),)
        rows = max((len(group) for group in groups), default=1)
        return capped([Many(tuple(group[min(row, len(group) - 1)] for group in groups)) for row in range(rows)])

    def _map(self, value: Map, where: Where) -> Alternatives:
        entries: list[tuple[str, Abstract]] = []
        rest: list[Abstract] = []
        for key, item in zip(value.keys, value.values, strict=True):
            values = self.value(item, where)
            if isinstance(key, Opaque) and key.hint == "**":
                spread = mappings.entries(self, values)
                entries = [*(entry for entry in entries if entry[0] not in dict(spread)), *spread]
                rest.extend(() if spread else values)
                continue
            keys = self.value(key, where)
            text = keys[0].text if len(keys) == 1 and isinstance(keys[0], Pattern) else None
            if text is not None:
                entries.extend((text, v) for v in values)
            else:
                rest.extend(values)
        return (Table(tuple(entries), capped(rest)),)

    def _binary(self, value: BinOp, where: Where) -> Alternatives:
        lefts, rights = self.value(value.left, where), self.value(value.right, where)
        found: list[Abstract] = []
        for left, right in product(lefts[:4], rights[:4]):
            made = ending_with(left, right) if value.op == "endswith" else self._operate(value.op, left, right)
            if made is not None:
                found.append(made)
        return capped(found) or (Unknown(hint_of(value.left), "dead branch"),)

    def _operate(self, op: str, left: Abstract, right: Abstract) -> Abstract:
        if op == "format":
            return formatting.shown(left, as_pattern(right).shown, "") if isinstance(left, (Known, Sym)) else Unknown()
        if isinstance(left, Known) and isinstance(right, Known):
            return arithmetic(op, left, right)
        if op == "*":
            return repeated(left, right)
        textual = isinstance(left, Pattern) or isinstance(right, Pattern)
        if isinstance(left, Many) and isinstance(right, Many) and op == "+":
            return Many((*left.items, *right.items), left.ordered and right.ordered)
        if not textual and not (op == "/" and isinstance(left, (Sym, External))):
            return Unknown("value")
        if op == "+":
            return concat("concat", as_pattern(left), as_pattern(right))
        if op == "/":
            return joined(as_pattern(left), as_pattern(right))
        if op == "%" and isinstance(left, Pattern):
            arguments = right.items if isinstance(right, Many) else (right,)
            return percent(left, arguments, right if isinstance(right, Table) else None)
        return Unknown("value")

    def _format(self, value: Fmt, where: Where) -> Alternatives:
        groups = [self.value(part, where)[:3] or (Unknown(),) for part in value.parts]
        names = [hint_of(part) for part in value.parts]
        found: list[Abstract] = []
        for combination in list(product(*groups))[:8]:
            pieces = [named(as_pattern(a), n) for a, n in zip(combination, names, strict=True)]
            found.append(concat("fstring" if len(pieces) > 1 else "literal", *pieces))
        return capped(found)

    def _item(self, value: Item, where: Where) -> Alternatives:
        if isinstance(value.key, Opaque) and ":" in value.key.hint:
            return tuple(part for base in self.value(value.value, where) for part in self._sliced(base, value, value.key.hint, where))
        keys = self.value(value.key, where)
        found: list[Abstract] = []
        for base in self.value(value.value, where):
            for key in keys[:3]:
                found.extend(self.item(base, key, where))
        return capped(found)

    def _sliced(self, base: Abstract, value: Item, bounds: str, where: Where) -> Alternatives:
        """A part of a sequence may hold each of its items, a part of a known text is known."""
        if isinstance(base, Many) or (isinstance(base, Table) and base.is_list):
            return (Many(base.items if isinstance(base, Many) else base.listed, ordered=False),)
        words = commandline.item_of(self, base, Unknown(bounds), where) if isinstance(base, (External, Result)) else None
        if words is not None or isinstance(base, Result):
            return words or (base,)
        text = text_methods.sliced(base, bounds)
        if text is not None:
            return text
        return (Unknown(hint_of(value.value), "subscript"),)

    def _element(self, value: Element, where: Where) -> Alternatives:
        found: list[Abstract] = []
        hint = hint_of(value.value)
        for base in self.value(value.value, where):
            found.extend(self.elements(base, hint))
        return capped(found)

    # ---- names -----------------------------------------------------------------------------------------------------

    def _name(self, value: Name, where: Where) -> Alternatives:
        return self.lookup(value.id, where)

    def lookup(self, name: str, where: Where) -> Alternatives:
        """What a name holds at a point: local assignments that reach it, parameters, enclosing scopes, module, builtins."""
        symbols = self.program.symbols(where.path)
        scopes = symbols.facts.scopes
        index = where.scope
        while index > 0:
            scope = scopes[index]
            if scope.kind == "class" and index != where.scope:
                index = scope.parent
                continue
            found = self._local(name, where, index)
            if found is not None:
                return found
            index = scope.parent
        if where.scope == 0 and name not in self.ready_made.get(where.path, ()):
            assigns = symbols.reaching(0, name, where.at, where.block)
            if assigns:
                return self._union(where.path, assigns)
        return self.global_name(where.path, name)

    def _local(self, name: str, where: Where, index: int) -> Alternatives | None:
        symbols = self.program.symbols(where.path)
        scope = symbols.facts.scopes[index]
        group = symbols.assigns[index].get(name) if index in symbols.assigns else None
        is_param = any(param.name == name for param in scope.params)
        if group and any(a.kind == "global" for a in group):
            return self.global_name(where.path, name)
        if group:
            assigns = (
                symbols.reaching(index, name, where.at, where.block)
                if index == where.scope
                else [a for a in group if a.kind != "declared" and a.kind not in LOCAL_KINDS][-4:]
            )
            if assigns:
                found = self._union(where.path, assigns)
                dominated = not is_param or self._dominates(symbols.facts.blocks, assigns[-1], where, index)
                return found if dominated else capped([*found, *self._parameter(where.path, index, name)])
        if is_param:
            return self._parameter(where.path, index, name)
        child = symbols.children.get(index, {}).get(name)
        if child is not None:
            return (self._defined(where.path, child),)
        imports = symbols.imports.get(index, {}).get(name)
        if imports:
            return self.imported(where.path, name, imports[-1])
        return None

    @staticmethod
    def _dominates(blocks: tuple[object, ...], assign: Assign, where: Where, index: int) -> bool:
        if index != where.scope:
            return False
        block = where.block
        while block >= 0:
            if block == assign.block:
                return True
            block = blocks[block].parent  # type: ignore[attr-defined]
        return False

    def _union(self, path: str, assigns: list[Assign]) -> Alternatives:
        found: list[Abstract] = []
        for assign in reversed(assigns):
            found.extend(self.assigned(path, assign))
        telling = [a for a in found if not (isinstance(a, Known) and a.value is None)]
        if len(assigns) > 1 or self._counts(path, assigns[0]):
            # a number that is set more than once is a counter, not a constant
            telling = [Unknown(assigns[0].target, "loop variable") if isinstance(a, Known) else a for a in telling]
        return capped(telling or found)

    def _counts(self, path: str, assign: Assign) -> bool:
        group = self.program.symbols(path).assigns.get(assign.scope, {}).get(assign.target, ())
        return len(group) > 1 and any(a.kind == "aug" for a in group)

    def assigned(self, path: str, assign: Assign) -> Alternatives:
        """What an assignment's right side is; a literal that went through a name is via `constant`."""
        key = id(assign)
        done = self._assigned.get(key)
        if done is None:
            self._assigned[key] = _BUSY
            given = commandline.notebook_parameter(self, path, assign) if path.endswith(".ipynb") else ()
            values = given or self.value(assign.value, Where(path, assign.scope, assign.at, assign.block))
            done = tuple(through_name(v, assign.target) for v in values)
            if assign.kind == "with":
                done = tuple(v for value in done for v in self.entered(value))
            if assign.annotation is not None and all(isinstance(v, (Unknown, Result)) for v in done):
                found = type_hints.classes(self, assign.annotation, path)
                done = tuple(Instance(c) for c in found) or done
            self._assigned[key] = done = tuple(self._grown(path, assign, v) if isinstance(v, (Many, Table)) else v for v in done)
        return done

    def _grown(self, path: str, assign: Assign, value: Many | Table) -> Many | Table:
        """A container with what is put into it after the assignment that makes it."""
        symbols = self.program.symbols(path)
        scopes = [assign.scope]
        if assign.target.startswith("self."):
            scopes = [*symbols.children.get(symbols.facts.scopes[assign.scope].parent, {}).values()]
        later = [a for scope in scopes for a in symbols.grown.get(scope, {}).get(assign.target, ())][:MAX_GROWTH]
        if not later:
            return value
        if isinstance(value, Many):
            items = [v for a in later if a.kind == "append" for v in self.assigned(path, a)]
            return Many(tuple(dict.fromkeys([*value.items, *items]))[:MAX_GROWTH], ordered=False) if items else value
        keyed = [a for a in later if a.kind not in ("append", "update")]
        entries = [(a.target.partition("[")[2][:-1], v) for a in keyed for v in self.assigned(path, a)[:2]]
        entries += mappings.entries(self, tuple(v for a in later if a.kind == "update" for v in self.assigned(path, a)))
        rest = [v for a in later if a.kind == "append" for v in self.assigned(path, a)]
        return Table((*value.entries, *entries), capped([*value.rest, *rest]))

    def _parameter(self, path: str, scope: int, name: str) -> Alternatives:
        facts = self.program.facts[path]
        owner = facts.scopes[scope]
        if owner.params and owner.params[0].name == name and owner.parent > 0 and facts.scopes[owner.parent].kind == "class":
            decorators = {d.id for d in owner.decorators if isinstance(d, Name)}
            if "staticmethod" not in decorators:
                cls = ClassRef(path, owner.parent)
                return (cls,) if "classmethod" in decorators else (Instance(cls),)
        return hydra.parameter(self, path, scope, name) or (Sym((path, scope), name),)

    # ---- calls -----------------------------------------------------------------------------------------------------

    def _call(self, value: CallRef, where: Where) -> Alternatives:
        return self.call_result(where.path, value.index)

    def callee(self, path: str, index: int) -> Alternatives:
        """What is called: project functions and classes, externals by name; methods of values are `Unknown`."""
        key = (path, index)
        done = self._callees.get(key)
        if done is None:
            self._callees[key] = _BUSY
            call = self.program.facts[path].calls[index]
            done = self._callees[key] = self.value(call.func, Where(path, call.scope, call.at, call.block))
        return done

    def call_result(self, path: str, index: int) -> Alternatives:
        key = (path, index)
        done = self._called.get(key)
        if done is None:
            self._called[key] = _BUSY
            call = self.program.facts[path].calls[index]
            done = self._called[key] = self._result_of(path, index, call)
        return done

    def _result_of(self, path: str, index: int, call: Call) -> Alternatives:
        where = Where(path, call.scope, call.at, call.block)
        if call.makes >= 0 and (given := self._of_made(path, call)):
            return given
        if isinstance(call.func, Attr):
            found: list[Abstract] = []
            for receiver in self.value(call.func.value, where):
                modelled = self.method(receiver, call.func.name, call, where, index)
                if modelled is not None:
                    found.extend(modelled)
            if found:
                return capped(found)
        found = []
        for callee in self.callee(path, index):
            if isinstance(callee, FunctionRef):
                for chosen in hierarchy.implementations(self, callee):
                    values = self.filled(self.returned(chosen), chosen, call, where)
                    given = self.constructed(values, chosen.bound) if isinstance(chosen.bound, Instance) else values
                    found.extend((Many(given, ordered=False),) if self.is_mapped(chosen, call) else given)
            elif isinstance(callee, ClassRef):
                configured = calls.constructed(self, callee, call, where)
                found.extend(configured if configured is not None else (Instance(callee, (path, index)),))
            elif isinstance(callee, Instance) and (method := hierarchy.called_method(self, callee)) is not None:
                found.extend(self.constructed(self.filled(self.returned(method), method, call, where), callee))
            elif isinstance(callee, External):
                modelled = self.external_call(callee.name, call, where)
                found.extend(modelled if modelled is not None else (Result(callee.name, path, index),))
            elif isinstance(callee, Result) and callee.name in records.MAKERS:
                found.append(records.made(self, callee, call, where))
            elif isinstance(callee, Result) and callee.name in environment.READERS:
                found.extend(environment.asked(self, call, where))
            elif isinstance(call.func, Attr):
                found.append(Result(f"?.{call.func.name}", path, index))
            else:
                found.append(Unknown(hint_of(call.func), "call result"))
        return capped(found)

    def _of_made(self, path: str, call: Call) -> Alternatives:
        """What comes of a function that is handed over to be called: one result for each element, or the one; () when that is not known."""
        if not any(isinstance(callee, (FunctionRef, External)) for callee in self.callee(path, call.makes)):
            return ()
        name = hint_of(call.func).rpartition(".")[2]
        if name == "filter":
            return self.value(call.args[1], Where(path, call.scope, call.at, call.block))
        given = self.call_result(path, call.makes)
        return (Many(given, ordered=False),) if name in MAPPING | STAR_MAPPING else given

    def returned(self, function: FunctionRef) -> Alternatives:
        """What a project function returns, symbolic in its parameters."""
        key = (function.path, function.scope)
        done = self._returned.get(key)
        if done is None:
            self._returned[key] = _BUSY
            done = self._returned[key] = self._given_back(function, self.program.facts[function.path].scopes[function.scope])
        return done

    def _given_back(self, function: FunctionRef, scope: Scope) -> Alternatives:
        where = Where(function.path, function.scope, 1 << 30, scope.block)
        yielded = [a for y in scope.yields for a in self.value(y, where)]
        if yielded:
            is_context = any("contextmanager" in hint_of(d) for d in scope.decorators)
            return capped(yielded) if is_context else (Many(capped(yielded), ordered=False),)
        values = [a for r in scope.returns for a in self.value(r, where)]
        telling = [a for a in values if not (isinstance(a, Known) and a.value is None)]
        if all(isinstance(a, (Unknown, Result)) for a in telling):
            said = type_hints.classes(self, scope.annotation, function.path)
            if said:
                return tuple(Instance(c) for c in said)
        return capped(telling) if telling else (Unknown(scope.name, "call result"),)
