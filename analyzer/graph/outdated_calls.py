"""Calls of the repository's own functions and classes that their definitions do not accept.

Source: the Python language reference, "Calls". Only what is certain is told: one definition, no decorator that could change what it
takes, nothing that replaces it at run time.
"""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Iterator, Mapping

from analyzer.graph.system import Module, OutdatedCall
from analyzer.link import hierarchy
from analyzer.link.domain import Abstract, Alternatives, ClassRef, External, FunctionRef, Instance
from analyzer.link.evaluate import Evaluator
from analyzer.link.symbols import class_around, tried_blocks
from analyzer.link.where import Where
from analyzer.read.facts import Call, Param, Scope
from analyzer.read.values import Attr, CallRef, Name, Star, last_name

_PLAIN = frozenset(
    """
    staticmethod classmethod lru_cache cache abstractmethod no_grad inference_mode contextmanager asynccontextmanager override final
    typechecked beartype
    """.split()
)
"""Decorators that leave the parameters as they are."""
_PLAIN_BASES = frozenset(
    {"object", "abc.ABC", "torch.nn.Module", "torch.utils.data.Dataset", "threading.Thread", "Exception", "ValueError"}
)
_MAX_DEPTH = 6
_MAX_ABOVE = 200


class OutdatedCalls:
    def __init__(self, evaluator: Evaluator, modules: Mapping[str, Module]) -> None:
        self.evaluator = evaluator
        self.program = evaluator.program
        self.modules = modules
        targets = Counter(a.target.rpartition(".")[2] for facts in self.program.facts.values() for a in facts.assigns if "." in a.target)
        self.replaced = frozenset(targets)
        """Names that are set on any object: a function of that name may not be the one that is defined."""
        own = {scope.name for facts in self.program.facts.values() for scope in facts.scopes[1:]}
        self.worth_asking = own - self.replaced
        """Last names of calls that may mean a function or class of the repository."""
        self.stems = Counter(posixpath.basename(path) for path in self.program.facts)
        self.tails = Counter("/".join(path.split("/")[-2:]) for path in self.program.facts if path.count("/") > 1)
        """Folder and name of each file in a folder of a folder."""
        self._siblings: dict[str, Counter[tuple[int, str]]] = {}

    def found(self) -> Iterator[OutdatedCall]:
        """In the order of files and calls."""
        for path, module in self.modules.items():
            if module.is_excluded:
                continue
            facts = module.facts
            made = {call.makes for call in facts.calls if call.makes >= 0}
            tried = tried_blocks(facts)
            for index, call in enumerate(facts.calls):
                if index in made or call.block in tried:
                    continue
                if last_name(call.func) in self.worth_asking and (wrong := self._wrong(path, index, call)) is not None:
                    yield wrong

    def _wrong(self, path: str, index: int, call: Call) -> OutdatedCall | None:
        values = self.evaluator.callee(path, index)
        if len(values) != 1:
            return None
        taken = self._taken(values[0])
        if taken is None:
            return None
        where, scope, params = taken
        if not self._is_certain(path, where) or not self._is_above(path, call, where, scope):
            return None
        problem = _problem(params, call)
        if not problem:
            return None
        shown = scope.qualname.removesuffix(".__init__")
        return OutdatedCall(path, self.modules[path].site(call.line), shown, where, self.modules[where].site(scope.line), problem)

    # ---- what a callee takes -------------------------------------------------------------------------------------------

    def _taken(self, callee: Abstract) -> tuple[str, Scope, tuple[Param, ...]] | None:
        """(file, definition, parameters that a call fills); None when that is not certain."""
        if isinstance(callee, ClassRef):
            return self._constructor(callee)
        if not isinstance(callee, FunctionRef) or callee.preset[1] >= 0:
            return None
        scope = self.program.facts[callee.path].scopes[callee.scope]
        if not self._is_plain(callee.path, callee.scope):
            return None
        names = {last_name(d) for d in scope.decorators}
        owner = self.program.facts[callee.path].scopes[scope.parent]
        if owner.kind == "module" and callee.bound is None:
            return callee.path, scope, scope.params
        if owner.kind != "class" or not self._is_known_method(callee, scope):
            return None
        is_bound = "staticmethod" not in names and (isinstance(callee.bound, Instance) or "classmethod" in names)
        return callee.path, scope, scope.params[1:] if is_bound else scope.params

    def _is_known_method(self, callee: FunctionRef, scope: Scope) -> bool:
        bound = callee.bound
        cls = bound.cls if isinstance(bound, Instance) else bound
        if not isinstance(cls, ClassRef) or not self._is_plain_class(cls):
            return False
        if isinstance(bound, Instance) and bound.call[1] >= 0:
            return True
        below = hierarchy.subclasses(self.evaluator, cls)
        return not any(scope.name in self.program.symbols(each.path).children.get(each.scope, {}) for each in below)

    def _constructor(self, cls: ClassRef, depth: int = 0) -> tuple[str, Scope, tuple[Param, ...]] | None:
        facts = self.program.facts[cls.path]
        if depth > _MAX_DEPTH or not self._is_plain_class(cls) or {"__init__", "__new__"} & self.replaced:
            return None
        children = self.program.symbols(cls.path).children.get(cls.scope, {})
        if "__new__" in children:
            return None
        if "__init__" in children:
            scope = facts.scopes[children["__init__"]]
            return (cls.path, scope, scope.params[1:]) if self._is_plain(cls.path, children["__init__"]) else None
        bases = self._bases(cls)
        if len(bases) == 1 and len(bases[0]) == 1 and isinstance(base := bases[0][0], ClassRef) and base != cls:
            return self._constructor(base, depth + 1)
        return None

    def _bases(self, cls: ClassRef) -> list[Alternatives]:
        scope = self.program.facts[cls.path].scopes[cls.scope]
        where = Where(cls.path, max(scope.parent, 0), scope.at, 0)
        return [self.evaluator.value(base, where) for base in scope.bases]

    def _is_plain_class(self, cls: ClassRef, depth: int = 0) -> bool:
        """Defined once, undecorated, and made by no metaclass that is not seen."""
        scope = self.program.facts[cls.path].scopes[cls.scope]
        if depth > _MAX_DEPTH or scope.decorators or scope.keywords or not self._is_single(cls.path, cls.scope):
            return False
        for values in self._bases(cls):
            if len(values) != 1:
                return False
            base = values[0]
            if isinstance(base, ClassRef) and base != cls:
                if not self._is_plain_class(base, depth + 1):
                    return False
            elif not (isinstance(base, External) and base.name in _PLAIN_BASES):
                return False
        return True

    def _is_plain(self, path: str, index: int) -> bool:
        scope = self.program.facts[path].scopes[index]
        return all(last_name(d) in _PLAIN for d in scope.decorators) and self._is_single(path, index)

    def _is_single(self, path: str, index: int) -> bool:
        """Whether nothing else in the same scope has its name."""
        facts = self.program.facts[path]
        scope = facts.scopes[index]
        symbols = self.program.symbols(path)
        siblings = self._siblings.get(path)
        if siblings is None:
            siblings = self._siblings[path] = Counter((other.parent, other.name) for other in facts.scopes[1:])
        twins = siblings[scope.parent, scope.name]
        assigned = scope.name in symbols.assigns.get(scope.parent, {})
        imported = scope.name in symbols.imports.get(scope.parent, {})
        return twins == 1 and not assigned and not imported and scope.name not in self.replaced

    def _is_above(self, path: str, call: Call, where: str, method: Scope) -> bool:
        """Of a call through `super()`: whether the method is one of a class above. Where no class above has it, a library's is called."""
        if not (isinstance(call.func, Attr) and isinstance(call.func.value, CallRef)):
            return True
        facts = self.program.facts[path]
        base = facts.calls[call.func.value.index].func
        if not (isinstance(base, Name) and base.id == "super"):
            return True
        owner = class_around(facts.scopes, call.scope)
        return owner > 0 and (where, method.parent) in self._above(ClassRef(path, owner))

    def _above(self, cls: ClassRef) -> set[tuple[str, int]]:
        """(file, scope) of every class of the repository above `cls`."""
        found: set[tuple[str, int]] = set()
        waiting = [cls]
        while waiting and len(found) < _MAX_ABOVE:
            for values in self._bases(waiting.pop()):
                for base in values:
                    if isinstance(base, ClassRef) and (base.path, base.scope) not in found:
                        found.add((base.path, base.scope))
                        waiting.append(base)
        return found

    def _is_certain(self, path: str, where: str) -> bool:
        """Whether the definition is the one that the caller's import means: no other file could be found under its name."""
        if path == where or posixpath.dirname(path) == posixpath.dirname(where):
            return True
        package = posixpath.join(posixpath.dirname(where), "__init__.py") in self.program.facts
        if not package:
            return self.stems[posixpath.basename(where)] == 1
        top = where.rsplit("/", 2)[0] if where.endswith("__init__.py") else posixpath.dirname(where)
        folder = posixpath.dirname(where)
        named_so = self.tails["/".join(where.split("/")[-2:])] if folder else self.stems[where]
        return bool(top) and named_so == (not folder or "/" in folder)  # no other file than this one


def _problem(params: tuple[Param, ...], call: Call) -> str:
    """Why the parameters cannot be filled by the call, "" when they can."""
    names = [p.name for p in params if p.kind == "positional"]
    known = set(names) | {p.name for p in params if p.kind == "keyword"}
    kinds = {p.kind for p in params}
    given = [name for name, _ in call.keywords if name != "**"]
    unknown = [name for name in given if name not in known] if "kwargs" not in kinds else []
    if unknown:
        listed = ", ".join(f"`{name}`" for name in dict.fromkeys(unknown))
        return f"has no parameter {listed}"
    is_starred = any(isinstance(arg, Star) for arg in call.args)
    if not is_starred and len(call.args) > len(names) and "args" not in kinds:
        return f"takes {len(names)} positional arguments, {len(call.args)} are given"
    if is_starred or len(given) < len(call.keywords):
        return ""
    filled = set(names[: len(call.args)]) | set(given)
    missing = [p.name for p in params if p.kind in ("positional", "keyword") and p.default is None and p.name not in filled]
    return f"needs {', '.join(f'`{name}`' for name in missing)}, which is not given" if missing else ""
