"""What type annotations say about objects: the project classes whose instances a parameter, a field or a result holds (PEP 484, 604)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.link.domain import ClassRef, Instance, Sym
from analyzer.link.where import Where
from analyzer.read.values import Attr, Const, Either, Item, Name, Seq, Value

if TYPE_CHECKING:
    from analyzer.link.asking import Asking

_TRANSPARENT = frozenset("Optional Union Annotated Final ClassVar Type type Self Awaitable".split())
_CONTAINERS = frozenset(
    """
    List list Sequence Iterable Iterator Collection Set set FrozenSet frozenset Tuple tuple Generator AsyncIterator Deque Dict dict Mapping
    MutableMapping DefaultDict
    """.split()
)
_MAPPINGS = frozenset("Dict dict Mapping MutableMapping DefaultDict".split())
MAX_DEPTH = 6


def classes(evaluator: Asking, annotation: Value | None, path: str, inside: bool = False, depth: int = 0) -> list[ClassRef]:
    """Project classes that `annotation`, written in module `path`, admits: the class itself, `Optional[X]`, `X | None`, `"X"`.

    With `inside`, those of the elements of a container (`list[X]`, the values of `dict[str, X]`). At most four.
    """
    if annotation is None or depth > MAX_DEPTH:
        return []
    if isinstance(annotation, (Name, Attr)):
        if inside:
            return []
        return [v for v in evaluator.value(annotation, Where(path, 0, 1 << 30, 0)) if isinstance(v, ClassRef)][:4]
    if isinstance(annotation, Const):
        return _quoted(evaluator, annotation, path, inside, depth)
    if isinstance(annotation, Either):
        return [c for option in annotation.options for c in classes(evaluator, option, path, inside, depth + 1)][:4]
    if isinstance(annotation, Item):
        return _subscripted(evaluator, annotation, path, inside, depth)
    return []


def _quoted(evaluator: Asking, annotation: Const, path: str, inside: bool, depth: int) -> list[ClassRef]:
    text = annotation.value
    if not isinstance(text, str) or len(text) > 80:
        return []
    outer, bracket, rest = text.strip().partition("[")
    value: Value = _dotted(outer.strip())
    if bracket:
        value = Item(value, _dotted(rest.rstrip("] ").rpartition(",")[2].strip()))
    return classes(evaluator, value, path, inside, depth + 1)


def _dotted(text: str) -> Value:
    names = text.replace("| None", "").strip().split(".")
    value: Value = Name(names[0])
    for name in names[1:]:
        value = Attr(value, name)
    return value


def _subscripted(evaluator: Asking, annotation: Item, path: str, inside: bool, depth: int) -> list[ClassRef]:
    outer = (
        annotation.value.name if isinstance(annotation.value, Attr) else annotation.value.id if isinstance(annotation.value, Name) else ""
    )
    arguments = annotation.key.items if isinstance(annotation.key, Seq) else (annotation.key,)
    if outer in _CONTAINERS:
        if not inside:
            return []
        arguments = arguments[1:2] if outer in _MAPPINGS else arguments[:1]
        return [c for argument in arguments for c in classes(evaluator, argument, path, False, depth + 1)]
    if outer in _TRANSPARENT:
        return [c for argument in arguments for c in classes(evaluator, argument, path, inside, depth + 1)][:4]
    return classes(evaluator, annotation.value, path, inside, depth + 1)  # a generic class of the project


def instances_of_parameter(evaluator: Asking, sym: Sym) -> list[Instance]:
    """What an annotated parameter (or an element of it) can be: instances of project classes, constructed somewhere unseen."""
    if len(sym.ops) > 1 or (sym.ops and sym.ops[0][0] not in ("element", "item")):
        return []
    path, index = sym.function
    if evaluator.program.facts[path].scopes[index].kind == "class":
        return [] if sym.ops else list(instances_of_field(evaluator, ClassRef(path, index), sym.param))
    for param in evaluator.program.facts[path].scopes[index].params:
        if param.name == sym.param:
            return [Instance(c) for c in classes(evaluator, param.annotation, path, inside=bool(sym.ops))]
    return []


def instances_of_field(evaluator: Asking, cls: ClassRef, name: str) -> tuple[Instance, ...]:
    """What an annotated field holds: `name: X` in the class body, or `self.name: X` in a method."""
    symbols = evaluator.program.symbols(cls.path)
    groups = [symbols.assigns.get(cls.scope, {}).get(name, ())]
    groups += [symbols.assigns.get(method, {}).get(f"self.{name}", ()) for method in symbols.children.get(cls.scope, {}).values()]
    for group in groups:
        for assign in group:
            found = classes(evaluator, assign.annotation, cls.path)
            if found:
                return tuple(Instance(c) for c in found)
    return ()
