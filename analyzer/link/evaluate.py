"""Evaluation on demand: what an expression of the scanned code can be, without running it.

Flow-sensitive inside a scope (the assignments that may reach a use), symbolic in parameters (`Sym`), so that a function is evaluated once
and filled in at each call site. Every answer is a bounded set of alternatives; what is not known is `Unknown` with its cause.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import islice, product

from analyzer.link import commandline, formatting, hierarchy, records, text_methods, type_hints
from analyzer.link.arithmetic import arithmetic, repeated
from analyzer.link.commandline import CommandLines
from analyzer.link.configuration import calls, environment, mappings
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
from analyzer.link.io_table import IoTable
from analyzer.link.library_objects import LibraryObjects
from analyzer.link.name_lookup import BUSY, MAX_GROWTH, NameLookup
from analyzer.link.program import Program
from analyzer.link.where import Where
from analyzer.link.wording import hint_of, named, percent
from analyzer.read.configuration_facts import ConfigFacts
from analyzer.read.facts import Call, Scope
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


class Evaluator(NameLookup):
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
        if isinstance(left, Many) and isinstance(right, (Unknown, Result)) and op == "+":
            return Many((*left.items, Unknown("rest")), left.ordered)  # a command's words keep their head
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
        for combination in islice(product(*groups), 8):
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

    # ---- calls -----------------------------------------------------------------------------------------------------

    def _call(self, value: CallRef, where: Where) -> Alternatives:
        return self.call_result(where.path, value.index)

    def callee(self, path: str, index: int) -> Alternatives:
        """What is called: project functions and classes, externals by name; methods of values are `Unknown`."""
        key = (path, index)
        done = self._callees.get(key)
        if done is None:
            self._callees[key] = BUSY
            call = self.program.facts[path].calls[index]
            done = self._callees[key] = self.value(call.func, Where(path, call.scope, call.at, call.block))
        return done

    def call_result(self, path: str, index: int) -> Alternatives:
        key = (path, index)
        done = self._called.get(key)
        if done is None:
            self._called[key] = BUSY
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
            self._returned[key] = BUSY
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
