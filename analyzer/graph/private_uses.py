"""Uses of names that their owner marks as private (a leading underscore, a folder `internal`): by import, or by attribute."""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from analyzer.graph.attributes import tested_names
from analyzer.graph.system import ImportLink, Module, SystemGraph
from analyzer.model import Site
from analyzer.read.values import Attr, Name, last_name

_PRIVATE = re.compile(r"_[A-Za-z](\w*[A-Za-z0-9])?")
"""One underscore before, none behind; mangled names contain two."""
_INTERNAL = frozenset({"internal", "impl", "private", "detail"})
_DOCUMENTED = frozenset(
    """
    _asdict _replace _make _fields _field_defaults _meta _default_manager _base_manager _value2member_map_ _version _repr_html_ _tags
    _dynamo _inductor _assert _check _scaled_mm _get_current_object _rate_limit_exceeded_handler _PARTITION_EOF
    """.split()
)
"""Underscored names that their libraries document: the two last ones slowapi (https://slowapi.readthedocs.io) and confluent_kafka
(https://docs.confluent.io/platform/current/clients/confluent-kafka-python/html/index.html#kafkaerror)."""
_BUILT = frozenset({"_C", "_lib", "_ext"})
"""Compiled parts: what they hold depends on the build anyway."""
_OF_TORCH = frozenset(
    """
    _LRScheduler _Loss _WeightedLoss _BatchNorm _NormBase _InstanceNorm _ConvNd _DropoutNd _pair _single _triple _ntuple _Tensor
    _record_memory_history _dump_snapshot _snapshot
    """.split()
)
"""Names of torch that everybody derives from and that have not moved in ten years, and those that its documentation tells to call
(https://docs.pytorch.org/docs/stable/torch_cuda_memory.html)."""


@dataclass(frozen=True, slots=True)
class PrivateUse:
    """One use. `owner` is the path of the project module that owns the name, "" for a third-party one."""

    site: Site
    name: str
    """As the user writes it: `_encode`, `settings._token`, `acme._speedups`."""
    package: str
    """Top-level import name of the owner."""
    owner: str = ""


def private_uses(graph: SystemGraph) -> Iterator[PrivateUse]:
    """Every private name that a judged module takes from another module, in a deterministic order.

    Left out: the standard library; imports that may fail by design; packages' own insides (a user below the folder that holds the private
    module, or beside the module that owns the name); what a subclass uses of its base; names that documentation makes public.
    """
    by_importer: dict[str, list[ImportLink]] = defaultdict(list)
    for link in graph.imports:
        if not link.fact.guard:
            by_importer[link.importer].append(link)
    for path in sorted(by_importer):
        module = graph.modules.get(path)
        if module is not None and not module.is_excluded:
            seen: set[tuple[str, str]] = set()
            for use in (*_imported(graph, module, by_importer[path]), *_attributes(graph, module, by_importer[path])):
                if (use.owner or use.package, use.name) not in seen:
                    seen.add((use.owner or use.package, use.name))
                    yield use


def is_private(name: str) -> bool:
    return _PRIVATE.fullmatch(name) is not None and "__" not in name and name not in _DOCUMENTED


def _imported(graph: SystemGraph, module: Module, links: Iterable[ImportLink]) -> Iterator[PrivateUse]:
    for link in links:
        asked = link.target_module or link.fact.module
        if not _BUILT.isdisjoint((link.fact.name or "", *asked.split("."))):
            continue
        if link.fact.name is not None and is_private(link.fact.name):
            name = link.fact.name
        else:
            name = next((part for part in asked.split(".") if is_private(part) or (part in _INTERNAL and link.target)), "")
        if name:
            yield from _use(graph, module, link, name, name if name == link.fact.name else asked, link.site)


def _attributes(graph: SystemGraph, module: Module, links: Iterable[ImportLink]) -> Iterator[PrivateUse]:
    """`alias._name` of an imported module, class or object, unless something else in the file bears the alias."""
    bound = {link.fact.bound or link.fact.name or link.fact.module.partition(".")[0]: link for link in links}
    shadowed = {assign.target for assign in module.facts.assigns} | {p.name for scope in module.facts.scopes for p in scope.params}
    bases = {last_name(base) for s in module.facts.scopes for base in s.bases if isinstance(base, (Name, Attr))}
    tested: set[str] | None = None
    for dotted, line in module.facts.attributes:
        first, *rest = dotted.split(".")
        name = rest[-1]
        link = bound.get(first)
        if (
            link is None
            or first in shadowed
            or not is_private(name)
            or not _BUILT.isdisjoint(rest)
            or not bases.isdisjoint((first, *rest[:-1]))
        ):
            continue
        tested = tested_names(module.facts) if tested is None else tested
        if not link.target and name in tested:
            continue
        if link.target and not _defines(graph.modules.get(link.target), name):
            continue
        yield from _use(graph, module, link, name, dotted, module.site(line))


def _use(graph: SystemGraph, module: Module, link: ImportLink, name: str, said: str, site: Site) -> Iterator[PrivateUse]:
    package = (link.target_module or link.fact.module or name).partition(".")[0]
    if link.status == "external" and link.fact.level == 0:
        is_documented = package == "torch" and name in _OF_TORCH
        if not is_documented and is_library(graph, module, package) and not package.startswith("_"):
            yield PrivateUse(site, said, package)
    elif link.status in ("module", "name") and link.target in graph.modules and link.target != module.path:
        owner = graph.modules[link.target]
        if not owner.is_excluded and not _is_inside(module.path, owner.path, name):
            yield PrivateUse(site, said, package, owner.path)


def is_library(graph: SystemGraph, module: Module, package: str) -> bool:
    """Is a top-level name that the module imports, and that was not found here, a library's? A file of that name says that it is not."""
    standard = package in sys.stdlib_module_names
    return not standard and package not in graph.project_of(module.path).packages and package not in graph.once(_stems)


def _stems(graph: SystemGraph) -> frozenset[str]:
    """Of files outside of packages: what a script beside them, or run from their folder, imports."""
    return frozenset(PurePosixPath(path).stem for path, module in graph.modules.items() if "." not in module.name)


def _is_inside(user: str, owner: str, name: str) -> bool:
    """Does the user stand where the private name is at home: in the folder of its module, or below the one that holds the private part?"""
    path = PurePosixPath(owner)
    private = path.parts.index(name) if name in path.parts else path.parts.index(f"{name}.py") if f"{name}.py" in path.parts else -1
    if private >= 0:
        return PurePosixPath(*path.parts[:private]) in PurePosixPath(user).parents
    return path.parent == PurePosixPath(user).parent


def _defines(module: Module | None, name: str) -> bool:
    if module is None:
        return False
    facts = module.facts
    return any(scope.name == name for scope in facts.scopes) or any(assign.target.rpartition(".")[2] == name for assign in facts.assigns)
