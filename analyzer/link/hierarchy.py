"""Classes and their subclasses: which methods stand behind an abstract one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.link.domain import Abstract, ClassRef, External, FunctionRef, Instance
from analyzer.link.symbols import class_around
from analyzer.link.where import Where
from analyzer.read.values import Attr, Name, last_name

if TYPE_CHECKING:
    from analyzer.link.asking import Asking

MAX_SUBCLASSES = 8
MAX_DEPTH = 4
_CALLED_BY_BASE = {"Task": "run", "Module": "forward", "LightningModule": "forward", "Model": "call", "Layer": "call"}


def subclasses(evaluator: Asking, cls: ClassRef) -> list[ClassRef]:
    """The classes of the program below `cls`, at most MAX_SUBCLASSES, nearest first."""
    index = evaluator.subclasses
    if index is None:
        index = evaluator.subclasses = _indexed(evaluator)
    found: list[ClassRef] = []
    waiting = list(index.get(cls, ()))
    while waiting and len(found) < MAX_SUBCLASSES:
        current = waiting.pop(0)
        if current not in found and current != cls:
            found.append(current)
            waiting.extend(index.get(current, ()))
    return found


def _indexed(evaluator: Asking) -> dict[ClassRef, list[ClassRef]]:
    evaluator.subclasses = {}  # what is asked while the index is being made finds nothing
    index: dict[ClassRef, list[ClassRef]] = {}
    for path, facts in evaluator.program.facts.items():
        for number, scope in enumerate(facts.scopes):
            if scope.kind != "class":
                continue
            at = Where(path, max(scope.parent, 0), scope.at, 0)
            for base in scope.bases:
                if isinstance(base, (Name, Attr)):
                    for parent in evaluator.value(base, at):
                        if isinstance(parent, ClassRef):
                            index.setdefault(parent, []).append(ClassRef(path, number))
    return index


def implementations(evaluator: Asking, function: FunctionRef) -> list[FunctionRef]:
    """What a call of `function` can run: itself, or its overrides where it is abstract and the object's class is not known."""
    bound = function.bound
    if not isinstance(bound, Instance) or bound.call[1] >= 0 or not is_abstract(evaluator, function):
        return [function]
    name = evaluator.program.facts[function.path].scopes[function.scope].name
    found = []
    for cls in subclasses(evaluator, bound.cls):
        own = evaluator.program.symbols(cls.path).children.get(cls.scope, {}).get(name)
        if own is not None:
            found.append(FunctionRef(cls.path, own, Instance(cls)))
    return found or [function]


def method_of(evaluator: Asking, cls: ClassRef, name: str, depth: int = 0) -> FunctionRef | None:
    """The method `name` of a class or of its nearest base in the program."""
    own = evaluator.program.symbols(cls.path).children.get(cls.scope, {}).get(name)
    if own is not None:
        return FunctionRef(cls.path, own, cls)
    for parent in _bases(evaluator, cls) if depth < MAX_DEPTH else ():
        found = method_of(evaluator, parent, name, depth + 1) if isinstance(parent, ClassRef) and parent != cls else None
        if found is not None:
            return found
    return None


def _bases(evaluator: Asking, cls: ClassRef) -> list[Abstract]:
    scope = evaluator.program.facts[cls.path].scopes[cls.scope]
    where = Where(cls.path, max(scope.parent, 0), scope.at, 0)
    return [value for base in scope.bases for value in evaluator.value(base, where)]


def parents_around(evaluator: Asking, where: Where) -> tuple[Instance, ...]:
    """What `super()` gives at a point: the object as an instance of the project classes that its class names as bases."""
    facts = evaluator.program.facts[where.path]
    index = class_around(facts.scopes, where.scope)
    if not index:
        return ()
    return tuple(Instance(base) for base in _bases(evaluator, ClassRef(where.path, index)) if isinstance(base, ClassRef))


def called_method(evaluator: Asking, instance: Instance) -> FunctionRef | None:
    """What calling an object runs: `__call__`, or what a framework's base class calls (`forward` of torch modules, `run` of tasks)."""
    names = ["__call__"]
    waiting: list[Abstract] = [instance.cls]
    for _ in range(MAX_DEPTH):
        found = [base for cls in waiting if isinstance(cls, ClassRef) for base in _bases(evaluator, cls)]
        names += [
            _CALLED_BY_BASE[last] for b in found if isinstance(b, External) and (last := b.name.rpartition(".")[2]) in _CALLED_BY_BASE
        ]
        waiting = found
    for name in names:
        method = method_of(evaluator, instance.cls, name)
        if method is not None:
            return FunctionRef(method.path, method.scope, instance)
    return None


def is_abstract(evaluator: Asking, function: FunctionRef) -> bool:
    """Declared abstract, or a body that does nothing but raise, pass or document."""
    facts = evaluator.program.facts[function.path]
    scope = facts.scopes[function.scope]
    if any("abstract" in last_name(d) for d in scope.decorators):
        return True
    if scope.statements > 2 or scope.returns or scope.yields:
        return False
    calls = evaluator.program.symbols(function.path).calls_by_scope.get(function.scope, ())
    return all(_raises(facts.calls[index].func) for index in calls)


def _raises(func: object) -> bool:
    return isinstance(func, Name) and func.id == "NotImplementedError"
