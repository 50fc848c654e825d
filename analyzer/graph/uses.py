"""What the code of one scope leads to: the definitions, modules and names that live when it does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analyzer.graph.namespaces import GROWING, Led, Node, all_nodes
from analyzer.graph.system import Module
from analyzer.read.facts import Mentions
from analyzer.read.mentions import METACLASS
from analyzer.read.values import CallRef, Value, last_name

if TYPE_CHECKING:
    from analyzer.graph.liveness import Liveness


@dataclass(frozen=True, slots=True)
class Outgoing:
    """Everything that one scope leads to; names that nothing in the repository has are left out."""

    nodes: tuple[Node, ...]
    modules: tuple[str, ...]
    """Modules whose bodies run."""
    attributes: tuple[str, ...]
    """`.name` of something unknown."""
    anywhere: tuple[str, ...]
    """Names that may mean any definition of that name."""
    words: tuple[str, ...]
    loads: bool
    """Whether its module looks names up at run time: then a plain word may be one."""
    methods: tuple[tuple[str, Node], ...] = ()
    """Of a class, what lives only when its name is mentioned."""


def outgoing(life: Liveness, node: Node) -> Outgoing:
    """What the scope's own code leads to; nothing for a collection."""
    path, number = node
    if isinstance(number, str):
        return Outgoing((), (), (), (), (), False)
    collector = _Collector(life, life.graph.modules[path])
    collector.imports(number)
    for mention in life.names.mentions.get(node, ()):
        collector.mention(number, mention)
    if number == 0:
        collector.body()
    else:
        collector.inside(node)
    return collector.result()


class _Collector:
    def __init__(self, life: Liveness, module: Module) -> None:
        self._life = life
        self._names = life.names
        self._module = module
        self._nodes: dict[Node, None] = {}
        self._modules: dict[str, None] = {}
        self._attributes: dict[str, None] = {}
        self._anywhere: dict[str, None] = {}
        self._words: dict[str, None] = {}
        self._methods: list[tuple[str, Node]] = []
        self._unbound = frozenset(name for name, _line in module.facts.unbound)

    def result(self) -> Outgoing:
        loads = bool({"getattr", "import_module", "__import__"}.intersection(self._module.facts.dynamic))
        by_name, methods = self._names.by_name, self._names.methods
        return Outgoing(
            tuple(self._nodes),
            tuple(self._modules),
            tuple([name for name in self._attributes if name in methods]),
            tuple([name for name in self._anywhere if name in by_name]),
            tuple([word for word in self._words if word in by_name or word in methods or "*" in word]),
            loads,
            tuple(self._methods),
        )

    def imports(self, number: int) -> None:
        for link in self._names.links.get(self._module.path, ()):
            if link.fact.scope != number or link.fact.guard == "typing":
                continue
            if link.target in self._life.graph.modules:
                self._modules[link.target] = None
                self._modules.update(dict.fromkeys(self._names.also_meant(link)))
            else:
                self._modules.update(dict.fromkeys(self._names.meant_by(link)))

    def body(self) -> None:
        """What a module brings to life by being imported: what frameworks find, and what a package offers by its `__init__`."""
        path = self._module.path
        is_open = self._life.discovery.is_open(self._module)
        opened = is_open or path in self._life.plugins or path in self._life.handed_over
        kinds: frozenset[str] = frozenset() if is_open else self._record_types()
        for node in all_nodes(self._names, path):
            scope = self._names.scope_of(node)
            is_given = opened and node[1] not in kinds and (is_open or not self._is_private(node))
            if is_given or (scope is not None and self._life.discovery.is_hook(node, scope)):
                self._nodes[node] = None
        if {"globals", "exec", "eval"}.intersection(self._module.facts.dynamic):
            self._imported()
        if path.endswith("__init__.py"):
            for name in self._module.facts.exports or ():
                self._lead(self._names.member(path, name), False)
            for link in self._names.links.get(path, ()):
                if link.fact.name and link.fact.name != "*":
                    self._lead(self._names.member(path, link.fact.bound), False)

    def _is_private(self, node: Node) -> bool:
        scope = self._names.scope_of(node)
        return (scope.name if scope is not None else str(node[1])).startswith("_")

    def _record_types(self) -> frozenset[str]:
        """Named tuples that the module makes: what loads a module by its name does not ask for them."""
        facts = self._module.facts
        return frozenset(
            assign.target for assign in facts.assigns
            if assign.scope == 0 and isinstance(assign.value, CallRef) and is_named_tuple(facts.calls[assign.value.index].func)
        )  # fmt: skip

    def _imported(self) -> None:
        """Text that the module evaluates may mean whatever it imports."""
        for link in self._names.links.get(self._module.path, ()):
            if link.fact.name == "*" and link.target in self._life.graph.modules:
                self._nodes.update(dict.fromkeys(all_nodes(self._names, link.target)))
            elif link.fact.name:
                self._lead(self._names.member(self._module.path, link.fact.bound), False)

    def inside(self, node: Node) -> None:
        """What lives with a function or class: everything in a function; of a class what may be called without being mentioned."""
        path, _number = node
        scopes = self._module.facts.scopes
        scope = self._names.scope_of(node)
        children = self._names.children.get(node, ())
        if scope is None or not children:
            return
        is_whole = scope.kind == "function" or self._life.discovery.is_open(self._module)
        calls = self._life.discovery.calls_methods(node)
        declared = self._declared_above(node) if scope.kind == "class" and scope.bases else frozenset()
        for number in children:
            child = (path, number)
            if (
                is_whole
                or scopes[number].kind == "class"
                or calls(scopes[number].name)
                or scopes[number].name in declared
                or self._life.discovery.is_hook(child, scopes[number])
                or self._is_abstract(child)
            ):
                self._nodes[child] = None
            else:
                self._methods.append((scopes[number].name, child))

    def _declared_above(self, node: Node) -> frozenset[str]:
        """Methods of the classes of the repository from which the class derives: who has one of those calls what overrides them."""
        above = [(path, number) for path, number in self._life.discovery.ancestors(node) if isinstance(number, int)]
        return frozenset(
            self._life.graph.modules[path].facts.scopes[child].name for path, number in above
            for child in self._names.children.get((path, number), ())
        )  # fmt: skip

    def _is_abstract(self, node: Node) -> bool:
        """Whether the method only says what implementations must have."""
        return any("NotImplementedError" in m.names or "abstractmethod" in m.names for m in self._names.mentions.get(node, ()))

    # ---- mentions --------------------------------------------------------------------------------------------------

    def mention(self, number: int, mention: Mentions) -> None:
        path = self._module.path
        for name in mention.names:
            led = self._names.name(path, number, name)
            if led:
                self._lead(led, True)
            elif name in self._unbound or (self._module.is_notebook and not led.is_external and name not in self._names.top[path]):
                self._file(self._life.stem_in(name) + ".py")
                self._anywhere[name] = None  # whoever repairs the import, or runs the cell before it, needs the definition
        for chain in mention.chains:
            self._chain(number, chain)
        for word in mention.words:
            if word.endswith(".py"):
                self._file(word)
            elif word != METACLASS and (number or (path, word) not in self._names.top[path].get(word, ())):
                self._words[word] = None  # `Row = namedtuple("Row", …)` does not use Row

    def _file(self, name: str) -> None:
        """A string that names a file: what is no program by itself is handed to somebody who asks for its names."""
        for path in self._life.files_named(name, self._module.path):
            self._modules[path] = None
            for node in all_nodes(self._names, path) if path not in self._life.scripts else ():
                self._nodes[node] = None
                self._nodes.update(((path, child), None) for child in self._names.children.get(node, ()))

    def _chain(self, number: int, chain: str) -> None:
        led, rest = self._names.chain(self._module.path, number, chain)
        if led.is_external and not led:
            return
        if rest and rest[0] in GROWING and led.nodes and all(isinstance(node[1], str) for node in led.nodes):
            return  # to grow a collection is not to use it
        self._lead(led, not rest)
        if rest and led.modules and not led.nodes:
            self._anywhere.update(dict.fromkeys(rest))
        self._attributes.update(dict.fromkeys(rest))

    def _lead(self, led: Led, as_value: bool) -> None:
        self._nodes.update(dict.fromkeys(led.nodes))
        for path in led.modules:
            self._modules[path] = None
            if as_value:  # a module that is handed over: whoever gets it may take anything
                self._nodes.update(dict.fromkeys(all_nodes(self._names, path)))


def is_named_tuple(func: Value) -> bool:
    """Whether what is called makes a named tuple."""
    return last_name(func) in ("namedtuple", "NamedTuple")
