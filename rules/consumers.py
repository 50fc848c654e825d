"""Who may read what: the consumers that the workspace declares, and the hand-offs that none of its declarations covers."""

from __future__ import annotations

import re
from collections import defaultdict
from fnmatch import fnmatchcase
from functools import cached_property
from itertools import chain

from analyzer.graph.dead import blind_projects, use_of
from analyzer.graph.predictions import prediction_written
from analyzer.graph.system import Declaration, SystemGraph, project_imports
from analyzer.model import Access, Unit
from rules.artifact_names import GENERIC, IdentitySet, canonical
from rules.handoffs import Handoff, Handoffs, deletes, makes_no_rows, statements_run

CONSUMED = frozenset({"INTERMEDIATE", "MODEL", "PREDICTION", "LOG"})
BUILDERS = frozenset({"TRAIN", "FEATURE", "SCORE", "SERVE"})
SHARED_VIA = frozenset({"constant", "wrapper", "config", "self-attr"})
SCRATCH = re.compile(r"(file:)?/+(private/)?(tmp|var/tmp|scratch)/")
"""Folders that one machine empties: who reads there runs beside the one who writes, or after it in one job."""
EXPLORES = re.compile(r"(^|[/_.\d-])(explor\w*|eda|analys[ei]s|analy[sz]e\w*|inspect\w*|visuali[sz]\w*|demos?)([/_.\d-]|$)", re.I)
"""Notebooks in which somebody looks at data."""
MIGRATION = re.compile(r"(^|/)(migrations?|alembic|flyway|liquibase)(/|$)", re.I)
"""Folders of what changes the tables of an application once."""
PUT_AWAY = re.compile(r"(^|/)(old|archived?|deprecated|legacy|attic)([_-]\w+)*/", re.I)
"""Folders of code that nobody changes any more: nobody has to be told."""
PUBLISHES = frozenset({"log_artifact", "log_artifacts", "log_model", "register_model", "upload_file", "upload_blob", "push_to_hub"})
"""Calls that carry what the producer made to where it is served from; the consumer is who fetches it there."""
ROOT = "(root)"
WATCHERS = frozenset({"monitoring", "monitor", "evaluation", "eval", "drift", "tests", "test"})


class Consumers:
    """The declared (consumer component, artifact) and (consumer component, producer component) pairs of a graph; ask `graph.once`."""

    def __init__(self, graph: SystemGraph) -> None:
        self.graph = graph
        self.handoffs = handoffs = graph.once(Handoffs)
        self.has_declarations = bool(self.graph.contracts) or any(not d.unit.endswith(".dvc") for d in handoffs.declarations)
        """A `.dvc` file alone holds data; it declares neither who makes nor who reads it."""
        self._reads = {component: IdentitySet(names) for component, names in _declared_reads(self.graph, handoffs.declarations).items()}
        self._pairs = _declared_pairs(self.graph, handoffs.declarations)
        self._imports = graph.once(project_imports)
        self._components: dict[str, set[str]] = {}
        """Id of a unit → the components whose code it, or what runs it, imports."""
        self._packages: dict[str, set[str]] = {}
        """Id of a unit → the packages that it, or what runs it, imports from outside."""
        self._run_by = _components_run(self.graph)
        self._making = {a.site.path for a in graph.accesses if a.op == "write" and not deletes(a)}
        self._deleted = {(a.site.path, a.artifact) for a in self.graph.accesses if deletes(a)}
        self._named_by: dict[str, set[str]] = defaultdict(set)
        """Path of a module → components that name it in a registry or configuration and load it by that name."""
        for edge in self.graph.edges:
            if edge.kind == "names" and edge.source in self.graph.modules:
                self._named_by[edge.target].add(self.graph.modules[edge.source].component)
        self._held = IdentitySet(item.path for facts in graph.steps.values() if facts.kind == "dvc-file" for item in facts.tracked)
        self._contracts = [(pattern, IdentitySet([pattern]), consumers) for pattern, _, consumers in self.graph.contracts]

    @cached_property
    def crossings(self) -> tuple[Handoff, ...]:
        """Hand-offs of consumable artifacts between components that share neither code nor owner; declared or not is not asked."""
        return tuple(handoff for handoff in self.handoffs if self._crosses(handoff))

    def is_undeclared(self, handoff: Handoff) -> bool:
        """Is this an undeclared consumer (RULES.md UDC001)? Never where the workspace declares nothing at all."""
        return self.has_declarations and self._crosses(handoff) and not self.is_declared(handoff)

    def is_declared(self, handoff: Handoff) -> bool:
        consumer, producer = self.component(handoff.consumer), self.component(handoff.producer)
        if handoff.edge.reader.declared or handoff.edge.reader.via == "declaration" or (consumer, producer) in self._pairs:
            return True
        if consumer in self._reads and self._reads[consumer].covers(handoff.artifact):
            return True
        return any(
            consumer in consumers and (fnmatchcase(handoff.artifact, pattern) or artifacts.covers(handoff.artifact))
            for pattern, artifacts, consumers in self._contracts
        )

    def component(self, unit: Unit) -> str:
        """The component whose work the unit is: of a step, that of the code it runs, not that of the file which declares it."""
        return self._run_by.get(unit.id, unit.component)

    def _crosses(self, handoff: Handoff) -> bool:
        return (
            handoff.klass in CONSUMED
            and are_apart(self.graph, self.component(handoff.producer), self.component(handoff.consumer))
            and not self._watches(handoff.consumer)
            and not (self.handoffs.orchestrator(handoff.producer) and self.handoffs.orchestrator(handoff.consumer))
            and not self._is_local_copy(handoff)
            and not self._is_driven_by(handoff.consumer, self.component(handoff.producer))
            and not self._builds_on(handoff.consumer, handoff.producer)
            and not self._builds_on(handoff.producer, handoff.consumer)
            and not (handoff.edge.writer.kind == "table" and "." not in handoff.artifact)  # of one application's own database
            and MIGRATION.search(handoff.producer.path) is None
            and PUT_AWAY.search(handoff.producer.path) is None
            and PUT_AWAY.search(handoff.consumer.path) is None
            and not self._is_of_all(handoff.producer)
            and not self._is_of_all(handoff.consumer)
            and not self._shares_definition(handoff)
            and not self._held.covers(handoff.artifact)
            and (handoff.producer.id, handoff.edge.writer.artifact) in self._makers[0]
            and self.component(handoff.consumer) not in self._makers[1].get(_name(handoff.artifact), ())
            and not self._is_built_into_one_image(handoff)
            and not _is_put_there(handoff)
            and handoff.edge.reader.call.rpartition(".")[2] not in PUBLISHES
            and not self._is_uncalled(handoff.edge.writer)
        )

    @cached_property
    def _makers(self) -> tuple[set[tuple[str, str | None]], dict[str, set[str]]]:
        """(unit, artifact) of all that is filled, and name of an artifact → components that fill it."""
        pairs: set[tuple[str, str | None]] = set()
        names: dict[str, set[str]] = defaultdict(set)
        for access in self.graph.accesses:
            if access.op == "write" and access.artifact is not None and not deletes(access) and not makes_no_rows(access):
                pairs.add((access.unit, access.artifact))
                if access.unit in self.graph.units:
                    names[_name(access.artifact)].add(self.component(self.graph.units[access.unit]))
        return pairs, names

    def _is_built_into_one_image(self, handoff: Handoff) -> bool:
        """Does a Dockerfile that takes the reader in run the writer as well?"""
        reader = handoff.consumer.path
        taken_in = self._built_with.get(handoff.producer.path.rpartition("/")[2], ())
        return any(source in ("", ".") or reader == source or reader.startswith(source.rstrip("/") + "/") for source in taken_in)

    @cached_property
    def _built_with(self) -> dict[str, set[str]]:
        """Name of a file that a Dockerfile's commands mention → what those Dockerfiles copy."""
        found: dict[str, set[str]] = defaultdict(set)
        for facts in self.graph.steps.values():
            for step in facts.steps if facts.kind == "docker" else ():
                for command in step.commands:
                    for word in command.words:
                        found[word.rpartition("/")[2]].update(source for _, source in facts.copies)
        return found

    def _is_uncalled(self, write: Access) -> bool:
        """Does the write stand in a function that nothing but tests calls? Then the artifact comes from somewhere else."""
        module = self.graph.modules.get(write.site.path)
        if module is None or module.is_notebook:
            return False
        scopes = (s for s in module.facts.scopes[1:] if s.parent == 0 and s.kind == "function" and s.line <= write.site.line <= s.end_line)
        around = next(scopes, None)
        if around is None or module.project in self.graph.once(blind_projects):
            return False
        return use_of(self.graph, module.path, around.name) in ("", "tests")

    def _is_of_all(self, unit: Unit) -> bool:
        """A step that stands at the top of the repository and runs no code of a component serves all of them."""
        return unit.path not in self.graph.modules and self.component(unit) == ROOT

    def _is_local_copy(self, handoff: Handoff) -> bool:
        """The reader deletes what it read, or gets it from version control of data: what is shared is not this path."""
        reader = handoff.edge.reader
        return reader.call == "dvc" or SCRATCH.match(handoff.artifact) is not None or (reader.site.path, reader.artifact) in self._deleted

    def _is_driven_by(self, unit: Unit, component: str) -> bool:
        """Is the unit code that the component itself imports or runs, for instance a library that gets the path from there?"""
        modules, drivers = self.graph.modules, self.handoffs.drivers(unit)
        return any(modules[driver].component == component for driver in drivers if driver in modules) or any(
            component in self._named_by.get(driver, ()) for driver in drivers
        )

    def _watches(self, unit: Unit) -> bool:
        """Evaluation, monitoring and a notebook that makes nothing of it look at an output; they do not build on it."""
        if "EVAL" in unit.roles or not WATCHERS.isdisjoint(unit.path.lower().split("/")[:-1]):
            return True
        module = self.graph.modules.get(unit.path)
        if module is None or not module.is_notebook:
            return False
        return EXPLORES.search(unit.path) is not None or (unit.path not in self._making and BUILDERS.isdisjoint(unit.roles))

    def _builds_on(self, unit: Unit, other: Unit) -> bool:
        """Does the unit, or what runs it, import code of the other's component, or of its package from outside?

        Then the package dependency declares the relation.
        """
        component = self.component(other)
        if unit.id not in self._components:
            drivers = self.handoffs.drivers(unit)
            targets = {target for driver in drivers for target in self._imports.get(driver, ()) if target in self.graph.modules}
            self._components[unit.id] = {self.graph.modules[target].component for target in targets}
            own = {self._package(driver) for driver in drivers}
            self._packages[unit.id] = {self._package(target) for target in targets} - own - {""}
        imported = self._components[unit.id]
        above = (component[:at] for at, sign in enumerate(component) if sign == "/")
        return (
            component in imported
            or any(outer in imported for outer in above)
            or not self._packages[unit.id].isdisjoint(component.split("/"))
        )

    def _package(self, path: str) -> str:
        """The top package that the module is a part of; "" for a script or notebook."""
        module = self.graph.modules.get(path)
        package, _, inner = module.name.partition(".") if module is not None else ("", "", "")
        return package if inner and module is not None and module.is_packaged else ""

    def _shares_definition(self, handoff: Handoff) -> bool:
        """Both name the artifact through project code that both import: that code is the interface."""
        edge = handoff.edge
        if edge.writer.via not in SHARED_VIA or edge.reader.via not in SHARED_VIA:
            return False
        mine, theirs = self._imports.get(handoff.producer.path, {}), self._imports.get(handoff.consumer.path, {})
        return not mine.keys().isdisjoint(theirs) or handoff.consumer.path in mine or handoff.producer.path in theirs

    def nearest_declaration(self, handoff: Handoff) -> Declaration | None:
        """The existing declaration that could have named the edge: of the consumer, of the producer, of their components, or any."""
        for unit in (handoff.consumer, handoff.producer):
            declaration = self.handoffs.declaration_of(unit)
            if declaration is not None:
                return declaration
        components = {self.component(handoff.consumer), self.component(handoff.producer)}
        near = (d for d in self.handoffs.declarations if not components.isdisjoint(_components(self.graph, d)))
        return next(chain(near, self.handoffs.declarations), None)


def _is_put_there(handoff: Handoff) -> bool:
    """Does the producer put it into the folder of the consumer's own file? Then it names its consumer by that."""
    folder = handoff.consumer.path.rpartition("/")[0]
    inside = f"{folder}/"
    return bool(folder) and handoff.artifact.startswith(inside) and not handoff.producer.path.startswith(inside)


def reuses_prediction(graph: SystemGraph, handoff: Handoff) -> bool:
    """Is it a model's output that a step which trains, prepares features, scores or serves takes as input (UDC002)?"""
    builds = not BUILDERS.isdisjoint(handoff.consumer.roles) and handoff.klass != "MODEL"  # what predicts is no prediction
    return builds and (handoff.klass == "PREDICTION" or prediction_written(graph, handoff.edge.writer) is not None)


def _name(artifact: str) -> str:
    """The last part of an identity when it says enough by itself, else the whole."""
    parts = canonical(artifact)
    return parts[-1] if parts and "*" not in parts[-1] and parts[-1].partition(".")[0].lower() not in GENERIC else artifact


def are_apart(graph: SystemGraph, one: str, other: str) -> bool:
    """Two components, of which neither is a folder of the other that nobody set apart on purpose."""
    if one == other or not one or not other:
        return one != other
    inner, outer = sorted((one, other), key=len, reverse=True)
    component = graph.components.get(inner)
    by_folder = component is None or component.source == "folder"
    return not (by_folder and inner.startswith(outer + "/"))


def are_programs_apart(graph: SystemGraph, one: str, other: str) -> bool:
    """Two components that stand apart where nobody said what the parts are: folders of one tree and scripts above it are one program."""
    components = [graph.components.get(name) for name in (one, other)]
    if any(component is not None and component.source != "folder" for component in components):
        return True
    return ROOT not in (one, other) and one.partition("/")[0] != other.partition("/")[0]


def _components_run(graph: SystemGraph) -> dict[str, str]:
    """Step → the component of the first module it runs; file of statements → that of the first module that reads it."""
    runs = [(declaration.unit, path) for declaration in graph.declarations for path in declaration.runs]
    runs += [(edge.source, edge.target) for edge in graph.edges if edge.kind == "invokes"]
    found: dict[str, str] = {}
    for access, script in statements_run(graph):
        if access.site.path in graph.modules:
            found.setdefault(script, graph.modules[access.site.path].component)
    scripts = [unit.id for unit in graph.units.values() if unit.kind == "sql"]
    by_folder = {script.rpartition("/")[0]: component for script, component in found.items()}
    for script in scripts:  # who runs some of a folder owns it
        if script.rpartition("/")[0] in by_folder:
            found.setdefault(script, by_folder[script.rpartition("/")[0]])
    for unit, path in runs:
        if unit not in graph.modules and path in graph.modules:
            found.setdefault(unit, graph.modules[path].component)
    return found


def _components(graph: SystemGraph, declaration: Declaration) -> set[str]:
    names = (declaration.unit, *declaration.runs)
    return {graph.units[name].component for name in names if name in graph.units}


def _declared_reads(graph: SystemGraph, declarations: tuple[Declaration, ...]) -> dict[str, list[str]]:
    reads: dict[str, list[str]] = defaultdict(list)
    for declaration in declarations:
        if declaration.op == "read":
            for component in _components(graph, declaration):
                reads[component].append(declaration.artifact)
    return reads


def _declared_pairs(graph: SystemGraph, declarations: tuple[Declaration, ...]) -> frozenset[tuple[str, str]]:
    """(consumer component, producer component) of every artifact that one declares to write and another to read."""
    writers: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for declaration in declarations:
        if declaration.op == "write":
            writers[canonical(declaration.artifact)] |= _components(graph, declaration)
    return frozenset(
        (consumer, producer)
        for declaration in declarations
        if declaration.op == "read"
        for consumer in _components(graph, declaration)
        for producer in writers.get(canonical(declaration.artifact), ())
        if consumer != producer
    )
