"""What nobody uses, as rules ask for it: dead definitions by module, and islands of modules that nothing reaches."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from analyzer.graph.bound_names import collections_of, only_listed_for_tests, unused_constants
from analyzer.graph.for_tests import is_for_tests
from analyzer.graph.liveness import Liveness, is_program, liveness
from analyzer.graph.namespaces import Node
from analyzer.graph.system import Module, SystemGraph
from analyzer.model import Site
from analyzer.read.facts import Scope
from analyzer.read.values import Attr, Name

_ML = re.compile(
    r"^(sklearn|xgboost|lightgbm|catboost|torch|torchvision|torchaudio|torchmetrics|tensorflow|keras|pytorch_lightning|lightning|transformers|"
    r"statsmodels|prophet|fastai|mxnet|jax|flax|imblearn|gensim|spacy|tf_keras|ultralytics|trl|peft|optuna|cuml|skorch|"
    r"sentence_transformers|accelerate|detectron2|timm|albumentations|monai|shap|umap|hdbscan|datasets|evaluate|seqeval|sacrebleu)\b"
)
_ML_ROLES = ("TRAIN", "FEATURE", "EVAL", "SCORE")
_LESSON = re.compile(
    r"(?:^|/|\d[-_])(tutorials?|courses?|lessons?|homework|cohorts?|week_?\d+|chapters?|ch\d+|workshops?|labs?|exercises?|assignments?|"
    r"solutions?|walkthroughs?|guided|examples?|samples?|demos?|snippets?|cookbooks?|starters?)(?:[/_-]|$)|^templates?/",
    re.IGNORECASE,
)
_PLAIN_FILES = re.compile(
    r"(^|/)(models?|utils?|helpers?|common|base|main|train|data|datasets?|features?|layers|losses|metrics|config|tools)\.py$"
)
"""Names by which a text that lists the files of a project says nothing of an experiment."""
_LICENCE = re.compile(r"/(LICEN[CS]E|COPYING)(\.(txt|md|rst))?$")
NOT_COUNTED = ("method", "constant")
"""Kinds of definitions that `definitions_of` does not count."""
_LEAST_MODULES = 10
_LEAST_SHARE = 0.5
_LEAST_SIBLINGS = 2


@dataclass(frozen=True, slots=True)
class Dead:
    """A definition that nothing but tests, or nothing at all, uses."""

    node: Node
    name: str
    """Qualified within its module."""
    kind: str
    """`class`, `function`, `method`, `collection` or `constant`."""
    site: Site
    statements: int
    by_tests: bool
    ml: str = ""
    """Why it counts as machine-learning work, "" when it does not."""
    user: str = ""
    """A dead definition that mentions it, as `name` or, in another file, `name` of that."""


@dataclass(frozen=True, slots=True)
class Island:
    """Modules that only one another import; the first is the one that no other member imports."""

    modules: tuple[str, ...]
    by_tests: bool
    ml: str = ""


def use_of(graph: SystemGraph, path: str, name: str) -> str:
    """Who uses what the module at `path` defines as `name`: `production`, `research`, `tests`, or "" for nobody."""
    life = liveness(graph)
    nodes = list(life.names.top.get(path, {}).get(name, ()))
    for user, reached in (("production", life.production), ("research", life.used), ("tests", life.tested)):
        if any(node in reached for node in nodes):
            return user
    return ""


def blind_projects(graph: SystemGraph) -> Mapping[str, str]:
    """Projects in which reachability has no power, and why."""
    life = liveness(graph)
    found = dict.fromkeys(life.public, "its package is published: nobody here can say who uses its public API")
    for root in graph.projects:
        own = [m for m in graph.living() if m.project == root and not is_program(m) and not m.path.endswith("__init__.py")]
        reached = sum((m.path, 0) in life.used for m in own)
        if len(own) >= _LEAST_MODULES and reached < _LEAST_SHARE * len(own):
            found.setdefault(root, f"only {reached} of its {len(own)} modules are reached from anything that is run")
    return found


def dead_islands(graph: SystemGraph) -> list[Island]:
    """The islands, in the order of their first modules; none in projects where reachability has no power."""
    life, blind = liveness(graph), blind_projects(graph)
    foreign = _foreign_folders(graph)
    orphans = {
        m.path for m in graph.living()
        if _is_judged(m, foreign) and (m.path, 0) not in life.used and any(_defines(m))
        and (m.project not in blind or (m.project in life.public and life.is_beside_the_package(m)))
    }  # fmt: skip
    imports: dict[str, set[str]] = defaultdict(set)
    for link in graph.imports:
        if link.importer in orphans and link.target in orphans and link.importer != link.target:
            imports[link.importer].add(link.target)
    found = []
    for group in _connected(orphans, imports):
        imported = {target for path in group for target in imports[path]}
        ordered = sorted(group, key=lambda path: (path in imported, -_size(graph.modules[path]), path))
        by_tests = any((path, 0) in life.tested for path in group)
        if by_tests and any(graph.modules[path].project in life.public for path in ordered):
            continue  # whoever publishes the package may run it by hand
        ml = next((why for path in ordered if (why := _ml_of_module(life, graph.modules[path]))), "")
        found.append(Island(tuple(ordered), by_tests, ml))
    return sorted(found, key=lambda island: island.modules)


def dead_definitions(graph: SystemGraph) -> dict[str, list[Dead]]:
    """Path → the dead definitions of a module that itself lives, the largest first."""
    life, blind = liveness(graph), blind_projects(graph)
    siblings, foreign = _siblings(life), _foreign_folders(graph)
    found: dict[str, list[Dead]] = {}
    for module in graph.living():
        if not _is_judged(module, foreign) or (module.path, 0) not in life.used or module.facts.origin is not None:
            continue  # of a copied file only a part is needed
        if module.project in life.public and not module.is_packaged:
            continue  # examples and tools of a library
        if module.project in blind and module.project not in life.public:
            continue
        by_hand = module.project in life.public and life.is_beside_the_package(module)
        dead = [d for d in _dead_in(life, module, siblings) if not (d.by_tests and (by_hand or is_for_tests(graph, d.name)))]
        if dead:
            found[module.path] = sorted(dead, key=lambda each: (each.by_tests, each.kind in NOT_COUNTED, -each.statements, each.name))
    users = _users(life, [each for dead in found.values() for each in dead])
    return {path: [replace(each, user=users.get(each.node, "")) for each in dead] for path, dead in found.items()}


def _users(life: Liveness, found: list[Dead]) -> dict[Node, str]:
    """Dead definition → another one that mentions it."""
    nodes = {each.node for each in found}
    users: dict[Node, str] = {}
    for each in found:
        path, number = each.node
        inside = [number, *life.names.children.get(each.node, ())]
        for target in (target for inner in inside for target in life.outgoing((path, inner)).nodes):
            if target in nodes and target != each.node:
                users.setdefault(target, f"`{each.name}`" if target[0] == path else f"`{each.name}` of `{path}`")
    return users


def is_documented(graph: SystemGraph, path: str, dead: list[Dead]) -> bool:
    """Whether prose names a module of which everything is dead: it tells people of the experiment."""
    if sum(each.kind not in NOT_COUNTED for each in dead) != definitions_of(graph.modules[path]):
        return False
    return not _PLAIN_FILES.search(path) and liveness(graph).is_told(path)


def is_whole(graph: SystemGraph, module: Module, dead: list[Dead]) -> bool:
    """Whether these are all definitions and constants of the module, and no import could lead to it."""
    if sum(each.kind not in NOT_COUNTED for each in dead) != definitions_of(module) or module.path in graph.once(_imported):
        return False
    names = {each.name for each in dead}
    return all(name in names for name in liveness(graph).names.top[module.path] if name.isupper())


def _imported(graph: SystemGraph) -> frozenset[str]:
    """Modules that an import leads to or may lead to."""
    names = liveness(graph).names
    found: set[str] = set()
    for link in graph.imports:
        found.update((link.target, *names.also_meant(link)) if link.target else names.meant_by(link))
    return frozenset(found)


def definitions_of(module: Module) -> int:
    """How many functions, classes and collections the module defines at its top."""
    return sum(1 for _ in _defines(module)) + sum(1 for _ in collections_of(module))


def extent(module: Module) -> Site:
    """From the first definition of the module to the end of the last."""
    scopes = [scope for scope in module.facts.scopes[1:] if scope.parent == 0]
    return module.site(min(s.line for s in scopes), max(s.end_line for s in scopes)) if scopes else Site(module.path, 1)


def _is_judged(module: Module, foreign: tuple[str, ...]) -> bool:
    return not module.is_notebook and not _LESSON.search(module.path) and not module.path.startswith(foreign)


def _foreign_folders(graph: SystemGraph) -> tuple[str, ...]:
    """Folders of others' code, of which only a part is needed: with a licence of their own and no project's, or said to be taken over."""
    held = {path.rpartition("/")[0] for path in graph.manifest.files if _LICENCE.search(path)}
    taken = graph.manifest.of_others | held.difference(graph.projects)
    return tuple(sorted(folder + "/" for folder in taken if folder))


def _dead_in(life: Liveness, module: Module, siblings: Mapping[Node, int]) -> Iterator[Dead]:
    path, scopes = module.path, module.facts.scopes
    offers = posixpath.join(module.project, "hubconf.py") in life.graph.modules
    for number, scope in enumerate(scopes):
        node = (path, number)
        if not number or node in life.used or scope.name == "<lambda>":
            continue
        is_method = scope.parent > 0
        if is_method and offers and not scope.name.startswith("_"):
            continue  # whoever loads the model from the hub calls what it likes
        if _gives_back(scope):
            continue  # does nothing: saved objects name it, or it fills a place
        if scope.kind == "class" and not is_method and _has_living_twin(life, path, scope.name):
            continue  # a saved object may need the class at this path
        if is_method and (scopes[scope.parent].kind != "class" or scopes[scope.parent].parent != 0):
            continue
        if is_method and ((path, scope.parent) not in life.used or scope.kind == "class" or _is_interface(life, node)):
            continue
        if is_method and any(isinstance(value, Attr) and value.name == scope.name for value in scope.returns):
            continue  # stands in for the object that it wraps, whoever asks that
        kind = "method" if is_method else scope.kind
        site = module.site(scope.line)
        ml = "" if is_method else _ml_of(life, node, siblings)
        yield Dead(node, scope.qualname, kind, site, scope.statements, node in life.tested, ml)
    for assign in unused_constants(life, module):
        yield Dead((path, assign.target), assign.target, "constant", module.site(assign.line), 1, False)
    for assign in collections_of(module):
        bound: Node = (path, assign.target)
        if bound in life.used:
            continue
        if bound not in life.tested:
            yield Dead(bound, assign.target, "collection", module.site(assign.line), 1, False)
            continue
        for held in only_listed_for_tests(life, module, assign):
            yield Dead((path, held.target), held.target, "collection", module.site(held.line), 1, True)


def _gives_back(scope: Scope) -> bool:
    """Whether the function only returns what it is given."""
    names = {param.name for param in scope.params}
    return scope.kind == "function" and scope.is_stub and any(isinstance(value, Name) and value.id in names for value in scope.returns)


def _has_living_twin(life: Liveness, path: str, name: str) -> bool:
    """Whether a class of the same name in a module of the same last two names is used."""
    tail = path.split("/")[-2:]
    return any(node[0] != path and node[0].split("/")[-2:] == tail and node in life.used for node in life.names.by_name.get(name, ()))


def _is_interface(life: Liveness, node: Node) -> bool:
    """Whether the method is one that a base or a derived class of the repository has too."""
    path, _number = node
    scope = life.names.scope_of(node)
    if scope is None:
        return True
    owner = (path, scope.parent)
    others = {(p, life.graph.modules[p].facts.scopes[n].parent) for p, n in life.names.methods[scope.name] if isinstance(n, int)} - {owner}
    return bool(others) and (
        bool(others & life.discovery.ancestors(owner)) or any(owner in life.discovery.ancestors(other) for other in others)
    )


def _defines(module: Module) -> Iterator[str]:
    return (scope.name for scope in module.facts.scopes[1:] if scope.parent == 0 and scope.name != "<lambda>")


def _size(module: Module) -> int:
    return module.facts.scopes[0].statements if module.facts.scopes else 0


def _connected(paths: Iterable[str], links: Mapping[str, set[str]]) -> Iterator[list[str]]:
    both: dict[str, set[str]] = defaultdict(set)
    for one, others in links.items():
        for other in others:
            both[one].add(other)
            both[other].add(one)
    seen: set[str] = set()
    for path in sorted(paths):
        if path in seen:
            continue
        group, todo = [], [path]
        seen.add(path)
        while todo:
            current = todo.pop()
            group.append(current)
            fresh = both[current] - seen
            seen |= fresh
            todo.extend(fresh)
        yield group


# ---- is it machine-learning work -------------------------------------------------------------------------------------


def _siblings(life: Liveness) -> dict[Node, int]:
    """Base class → how many living classes derive from it directly."""
    counts: dict[Node, int] = defaultdict(int)
    for node in life.used:
        scope = life.names.scope_of(node) if node[1] else None
        if scope is not None and scope.kind == "class" and scope.bases:
            for base in life.discovery.bases_inside(node):
                counts[base] += 1
    return counts


def _ml_of(life: Liveness, node: Node, siblings: Mapping[Node, int]) -> str:
    scope = life.names.scope_of(node)
    if scope is not None and scope.kind == "class":
        for base in life.discovery.bases_inside(node):
            if siblings.get(base, 0) >= _LEAST_SIBLINGS:
                name = life.graph.modules[base[0]].facts.scopes[int(base[1])].name
                return f"an alternative: {siblings[base]} other classes derive from `{name}` and are used"
    learned = _ml_names(life, node)
    return f"works with `{learned}`" if learned else ""


def _ml_of_module(life: Liveness, module: Module) -> str:
    role = next((role for role in _ML_ROLES if role in module.roles), "")
    if role:
        return module.roles[role].text
    learned = next((name for name in (_library(link.fact.module) for link in life.names.links.get(module.path, ())) if name), "")
    return f"works with `{learned}`" if learned else ""


def _ml_names(life: Liveness, node: Node) -> str:
    """A machine-learning library that the definition, or what stands in it, uses."""
    path, number = node
    scope = life.names.scope_of(node)
    if scope is None:
        return ""
    bound = {
        link.fact.bound or link.fact.module.partition(".")[0]: name
        for link in life.names.links.get(path, ())
        if (name := _library(link.fact.module))
    }
    if not bound:
        return ""
    inside = [n for n, s in enumerate(life.graph.modules[path].facts.scopes) if n == number or s.qualname.startswith(scope.qualname + ".")]
    for inner in inside:
        for mention in life.names.mentions.get((path, inner), ()):
            for name in (*mention.names, *(chain.partition(".")[0] for chain in mention.chains)):
                if name in bound:
                    return bound[name]
    return ""


def _library(module: str) -> str:
    match = _ML.match(module)
    return match[1] if match else ""
