"""OWN003."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from analyzer.graph.system import Module, SystemGraph
from analyzer.model import Confidence, Cost, Evidence, Finding, Severity, Site, Subject
from analyzer.read.facts import Call, PythonFacts
from analyzer.read.values import Attr, BinOp, CallRef, Const, Fmt, Item, Name, Seq, Value
from rules.base import Rule
from rules.severity import in_context
from rules.wording import listed

_EXAMPLES = frozenset({"example", "examples"})
_RUNS = frozenset({"exp", "experiment", "experiments"})
"""Folders whose name says what the program runs as well as what was tried."""
_PATH_HACKS = frozenset({"sys.path.insert", "sys.path.append", "sys.path.extend", "site.addsitedir", "path.insert", "path.append"})
_LOADERS = frozenset(
    {"import_module", "__import__", "run_path", "run_module", "spec_from_file_location", "SourceFileLoader", "load_source"}
)
_MAX_CHAIN = 6
_MAX_DEPTH = 8


@dataclass(frozen=True, slots=True)
class _Crossing:
    """One place where production reaches into research code."""

    site: Site
    folder: str
    text: str


class ProdImportsResearch(Rule):
    """Production code runs research code: an installed package or a live entry point imports from an experiment folder.

    "Glue code and pipeline jungles are symptomatic of integration issues that may have a root cause in overly separated research
    and engineering roles." Research folders are changed without tests and reviews because nothing depends on them, so it seems; one
    import makes them part of the product, without telling the people who work there.

    Found are modules of an installable package, or modules that a live root reaches, that import from a folder such as `research/`,
    `experiments/`, `notebooks/`, `sandbox/`, `examples/` or `archive/` outside their own package, put such a folder on `sys.path`, or
    load code from it by name.

    Exempt: a domain package of that name inside the installable package (`triage.experiments`); imports under `try`, `TYPE_CHECKING`
    or a test of a version; tests; code that is itself research; a package `exp` or `experiments` all of which a program runs.

    Known false positives: a research repository in which a folder of experiments is the program itself, with modules that nothing runs.
    """

    code = "OWN003"
    name = "prod-imports-research"
    severity = Severity.high
    confidence = Confidence.A
    on_by_default = False
    cost = Cost(0, 40, friction=10)
    source = "Sculley et al. 2015, §5.2 and §5.5 (research and engineering separated); Nahar et al. 2022"
    remedy = (
        "Move what production needs into the package, with tests and an owner, and let the research folder import it from there: the "
        "arrow then points from research to production."
    )
    BAD = (
        {
            "pyproject.toml": '[build-system]\nrequires = ["setuptools"]\n\n[project]\nname = "acme"\nversion = "1"\n',
            "acme/__init__.py": "",
            "acme/rank.py": """\
from research.poc import make_features  # OWN003


def rank(items):
    return sorted(make_features(items))
""",
            "research/__init__.py": "",
            "research/poc.py": "def make_features(items):\n    return items\n",
        },
    )
    GOOD = (
        {
            "pyproject.toml": '[build-system]\nrequires = ["setuptools"]\n\n[project]\nname = "acme"\nversion = "1"\n',
            "acme/__init__.py": "",
            "acme/rank.py": "from acme.experiments.plan import steps\n\nprint(steps)\n",
            "acme/experiments/__init__.py": "",
            "acme/experiments/plan.py": "steps = 3\n",
            "research/poc.py": "from acme.rank import steps\n\nprint(steps)\n",
        },
    )

    def check(self, graph: SystemGraph) -> Iterator[Finding]:
        crossings: dict[str, list[_Crossing]] = {}
        for link in graph.imports:
            target = graph.modules.get(link.target)
            if target is None or link.status not in ("module", "name") or link.fact.guard:
                continue
            if (
                _is_production(graph, link.importer)
                and _is_foreign_research(graph.modules[link.importer], target)
                and not _is_its_core(graph, graph.modules[link.importer], target)
            ):
                name = link.target_module or link.fact.module
                text = f"imports `{name}`" + (f" ({link.name})" if link.name else "") + f" from `{target.path}`"
                crossings.setdefault(link.importer, []).append(_Crossing(link.site, _folder(target), text))
        folders = _research_folders(graph)
        for module in graph.living() if folders else ():
            if _is_production(graph, module.path):
                for crossing in _hacks(module, folders):
                    crossings.setdefault(module.path, []).append(crossing)
        for importer in sorted(crossings):
            yield self._finding(graph, graph.modules[importer], sorted(crossings[importer], key=lambda c: (c.site, c.text)))

    def _finding(self, graph: SystemGraph, module: Module, crossings: list[_Crossing]) -> Finding:
        folders = sorted({crossing.folder for crossing in crossings})
        sites = list(dict.fromkeys(crossing.site for crossing in crossings))
        quoted = ", ".join(f"`{folder}/`" for folder in folders)
        return self.found(
            f"production module `{module.path}` depends on research code in {quoted}: deleting or changing the research breaks production",
            Subject("module", module.path),
            sites,
            [*(Evidence(crossing.text, crossing.site) for crossing in crossings), *_why_production(module)],
            severity=in_context(graph, self.severity, [module.path]),
            remedy=f"Cut {listed([f'`{module.path}` → `{folder}/`' for folder in folders])}. {self.remedy}",
            confidence=Confidence.A if module.is_packaged or not _is_weak(graph, module) else Confidence.B,
            items=len(sites),
            members=len(sites),
        )


def _is_production(graph: SystemGraph, path: str) -> bool:
    module = graph.modules.get(path)
    if module is None or module.is_excluded or module.is_notebook or _is_research(module):
        return False
    return module.is_packaged or bool(module.production)


def _is_research(module: Module) -> bool:
    """Stands in an experiment folder; `examples/` counts for this rule (RULES.md A3)."""
    if module.is_packaged or module.is_excluded:
        return False
    return module.is_experiment or bool(_EXAMPLES.intersection(PurePosixPath(module.path).parts[:-1][:2]))


def _is_foreign_research(importer: Module, target: Module) -> bool:
    package = _package_folder(importer)
    return _is_research(target) and not (package and target.path.startswith(package + "/"))


def _is_its_core(graph: SystemGraph, importer: Module, target: Module) -> bool:
    """Is the folder a package all of which the program runs? Then it is the program itself, like `exp/` with what `run.py` starts."""
    folder = _folder(target)
    if importer.is_packaged or "SERVE" in importer.roles or folder not in _RUNS or f"{folder}/__init__.py" not in graph.modules:
        return False
    return all(module.production for module in graph.once(_inside_research).get(folder, ()))


def _inside_research(graph: SystemGraph) -> dict[str, list[Module]]:
    """Experiment folder → its modules that hold code."""
    found: dict[str, list[Module]] = {}
    for module in graph.living():
        if _is_research(module) and module.facts.scopes and module.facts.scopes[0].statements:
            found.setdefault(_folder(module), []).append(module)
    return found


def _package_folder(module: Module) -> str:
    """Folder of the top-level package that the module belongs to, "" when it belongs to none."""
    path = PurePosixPath(module.path)
    depth = module.name.count(".") + (path.name == "__init__.py")
    return str(path.parents[depth - 1]) if module.name and 0 < depth <= len(path.parents) - 1 else ""


def _is_weak(graph: SystemGraph, module: Module) -> bool:
    """Whether only prose (a README) makes the module live."""
    start = module.production[0].site if module.production else None
    return any(root.weak and start is not None and root.site == start for root in graph.roots)


def _why_production(module: Module) -> Iterator[Evidence]:
    if module.is_packaged:
        yield Evidence(f"`{module.name or module.path}` is part of an installable package", Site(module.path))
    yield from module.production[:_MAX_CHAIN]


def _folder(module: Module) -> str:
    """The experiment folder: the first one on the way to the module, as a path."""
    parts = PurePosixPath(module.path).parts[:-1]
    return "/".join(parts[:2]) if len(parts) > 1 and parts[0] in ("src", "python", "py") else (parts[0] if parts else module.path)


# ---- sys.path and loading by name ----------------------------------------------------------------------------------


def _research_folders(graph: SystemGraph) -> dict[str, str]:
    """Dotted and slashed names by which code can reach a research module or its folders → the experiment folder."""
    names: dict[str, str] = {}
    for module in graph.modules.values():
        if _is_research(module):
            folder = _folder(module)
            path = PurePosixPath(module.path)
            names[module.path] = folder
            names[".".join(path.with_suffix("").parts)] = folder
            for parent in path.parents:
                if str(parent) != "." and (str(parent) == folder or str(parent).startswith(folder + "/")):
                    names[str(parent)] = folder
                    names[".".join(parent.parts)] = folder
    return names


def _hacks(module: Module, folders: dict[str, str]) -> Iterator[_Crossing]:
    tried = _tried_blocks(module.facts)
    for call in module.facts.calls:
        name = _dotted(call.func)
        is_path = name in _PATH_HACKS
        if not (is_path or name.rpartition(".")[2] in _LOADERS) or call.block in tried:
            continue
        for text in _texts_of(module.facts, call):
            found = _research_in(text, folders)
            if found:
                what = f"puts `{text}` on the import path" if is_path else f"loads `{text}` by name"
                yield _Crossing(module.site(call.line), found, what)
                break


def _research_in(path: str, folders: dict[str, str]) -> str:
    """The experiment folder that `path`, or the end of it, names; "" when it names none."""
    parts = path.split("/")[-_MAX_CHAIN:]
    return next((folders[tail] for start in range(len(parts)) if (tail := "/".join(parts[start:])) in folders), "")


def _tried_blocks(facts: PythonFacts) -> frozenset[int]:
    inside: set[int] = set()
    for number, block in enumerate(facts.blocks):  # a block's parent stands before it
        if block.kind == "try" or block.parent in inside:
            inside.add(number)
    return frozenset(inside)


def _texts_of(facts: PythonFacts, call: Call) -> Iterator[str]:
    """Paths that the arguments spell: the literals of each argument joined in order, unknown parts left out."""
    for value in (*call.args, *(value for _name, value in call.keywords)):
        parts = [part.strip("/") for part in _literals(facts, value, 0) if part.strip("/. ")]
        if parts:
            yield "/".join(part for part in "/".join(parts).split("/") if part not in ("", ".", ".."))


def _literals(facts: PythonFacts, value: Value, depth: int) -> Iterator[str]:
    if depth > _MAX_DEPTH:
        return
    parts: tuple[Value, ...] = ()
    if isinstance(value, Const) and isinstance(value.value, str):
        yield value.value
    elif isinstance(value, BinOp):
        parts = (value.left, value.right)
    elif isinstance(value, Fmt):
        parts = value.parts
    elif isinstance(value, Seq):
        parts = value.items
    elif isinstance(value, (Attr, Item)):
        parts = (value.value,)
    elif isinstance(value, CallRef) and value.index < len(facts.calls):
        inner = facts.calls[value.index]
        parts = (inner.func, *inner.args) if isinstance(inner.func, Attr) else inner.args
    for part in parts:
        yield from _literals(facts, part, depth + 1)


def _dotted(value: Value) -> str:
    if isinstance(value, Attr):
        inner = _dotted(value.value)
        return f"{inner}.{value.name}" if inner else value.name
    return value.id if isinstance(value, Name) else ""
