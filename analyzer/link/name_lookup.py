"""What a name holds at a point: local assignments that reach it, parameters, enclosing scopes, the module."""

from __future__ import annotations

from analyzer.link import commandline, type_hints
from analyzer.link.configuration import hydra, mappings
from analyzer.link.domain import Abstract, Alternatives, ClassRef, Instance, Known, Many, Result, Sym, Table, Unknown, capped
from analyzer.link.fill import Filling
from analyzer.link.where import Where
from analyzer.link.wording import through_name
from analyzer.read.facts import LOCAL_KINDS, Assign
from analyzer.read.values import Name

MAX_GROWTH = 24
BUSY: Alternatives = (Unknown("…", "recursive definition"),)


class NameLookup(Filling):
    _assigned: dict[int, Alternatives]

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
        group = symbols.assigns[index].get(name) if index in symbols.assigns else None
        is_param = symbols.has_parameter(index, name)
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
            self._assigned[key] = BUSY
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
