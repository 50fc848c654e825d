"""Three more ways in which a package's source is changed on this side (GLU007).

Parts copied out of a package that the project has, vendored folders that commits edit, packages whose functions are replaced at run time.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from analyzer.graph.system import Module, SystemGraph
from analyzer.model import Evidence, Site
from analyzer.read.facts import Assign
from analyzer.read.values import Name

_MIN_STATEMENTS = 8
_ABOVE = 3
"""Lines between a comment and the definition that it stands over."""
_INSIDE = 6
"""Lines between a definition and the remark in its docstring."""
_IMPORTED_AS = {"pytorch": "torch", "vision": "torchvision", "scikit_learn": "sklearn", "opencv": "cv2", "pillow": "PIL"}
_MIN_COMMITS = 2
_UPGRADE = 0.3
"""A commit that touches a larger share of a vendored folder brings another version, or formats everything."""
_ADOPTED = 0.5
"""Who changes more than this share of a folder's files has made it their own."""
_METHODS = frozenset("forward backward fit predict predict_proba transform step train call get_params set_params run".split())
"""What the classes of the field's packages have for certain."""


@dataclass(frozen=True, slots=True)
class Changed:
    """One thing that is copied or replaced, with all its places."""

    subject: str
    message: str
    sites: tuple[Site, ...]
    evidence: tuple[Evidence, ...]
    paths: tuple[str, ...]


def copied_parts(graph: SystemGraph, modules: list[Module]) -> Iterator[Changed]:
    """Functions, classes and files that say they were copied out of a package and changed, where the project has that package."""
    found: dict[tuple[str, str], list[tuple[Module, int, int, str]]] = defaultdict(list)
    for module in modules:
        for remark in module.facts.taken:
            name = _IMPORTED_AS.get(remark.package, remark.package)
            scope = _part(module, remark.line)
            if scope is None or module.facts.scopes[scope].statements < _MIN_STATEMENTS or name not in _had(graph, module.project):
                continue
            if scope == 0 and _calls_namesake(module, name):
                continue
            if module.facts.origin is None or module.facts.origin.line != remark.line:
                found[module.project, name].append((module, remark.line, scope, remark.text))
    for (project, name), parts in sorted(found.items()):
        sites: list[Site] = []
        for module, line, scope, _text in parts:
            sites += [module.site(line)] + ([module.site(module.facts.scopes[scope].line)] if scope else [])
        first = parts[0][0]
        what = f"`{first.facts.scopes[parts[0][2]].qualname or first.path}`"
        more = f" and {len(parts) - 1} more" if len(parts) > 1 else ""
        yield Changed(
            f"{name} in {project or '.'}",
            f"{what}{more} {'are' if more else 'is'} copied out of `{name}`, which the project has, and changed here",
            tuple(dict.fromkeys(sites)),
            tuple(Evidence(f"`{text}`", module.site(line)) for module, line, _scope, text in parts),
            tuple(sorted({module.path for module, _line, _scope, _text in parts})),
        )


def _calls_namesake(module: Module, package: str) -> bool:
    """Does the file import the package's module of its own name? Then it goes on from that, and is no second one."""
    stem = module.path.rpartition("/")[2].removesuffix(".py")
    asked = (fact.module.split(".") for fact in module.facts.imports if not fact.level)
    return any(parts[0] == package and len(parts) > 1 and parts[-1] == stem for parts in asked)


def _part(module: Module, line: int) -> int | None:
    """The definition that a remark is about: the one that it stands over, or whose docstring it is in; 0 for one over the whole file."""
    facts = module.facts
    definitions = [(n, scope) for n, scope in enumerate(facts.scopes) if n and scope.kind in ("function", "class")]
    below = next((n for n, scope in definitions if 0 < scope.line - line <= _ABOVE), None)
    if below is not None:  # over a constructor: of its class
        return facts.scopes[below].parent or below if facts.scopes[below].name == "__init__" else below
    around = [(scope.line, n) for n, scope in definitions if scope.line < line <= min(scope.end_line, scope.line + _INSIDE)]
    if around:
        return max(around)[1]
    return 0 if not definitions or line < min(scope.line for _n, scope in definitions) else None


def _had(graph: SystemGraph, project: str) -> set[str]:
    return graph.once(_packages).get(project, set())


def _packages(graph: SystemGraph) -> dict[str, set[str]]:
    """Project → the packages from elsewhere that it declares or imports, in lower case with underscores; none of its own."""
    found = {root: {name.replace("-", "_") for name in project.dependencies} for root, project in graph.projects.items()}
    own = {name.lower() for project in graph.projects.values() for name in (*project.packages, project.name.replace("-", "_"))}
    own |= {part.lower().replace("-", "_") for part in graph.name.split("+")} | {name.lower() for name in sys.stdlib_module_names}
    for link in graph.imports:
        user = graph.modules.get(link.importer)
        if link.status == "external" and user is not None and not user.is_excluded:
            found.setdefault(user.project, set()).add(link.fact.module.partition(".")[0].lower())
    return {root: names - own for root, names in found.items()}


def edited_vendored(graph: SystemGraph) -> Iterator[Changed]:
    """Vendored folders of which commits changed single files after these came in. Without history nothing is told."""
    if graph.history is None or graph.history.gap:
        return
    trees: dict[str, list[str]] = defaultdict(list)
    roots = _roots(graph)
    for path, module in graph.modules.items():
        if module.is_vendored and not module.is_generated:
            trees[roots.get(path.rpartition("/")[0], "")].append(path)
    trees.pop("", None)
    owner = {path: tree for tree, paths in trees.items() for path in paths}
    edits: dict[str, dict[str, int]] = defaultdict(dict)
    commits: dict[str, int] = defaultdict(int)
    for commit in graph.history.commits if owner else ():
        touched: dict[str, list[str]] = defaultdict(list)
        for path in commit.files:
            if path in owner and path not in commit.added:
                touched[owner[path]].append(path)
        for tree, paths in touched.items():
            if len(trees[tree]) > 1 and len(paths) <= max(1, _UPGRADE * len(trees[tree])) and not commit.is_merge:
                commits[tree] += 1
                for path in paths:
                    edits[tree][path] = edits[tree].get(path, 0) + 1
    for tree, changed in sorted(edits.items()):
        if commits[tree] >= _MIN_COMMITS and len(changed) <= _ADOPTED * len(trees[tree]):
            yield _edited(tree, changed, commits[tree], len(trees[tree]))


def _edited(tree: str, changed: dict[str, int], commits: int, files: int) -> Changed:
    order = sorted(changed, key=lambda path: (-changed[path], path))
    times = [f"{changed[path]} commit{'s' if changed[path] > 1 else ''} changed it after it came in" for path in order]
    return Changed(
        f"vendored {tree}",
        f"vendored `{tree}` was edited in place: {commits} commits changed {len(order)} of its {files} files",
        tuple(Site(path, 1) for path in order),
        tuple(Evidence(text, Site(path, 1)) for path, text in zip(order, times, strict=True)),
        tuple(sorted(order)),
    )


def _roots(graph: SystemGraph) -> dict[str, str]:
    """Folder of vendored files → the topmost folder around it that holds nothing else."""
    ours: set[str] = set()
    folders: set[str] = set()
    for path, module in graph.modules.items():
        folder = path.rpartition("/")[0]
        while folder:
            (folders if module.is_vendored else ours).add(folder)
            folder = folder.rpartition("/")[0]
    found: dict[str, str] = {}
    for folder in sorted(folders - ours):
        parent = folder.rpartition("/")[0]
        found[folder] = found.get(parent, folder)
    return found


def replaced_at_run_time(graph: SystemGraph, modules: list[Module]) -> Iterator[Changed]:
    """Functions and classes of packages from elsewhere that code replaces by its own (`package.module.name = mine`)."""
    candidates = {module.path: assigns for module in modules if (assigns := _attributes_set(module))}
    bound: dict[str, dict[str, str]] = defaultdict(dict)
    named: dict[str, set[str]] = defaultdict(set)
    for link in graph.imports:
        if link.importer not in candidates:
            continue
        if link.status == "external" and link.fact.guard != "typing":
            top = link.fact.module.partition(".")[0]
            bound[link.importer][link.fact.bound or top] = top
        elif link.target and link.name:
            named[link.importer].add(link.fact.bound)
    for path, assigns in candidates.items():
        module = graph.modules[path]
        own = {scope.name for scope in module.facts.scopes[1:] if scope.parent == 0} | named.get(path, set())
        found: dict[str, list[tuple[int, str]]] = defaultdict(list)
        for assign in assigns:
            package = bound.get(path, {}).get(assign.target.partition(".")[0])
            if package and isinstance(assign.value, Name) and assign.value.id in own and not _is_added(module, assign.target):
                found[package].append((assign.line, f"{assign.target} = {assign.value.id}"))
        for package, lines in sorted(found.items()):
            if package in sys.stdlib_module_names:
                continue
            names = sorted({text.partition(" ")[0] for _line, text in lines})
            yield Changed(
                f"{package} at run time in {module.path}",
                f"`{module.path}` replaces {', '.join(f'`{name}`' for name in names[:3])} of `{package}` when it runs",
                tuple(module.site(line) for line, _text in lines),
                tuple(Evidence(f"`{text}`", module.site(line)) for line, text in lines),
                (module.path,),
            )


def _is_added(module: Module, target: str) -> bool:
    """Is it, as far as the file tells, a method that the class does not have? Of a module nobody sets what it has not."""
    owner, _, name = target.rpartition(".")
    if not owner.rpartition(".")[2].lstrip("_")[:1].isupper() or name.startswith("__") or name in _METHODS:
        return False
    return not any(target in mentions.chains for mentions in module.facts.mentions)


def _attributes_set(module: Module) -> list[Assign]:
    """The assignments of a bare name to an attribute of something else than the object at hand."""
    assigns = (assign for assign in module.facts.assigns if isinstance(assign.value, Name) and assign.kind == "=")
    return [assign for assign in assigns if "." in assign.target and not assign.target.startswith(("self.", "cls."))]
