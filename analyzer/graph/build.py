"""All facts in, the system graph out: names resolved, accesses anchored, roles, roots, reach, components, artifacts."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from analyzer.discover.exercises import exercises
from analyzer.discover.guests import guest_packages
from analyzer.discover.vendored_trees import vendored_trees
from analyzer.graph.access_sites import AccessSites, catalog_accesses, tracked_accesses
from analyzer.graph.archetype import Archetype, Told, archetypes_of
from analyzer.graph.attributes import gone_attributes
from analyzer.graph.codeowners import CodeOwners
from analyzer.graph.components import Components
from analyzer.graph.dataflow import artifacts_of, data_edges, mark_declared
from analyzer.graph.globs import matches
from analyzer.graph.imports import Imports, Qualified
from analyzer.graph.inputs import Inputs
from analyzer.graph.invocations import Invocations, StepRun, collect, declarations, order_declared, ready_made_names, working_folder
from analyzer.graph.masked_edges import masked_edges
from analyzer.graph.orchestrated import add_tasks, asked_accesses
from analyzer.graph.outdated_calls import OutdatedCalls
from analyzer.graph.path_edits import PathEdits
from analyzer.graph.placement import import_name, is_experiment, is_packaged
from analyzer.graph.program_calls import add_dispatched, add_program_calls
from analyzer.graph.reach import live_roots, named_roots, spread
from analyzer.graph.references import references
from analyzer.graph.roles import assign_roles, predicts
from analyzer.graph.side_files import add_side_files
from analyzer.graph.sql_accesses import dbt_accesses, dbt_declarations, dbt_orders, script_edges, sql_units
from analyzer.graph.sql_settings import settings_accesses
from analyzer.graph.step_accesses import step_accesses
from analyzer.graph.system import Module, Project, SystemGraph
from analyzer.graph.teaching import teaching
from analyzer.graph.undefined_names import undefined_names
from analyzer.link.catalogs import Catalogs
from analyzer.link.checkout_root import at_the_root
from analyzer.link.commandline import CommandLines
from analyzer.link.configuration import environment
from analyzer.link.containers import in_repository
from analyzer.link.dbt import Dbt
from analyzer.link.dvc_parameters import with_dvc_parameters
from analyzer.link.effects import Effects
from analyzer.link.evaluate import Evaluator
from analyzer.link.io_table import IoTable, table_with
from analyzer.link.make_includes import with_includes
from analyzer.link.notebook_commands import with_values
from analyzer.link.pipelines.found import Pipelines, pipelines
from analyzer.link.ploomber import with_upstream
from analyzer.link.program import Program
from analyzer.link.projects import Layout, layout_of
from analyzer.link.search_paths import added_by_code, added_by_settings
from analyzer.link.step_configuration import with_configuration
from analyzer.link.step_parameters import with_arguments
from analyzer.model import Access, Edge, Evidence, Site, Unit
from analyzer.read.step_facts import StepFacts
from analyzer.result import Coverage

if TYPE_CHECKING:
    from analyzer.settings import Settings


def build(inputs: Inputs, settings: Settings) -> SystemGraph:
    """The system graph of one repository. Pure: the same inputs give the same graph; no file is opened."""
    inputs = _with_surroundings(inputs)
    layout = layout_of(inputs.files, inputs.packaging, inputs.submodules)
    program = Program(inputs.python, layout, inputs.files)
    program.search(added_by_code(Evaluator(program)), added_by_settings(program, inputs.steps))
    steps = _resolved_steps(inputs, program)
    table = table_with(settings.io)
    plain = Evaluator(program, inputs.configs, table)  # knows no command lines: words that programs pass on stay open
    invocations = collect(program, steps, inputs.prose, with_values(plain))
    codeowners = CodeOwners(inputs.codeowners)
    components = Components(layout, settings.components, codeowners, inputs.files)
    graph = SystemGraph(name=inputs.name, steps=inputs.steps, configs=inputs.configs, docker_users=inputs.docker_users)
    graph.modules = _modules(inputs, program, components, settings)
    _name_what_is_called(graph, program)
    graph.imports = sorted(Imports(program, graph.modules).links(), key=lambda link: (link.importer, link.fact.line))
    graph.imports.extend(gone_attributes(graph))
    twins = _twins(graph, inputs, invocations)
    evaluator = Evaluator(program, inputs.configs, table)
    evaluator.environment = environment.of_files(program, inputs.configs, inputs.steps)
    evaluator.ready_made = ready_made_names(invocations)
    add_program_calls(plain, invocations, lambda path: graph.modules[path].is_excluded)
    graph.program_runs = tuple(invocations.program_runs)
    add_dispatched(plain, invocations)
    evaluator.command_lines = CommandLines(program, invocations.argv)
    graph.undefined_names = tuple(undefined_names(program, graph.modules, evaluator.ready_made))
    edits = PathEdits(plain, inputs.submodules)
    graph.path_edits = (*edits.of_code(graph.site), *edits.of_steps(steps, graph.site))
    catalogs = Catalogs(inputs.catalogs, inputs.configs)
    declared = pipelines(evaluator, catalogs, lambda path: graph.modules[path].is_excluded)
    add_tasks(program, invocations, declared.tasks, graph.modules)
    evaluator.command_lines = CommandLines(program, invocations.argv)  # the commands of tasks that Python declares bind too
    order_declared(invocations)
    dbt = Dbt(inputs.configs, inputs.sql, inputs.python, inputs.files)
    graph.declarations = [*declarations(invocations, steps), *dbt_declarations(dbt)]
    invocations.orders.update(dbt_orders(dbt))
    _access(graph, inputs, evaluator, invocations, table, (catalogs, declared, dbt))
    graph.outdated_calls = tuple(OutdatedCalls(evaluator, graph.modules).found())  # what is called is known by now
    _later_roles(graph)
    graph.roots = live_roots(program, graph.modules, invocations, inputs.steps, settings.roots)
    named = references(program, graph.modules, inputs.configs)
    graph.roots.extend(named_roots(graph.modules, named))
    spread(graph.modules, graph.imports, named, graph.roots)
    _commands(graph, invocations)
    graph.told_orders = invocations.told_orders - invocations.orders
    graph.orders = invocations.orders | invocations.told_orders
    add_side_files(graph, inputs, settings, codeowners, layout)
    graph.projects = _projects(layout, graph, _archetypes(graph, inputs, layout), settings)
    graph.units = _units(graph, inputs, invocations, dbt, components)
    graph.components = dict(sorted(components.found.items()))
    apart = _apart(inputs) | twins
    own = [access for access in graph.accesses if not access.borrowed and not _is_test(graph, access) and access.site.path not in apart]
    graph.artifacts = artifacts_of(own, graph.declarations)
    graph.data_edges = data_edges(own, lambda path: layout.project_of(path).root)
    between_units = [edge for edge in named if edge.source in graph.units and edge.target in graph.units]
    between_units.extend(script_edges(graph.accesses, inputs.sql, graph.units))
    graph.edges = sorted({*_edges(graph, invocations), *between_units}, key=lambda edge: (edge.source, edge.target, edge.kind))
    graph.coverage = replace(graph.coverage, declared_edges=masked_edges(graph, invocations))
    return graph


def _with_surroundings(inputs: Inputs) -> Inputs:
    """The inputs with the files of copied distributions told as vendored, those that learners are to fill in as documentation.

    Steps and settings of copied distributions are left out.
    """

    def has_version(path: str) -> bool:
        return path in inputs.python and any(assign.target == "__version__" for assign in inputs.python[path].assigns)

    about = {posixpath.dirname(path): facts.about for path, facts in inputs.python.items() if path.endswith("__init__.py")}
    found = (
        *vendored_trees(inputs.files, inputs.packaging, inputs.name, inputs.remotes, has_version),
        *guest_packages(inputs.files, inputs.packaging, about),
        *inputs.brought_in,
    )
    trees = tuple(f"{tree}/" for tree in found)
    lessons = dict.fromkeys(exercises(inputs.files), "docs")
    if not trees and not lessons:
        return inputs
    inside = [path for path in (*inputs.python, *inputs.sql) if path.startswith(trees)]
    ours = {path: facts for path, facts in inputs.steps.items() if not path.startswith(trees)}
    configs = {path: facts for path, facts in inputs.configs.items() if not path.startswith(trees)}
    around = {**lessons, **inputs.surroundings, **dict.fromkeys(inside, "vendored")}
    return replace(inputs, surroundings=around, steps=ours, configs=configs)


def _commands(graph: SystemGraph, invocations: Invocations) -> None:
    """What runs each file, and the words that checked-in commands and prose give it."""
    graph.invoked_by = {
        p: [*invocations.invoked_by.get(p, ()), *invocations.prose.get(p, ())]
        for p in sorted({*invocations.invoked_by, *invocations.prose})
    }
    graph.command_lines = {
        p: tuple(dict.fromkeys([*invocations.argv.get(p, ()), *invocations.told.get(p, ())]))
        for p in sorted({*invocations.argv, *invocations.told})
    }


def _resolved_steps(inputs: Inputs, program: Program) -> dict[str, StepFacts]:
    """The steps with what other files say about them: included Makefiles, configuration, callers, containers."""
    steps = with_includes(inputs.steps, inputs.configs)
    steps = with_dvc_parameters(with_configuration(steps, inputs.configs), inputs.configs)
    return with_upstream(in_repository(at_the_root(with_arguments(steps)), program.places), inputs.python)


def _is_test(graph: SystemGraph, access: Access) -> bool:
    module = graph.modules.get(access.site.path)
    return module is not None and module.is_test


def _apart(inputs: Inputs) -> frozenset[str]:
    """Files of SQL that are tests, vendored or generated."""
    return frozenset(path for path in inputs.sql if inputs.surroundings.get(path) in ("test", "vendored", "generated"))


# ---- modules ------------------------------------------------------------------------------------------------------------


def _modules(inputs: Inputs, program: Program, components: Components, settings: Settings) -> dict[str, Module]:
    found: dict[str, Module] = {}
    for path, facts in sorted(inputs.python.items()):
        project = program.layout.project_of(path)
        around = inputs.surroundings.get(path, "")
        packaged = is_packaged(path, program, project)
        module = Module(
            path, import_name(path, project), facts, project.root, components.of(path),
            is_test=around == "test" and not settings.include_tests, is_docs=around == "docs",
            is_vendored=around == "vendored", is_generated=around == "generated",
            is_packaged=packaged, is_experiment=not packaged and is_experiment(path, project),
        )  # fmt: skip
        for glob, role in settings.roles.items():
            if matches(path, (glob,)):
                _force(module, role)
        found[path] = module
    return found


def _twins(graph: SystemGraph, inputs: Inputs, invocations: Invocations) -> frozenset[str]:
    """Scripts that are a notebook's other form, marked as generated: the two are one unit, unless somebody imports or runs the script."""
    cells = [path for path, around in inputs.surroundings.items() if around == "cells" and f"{path[:-3]}.ipynb" in graph.modules]
    used = {link.target for link in graph.imports} if cells else set()
    twins = frozenset(path for path in cells if path not in used and path not in invocations.invoked_by)
    for path in twins:
        graph.modules[path].is_generated = True
    return twins


def _force(module: Module, role: str) -> None:
    module.is_test = role == "TEST" or (module.is_test and role in ("DOCS", "VENDORED", "GENERATED"))
    module.is_docs, module.is_vendored, module.is_generated = role == "DOCS", role == "VENDORED", role == "GENERATED"
    if role not in ("TEST", "DOCS", "VENDORED", "GENERATED"):
        module.roles[role] = Evidence("said in the configuration (roles)", Site(module.path))
        module.is_experiment = module.is_experiment or role == "EXPERIMENT"


def _name_what_is_called(graph: SystemGraph, program: Program) -> None:
    registries: set[str] = set()
    for path, module in graph.modules.items():
        names = Qualified(program, path)
        uses = list(names.uses())
        graph.external_uses.extend(uses)
        assign_roles(module, names, uses)
        for use in uses:
            top, last = use.qualified.partition(".")[0], use.qualified.rpartition(".")[2]
            if top in ("mlflow", "wandb", "comet_ml", "neptune", "clearml", "bentoml") and last in (
                "register_model", "log_model", "load_model", "use_artifact", "log_artifact", "create_model_version", "link_artifact", "get",
            ):  # fmt: skip
                registries.add(top)
        if not module.is_excluded:
            for scope in module.facts.scopes:
                for base in scope.bases:
                    full = names.name(base)
                    if full:
                        top = full.partition(".")[0]
                        graph.inherits_external[top] = graph.inherits_external.get(top, 0) + 1
    graph.registries = tuple(sorted(registries))


def _later_roles(graph: SystemGraph) -> None:
    """SCORE and FEATURE: what needs to know which data is read and written (RULES.md §0.3)."""
    reads: dict[str, list[Access]] = {}
    writes: dict[str, list[Access]] = {}
    for access in graph.accesses:
        if access.borrowed:
            continue
        (reads if access.op == "read" else writes).setdefault(access.site.path, []).append(access)
    for path, module in graph.modules.items():
        line = predicts(module)
        model = next((a for a in reads.get(path, ()) if a.klass == "MODEL"), None)
        if line and model and writes.get(path) and "TRAIN" not in module.roles:
            module.roles["SCORE"] = Evidence("loads a model, predicts and writes", module.site(line))
    learners = [path for path, module in graph.modules.items() if {"TRAIN", "SCORE"} & set(module.roles)]
    wanted = {a.artifact for path in learners for a in reads.get(path, ()) if a.artifact and a.klass not in ("MODEL", "CONFIG")}
    for path, module in graph.modules.items():
        made = next((a for a in writes.get(path, ()) if a.artifact in wanted), None)
        if made is not None and "TRAIN" not in module.roles:
            module.roles.setdefault("FEATURE", Evidence(f"writes {made.artifact}, which a trainer or scorer reads", made.site))


# ---- accesses -----------------------------------------------------------------------------------------------------------


def _access(
    graph: SystemGraph,
    inputs: Inputs,
    evaluator: Evaluator,
    invocations: Invocations,
    table: IoTable,
    declared: tuple[Catalogs, Pipelines, Dbt],
) -> None:
    program, (catalogs, tasks, dbt) = evaluator.program, declared

    def site(path: str, line: int) -> Site:
        return graph.modules[path].site(line) if path in graph.modules else Site(path, line)

    effects = Effects(evaluator, table, lambda path: graph.modules[path].is_test)
    effects.collect()
    sites = AccessSites(program, graph.modules, evaluator, effects)
    found = list(sites.of_python())
    found.extend(sites.of_steps([*invocations.runs, *invocations.called], site))
    found.extend(step_accesses(effects, graph.modules, site))
    found.extend(tracked_accesses(inputs.steps, lambda path, facts: posixpath.dirname(path) if facts.kind == "dvc" else ""))
    found.extend(catalog_accesses(catalogs, graph.declarations))
    found.extend(asked_accesses(program, tasks.asked, graph.modules))
    found.extend(sites.of_files(inputs.sql, dbt))
    found.extend(dbt_accesses(dbt))
    found.extend(settings_accesses(inputs.configs, program, dbt))
    found = mark_declared(found, graph.declarations)
    graph.accesses = sorted(found, key=lambda a: (a.site.path, a.site.cell or 0, a.site.line, a.op, a.artifact or "", a.via))
    graph.coverage = Coverage(
        files=len(inputs.python) + len(inputs.steps) + len(inputs.configs) + len(inputs.sql),
        lines=inputs.lines,
        accesses=sites.total,
        resolved=sites.resolved,
        partly=sites.partly,
        dynamic=sum(len(m.facts.dynamic) for m in graph.modules.values() if not m.is_excluded),
        unresolved_by_cause=tuple(sites.causes.most_common()),
        most_helpful=sites.blockers.ranked(),
    )


# ---- projects, units, edges -----------------------------------------------------------------------------------------------


def _archetypes(graph: SystemGraph, inputs: Inputs, layout: Layout) -> dict[str, Archetype]:
    told = Told(graph.manifest.told_to_install(layout.projects), graph.manifest.pinned(layout.projects), teaching(inputs.prose))
    return archetypes_of(layout.projects, graph.modules, graph.roots, graph.imports, told)


def _projects(layout: Layout, graph: SystemGraph, archetypes: Mapping[str, Archetype], settings: Settings) -> dict[str, Project]:
    packages: dict[str, set[str]] = {root: set() for root in layout.projects}
    for module in graph.modules.values():
        if module.name:
            packages[module.project].add(module.name.partition(".")[0])
    found = {}
    for root, project in sorted(layout.projects.items()):
        archetype, evidence = archetypes[root]
        if settings.archetype is not None:
            archetype, evidence = settings.archetype, (Evidence("said in the configuration"),)
        found[root] = Project(
            root, archetype, evidence, project.name, project.keywords, project.source_roots, project.dependencies, frozenset(packages[root])
        )
    return found


def _units(graph: SystemGraph, inputs: Inputs, invocations: Invocations, dbt: Dbt, components: Components) -> dict[str, Unit]:
    units: dict[str, Unit] = {}
    for path, module in graph.modules.items():
        if module.is_test or module.is_vendored or module.is_generated:
            continue
        runs_itself = module.facts.main_line > 0 or path in graph.invoked_by
        kind = "notebook" if module.is_notebook else "script" if runs_itself else "module"
        roles = sorted(module.roles)
        production = module.production[0].text if module.production else ""
        research = module.research[0].text if module.research else ""
        units[path] = Unit(
            path, path, kind, module.component, module.project, tuple(roles), tuple(module.roles[r] for r in roles),
            production, research, module.facts.code_lines,
        )  # fmt: skip
    units |= sql_units(inputs.sql, _apart(inputs), dbt, components, lambda path: _project_root(graph, path))
    for run in invocations.runs:
        if run.unit not in units:
            facts = inputs.steps.get(run.path)
            kind = run.mechanism or (facts.kind if facts else "notebook")
            around = graph.modules.get(run.path)
            project = around.project if around is not None else _project_root(graph, run.path)
            is_by_hand = kind in ("shell", "notebook") or (around is not None and (around.is_notebook or around.is_experiment))
            production = "" if is_by_hand and run.path not in invocations.invoked_by else f"{kind} step"
            units[run.unit] = Unit(run.unit, run.path, kind, _component_of_step(run, components), project, (), (), production)
    return dict(sorted(units.items()))


def _component_of_step(run: StepRun, components: Components) -> str:
    """A step belongs where its work is done: to the component of the code it runs, else of the folder it changes to, else of its file."""
    ran = {components.of(ran.path) for ran in run.runs}
    if len(ran) == 1:
        return ran.pop()
    folders = {working_folder(run.folder, command.cwd, run.path) for command in run.step.commands if command.words[:1] != ("cd",)}
    if not ran and len(folders) == 1 and (folder := folders.pop()) != run.folder and folder:
        return components.of(posixpath.join(folder, "x"))
    return components.of(run.path)


def _project_root(graph: SystemGraph, path: str) -> str:
    folder = posixpath.dirname(path)
    while folder and folder not in graph.projects:
        folder = posixpath.dirname(folder)
    return folder


def _edges(graph: SystemGraph, invocations: Invocations) -> list[Edge]:
    edges: dict[tuple[str, str, str], Edge] = {}
    for link in graph.imports:
        if link.status in ("module", "name") and link.importer in graph.units and link.target in graph.units:
            edges.setdefault((link.importer, link.target, "imports"), Edge(link.importer, link.target, "imports", link.site, True))
    for run in invocations.runs:
        for ran in run.runs:
            if ran.path in graph.units and run.unit in graph.units and ran.path != run.unit:
                edges.setdefault((run.unit, ran.path, "invokes"), Edge(run.unit, ran.path, "invokes", Site(run.path, ran.line), True))
    canonical = {access: artifact.id for artifact in graph.artifacts.values() for access in (*artifact.writers, *artifact.readers)}
    for access in graph.accesses:
        name = canonical.get(access)
        if name is None or access.unit not in graph.units:
            continue
        prefix = "declares_" if access.via == "declaration" else ""
        kind = f"{prefix}{'reads' if access.op == 'read' else 'writes'}" if not prefix else f"{prefix}{access.op}"
        source, target = (access.unit, f"artifact:{name}") if access.op == "write" else (f"artifact:{name}", access.unit)
        key = (source, target, kind)
        if key not in edges or (access.declared and not edges[key].declared):
            edges[key] = Edge(source, target, kind, access.site, access.declared)
    return [edges[key] for key in sorted(edges)]
