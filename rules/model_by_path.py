"""UDC006: served code loads a model by a path that names no version."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase

from analyzer.graph.system import DataEdge, Module, SystemGraph
from analyzer.model import Access, Confidence, Cost, Evidence, Finding, Severity, Site, Subject, Unit
from analyzer.read.values import last_name
from rules.artifact_names import HOLE, IdentitySet, canonical, has_version, is_registered, is_uri, known_part
from rules.base import Rule, guarded_confidence, open_world_note
from rules.declaration_stubs import contract
from rules.handoffs import Handoffs, said

DEMO = re.compile(r"(^|[/_.-])(demos?|examples?|samples?|tutorials?|playground|streamlit|gradio)([/_.-]|$)", re.IGNORECASE)
DEMO_PACKAGES = frozenset({"streamlit", "gradio"})
CHECKSUM_PACKAGES = frozenset({"hashlib", "pooch"})
FETCH = re.compile(r"(^|_)(download|fetch|pull|retrieve)", re.IGNORECASE)
LOOKS = re.compile(
    r"(^|[/_-])(eval\w*|visuali[sz]\w*|plots?|plotting|analy[sz]\w*|compare\w*|benchmarks?|explain\w*|calibrat\w*|valid\w*)([/_.-]|$)", re.I
)
"""Programs that look at a model; nobody is served."""
REGISTERING = frozenset({"register_model", "log_model", "create_model_version", "create_registered_model"})
NEAR = 3
"""Lines between fetching a model and loading it."""
MUTABLE = re.compile(r"(?:[:/@](?:latest|production|prod|staging|champion|best|current))$", re.IGNORECASE)
BUCKET = re.compile(
    r"https?://([\w.-]+\.)?(storage\.(googleapis|cloud\.google)\.com|s3[\w.-]*\.amazonaws\.com|blob\.core\.windows\.net)/", re.IGNORECASE
)
"""An object of a bucket by its web address."""
INJECTED = frozenset({"env", "parameter"})
CACHE = re.compile(r"(^|/)[._]?cache[^/]*/", re.IGNORECASE)
"""What lies there was unpacked or fetched from what has a name of its own."""
MAX_SHOWN = 10
MAX_SETTING = 1_000
FALLBACK = 25
"""Lines between asking the registry and loading the file instead."""
MIN_ALIASED = 3
"""Parts of a path that has a folder of versions."""


class ModelByPath(Rule):
    """Serving or scoring code loads a model by a path that names no version.

    Whoever overwrites the file changes what production answers, and nobody can say from the repository which training run the
    served model came from. The model is then an output "made widely accessible, either at runtime or by writing to files" in the
    sense of Sculley et al. 2015, section 2.3: its consumer has no contract with the step that makes it.

    Reported when no part of the path tells one version from another (a number, date, hash, run id), or when a training step of
    another component writes the path although the workspace has a model registry.

    Exempt: paths of which the folder is injected and unknown; absolute paths that no training step writes (deployment mounts them);
    SageMaker's `/opt/ml`; what a registry is asked for first; folders whose versions stand in the settings;
    models that version control or dvc holds (their content is pinned), or that a declared step makes, or that the same file or a step
    other than training writes (a download has its source); copies in a cache folder; files verified by a checksum; hub models; programs
    that evaluate or draw a model; an alias of versioned folders; code that trains the model itself, or puts it into a registry; tests,
    documentation, local demos (examples, streamlit and gradio pages that nothing deploys).

    Known false positives: a folder that deployment mounts per version under a constant name; a model file that never changes.
    """

    code = "UDC006"
    name = "model-by-path"
    severity = Severity.medium
    confidence = Confidence.B
    on_by_default = False
    cost = Cost(base=40, friction=10)
    source = "Sculley et al. 2015, Hidden Technical Debt in Machine Learning Systems, section 2.3 (Undeclared Consumers)"
    remedy = "Load the model by a version that training published: a registry version, a path with the run id, or a digest that is checked."
    BAD = (
        {
            "training/train.py": (
                "import joblib\nfrom sklearn.linear_model import LinearRegression\n\n"
                "model = LinearRegression()\nmodel.fit([[1.0]], [1.0])\n"
                'joblib.dump(model, "models/ranker.joblib")\n'
            ),
            "service/app.py": (
                'import joblib\nfrom fastapi import FastAPI\n\napp = FastAPI()\nmodel = joblib.load("models/ranker.joblib")  # UDC006\n\n\n'
                '@app.post("/rank")\ndef rank(row: list[float]):\n    return model.predict([row]).tolist()\n'
            ),
        },
    )
    GOOD = (
        {
            "service/app.py": (
                'import joblib\nfrom fastapi import FastAPI\n\napp = FastAPI()\nmodel = joblib.load("models/ranker/v12/model.joblib")\n\n\n'
                '@app.post("/rank")\ndef rank(row: list[float]):\n    return model.predict([row]).tolist()\n'
            ),
        },
    )

    def check(self, graph: SystemGraph) -> Iterator[Finding]:
        handoffs = graph.once(Handoffs)
        held = IdentitySet(item.path for step in graph.steps.values() for item in step.tracked)
        writers = _writers(graph)
        registered = [access for access in graph.accesses if access.op == "read" and is_registered(access.artifact or "")]
        groups: dict[tuple[str, str], list[Access]] = defaultdict(list)
        for access in graph.accesses:
            unit = graph.units.get(access.unit)
            if access.borrowed or access.artifact is None or unit is None:
                continue
            if not _loads_model(access) or not _is_served(graph, handoffs, unit):
                continue
            if handoffs.committed.covers(access.artifact) or held.covers(access.artifact) or handoffs.produced.covers(access.artifact):
                continue
            if _is_fetched(graph, access) or access.artifact in handoffs.written_by[access.site.path]:  # downloaded or trained right here
                continue
            edges = writers.get(canonical(access.artifact), ())
            if not edges and not is_uri(access.artifact) and (access.artifact[0] in "/~" or not _runs_in_production(graph, unit)):
                continue  # a mount that the deployment fills, or a script that somebody runs by hand on a file of their own
            if _is_alias(access.artifact, graph.once(_versioned)) or (not edges and graph.archetype_of(unit.path) == "library"):
                continue  # a service class of a library loads what its user names
            if _is_fallback(access, registered) or graph.once(_VersionedSettings).fill(access.artifact):
                continue
            if _is_untraceable(graph, access.artifact, unit, edges):
                groups[unit.component, access.artifact.rpartition("/")[0] or access.artifact].append(access)
        for loads in _by_place(groups):
            finding = self._finding(graph, loads, writers)
            if finding.confidence >= Confidence.C:
                yield finding

    def _finding(self, graph: SystemGraph, loads: Sequence[Access], writers: Mapping[tuple[str, ...], list[DataEdge]]) -> Finding:
        loads = sorted(loads, key=lambda access: access.via == "wrapper")  # who names the path, before who calls that code
        reader = graph.units[loads[0].unit]
        artifacts = sorted({access.artifact for access in loads if access.artifact is not None})
        artifact = artifacts[0]
        edges = (edge for each in artifacts for edge in writers.get(canonical(each), ()))
        trainers = [edge for edge in edges if _is_foreign_training(graph, edge, reader)]
        bypassed = bool(graph.registries) and bool(trainers)
        coverage = graph.uncovered_share([access.site.path for access in loads])
        base = self.confidence if trainers or is_uri(artifact) else Confidence.C
        base = Confidence(min(Confidence.A, base + bypassed) - any(access.via in INJECTED for access in loads))
        return self.found(
            f"{reader.path} serves the model `{artifact}`{f' and {len(artifacts) - 1} more of its folder' if artifacts[1:] else ''}, and "
            + ("bypasses the model registry" if has_version(artifact) and bypassed else "the path names no version"),
            Subject("artifact", artifact),
            dict.fromkeys([*(access.site for access in loads), *(edge.writer.site for edge in trainers[:MAX_SHOWN])]),
            [*_chain(graph, loads, trainers), open_world_note(coverage)],
            severity=Severity.high if any(graph.units[access.unit].production for access in loads) else self.severity,
            confidence=guarded_confidence(base, coverage, escapes=False),
            remedy=_remedy(graph, artifact, reader, trainers),
            members=len(artifacts),
        )


def _by_place(groups: Mapping[tuple[str, str], list[Access]]) -> Iterator[list[Access]]:
    """The groups in order; those that one line loads (of this folder or of that) are one."""
    merged: dict[frozenset[Site], list[Access]] = defaultdict(list)
    for _, loads in sorted(groups.items()):
        merged[frozenset(access.site for access in loads)].extend(loads)
    yield from merged.values()


def _loads_model(access: Access) -> bool:
    """A model read by file or bucket path, or by an alias that moves; never a path whose folder is unknown."""
    if access.op != "read" or access.artifact is None or access.temporary or access.via == "declaration":
        return False
    if is_registered(access.artifact):
        return MUTABLE.search(access.artifact) is not None
    if CACHE.search(access.artifact) or access.artifact.startswith("/opt/ml/"):  # SageMaker puts a model of a version there
        return False
    if access.klass != "MODEL" or not (access.kind in ("file", "object", "model") or BUCKET.match(access.artifact)):
        return False
    parts = canonical(access.artifact)
    if len(parts) == 1 and "." not in parts[0]:  # the name of a package or hub model
        return False
    return bool(parts) and "*" not in parts[0] and (not is_uri(access.artifact) or "*" not in "".join(parts[:4]))


def _versioned(graph: SystemGraph) -> frozenset[tuple[str, ...]]:
    """What programs write below names such as `ranker@v12`."""
    return frozenset(canonical(each) for names in graph.once(Handoffs).written_by.values() for each in names if "@" in each)


class _VersionedSettings:
    """The paths of configuration that tell a version. Ask `graph.once` for it."""

    def __init__(self, graph: SystemGraph) -> None:
        texts = (value for config in graph.configs.values() for _, value, _ in config.leaves if isinstance(value, str) and "/" in value)
        paths = {path.strip() for text in texts if len(text) <= MAX_SETTING for path in text.split(",")}
        self._folders = {path.rpartition("/")[0].partition("/")[0] for path in paths if "://" not in path and has_version(path)}

    def fill(self, artifact: str) -> bool:
        """Do settings name folders of a version where the path has its first hole (`models/{…}/model.pickle`)?"""
        known = known_part(artifact).rstrip("/")
        return HOLE.search(artifact) is not None and known.rpartition("/")[2] in self._folders


def _is_fallback(access: Access, registered: Iterable[Access]) -> bool:
    """Does the code ask a registry for the model just before, and take the file when that fails?"""
    return any(asked.site.path == access.site.path and 0 < access.site.line - asked.site.line <= FALLBACK for asked in registered)


def _is_alias(artifact: str, versioned: Iterable[tuple[str, ...]]) -> bool:
    """Is the folder a name for one of the versioned folders beside it (`ranker` of `ranker@v12`), which a program writes?"""
    parts = canonical(artifact)
    if len(parts) < MIN_ALIASED or MUTABLE.search(artifact):
        return False
    shelf, folder = parts[:-2], parts[-2]
    for written in versioned:
        if len(written) > len(shelf) and written[: len(shelf)] == shelf:
            stem, _, version = written[len(shelf)].partition("@")
            if version and fnmatchcase(folder, stem):
                return True
    return False


def _is_untraceable(graph: SystemGraph, artifact: str, reader: Unit, edges: Sequence[DataEdge]) -> bool:
    """Can nobody tell the training run from the path? Not asked of what a step other than training writes: a download has its source."""
    trained = any(_is_foreign_training(graph, edge, reader) for edge in edges)
    if edges and not trained:
        return False
    return not has_version(artifact) or MUTABLE.search(artifact) is not None or (trained and bool(graph.registries))


def _is_served(graph: SystemGraph, handoffs: Handoffs, unit: Unit) -> bool:
    module = graph.modules.get(unit.path)
    if module is None or module.is_excluded or "TRAIN" in module.roles:
        return False
    project = graph.projects.get(module.project)
    if project is not None and project.archetype == "tutorial":
        return False
    if (DEMO.search(unit.path) or _imports(graph, unit.path, DEMO_PACKAGES)) and not unit.production:
        return False
    if _imports(graph, unit.path, CHECKSUM_PACKAGES) or ("SERVE" not in module.roles and _registers(module)):
        return False
    roles = {*unit.roles, *module.roles}
    scores = "SCORE" in roles and "EVAL" not in roles and LOOKS.search(unit.path) is None
    return "SERVE" in roles or scores or _serves_through(graph, handoffs, unit)


def _registers(module: Module) -> bool:
    """Does it put models into a registry? What it loads from a file is on its way there."""
    return any(last_name(call.func) in REGISTERING for call in module.facts.calls)


def _serves_through(graph: SystemGraph, handoffs: Handoffs, unit: Unit) -> bool:
    """A loader module that only serving modules reach: no trainer among its drivers."""
    drivers = [graph.modules[path] for path in handoffs.drivers(unit) if path in graph.modules]
    return any("SERVE" in driver.roles for driver in drivers) and not any("TRAIN" in driver.roles for driver in drivers)


def _runs_in_production(graph: SystemGraph, unit: Unit) -> bool:
    return bool(unit.production) or "SERVE" in graph.modules[unit.path].roles


def _is_fetched(graph: SystemGraph, access: Access) -> bool:
    """Does the statement itself fetch what it loads (`load(download_model("x"))`)? Then the fetch names the version."""
    module = graph.modules[access.site.path]
    for call in module.facts.calls:
        if FETCH.search(last_name(call.func)):
            site = module.site(call.line)
            if site.cell == access.site.cell and abs(site.line - access.site.line) <= NEAR:
                return True
    return False


def _imports(graph: SystemGraph, path: str, packages: frozenset[str]) -> bool:
    return any(fact.module.partition(".")[0] in packages for fact in graph.modules[path].facts.imports)


def _writers(graph: SystemGraph) -> Mapping[tuple[str, ...], list[DataEdge]]:
    found: dict[tuple[str, ...], list[DataEdge]] = defaultdict(list)
    for edge in graph.data_edges:
        if edge.level >= 2 and edge.reader.artifact is not None:
            found[canonical(edge.reader.artifact)].append(edge)
    return found


def _is_foreign_training(graph: SystemGraph, edge: DataEdge, reader: Unit) -> bool:
    writer = graph.units.get(edge.writer.unit)
    return writer is not None and "TRAIN" in writer.roles and writer.component != reader.component


def _chain(graph: SystemGraph, loads: Sequence[Access], trainers: Sequence[DataEdge]) -> Iterator[Evidence]:
    for edge in trainers[:MAX_SHOWN]:
        yield Evidence(f"training ({graph.units[edge.writer.unit].path}) {said(edge.writer)}", edge.writer.site)
    if not trainers:
        yield Evidence("no training step of the workspace writes this path")
    for access in loads[:MAX_SHOWN]:
        unit = graph.units[access.unit]
        production = f"; it runs in production: {unit.production}" if unit.production else ""
        yield Evidence(f"{unit.path} {said(access)}{production}", access.site)
        roles = graph.modules[unit.path].roles
        yield from (roles[role] for role in ("SERVE", "SCORE") if role in roles)
    if not has_version(loads[0].artifact or ""):
        yield Evidence(f"no part of `{loads[0].artifact}` is a version, date, digest or run id")
    if graph.registries:
        yield Evidence(f"the workspace has a model registry: {', '.join(graph.registries)}")


def _remedy(graph: SystemGraph, artifact: str, reader: Unit, trainers: Sequence[DataEdge]) -> str:
    folder, _, name = HOLE.sub("*", artifact).rpartition("/")
    versioned = f"{folder}/{{run_id}}/{name}" if folder else f"{{run_id}}/{name}"
    how = (
        f"register the model in training with {graph.registries[0]} and load it by its version"
        if graph.registries
        else f"let training write `{versioned}` and give the service that path from the deployment configuration"
    )
    producer = graph.units[trainers[0].writer.unit].component if trainers else "training"
    return f"Name the version: {how}. Then declare the consumer in mldebt.toml:\n\n{contract(artifact, producer, [reader.component])}"
