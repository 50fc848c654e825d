"""What module-level names mean: definitions, assignments, imports, star imports, builtins."""

from __future__ import annotations

import builtins
from abc import abstractmethod

from analyzer.link import set_elsewhere
from analyzer.link.asking import Asking
from analyzer.link.domain import Abstract, Alternatives, ClassRef, External, FunctionRef, Known, ModuleRef, Pattern, Unknown, capped
from analyzer.read.facts import LOCAL_KINDS, Assign, Import

_BUILTINS = frozenset(dir(builtins))


class ModuleNames(Asking):
    _named: dict[tuple[str, str], Alternatives]

    @abstractmethod
    def assigned(self, path: str, assign: Assign) -> Alternatives: ...

    def global_name(self, path: str, name: str) -> Alternatives:
        """A name as code anywhere in the module sees it at module level, else a builtin."""
        key = (path, name)
        done = self._named.get(key)
        if done is None:
            self._named[key] = (Unknown(name, "recursive definition"),)
            done = self._named[key] = self._global(path, name)
        return done

    def _global(self, path: str, name: str) -> Alternatives:
        symbols = self.program.symbols(path)
        if ready := self.ready_made.get(path, {}).get(name):
            return ready
        if name == "__file__":
            return (Pattern((path,), "constant", anchored=True),)
        found: list[Abstract] = []
        for assign in symbols.assigns.get(0, {}).get(name, ())[-4:]:
            if assign.kind not in ("global", "declared", *LOCAL_KINDS):
                found.extend(self.assigned(path, assign))
        child = symbols.children.get(0, {}).get(name)
        if child is not None:
            found.append(self._defined(path, child))
        for entry in symbols.imports.get(0, {}).get(name, ())[:2]:
            found.extend(self.imported(path, name, entry))
        if not any(_tells(a) for a in found):
            found.extend(set_elsewhere.of_module(self, path, name))
        telling = [a for a in found if not (isinstance(a, Known) and a.value is None)]
        if found:
            return capped(telling or found)
        for star in reversed(symbols.stars):  # of several that give the name, the last one holds
            target = self.program.import_target(path, star)
            if target.status == "module" and not target.path.endswith("/") and name in (self.program.exports(target.path) or ()):
                return self.global_name(target.path, name)
        for other in self.program.taken_over.get(path, ()):
            if name in self.program.symbols(other).defined():
                return self.global_name(other, name)
        if name in _BUILTINS:
            return (External(f"builtins.{name}"),)
        return (Unknown(name, "name not found"),)

    def _defined(self, path: str, scope: int) -> Abstract:
        kind = self.program.facts[path].scopes[scope].kind
        return ClassRef(path, scope) if kind == "class" else FunctionRef(path, scope)

    def imported(self, path: str, name: str, entry: Import) -> Alternatives:
        """What an import binds to `name`."""
        target = self.program.import_target(path, entry)
        if entry.name is None:
            if not entry.bound and "." in entry.module:
                top = self.program.target(path, entry.module.partition(".")[0])
                return (ModuleRef(top.path),) if top.status == "module" else (External(name),)
            if target.status == "module":
                return (ModuleRef(target.path),)
            return (External(entry.module),)
        if target.status == "module":
            return self.module_member(target.path, entry.name)
        if entry.level:
            return (Unknown(name, "import not found"),)
        return (External(f"{entry.module}.{entry.name}"),)

    def module_member(self, path: str, name: str) -> Alternatives:
        if path.endswith("/"):
            sub = self.program.submodule(path, name)
            return (ModuleRef(sub),) if sub else (Unknown(name, "name not found"),)
        found = self.global_name(path, name)
        if len(found) == 1 and (
            isinstance(found[0], Unknown) or (isinstance(found[0], External) and found[0].name.startswith("builtins."))
        ):
            sub = self.program.submodule(path, name)
            if sub:
                return (ModuleRef(sub),)
        return found


def _tells(value: Abstract) -> bool:
    """Does a definition say more than that somebody else sets the value?"""
    return not (isinstance(value, Known) and value.value is None) and not (isinstance(value, Pattern) and not value.parts)
