"""GLU001."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from analyzer.graph.system import ExternalUse, Module, SystemGraph
from analyzer.model import Confidence, Cost, Evidence, Finding, Severity, Site, Subject
from rules.backends import Backend, backend_of
from rules.base import Rule
from rules.declaration_stubs import quoted
from rules.opened_services import Service, scattered_services
from rules.severity import in_context

_MIN_COMPONENTS = 3  # rule of three for taking out an abstraction; dbt-project-evaluator's fan-out default is 3 too
_MIN_SITES = 10
_MIN_SITES_OF_ONE = 2
"""A component with one call is hardly exposed."""
_MIN_SYMBOLS = 5
_SUBSTRATE_CLASSES = 5
_FACADE_USERS = 2
_FACADE_LEAK = 0.2
_SEAM_SHARE = 0.8
_MAX_SEAM = 8
_MAX_LOCATIONS = 100
_SHOWN_FILES = 20
_OPERATIONS = re.compile(r"(^|[/_.-])(infra\w*|deploy\w*|ci|cicd|terraform|ops|devops|\.github)($|[/_.-])", re.IGNORECASE)


Key = tuple[str, str]


@dataclass(slots=True)
class _Exposure:
    """Where the code of a repository speaks one family's dialect."""

    backend: Backend
    uses: list[ExternalUse] = field(default_factory=list)
    components: dict[str, list[ExternalUse]] = field(default_factory=dict)
    by_path: Counter[str] = field(default_factory=Counter)
    symbols: Counter[str] = field(default_factory=Counter)
    packages: dict[str, dict[str, int]] = field(default_factory=dict)
    """top-level package → component → call sites."""

    def add(self, use: ExternalUse, component: str) -> None:
        self.uses.append(use)
        self.components.setdefault(component, []).append(use)
        self.by_path[use.path] += 1
        self.symbols[use.qualified] += 1
        sites = self.packages.setdefault(use.qualified.partition(".")[0], {})
        sites[component] = sites.get(component, 0) + 1

    @property
    def is_wide(self) -> bool:
        """Whether one package of the family alone is spread widely: three packages in three places are three small uses."""
        spread = any(
            sum(number >= _MIN_SITES_OF_ONE for number in sites.values()) >= _MIN_COMPONENTS and sum(sites.values()) >= _MIN_SITES
            for sites in self.packages.values()
        )
        return spread and len(self.symbols) >= _MIN_SYMBOLS

    def seam(self) -> list[str]:
        """The fewest symbols that cover 80 % of the call sites, [] when more than 8 are needed: then no one interface is missing."""
        chosen: list[str] = []
        covered = 0
        for symbol, sites in sorted(self.symbols.items(), key=lambda item: (-item[1], item[0])):
            if covered >= _SEAM_SHARE * len(self.uses) or len(chosen) == _MAX_SEAM:
                break
            chosen.append(symbol)
            covered += sites
        return chosen if covered >= _SEAM_SHARE * len(self.uses) else []


class VendorApiWithoutFacade(Rule):
    """Several components speak one vendor's or back end's API directly, and no module of the project stands between.

    "Glue code is costly in the long term because it tends to freeze a system to the peculiarities of a specific package; testing
    alternatives may become prohibitively expensive." Every upgrade of the package and every look at an alternative is paid once for
    each exposed component instead of once.

    Found is a family of packages (AWS, OpenAI, Spark, scikit-learn …) that is called from at least 3 components twice or more, at 10
    places or more in all, through 5 different symbols or more, when at most 8 symbols make up 80 % of the calls (so that there is one
    interface to name) and no facade exists: a module that uses the family and is itself used by 2 other components, whose own direct
    calls are at most a fifth of all.

    Found as well: a connection to one service (`create_engine`, `boto3.client("s3")`, `bigquery.Client` …) that 3 files of a project or
    more put together, or that others make beside the function that exists for it; the address of the tracking server (`mlflow`), set in 4
    files; `pandas.read_sql` at 10 places or more, requests that begin with the same host or constant at 8, in 3 files or more.

    Exempt: a family that is the project's substrate (5 or more of its classes inherit from the family's types, or it is the modelling
    family that the project uses most); modelling families of independent projects in one repository; plain functions such as metrics;
    trackers, numpy, pandas; three or four connections of which no two share a setting; connections that a class which others import keeps
    for its methods; queries over a connection of the project's own; what was put aside (`old/`, `archive/`, `backup/`); components for
    infrastructure, deployment and CI; notebooks, experiments, examples, tutorials, tests; a library that exists for the family (its name
    or keywords say so).

    Known false positives: modules that each wrap another service of one vendor; packages of one family that share no call.
    """

    code = "GLU001"
    name = "vendor-api-without-facade"
    severity = Severity.medium
    confidence = Confidence.B
    on_by_default = False
    cost = Cost(60, 6, friction=8)
    source = 'Sculley et al. 2015, §5.1 (glue code: "wrap black-box packages into common APIs")'
    remedy = (
        "Introduce one adapter module that offers these in the terms of your domain, move the call sites to it, and forbid the direct "
        "import (import-linter has a contract for that)."
    )
    BAD = (
        {
            f"{component}/job.py": f"""\
import boto3


def run():
    s3 = boto3.client("s3"){mark}
    boto3.resource("s3")
    boto3.{extra}()
    boto3.setup_default_session()
"""
            for component, extra, mark in (
                ("ingest", "set_stream_logger", "  # GLU001"),
                ("ranking", "session.Session", ""),
                ("serving", "session.Session", ""),
            )
        },
    )
    GOOD = (
        {
            "storage/s3.py": """\
import boto3


def read(key):
    boto3.setup_default_session()
    boto3.set_stream_logger()
    boto3.session.Session()
    boto3.resource("s3").Object("b", key)
    return boto3.client("s3").get_object(Bucket="b", Key=key)
""",
            "ingest/job.py": "from storage.s3 import read\n\nread('a')\n",
            "ranking/job.py": "from storage.s3 import read\n\nread('b')\n",
            "serving/job.py": "from storage.s3 import read\n\nread('c')\n",
        },
    )

    def check(self, graph: SystemGraph) -> Iterator[Finding]:
        exposures = _exposures(graph)
        substrates = _substrates(graph, exposures)
        told: set[str] = set()
        for (name, project), exposure in sorted(exposures.items()):
            if not exposure.is_wide or (name, project) in substrates:
                continue
            if exposure.seam() and not _is_purpose(graph, exposure) and not _facade(graph, exposure):
                told.add(exposure.backend.name)
                yield self._finding(graph, project, exposure)
        for service in scattered_services(graph, lambda module: _is_outside(graph, module)):
            backend = backend_of(service.name)
            if backend is None or backend.name not in told:
                yield self._scattered(graph, service)

    def _scattered(self, graph: SystemGraph, service: Service) -> Finding:
        sites = list(dict.fromkeys(each.site for each in service.openings))
        path, name = service.wrapper
        does = "are sent" if service.name.startswith("requests") else "is called" if service.least else "is opened"
        beside = f", beside `{name}` of `{path}`" if path else "; no module of the project stands between"
        count = Counter(site.path for site in sites)
        evidence = [
            Evidence(f"{count[each.path]} in `{each.path}`", each) for each in {site.path: site for site in reversed(sites)}.values()
        ]
        return self.found(
            f"`{service.name}` {does} at {len(sites)} places in {len(service.paths)} files{beside}",
            Subject("connection", f"{service.project}::{service.name}" if service.project else service.name),
            sites[:_MAX_LOCATIONS],
            sorted(evidence[:_SHOWN_FILES], key=lambda each: each.site or sites[0]),
            severity=in_context(graph, Severity.low, service.paths),
            confidence=Confidence.C,
            remedy=f"Let `{name}` make all of them." if path else "Let one function of the project make it, from one place of settings.",
            items=len(sites),
            members=len(sites),
        )

    def _finding(self, graph: SystemGraph, project: str, exposure: _Exposure) -> Finding:
        seam = exposure.seam()
        sites = [_site(graph, uses[0]) for _component, uses in sorted(exposure.components.items())]
        sites += [_site(graph, use) for use in exposure.uses]
        symbols = ", ".join(f"`{symbol}`" for symbol in seam)
        packages = ", ".join(sorted(exposure.packages))
        return self.found(
            f"{exposure.backend.name} ({packages}) is called directly from {len(exposure.components)} components, "
            f"at {len(exposure.uses)} places through {len(exposure.symbols)} symbols; no module of the project stands between",
            Subject("back end", f"{project}::{exposure.backend.name}" if project else exposure.backend.name),
            list(dict.fromkeys(sites))[:_MAX_LOCATIONS],
            _evidence(graph, exposure, seam),
            severity=in_context(graph, self.severity, exposure.by_path),
            remedy=f"The seam to cut along: {symbols}. {self.remedy}\n\n{_contract(exposure)}",
            items=len(exposure.uses),
            members=len(exposure.uses),
        )


def _exposures(graph: SystemGraph) -> dict[Key, _Exposure]:
    """(family, project) → its exposure. A vendor's SDK is one exposure of the repository: one adapter can serve all its projects.

    A modelling family is looked at project by project: independent products that both use it have no interface in common.
    """
    found: dict[Key, _Exposure] = {}
    for use in graph.external_uses:
        module = graph.modules.get(use.path)
        backend = backend_of(use.qualified)
        if module is None or backend is None or _is_aside(graph, module):
            continue
        key = (backend.name, "" if backend.is_vendor else module.project)
        found.setdefault(key, _Exposure(backend)).add(use, module.component)
    return found


def _is_aside(graph: SystemGraph, module: Module) -> bool:
    """Notebooks, experiments, examples, tutorials and operations may speak any dialect: nothing is built on them."""
    return module.is_notebook or module.is_experiment or _is_outside(graph, module)


def _is_outside(graph: SystemGraph, module: Module) -> bool:
    """Tests, tutorials and operations."""
    return module.is_excluded or graph.archetype_of(module.path) == "tutorial" or _OPERATIONS.search(module.component) is not None


def _substrates(graph: SystemGraph, exposures: dict[Key, _Exposure]) -> set[Key]:
    """What a project is built of: its most used modelling family, and families whose types 5 or more of our classes inherit."""
    found: set[Key] = set()
    projects: dict[str, list[tuple[int, Key]]] = {}
    for key, exposure in exposures.items():
        if _inherited(graph, exposure.backend) >= _SUBSTRATE_CLASSES:
            found.add(key)
        if not exposure.backend.is_vendor:
            projects.setdefault(key[1], []).append((len(exposure.uses), key))
    found.update(max(families)[1] for families in projects.values())
    return found


def _inherited(graph: SystemGraph, backend: Backend) -> int:
    tops = {package for package in backend.packages if "." not in package}
    return sum(number for top, number in graph.inherits_external.items() if top in tops)


def _is_purpose(graph: SystemGraph, exposure: _Exposure) -> bool:
    """Whether the calls stand in a library that exists for this family."""
    names = {part.lower() for package in exposure.backend.packages for part in package.split(".")} - {"google", "cloud", "ai", "ml"}
    words: set[str] = set()
    for path in exposure.by_path:
        project = graph.project_of(path)
        if project.archetype == "library":
            words.update(re.split(r"[^a-z0-9]+", " ".join((project.name, *project.keywords)).lower()))
    return bool(names & words)


def _facade(graph: SystemGraph, exposure: _Exposure) -> str:
    """The module that already stands between, "" when there is none."""
    speaking = _speaking(graph, exposure)
    importers: dict[str, set[str]] = {}
    for link in graph.imports:
        user = graph.modules.get(link.importer)
        is_use = link.target in speaking and (link.status == "module" or (link.status == "name" and link.name in speaking[link.target]))
        if is_use and user is not None and not user.is_excluded:
            importers.setdefault(link.target, set()).add(link.importer)
    for path in sorted(importers):
        own = graph.modules[path].component
        users = {user for user in importers[path] if graph.modules[user].component != own}
        components = {graph.modules[user].component for user in users}
        leaked = sum(exposure.by_path[user] for user in users)
        if len(components) >= _FACADE_USERS and leaked <= _FACADE_LEAK * len(exposure.uses):
            return path
    return ""


def _speaking(graph: SystemGraph, exposure: _Exposure) -> dict[str, set[str]]:
    """For each module the names asked of it that lead to the family: not its functions and classes that never come to call it."""
    asked: dict[str, set[str]] = {path: set() for path in exposure.by_path}
    for link in graph.imports:
        if link.target in asked:
            asked[link.target].add(link.name)
    calling: dict[str, set[str]] = {path: set() for path in exposure.by_path}
    for use in exposure.uses:
        calling[use.path].add(graph.modules[use.path].facts.scopes[use.scope].qualname.partition(".")[0])
    return {path: names - _silent(graph.modules[path], calling[path]) for path, names in asked.items()}


def _silent(module: Module, calling: set[str]) -> set[str]:
    """What stands at the top of a module and calls none of `calling`, through others of the module neither.

    Functions, classes, and variables that no speaking function mentions: one of these may fill them.
    """
    facts = module.facts
    mentioned: dict[str, set[str]] = {}
    for mention in facts.mentions:
        owner = facts.scopes[mention.scope].qualname.partition(".")[0]
        mentioned.setdefault(owner, set()).update(mention.names, (chain.partition(".")[0] for chain in mention.chains))
    reached = set(calling)
    while True:
        more = {owner for owner, names in mentioned.items() if owner not in reached and names & reached}
        if not more:
            break
        reached |= more
    if "" in reached:  # what the module itself makes may be used by any function of it
        return set()
    defined = {scope.name for scope in facts.scopes[1:] if scope.parent == 0}
    variables = {assign.target for assign in facts.assigns if assign.scope == 0} - defined
    filled = {name for owner in reached for name in mentioned.get(owner, ())} | {a.target for a in facts.assigns if a.kind == "global"}
    return (defined - reached) | (variables - filled)


def _evidence(graph: SystemGraph, exposure: _Exposure, seam: list[str]) -> Iterator[Evidence]:
    for component, uses in sorted(exposure.components.items(), key=lambda item: (-len(item[1]), item[0])):
        symbols = Counter(use.qualified for use in uses)
        top = ", ".join(f"{symbol} ×{number}" for symbol, number in symbols.most_common(5))
        more = f" and {len(symbols) - 5} more" if len(symbols) > 5 else ""
        files = len({use.path for use in uses})
        text = f"component `{component or '.'}`: {len(uses)} call sites in {files} file{'s' if files > 1 else ''}: {top}{more}"
        yield Evidence(text, _site(graph, uses[0]))
    covered = sum(exposure.symbols[symbol] for symbol in seam)
    yield Evidence(f"{len(seam)} symbols cover {covered} of {len(exposure.uses)} call sites: {', '.join(seam)}")


def _contract(exposure: _Exposure) -> str:
    """A contract of import-linter that keeps the family behind the adapter; the folders are those that speak it today."""
    tops = sorted({path.removeprefix("src/").partition("/")[0].removesuffix(".py") for path in exposure.by_path})
    lines = ["[[tool.importlinter.contracts]]", f'name = "{exposure.backend.name} behind one adapter"', 'type = "forbidden"']
    lines += [
        f"source_modules = [{', '.join(map(quoted, tops))}]",
        f"forbidden_modules = [{', '.join(map(quoted, sorted(exposure.packages)))}]",
    ]
    return "\n".join([*lines, f"ignore_imports = [{', '.join(quoted(f'YOUR_ADAPTER -> {each}') for each in sorted(exposure.packages))}]"])


def _site(graph: SystemGraph, use: ExternalUse) -> Site:
    return graph.modules[use.path].site(use.line)
