"""Names that are set from elsewhere: `global` in a function, `settings.PATH = …` in another module, `C.x = …` behind the class."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.link.domain import Abstract, Alternatives, ClassRef, Known, ModuleRef, Unknown, capped
from analyzer.link.where import Where
from analyzer.read.facts import Assign
from analyzer.read.values import Name

if TYPE_CHECKING:
    from analyzer.link.asking import Asking
    from analyzer.link.program import Program

MAX_SETTERS = 6
"""A name that is set at more places than this is no constant."""


def of_module(evaluator: Asking, path: str, name: str) -> Alternatives:
    """What functions of the module that declare a name `global`, and other modules, set it to."""
    symbols = evaluator.program.symbols(path)
    setters = [
        (path, assign)
        for names in (names for scope, names in symbols.assigns.items() if scope)
        if any(assign.kind == "global" for assign in names.get(name, ()))
        for assign in names[name]
        if assign.kind in ("=", "ann", "with", ":=")
    ]
    return _values(evaluator, [*setters, *_from_outside(evaluator, ModuleRef(path), name)])


def of_class(evaluator: Asking, cls: ClassRef, name: str) -> Alternatives:
    """What code behind the class sets its attribute to."""
    return _values(evaluator, _from_outside(evaluator, cls, name))


def _from_outside(evaluator: Asking, owner: ModuleRef | ClassRef, name: str) -> list[tuple[str, Assign]]:
    found = []
    for path, assign in _index(evaluator.program).get(name, ())[: MAX_SETTERS * 4]:
        where = Where(path, assign.scope, assign.at, assign.block)
        if owner in evaluator.value(Name(assign.target.partition(".")[0]), where):
            found.append((path, assign))
    return found


def _index(program: Program) -> dict[str, list[tuple[str, Assign]]]:
    """Attribute → the assignments `x.attribute = …` of the program outside its tests, `self` left out."""
    index = program.set_attributes
    if index is None:
        index = program.set_attributes = {}
        for path, facts in program.facts.items():
            for assign in facts.assigns:
                head, _, name = assign.target.partition(".")
                if name and "." not in name and "[" not in assign.target and assign.kind in ("=", "ann") and head not in ("self", "cls"):
                    index.setdefault(name, []).append((path, assign))
    return index


def _values(evaluator: Asking, setters: list[tuple[str, Assign]]) -> Alternatives:
    if not 0 < len(setters) <= MAX_SETTERS:
        return ()
    found: list[Abstract] = []
    for path, assign in setters:
        found.extend(evaluator.value(assign.value, Where(path, assign.scope, assign.at, assign.block)))
    return capped([v for v in found if not isinstance(v, Unknown) and not (isinstance(v, Known) and v.value is None)])
