"""Uses `module.name` of the repository's own modules whose name is gone: imports of a name, written as an attribute."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import PurePosixPath

from analyzer.graph.system import ImportLink, Module, SystemGraph
from analyzer.link.symbols import Symbols, tried_blocks
from analyzer.read.facts import PythonFacts
from analyzer.read.values import Const, Name

_OPEN = {"__getattr__", "globals", "exec", "eval", "setattr", "star", "__all__"}


def gone_attributes(graph: SystemGraph) -> Iterator[ImportLink]:
    """Links of status `gone-name` for attributes that the imported module does not define; silent when that cannot be known.

    Left out are packages' submodules, names that anything sets on a module from outside, uses behind `hasattr` or inside `try`, and
    importing modules that bind the module's name more than once (a parameter or local of the same name).
    """
    defined: dict[str, frozenset[str] | None] = {}
    set_outside = {a.target.rpartition(".")[2] for module in graph.modules.values() for a in module.facts.assigns if "." in a.target}
    folders = {str(folder) for path in graph.modules for folder in PurePosixPath(path).parents}
    by_importer: dict[str, list[ImportLink]] = {}
    for link in graph.imports:
        if _binds_module(link) and link.target in graph.modules and not link.fact.guard and not is_beside(graph, link):
            by_importer.setdefault(link.importer, []).append(link)
    for importer, links in by_importer.items():
        module = graph.modules.get(importer)
        if module is None or module.is_excluded:
            continue
        for link, name, line in _attribute_uses(module, links):
            if link.target not in defined:
                defined[link.target] = names_defined(graph.modules[link.target].facts)
            names = defined[link.target]
            if names is None or name in names or name in set_outside or _has_submodule(graph, folders, link.target, name):
                continue
            asked = graph.modules[link.target].name or link.target_module
            yield ImportLink(importer, link.fact, module.site(line), "gone-name", link.target, asked, name)


def _binds_module(link: ImportLink) -> bool:
    """Whether the import binds a module of ours: `import m`, or `from package import m` that leads to `m` itself."""
    if link.status != "module" or not link.target.endswith(".py"):
        return False
    return link.fact.name is None or f"/{link.target}".endswith((f"/{link.fact.name}.py", f"/{link.fact.name}/__init__.py"))


def is_beside(graph: SystemGraph, link: ImportLink) -> bool:
    """Whether an absolute import seems to lead to a file beside its importer inside a package.

    Python looks there only when the importer is run as a script; otherwise the name is another distribution's or the standard
    library's (`import logging` beside one's own `logging.py`). An import that names the package (`from ranker.logging import …`) means it.
    """
    folder = str(PurePosixPath(link.importer).parent)
    target = PurePosixPath(link.target)
    home = target.parent.parent if target.name == "__init__.py" else target.parent
    named = target.parent.name if target.name == "__init__.py" else target.stem
    if link.fact.module.partition(".")[0] != named:
        return False
    return link.fact.level == 0 and str(home) == folder and f"{folder}/__init__.py" in graph.modules


def _attribute_uses(module: Module, links: list[ImportLink]) -> Iterator[tuple[ImportLink, str, int]]:
    facts = module.facts
    bindings = _bindings(facts)
    heads = {}
    for link in links:
        bound = link.fact.bound or link.fact.module
        if bindings[bound.partition(".")[0]] == 1:
            heads[bound] = link
    careful = tested_names(facts)
    tried = _tried_lines(facts)
    for dotted, line in facts.attributes:
        head, _, name = dotted.rpartition(".")
        found = heads.get(head)
        if found is not None and line not in tried and name not in careful and not (name.startswith("__") and name.endswith("__")):
            yield found, name, line


def _bindings(facts: PythonFacts) -> Counter[str]:
    times = Counter({link.module.partition(".")[0] for link in facts.imports if not link.bound})
    times.update(link.bound for link in facts.imports if link.bound)
    times.update(a.target for a in facts.assigns)
    times.update(param.name for scope in facts.scopes for param in scope.params)
    times.update(scope.name for scope in facts.scopes[1:])
    return times


def tested_names(facts: PythonFacts) -> set[str]:
    """Names that the module asks for with `hasattr`, `getattr` or `delattr`."""
    return {
        argument.value
        for call in facts.calls
        if isinstance(call.func, Name) and call.func.id in ("hasattr", "getattr", "delattr")
        for argument in call.args[1:2]
        if isinstance(argument, Const) and isinstance(argument.value, str)
    }


def _tried_lines(facts: PythonFacts) -> set[int]:
    inside = tried_blocks(facts)
    return {
        line
        for block, first, last in [(c.block, c.line, c.end_line) for c in facts.calls] + [(a.block, a.line, a.line) for a in facts.assigns]
        if block in inside
        for line in range(first, min(last, first + 50) + 1)
    }


def names_defined(facts: PythonFacts) -> frozenset[str] | None:
    """Every name that a module has; None when it may get more at run time."""
    return None if _OPEN.intersection(facts.dynamic) else frozenset(Symbols("", facts).defined())


def _has_submodule(graph: SystemGraph, folders: set[str], target: str, name: str) -> bool:
    if not target.endswith("__init__.py"):
        return False
    path = target.removesuffix("__init__.py") + name
    return f"{path}.py" in graph.modules or path in folders
