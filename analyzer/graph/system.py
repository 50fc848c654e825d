"""The system graph: what rules ask. Built once by `analyzer.graph.build`; rules only read it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar, cast

from analyzer.graph.manifest import Manifest
from analyzer.model import Access, Artifact, Component, Edge, Evidence, Site, Unit
from analyzer.read.configuration_facts import ConfigFacts
from analyzer.read.facts import Branch, CloneUnit, Import, PythonFacts, Text
from analyzer.read.step_facts import StepFacts
from analyzer.result import Coverage, NotAnalysed

if TYPE_CHECKING:
    from analyzer.history.authorship import History
    from analyzer.history.line_ages import LineAges
    from analyzer.history.vanished import Vanished
    from analyzer.link.commandline import CommandLine


T = TypeVar("T")
NOT_ASKED_FOR = "not asked for"
"""`SystemGraph.history_gap` when the settings switch the history off."""


@dataclass(frozen=True, slots=True)
class Project:
    """RULES.md §0.2: nearest ancestor with packaging or pipeline metadata."""

    root: str
    """Folder relative to the repository root, "" for the root itself."""
    archetype: str
    """`library`, `application`, `research` or `tutorial`."""
    archetype_evidence: tuple[Evidence, ...] = ()
    name: str = ""
    keywords: tuple[str, ...] = ()
    source_roots: tuple[str, ...] = ("",)
    dependencies: frozenset[str] = frozenset()
    """Declared third-party distributions, normalised (PEP 503)."""
    packages: frozenset[str] = frozenset()
    """Top-level import names of the project's own code."""


@dataclass(slots=True)
class Module:
    """A Python file or notebook in its surroundings."""

    path: str
    name: str
    """Dotted import name, "" when it cannot be imported (notebook, script outside a package)."""
    facts: PythonFacts
    project: str
    component: str
    is_test: bool = False
    is_docs: bool = False
    is_vendored: bool = False
    is_generated: bool = False
    is_experiment: bool = False
    """Stands in an EXPERIMENT directory (RULES.md §0.3: depth ≤ 2, outside an installable package)."""
    is_packaged: bool = False
    """Part of an installable package of its project."""
    roles: dict[str, Evidence] = field(default_factory=dict)
    """Own roles (RULES.md §0.3): TRAIN, SERVE, SCORE, FEATURE, EVAL, ORCH, EXPERIMENT."""
    production: tuple[Evidence, ...] = ()
    """Chain from a live root to this module; empty when no live root reaches it."""
    research: tuple[Evidence, ...] = ()
    """Chain from a research root (notebook, experiment directory) to this module."""

    @property
    def is_notebook(self) -> bool:
        return self.facts.kind == "notebook"

    @property
    def is_excluded(self) -> bool:
        """Tests, docs, vendored and generated files are excluded from all rules unless a rule says otherwise."""
        return self.is_test or self.is_docs or self.is_vendored or self.is_generated

    def site(self, line: int, end_line: int = 0) -> Site:
        """The place of a (synthetic) line: in a notebook the cell and the line inside it."""
        for cell in self.facts.cells:
            if cell.first_line <= line < cell.first_line + cell.lines:
                last = min(end_line, cell.first_line + cell.lines - 1) - cell.first_line + 1 if end_line else 0
                return Site(self.path, line - cell.first_line + 1, last, cell.index)
        return Site(self.path, line, end_line)

    def qualname(self, scope: int) -> str:
        """`module.name:function` style id of a scope, for subjects: stable when lines move."""
        name = self.facts.scopes[scope].qualname if scope < len(self.facts.scopes) else ""
        return f"{self.path}::{name}" if name else self.path


@dataclass(frozen=True, slots=True)
class ImportLink:
    """One import statement's target, as far as it lies in the workspace."""

    importer: str
    """Path of the importing module."""
    fact: Import
    site: Site
    status: str
    """`module` (found), `name` (found in module), `external`, `gone-module`, `gone-name`, `open` (cannot be known)."""
    target: str = ""
    """Path of the module that is (or should be) imported from; for `gone-module` of the nearest existing parent package."""
    target_module: str = ""
    """Dotted name asked for."""
    name: str = ""
    """The name asked of the module, "" for a module import."""
    reason: str = ""
    """For `open`: why it cannot be known (star import, `__getattr__`, compiled, generated, name collision …)."""
    homes: tuple[str, ...] = ()
    """For `gone-name`: dotted modules of the project that define the name today."""


@dataclass(frozen=True, slots=True)
class ExternalUse:
    """A call of a third-party API by its full name."""

    path: str
    scope: int
    line: int
    qualified: str
    """e.g. `boto3.client`, `google.cloud.storage.Client.bucket` (instance methods after the class where known)."""


@dataclass(frozen=True, slots=True)
class Root:
    """A live root (RULES.md §0.3) and what makes it one."""

    path: str
    reason: str
    site: Site
    weak: bool = False
    """Named only in prose (README)."""


@dataclass(frozen=True, slots=True)
class Declaration:
    """A declared edge between a unit and an artifact (RULES.md A6)."""

    unit: str
    """Id of the declaring step."""
    op: str
    artifact: str
    site: Site
    mechanism: str
    """`dvc`, `make`, `contract`, …"""
    runs: tuple[str, ...] = ()
    """Paths of the modules or scripts that this step runs."""
    kind: str = "file"
    """As `Declared.kind` of the fact: `params` for a parameter file."""


@dataclass(frozen=True, slots=True)
class DataEdge:
    """A writer and a reader of one artifact, and how sure it is that it is one (RULES.md §0.4)."""

    writer: Access
    reader: Access
    artifact: str
    level: int
    """3 exact, 2 tail, 1 basename."""


@dataclass(frozen=True, slots=True)
class PathEdit:
    """A place that changes where `import` searches, to find code of this repository."""

    path: str
    site: Site
    way: str
    """`sys.path`, `site.addsitedir`, `PYTHONPATH`, or `os.chdir` in a notebook."""
    text: str
    """The folder as far as it is known, as written."""
    folder: str
    """The folder of the repository that it means, "" for the root."""
    is_absolute: bool


@dataclass(frozen=True, slots=True)
class UnboundUse:
    """A name that a file uses and that nothing which runs before or in it defines."""

    path: str
    name: str
    sites: tuple[Site, ...]
    scopes: tuple[str, ...]
    """Functions in which it is used, "" for the top level."""


@dataclass(frozen=True, slots=True)
class ProgramRun:
    """A command that a call in Python starts: `subprocess.run`, `os.system`, papermill, `runpy` …"""

    path: str
    call: int
    """Number of the call in the facts of `path`."""
    words: tuple[str, ...]
    """Unknown parts are `{name}` holes."""
    target: str = ""
    """The file of the repository that it runs, "" for a program from elsewhere."""
    serves: bool = False


@dataclass(frozen=True, slots=True)
class OutdatedCall:
    """A call of a function or class of the repository that its definition does not accept."""

    path: str
    site: Site
    callee: str
    """Qualified name of the function or class in its file."""
    target: str
    """File of the definition."""
    definition: Site
    problem: str
    """In words that go on after the callee's name."""


@dataclass(slots=True)
class SystemGraph:
    """One repository (or workspace) as rules see it. Every collection is in a deterministic order."""

    name: str = ""
    projects: dict[str, Project] = field(default_factory=dict)
    components: dict[str, Component] = field(default_factory=dict)
    modules: dict[str, Module] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)
    imports: list[ImportLink] = field(default_factory=list)
    external_uses: list[ExternalUse] = field(default_factory=list)
    accesses: list[Access] = field(default_factory=list)
    artifacts: dict[str, Artifact] = field(default_factory=dict)
    edges: list[Edge] = field(default_factory=list)
    data_edges: list[DataEdge] = field(default_factory=list)
    declarations: list[Declaration] = field(default_factory=list)
    orders: set[tuple[str, str]] = field(default_factory=set)
    """(a, b): a checked-in file runs path a before path b, or makes b wait for a (transitively closed where declared)."""
    told_orders: set[tuple[str, str]] = field(default_factory=set)
    """Those of `orders` that only prose tells: people run the two one after the other."""
    invoked_by: dict[str, list[Site]] = field(default_factory=dict)
    """path of a script or module → places in shell, Make, dvc, CI, Docker, README that run it."""
    command_lines: dict[str, tuple[CommandLine, ...]] = field(default_factory=dict)
    """path of a program → the words of every checked-in command that runs it, of steps, programs, notebooks and prose."""
    roots: list[Root] = field(default_factory=list)
    steps: dict[str, StepFacts] = field(default_factory=dict)
    configs: dict[str, ConfigFacts] = field(default_factory=dict)
    contracts: tuple[tuple[str, str, tuple[str, ...]], ...] = ()
    """(artifact pattern, producer component, consumer components) of `[[contract]]` in the configuration."""
    registries: tuple[str, ...] = ()
    """Model registries seen in the workspace: import names (`mlflow`, `wandb`, …) with a load or register call."""
    docker_users: frozenset[str] = frozenset()
    inherits_external: dict[str, int] = field(default_factory=dict)
    """Top-level third-party package → number of in-repository classes that inherit from one of its types."""
    history: History | None = None
    history_gap: str = "no git history"
    """Why `history` is None or partial, "" when it is whole."""
    coverage: Coverage = field(default_factory=Coverage)
    notes: list[str] = field(default_factory=list)
    """Abstentions and their reasons; rules append to it through `abstain`."""
    vanished: dict[tuple[str, str], Vanished] = field(default_factory=dict)
    """(path, name) → the commit that removed the name's definition, for names that imports ask for in vain; only what git could tell."""
    line_ages: LineAges | None = None
    """Who wrote the lines that decide about flags last, and when (`analyzer.graph.experiment_flags`); None without history."""
    owners: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """path → who owns it by CODEOWNERS; files without an owner are not in it."""
    path_edits: tuple[PathEdit, ...] = ()
    """Changes of where `import` searches that lead to code of the repository."""
    undefined_names: tuple[UnboundUse, ...] = ()
    """Where it is certain that nothing else, such as a star import or a magic, can define the name."""
    program_runs: tuple[ProgramRun, ...] = ()
    """Commands that Python code starts, where they are known."""
    outdated_calls: tuple[OutdatedCall, ...] = ()
    """Only where definition and call are certain."""
    downloads: frozenset[str] = frozenset()
    """File names that end an address in a README or in a notebook's prose: people are told to fetch them."""
    addressed: frozenset[str] = frozenset()
    """Parts with a hyphen of the addresses that a README or a notebook's prose gives: `titanic-survivors` of a competition's page."""
    foreign: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Path of a script of another language, or of Python that no reader understands → the files that it names, for reading or writing."""
    schemas: frozenset[str] = frozenset()
    """Last parts of the names of the schemas that statements or commands of the repository create; lower case."""
    provisioned: frozenset[str] = frozenset()
    """Literals of Terraform files, `*` for unknown parts: names of buckets, data sets and files among them."""
    named_in_prose: frozenset[str] = frozenset()
    """Names of files, dotted names, and runs of two or more segments of paths, that READMEs and other prose name."""
    told_by: dict[str, frozenset[str]] = field(default_factory=dict)
    """Path of a README or other prose → the names, as in `named_in_prose`, that stand in it outside of drawings of folders."""
    sourced: frozenset[str] = frozenset()
    """READMEs and other prose that tell where data come from."""
    shown: frozenset[str] = frozenset()
    """Names that prose shows as code (`analyzer.read.prose`)."""
    included_in_prose: frozenset[str] = frozenset()
    """Python files, by the end of their path, that documents include whole."""
    tracked_files: frozenset[str] = frozenset()
    """Repository-relative paths that version control holds: an artifact among them needs no producer run. Empty without git."""
    manifest: Manifest = field(default_factory=Manifest)
    """What packaging, git and container files say to the outside."""
    told: dict[str, Site] = field(default_factory=dict)
    """Names that files other than Python mention, each with the first place (`analyzer.graph.told`)."""
    memo: dict[str, object] = field(default_factory=dict)
    """What a question had to work out once for the whole graph, under the question's name."""
    commit: str | None = None
    """The commit that is checked out, None without git or without commits."""
    not_analysed: list[NotAnalysed] = field(default_factory=list)
    """Files that no facts could be read from, and why: discover's and the readers' together, by path."""
    skipped: tuple[tuple[str, int], ...] = ()
    """(reason, number of files) of what no reader is for."""

    # ---- questions -------------------------------------------------------------------------------------------------

    def once(self, work: Callable[[SystemGraph], T]) -> T:
        """What `work` (a function of a module, or a class) makes of this graph: made when it is first asked for, then kept."""
        key = f"{work.__module__}.{work.__qualname__}"
        if key not in self.memo:
            self.memo[key] = work(self)
        return cast("T", self.memo[key])

    def living(self) -> Iterator[Module]:
        """Modules that rules judge: not tests, docs, vendored or generated."""
        return (m for m in self.modules.values() if not m.is_excluded)

    def site(self, path: str, line: int) -> Site:
        """The place of a (synthetic) line of any file."""
        return self.modules[path].site(line) if path in self.modules else Site(path, line)

    def project_of(self, path: str) -> Project:
        module = self.modules.get(path)
        return self.projects[module.project if module else ""]

    def archetype_of(self, path: str) -> str:
        return self.project_of(path).archetype

    def branches(self) -> Iterator[tuple[Module, Branch]]:
        for module in self.living():
            for branch in module.facts.branches:
                yield module, branch

    def texts(self) -> Iterator[tuple[Module, Text]]:
        for module in self.living():
            for text in module.facts.texts:
                yield module, text

    def clone_units(self) -> Iterator[tuple[Module, CloneUnit]]:
        for module in self.living():
            for clone in module.facts.clones:
                yield module, clone

    def uncovered_share(self, paths: Iterable[str]) -> Coverage:
        """Coverage of the accesses of `paths` only (RULES.md §0.5 cov and esc)."""
        wanted = set(paths)
        mine = [a for a in self.accesses if a.site.path in wanted and a.via != "declaration" and not a.borrowed]
        resolved = [a for a in mine if a.artifact is not None]
        dynamic = sum(len(self.modules[p].facts.dynamic) for p in wanted if p in self.modules)
        return Coverage(len(wanted), 0, len(mine), len(resolved), 0, dynamic)

    def whole_history(self, rule: str) -> History | None:
        """The history, when nothing of it is missing; else None, and `rule` abstains with the reason.

        Nobody is told that a history is missing which was not asked for.
        """
        gap = self.history_gap or (self.history.gap if self.history is not None else "no git history")
        if not gap:
            return self.history
        if gap != NOT_ASKED_FOR:
            self.abstain(rule, gap)
        return None

    def abstain(self, rule: str, reason: str) -> None:
        note = f"{rule}: {reason}"
        if note not in self.notes:
            self.notes.append(note)


def project_imports(graph: SystemGraph) -> dict[str, dict[str, None]]:
    """Path of a module → the modules of the workspace that it imports, in the order of its statements. Ask `graph.once` for it."""
    found: dict[str, dict[str, None]] = {}
    for link in graph.imports:
        if link.target and link.status in ("module", "name"):
            found.setdefault(link.importer, {})[link.target] = None
    return found
