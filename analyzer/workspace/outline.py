"""What one repository of a workspace looks like from outside: what it offers, and what it uses that may belong to another.

Made from a system graph that is then no longer needed, so that a workspace of any number of repositories holds one graph at a time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from posixpath import basename, dirname

from analyzer.graph.joining import is_global, joining_key
from analyzer.graph.manifest import Manifest
from analyzer.graph.system import Module, SystemGraph
from analyzer.link.symbols import Symbols
from analyzer.model import Access, Site
from analyzer.read.facts import Text
from analyzer.read.step_facts import Command
from analyzer.read.values import BinOp, Const, Either, Fmt, Map, Seq
from analyzer.workspace.hosting import Address, remote_of
from analyzer.workspace.published import published_modules
from analyzer.workspace.routes import Route, routes_of
from analyzer.workspace.tables import tables_of

OPEN = frozenset({"__getattr__", "globals", "exec", "setattr", "star", "__all__"})
MAX_VALUE = 400
GENERIC = frozenset(
    """
    src lib libs app apps api cli core common utils util helpers helper tools tool scripts script test tests main base models model
    data dataset datasets config configs conf settings service services server client clients backend frontend train training trainer
    predict prediction
    inference serve serving pipeline pipelines project package packages module modules code python py ml ai nlp cv features feature docs doc
    examples example notebooks notebook experiments experiment research jobs job tasks task workers worker web site www flask_app handler
    handlers lambda function functions plugins plugin runner run build dist deploy deployment infra etl dags dag flows flow schema
    schemas database db types exceptions constants evaluation evaluate metrics preprocessing preprocess postprocessing loss losses nn
    network networks
    """.split()
)
"""Names that many projects give to their own things: equal names prove nothing (RULES.md App. A2, for packages and commands)."""


@dataclass(frozen=True, slots=True)
class Used:
    """A place where something is used, and by which unit."""

    name: str
    site: Site
    unit: str


@dataclass(frozen=True, slots=True)
class UsedImport:
    """An import that leads out of the repository."""

    module: str
    name: str
    site: Site
    unit: str


@dataclass(frozen=True, slots=True)
class UsedCommand:
    command: Command
    site: Site
    unit: str


@dataclass(eq=False)
class Outline:
    name: str
    """Prefix of its paths in the workspace."""
    folder: str
    """Name of its folder on disk."""
    parent: str = ""
    manifest: Manifest = field(default_factory=Manifest)
    addresses: frozenset[Address] = frozenset()
    modules: dict[str, str] = field(default_factory=dict)
    """Dotted import name → path, of packaged modules."""
    names: dict[str, frozenset[str] | None] = field(default_factory=dict)
    """Dotted import name → the names it defines, None when they cannot be known."""
    own_names: frozenset[str] = frozenset()
    """First segments of every import name that the repository itself answers."""
    routes: tuple[Route, ...] = ()
    tables: dict[str, Site] = field(default_factory=dict)
    """Qualified tables that it defines."""
    settings: tuple[Used, ...] = ()
    """Leaves of configuration files: (text, place)."""
    told: tuple[Used, ...] = ()
    """Addresses in comments of configuration files."""
    texts: tuple[Used, ...] = ()
    """Strings in code that look like paths, images or URIs."""
    buckets: tuple[Used, ...] = ()
    """Names of buckets in settings and constants that are called so."""
    imports: tuple[UsedImport, ...] = ()
    commands: tuple[UsedCommand, ...] = ()
    accesses: tuple[Access, ...] = ()
    """Those whose identity means the same everywhere, tables included; tests left out."""
    local: tuple[Access, ...] = ()
    """The other resolved ones: paths inside and outside of the repository."""
    units: frozenset[str] = frozenset()

    @property
    def packages(self) -> frozenset[str]:
        """Top-level import names that it publishes, without names that prove nothing."""
        return frozenset(top for name in self.modules if (top := name.partition(".")[0]) and top.lower() not in GENERIC)

    @cached_property
    def folders(self) -> frozenset[str]:
        found: set[str] = set()
        for path in self.manifest.files:
            folder = dirname(path)
            while folder and folder not in found:
                found.add(folder)
                folder = dirname(folder)
        return frozenset(found)

    @cached_property
    def namespaces(self) -> frozenset[str]:
        """Dotted names above its modules that are no modules themselves."""
        found: set[str] = set()
        for name in self.modules:
            above = name.rpartition(".")[0]
            while above and above not in found:
                found.add(above)
                above = above.rpartition(".")[0]
        return frozenset(found - set(self.modules))

    def holds(self, path: str) -> bool:
        """Is there such a file or folder in its tree?"""
        return path in self.manifest.files or path in self.folders

    def site(self, site: Site) -> Site:
        return Site(f"{self.name}/{site.path}", site.line, site.end_line, site.cell)

    def unit(self, unit: str) -> str:
        return f"{self.name}/{unit}"


def outline_of(graph: SystemGraph, name: str, folder: str, parent: str = "", urls: tuple[str, ...] = ()) -> Outline:
    """The outline of a repository from its graph. `folder` and `parent` are the names of its folder and the one above, `urls` are
    addresses that the user gave for it."""
    living = [module for module in graph.modules.values() if not module.is_excluded]
    packaged = published_modules(living, graph)
    return Outline(
        name=name,
        folder=folder,
        parent=parent,
        manifest=graph.manifest,
        addresses=_addresses(graph, folder, parent, urls),
        modules={name: module.path for name, module in packaged.items()},
        names={name: _defined(module) for name, module in packaged.items()},
        own_names=_own_names(graph),
        routes=tuple(routes_of(living)),
        tables=tables_of(living),
        settings=tuple(_settings(graph)),
        told=tuple(Used(url, Site(path, line), path) for path, config in graph.configs.items() for url, line in config.links),
        buckets=tuple(_buckets(living, graph)),
        texts=tuple(_texts(living)),
        imports=tuple(_imports(graph)),
        commands=tuple(_commands(graph)),
        accesses=tuple(a for a in _accesses(graph) if is_global(a.artifact or "") or _is_qualified_table(a)),
        local=tuple(a for a in _accesses(graph) if not is_global(a.artifact or "") and a.kind != "table"),
        units=frozenset(graph.units),
    )


def _defined(module: Module) -> frozenset[str] | None:
    if OPEN.intersection(module.facts.dynamic):
        return None
    symbols = Symbols(module.path, module.facts)
    return None if symbols.stars else frozenset(symbols.defined())


def _own_names(graph: SystemGraph) -> frozenset[str]:
    names = {module.name.partition(".")[0] for module in graph.modules.values() if module.name}
    names |= {basename(module.path).removesuffix(".py") for module in graph.modules.values()}
    return frozenset(names | {part for module in graph.modules.values() for part in dirname(module.path).split("/") if part})


def _addresses(graph: SystemGraph, folder: str, parent: str, urls: tuple[str, ...]) -> frozenset[Address]:
    """Under which `owner/name` the repository is known: said by the user, by git, by its packaging, or by its folder's name.

    The folder's name alone names no owner; then the repository's own prose has to name the address.
    """
    manifest = graph.manifest
    about = [a.value for m in graph.modules.values() for a in m.facts.assigns if a.target == "__url__"]
    written = [value.value for value in about if isinstance(value, Const) and isinstance(value.value, str)]
    stated = [remote_of(url) for url in (*urls, *manifest.remotes, *manifest.own_urls, *written)]
    found = {remote.address for remote in stated if remote is not None and not remote.path}
    own = {a for a in found if is_called(folder, parent, a) or a.name in folder.lower()} if not urls else found
    told = {remote.address for url in manifest.prose_urls if (remote := remote_of(url)) is not None}
    named = {address for address in told if is_called(folder, parent, address)}
    if not own and not named:
        named = {address for address in told if address.name == folder.lower()}
    said_by_git = {remote.address for url in (*urls, *manifest.remotes) if (remote := remote_of(url)) is not None}
    return frozenset(own | named | said_by_git)


def is_called(folder: str, parent: str, address: Address) -> bool:
    """Does the folder carry owner and name: `owner+name`, `owner__name`, or `name` in a folder `owner`?"""
    folder, parent = folder.lower(), parent.lower()
    joined = {f"{address.owner}{mark}{address.name}" for mark in ("+", "__", "_", "-", "--", ".", "@", "~")}
    return folder in joined or (folder == address.name and parent == address.owner)


def _settings(graph: SystemGraph) -> Iterator[Used]:
    for path, config in graph.configs.items():
        for key, value, line in config.leaves:
            if isinstance(value, str) and 2 < len(value) <= MAX_VALUE:
                yield Used(f"{key}\0{value}", Site(path, line), path)


_BUCKET_KEY = re.compile(r"bucket(_?name)?s?(_\w+)?$", re.IGNORECASE)
_BUCKET_NAME = re.compile(r"(?=.*[-.\d])[a-z0-9][a-z0-9._-]{6,62}$")


def _buckets(living: list[Module], graph: SystemGraph) -> Iterator[Used]:
    for leaf in _settings(graph):
        key, _, value = leaf.name.partition("\0")
        if _BUCKET_KEY.search(key.rpartition(".")[2]) and _BUCKET_NAME.match(value):
            yield Used(value, leaf.site, leaf.unit)
    for module in living:
        for assign in module.facts.assigns:
            name = assign.value.value if isinstance(assign.value, Const) else None
            if isinstance(name, str) and _BUCKET_KEY.search(assign.target) and _BUCKET_NAME.match(name):
                yield Used(name, module.site(assign.line), module.path)


def _texts(living: list[Module]) -> Iterator[Used]:
    for module in living:
        found = [text for text in module.facts.texts if _may_name(text)]
        partial = _fragments(module) if any("://" in text.value for text in found) else frozenset()
        for text in found:
            if text.value not in partial:
                yield Used(text.value, module.site(text.line), module.path)


def _fragments(module: Module) -> frozenset[str]:
    """Strings that are only a part of what they name: pieces of f-strings and of sums."""
    facts = module.facts
    waiting: list[object] = [assign.value for assign in facts.assigns]
    waiting += [value for call in facts.calls for value in (*call.args, *(value for _, value in call.keywords))]
    waiting += [value for scope in facts.scopes for value in scope.returns]
    found: set[str] = set()
    while waiting:
        value = waiting.pop()
        parts: tuple[object, ...] = ()
        if isinstance(value, Fmt):
            parts = value.parts
        elif isinstance(value, BinOp):
            parts = (value.left, value.right)
        found.update(part.value for part in parts if isinstance(part, Const) and isinstance(part.value, str))
        if isinstance(value, Seq):
            parts = value.items
        elif isinstance(value, Map):
            parts = value.values
        elif isinstance(value, Either):
            parts = value.options
        waiting.extend(parts)
    return frozenset(found)


def _may_name(text: Text) -> bool:
    return text.role in ("", "compare") and "/" in text.value and len(text.value) <= MAX_VALUE and " " not in text.value.strip()


def _imports(graph: SystemGraph) -> Iterator[UsedImport]:
    for link in graph.imports:
        module = graph.modules.get(link.importer)
        if link.status == "external" and link.fact.level == 0 and module is not None and not (module.is_test or module.is_vendored):
            yield UsedImport(link.target_module, link.name if link.name != "*" else "", link.site, link.importer)


def _commands(graph: SystemGraph) -> Iterator[UsedCommand]:
    for path, facts in graph.steps.items():
        for step in facts.steps:
            unit = f"{path}::{step.name}" if step.name else path
            for command in step.commands:
                yield UsedCommand(command, Site(path, command.line), unit)
    for module in graph.modules.values():
        if not module.is_excluded:
            for step in module.facts.steps:
                for command in step.commands:
                    yield UsedCommand(command, module.site(command.line), module.path)


def _accesses(graph: SystemGraph) -> Iterator[Access]:
    for access in graph.accesses:
        module = graph.modules.get(access.site.path)
        is_own = not access.temporary and not access.borrowed and (module is None or not module.is_excluded)
        if access.artifact is not None and is_own:
            yield access


def _is_qualified_table(access: Access) -> bool:
    return access.kind == "table" and table_key(access.artifact or "") != ""


_ORDINARY_SCHEMAS = frozenset(
    "public dbo main default temp tmp test dev prod stg staging raw data information_schema pg_catalog sys db".split()
)


_PLAIN = re.compile(r"[\w-]+$")


def table_key(name: str) -> str:
    """A table's name as a key across repositories: with a schema of its own and without holes; "" for any other."""
    parts = name.lower().strip('`"[]').split(".")
    if not 2 <= len(parts) <= 4 or not all(_PLAIN.match(part) for part in parts):
        return ""
    return ".".join(parts) if parts[-2] not in _ORDINARY_SCHEMAS or len(parts) > 2 else ""


def access_key(access: Access) -> str:
    """What two accesses of different repositories have to share; a table's key is marked, so that no URI equals it."""
    name = access.artifact or ""
    return f"table:{table_key(name)}" if access.kind == "table" else joining_key(name)
