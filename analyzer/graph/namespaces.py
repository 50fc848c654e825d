"""Where a name or a dotted name leads inside the repository: to definitions or modules, through re-exports and star imports."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from analyzer.graph.system import ImportLink, Module, SystemGraph
from analyzer.read.facts import LOCAL_KINDS, Mentions, Scope
from analyzer.read.values import Const, Name

Node = tuple[str, int | str]
"""(path, number of the scope): a module's body is scope 0; (path, name) is a collection that the module binds."""
MAX_HOPS = 8
_RESOLVED = ("module", "name")
GROWING = frozenset({"append", "extend", "add", "update", "insert", "remove", "clear", "setdefault"})


@dataclass(frozen=True, slots=True)
class Led:
    """What a name leads to."""

    nodes: tuple[Node, ...] = ()
    modules: tuple[str, ...] = ()
    is_external: bool = False

    def __bool__(self) -> bool:
        return bool(self.nodes or self.modules)


NOWHERE = Led()
EXTERNAL = Led((), (), True)


class Namespaces:
    """Look-ups over all modules of the graph; built once."""

    def __init__(self, graph: SystemGraph) -> None:
        self.graph = graph
        self.top: dict[str, dict[str, list[Node]]] = {}
        """path → name → what the module itself defines under it."""
        self.by_name: dict[str, list[Node]] = defaultdict(list)
        """Name → top-level definitions anywhere."""
        self.methods: dict[str, list[Node]] = defaultdict(list)
        self.children: dict[Node, list[int]] = defaultdict(list)
        self.links: dict[str, list[ImportLink]] = defaultdict(list)
        self._bound: dict[str, dict[str, list[ImportLink]]] = {}
        self._dotted: dict[str, list[tuple[str, str]]] = {}
        """path → (dotted name, module) of `import a.b` that leads into the repository, the longest names first; several of one name
        where any of them may be meant."""
        self._outside: dict[str, set[str]] = {}
        """path → first names of `import a.b` that leads out of it."""
        self._stars: dict[str, list[ImportLink]] = {}
        self._locals: dict[Node, frozenset[str]] = {}
        self._inner: dict[Node, dict[str, list[Node]]] = {}
        """Scope → name → what is defined in it."""
        self._members: dict[tuple[str, str], Led] = {}
        self.mentions: dict[Node, list[Mentions]] = defaultdict(list)
        for path, module in graph.modules.items():
            self._index(path, module)
        for link in graph.imports:
            if link.importer in self.top:
                self._import(link)
        for dotted in self._dotted.values():
            dotted.sort(key=lambda pair: -len(pair[0]))

    def _index(self, path: str, module: Module) -> None:
        top: dict[str, list[Node]] = defaultdict(list)
        scopes = module.facts.scopes
        for number, scope in enumerate(scopes):
            name = scope.name
            if not number or name == "<lambda>":
                continue
            self.children[path, scope.parent].append(number)
            if scope.parent == 0:
                top[name].append((path, number))
                continue
            self._inner.setdefault((path, scope.parent), {}).setdefault(name, []).append((path, number))
            if scopes[scope.parent].kind == "class":
                self.methods[name].append((path, number))
        for assign in module.facts.assigns:
            if assign.scope == 0 and assign.kind in ("=", "ann") and assign.target.isidentifier() and assign.target not in top:
                top[assign.target].append((path, assign.target))
        for name, nodes in top.items():
            self.by_name[name].extend(nodes)
        self.top[path] = top
        self._bound[path], self._dotted[path], self._outside[path], self._stars[path] = {}, [], set(), []
        for mention in module.facts.mentions:
            self.mentions[path, mention.scope].append(mention)

    def _import(self, link: ImportLink) -> None:
        path, fact = link.importer, link.fact
        self.links[path].append(link)
        if fact.name == "*":
            self._stars[path].append(link)
        elif fact.name is None and not fact.bound:
            if link.status not in _RESOLVED:
                self._outside[path].add(fact.module.partition(".")[0])
            elif link.target in self.top:
                self._dotted[path].extend((fact.module, target) for target in (link.target, *self.also_meant(link)))
            if "." not in fact.module:
                self._bound[path].setdefault(fact.module, []).append(link)
        else:
            self._bound[path].setdefault(fact.bound or fact.module, []).append(link)

    # ---- names -----------------------------------------------------------------------------------------------------

    def name(self, path: str, scope: int, name: str) -> Led:
        """What `name` means in a scope; nowhere for a local variable, an argument or a built-in."""
        scopes = self.graph.modules[path].facts.scopes
        current = scope
        while current > 0:
            if current == scope or scopes[current].kind == "function":
                inner = self._inner.get((path, current))
                if inner is not None and name in inner:
                    return Led(tuple(inner[name]))
                if name in self.local_names(path, current):
                    led = self._imported(path, name, 0)
                    return NOWHERE if led and _is_argument(scopes[current], name) else led
            current = scopes[current].parent
        return self.member(path, name)

    def local_names(self, path: str, scope: int) -> frozenset[str]:
        found = self._locals.get((path, scope))
        if found is None:
            facts = self.graph.modules[path].facts
            if (path, 0) not in self._locals:
                self._find_locals(path)
            found = self._locals.setdefault((path, scope), frozenset(p.name for p in facts.scopes[scope].params))
        return found

    def _find_locals(self, path: str) -> None:
        facts = self.graph.modules[path].facts
        names: dict[int, set[str]] = defaultdict(set)
        outer: dict[int, set[str]] = defaultdict(set)
        for assign in facts.assigns:
            if assign.kind == "global":
                outer[assign.scope].add(assign.target)
            elif assign.target.isidentifier() and (assign.kind == "comprehension" or assign.kind not in LOCAL_KINDS):
                names[assign.scope].add(assign.target)
        for number, scope in enumerate(facts.scopes):
            if number:
                self._locals[path, number] = frozenset((names[number] | {p.name for p in scope.params}) - outer[number])
        self._locals[path, 0] = frozenset()

    def member(self, path: str, name: str, hops: int = 0) -> Led:
        """What the module at `path` provides as `name`."""
        if hops:
            return self._member(path, name, hops)
        found = self._members.get((path, name))
        if found is None:
            found = self._members[path, name] = self._member(path, name, 0)
        return found

    def _member(self, path: str, name: str, hops: int) -> Led:
        if hops > MAX_HOPS or path not in self.top:
            return NOWHERE
        nodes = tuple(self.top[path].get(name, ()))
        led = self._imported(path, name, hops)
        submodule = self._submodule(path, name)
        modules = led.modules + ((submodule,) if submodule else ())
        if not nodes and not led.nodes and not modules:
            for star in self._stars[path]:
                if star.status in _RESOLVED and (behind := self.member(star.target, name, hops + 1)):
                    return behind
                if star.status not in _RESOLVED and (guess := self._by_tail(star.target_module or star.fact.module, name)):
                    return guess
            return led
        return Led(nodes + led.nodes, modules, led.is_external and not nodes)

    def _imported(self, path: str, name: str, hops: int) -> Led:
        nodes: list[Node] = []
        modules: list[str] = []
        external = name in self._outside[path]
        for link in self._bound[path].get(name, ()):
            led = self._follow(link, hops)
            nodes.extend(led.nodes)
            modules.extend(led.modules)
            external = external or led.is_external
        return Led(tuple(nodes), tuple(modules), external) if nodes or modules or external else NOWHERE

    def is_imported_too(self, path: str, name: str) -> bool:
        """Whether the module also binds the name by an import that leads out of the repository."""
        return any(link.status not in _RESOLVED for link in self._bound[path].get(name, ()))

    def _follow(self, link: ImportLink, hops: int) -> Led:
        """What an import statement binds."""
        led = self._followed(link, hops)
        others = self.also_meant(link) if link.status in _RESOLVED else ()
        if not others:
            return led
        nodes, modules = list(led.nodes), list(led.modules)
        for path in others:
            if link.fact.name is None or _stem(path) == link.fact.name:
                modules.append(path)
            else:
                nodes.extend(self.member(path, link.fact.name, hops + 1).nodes)
        return Led(tuple(nodes), tuple(modules), led.is_external)

    def also_meant(self, link: ImportLink) -> tuple[str, ...]:
        """Other modules that an absolute import may mean where another folder is the one that Python starts from: below folders around
        the importing file. None where the module stands beside that file: a program finds that one first."""
        fact, here = link.fact, posixpath.dirname(link.importer)
        if fact.level or not fact.module or not link.target:
            return ()
        wanted = fact.module.replace(".", "/")
        if "/" in wanted:  # few modules have namesakes, and looking at every folder around takes its time
            namesakes = (*self._tails.get(wanted, ()), *self._tails.get(f"{wanted}/{fact.name}", ()))
            if all(path in (link.target, link.importer) for path in namesakes):
                return ()
        ends = [f"{wanted}.py", f"{wanted}/__init__.py"]
        if fact.name and fact.name != "*":
            ends = [f"{wanted}/{fact.name}.py", *ends]
        if link.target in [posixpath.join(here, end) for end in ends]:
            return ()
        found: list[str] = []
        while here:
            here = posixpath.dirname(here)
            found.extend(path for end in ends if (path := posixpath.join(here, end)) in self.top)
        return tuple([path for path in found if path not in (link.target, link.importer)])

    def _followed(self, link: ImportLink, hops: int) -> Led:
        asked = link.fact.name
        if link.status not in _RESOLVED:
            return self._unresolved(link.target_module or link.fact.module, asked or "", link.status == "external", hops)
        if asked is None or link.status == "module":
            return Led((), (link.target,)) if link.target in self.top else NOWHERE
        led = self.member(link.target, asked, hops + 1)
        return led if led or link.target not in self.top else Led((), (link.target,)) if _stem(link.target) == asked else led

    def _unresolved(self, dotted: str, asked: str, is_external: bool, hops: int) -> Led:
        """An import that was not followed: what stands under that path below another folder (`src.pkg.mod` in a checkout named src)."""
        parts = dotted.strip(".").split(".")
        for start in range(max(1, len(parts) - 1)):
            tail = "/".join(parts[start:])
            if asked and (modules := self._tails.get(f"{tail}/{asked}")):
                return Led((), tuple(modules))
            for path in self._tails.get(tail, ()):
                if not asked:
                    return Led((), (path,))
                if led := self.member(path, asked, max(hops + 1, MAX_HOPS - 1)):
                    return led
        return self._by_tail(dotted, asked) if asked else Led((), (), is_external)

    def meant_by(self, link: ImportLink) -> tuple[str, ...]:
        """The modules that an import which was not followed may mean: their paths end as its dotted name does."""
        parts = (link.target_module or link.fact.module).strip(".").split(".")
        for start in range(max(1, len(parts) - 1)):
            tail = "/".join(parts[start:])
            found = self._tails.get(f"{tail}/{link.fact.name}" if link.fact.name else tail) or self._tails.get(tail)
            if found:
                return tuple(found)
        return ()

    @cached_property
    def _tails(self) -> dict[str, list[str]]:
        """The last two and more segments of a module's path, without suffix → the modules."""
        found: dict[str, list[str]] = defaultdict(list)
        for path in self.top:
            parts = path.removesuffix("/__init__.py").removesuffix(".py").split("/")
            for start in range(max(1, len(parts) - 1)):
                found["/".join(parts[start:])].append(path)
        return found

    def _by_tail(self, dotted: str, name: str) -> Led:
        """Definitions of `name` in modules of the last name of `dotted`: an import that was not followed may still mean them."""
        tail = dotted.rpartition(".")[2]
        nodes = tuple(node for node in self.by_name.get(name, ()) if tail and tail in (_stem(node[0]), _folder(node[0])))
        return Led(nodes) if nodes else EXTERNAL

    def _submodule(self, path: str, name: str) -> str:
        if not path.endswith("__init__.py"):
            return ""
        base = posixpath.join(posixpath.dirname(path), name)
        return next((found for found in (base + ".py", base + "/__init__.py") if found in self.top), "")

    # ---- dotted names ----------------------------------------------------------------------------------------------

    def chain(self, path: str, scope: int, dotted: str) -> tuple[Led, tuple[str, ...]]:
        """What the longest beginning of `a.b.c` that is known leads to, and the attributes behind it."""
        for module, _target in self._dotted[path]:
            if dotted.startswith(module + "."):
                targets = dict.fromkeys(target for name, target in self._dotted[path] if name == module)
                return self._inside(Led((), tuple(targets)), tuple(dotted[len(module) + 1 :].split(".")))
        first, *rest = dotted.split(".")
        if not first or first in ("self", "cls", "super"):
            return NOWHERE, tuple(rest)
        return self._inside(self.name(path, scope, first), tuple(rest))

    def _inside(self, led: Led, rest: tuple[str, ...]) -> tuple[Led, tuple[str, ...]]:
        while rest and led.modules and not led.nodes:
            behind = [self.member(module, rest[0]) for module in led.modules]
            nodes = tuple(node for each in behind for node in each.nodes)
            modules = tuple(module for each in behind for module in each.modules)
            if not nodes and not modules:
                if any(each.is_external for each in behind):
                    return EXTERNAL, rest
                break
            led, rest = Led(nodes, modules), rest[1:]
        return led, rest

    # ---- what stands around a node ---------------------------------------------------------------------------------

    def scope_of(self, node: Node) -> Scope | None:
        return self.graph.modules[node[0]].facts.scopes[node[1]] if isinstance(node[1], int) else None

    def packages_of(self, path: str) -> Iterator[str]:
        """The `__init__.py` files that run before the module at `path`."""
        folder = posixpath.dirname(path)
        while folder:
            init = posixpath.join(folder, "__init__.py")
            if init not in self.top:
                return
            if init != path:
                yield init
            folder = posixpath.dirname(folder)


def _is_argument(scope: Scope, name: str) -> bool:
    """Whether the name means nothing but an argument in the function: defaults, types and decorators stand outside of it."""
    outside = [part for param in scope.params for part in (param.default, param.annotation) if part is not None]
    if any(param.name == name for param in scope.params):
        return not scope.decorators and all(isinstance(part, (Const, Name)) and part != Name(name) for part in outside)
    return False


def _stem(path: str) -> str:
    name = posixpath.basename(path)
    return _folder(path) if name == "__init__.py" else name.removesuffix(".py")


def _folder(path: str) -> str:
    return posixpath.basename(posixpath.dirname(path))


def all_nodes(namespaces: Namespaces, path: str) -> Iterable[Node]:
    """Everything that the module at `path` defines at its top."""
    return (node for nodes in namespaces.top[path].values() for node in nodes)
