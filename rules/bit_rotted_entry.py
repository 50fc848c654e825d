"""DXP007."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from analyzer.graph.churn import removed_on, vanished_on
from analyzer.graph.entry_points import GoneEntryPoint, gone_entry_points
from analyzer.graph.gone_runs import GoneRun, gone_runs
from analyzer.graph.system import ImportLink, Module, SystemGraph
from analyzer.model import Confidence, Cost, Evidence, Finding, Severity, Subject
from rules.base import Rule
from rules.gone_imports import asked, gone_imports
from rules.removed_imports import removed_imports
from rules.severity import in_context
from rules.shared_causes import by_cause
from rules.wording import last_changed, listed, ticked

_MAX_CALLERS = 5
_MAX_PLACES = 40


class BitRottedEntry(Rule):
    """A module or notebook imports something of its own project that no longer exists: it cannot run any more.

    The project was refactored and this path was not taken along, so nobody has run it since. It still looks like a way to train,
    evaluate or reproduce a result; whoever trusts it finds out at run time, and until then every search and refactoring drags it on.

    Found are `from p import n`, `import p.m` and uses `p.n` where the top package lies in this project, `p` exists, and neither defines
    nor re-exports `n` nor has a submodule `n`; or where `p` itself is gone while its parent package is there; and console scripts of
    pyproject.toml, setup.cfg and setup.py whose module or function is gone; and, tentatively, imports of modules that a commit removed
    with the package around them, and commands of scripts, Makefiles and workflows that run, apply or install from a removed file. Only
    what is certain is judged.

    Exempt: imports under `try … except ImportError`, `TYPE_CHECKING` or a test of a version; modules with `__getattr__`, star
    imports of something unseen or `globals()`; compiled and generated modules, git submodules, namespace packages; names that the
    standard library or a declared dependency also has; packages that find their submodules themselves (`sys.meta_path`); tests.

    Files that miss something of the same module are one finding. In a library, a file that nothing imports or runs (an old script, an
    example) is tentative: those who use the library do not meet it.

    Known false positives: names that only exist where the program is started from another folder; modules that a build step makes.
    """

    code = "DXP007"
    name = "bit-rotted-entry"
    severity = Severity.medium
    confidence = Confidence.A
    cost = Cost(0, 15, friction=5)
    source = "Sculley et al. 2015, §5.3 (dead experimental codepaths)"
    remedy = (
        "If nobody misses the file, delete it: git keeps the history. If it is still wanted, move the import to the name's new home and "
        "run the file in CI, so that the next refactoring takes it along."
    )
    BAD = (
        {
            "features/__init__.py": "",
            "features/text.py": "def build_words(frame):\n    return frame\n",
            "scripts/ablation.py": """\
from features.text import build_ngrams  # DXP007

build_ngrams(None)
""",
        },
        {
            "ranker/__init__.py": "",
            "ranker/train.py": "import ranker.losses  # DXP007\n\nranker.losses.pairwise()\n",
        },
        {
            "pyproject.toml": """\
[build-system]
requires = ["setuptools"]

[project]
name = "ranker"
version = "1"

[project.scripts]
rank = "ranker.cli:main"  # DXP007
""",
            "ranker/__init__.py": "",
        },
    )
    GOOD = (
        {
            "features/__init__.py": "",
            "features/text.py": "def build_words(frame):\n    return frame\n",
            "scripts/ablation.py": """\
try:
    from features.text import build_ngrams
except ImportError:
    build_ngrams = None
from features.text import build_words

build_words(build_ngrams)
""",
        },
        {
            "plug/__init__.py": "def __getattr__(name):\n    return name.upper()\n",
            "run.py": "from plug import anything\n\nprint(anything)\n",
        },
    )

    def check(self, graph: SystemGraph) -> Iterator[Finding]:
        gone = graph.once(gone_imports)
        needed = {
            importer: links
            for importer, links in sorted(gone.items())
            if importer in graph.modules and not graph.modules[importer].is_excluded
        }
        causes = {importer: {(graph.modules[importer].project, _cause(link)) for link in links} for importer, links in needed.items()}
        for importers in by_cause(causes):
            links = sorted((link for importer in importers for link in needed[importer]), key=lambda link: (link.site, link.name))
            yield self._finding(graph, [graph.modules[importer] for importer in importers], links)
        for entry in gone_entry_points(graph):
            yield self._command(entry)
        lost = {path: links for path, links in sorted(graph.once(removed_imports).items()) if path not in needed}
        for importers in by_cause({path: {was for _link, was in lost[path]} for path in lost}):
            yield self._lost(graph, importers, [each for importer in importers for each in lost[importer]])
        runs = gone_runs(graph)
        for paths in by_cause({path: {run.path for run in runs[path]} for path in runs}):
            yield self._runs(graph, paths, [run for path in paths for run in runs[path]])

    def _lost(self, graph: SystemGraph, importers: list[str], links: list[tuple[ImportLink, str]]) -> Finding:
        wanted = list(dict.fromkeys(asked(link) for link, _was in links))
        need, they = ("needs", "it cannot") if len(importers) == 1 else ("need", "they cannot")
        subject = Subject("module", importers[0]) if len(importers) == 1 else Subject("lost names", links[0][1])
        return self.found(
            f"{ticked(importers, 2)} {need} {ticked(wanted, 3)}, which the project no longer has: {they} be imported or run",
            subject,
            list(dict.fromkeys(link.site for link, _was in links))[:_MAX_PLACES],
            [
                Evidence(f"asks for the module `{asked(link)}`; `{was}` was removed {removed_on(graph, was)}", link.site)
                for link, was in links[:_MAX_PLACES]
            ],
            severity=in_context(graph, self.severity, importers),
            confidence=Confidence.C,
            items=len(wanted),
            members=len(links),
        )

    def _runs(self, graph: SystemGraph, paths: list[str], runs: list[GoneRun]) -> Finding:
        gone = list(dict.fromkeys(run.path for run in runs))
        subject = paths[0] if len(paths) == 1 else f"lost file {gone[0]}"
        run, was = "runs" if len(paths) == 1 else "run", "was" if len(gone) == 1 else "were"
        return self.found(
            f"{ticked(paths, 2)} {run} {ticked(gone, 3)}, which {was} removed",
            Subject("script", subject),
            [run.site for run in runs[:_MAX_PLACES]],
            [Evidence(f"`{run.command}`; `{run.path}` was removed {removed_on(graph, run.path)}", run.site) for run in runs[:_MAX_PLACES]],
            severity=Severity.medium,
            confidence=Confidence.C,
            remedy="Delete the command, or the whole script when nobody has missed it since; git keeps the history.",
            items=len(gone),
            members=len(runs),
        )

    def _command(self, entry: GoneEntryPoint) -> Finding:
        what = f"`{entry.name}` of `{entry.module}`" if entry.name else f"the module `{entry.module}`"
        return self.found(
            f"the command `{entry.command}` starts {what}, which does not exist: it is installed and cannot run",
            Subject("command", f"{entry.site.path}::{entry.command}"),
            [entry.site],
            [Evidence(f"declares the command; {what} is not in the repository", entry.site)],
            severity=Severity.high,
            remedy="Delete the command, or let it name the function that took over.",
        )

    def _finding(self, graph: SystemGraph, modules: list[Module], links: list[ImportLink]) -> Finding:
        reached = any(module.production or graph.invoked_by.get(module.path) for module in modules)
        severity = Severity.high if reached else in_context(graph, self.severity, [module.path for module in modules])
        homes = {link.name: link.homes[0] for link in links if link.status == "gone-name" and len(link.homes) == 1}
        is_left_over = not reached and graph.archetype_of(modules[0].path) == "library" and not _is_imported(graph, modules)
        return self.found(
            _message(modules, links),
            Subject("module", modules[0].path) if len(modules) == 1 else Subject("lost names", _cause(_main_link(links))),
            list(dict.fromkeys(link.site for link in links)),
            [*_evidence(graph, links), *(each for module in modules for each in _callers(graph, module))],
            severity=severity,
            confidence=Confidence.C if is_left_over else None,
            remedy=_new_home(homes) + self.remedy if homes else None,
            items=len(links),
            members=len(links),
        )


def _cause(link: ImportLink) -> str:
    """The module that is gone or that lost the name, however it is asked for."""
    if link.status == "gone-name":
        return link.target or asked(link)
    return f"{link.target}/{asked(link).rpartition('.')[2]}"


def _main_link(links: list[ImportLink]) -> ImportLink:
    """A link to what most of the links miss."""
    missed = Counter(_cause(link) for link in links)
    return max(links, key=lambda link: (missed[_cause(link)], _cause(link)))


def _is_imported(graph: SystemGraph, modules: list[Module]) -> bool:
    importers = graph.once(_importers)
    paths = {module.path for module in modules}
    return any(importers.get(path, set()) - paths for path in paths)


def _importers(graph: SystemGraph) -> dict[str, set[str]]:
    """Living modules that import each module."""
    found: dict[str, set[str]] = {}
    for link in graph.imports:
        module = graph.modules.get(link.importer)
        if link.target and module is not None and not module.is_excluded:
            found.setdefault(link.target, set()).add(link.importer)
    return found


def _thing(link: ImportLink) -> str:
    if link.status == "gone-module":
        return f"`{asked(link)}`"
    return f"`{link.name}` of `{asked(link)}`"


def _message(modules: list[Module], links: list[ImportLink]) -> str:
    things = list(dict.fromkeys(_thing(link) for link in links))
    broken = {link.importer for link in links if link.fact.scope == 0 and link.site.line == _line(modules, link)}
    if len(modules) == 1:
        need, cannot = f"`{modules[0].path}` needs", "it cannot be imported or run" if broken else "the code that uses it cannot run"
    else:
        at_once = len(broken) == len(modules)
        need, cannot = f"{ticked([m.path for m in modules], 2)} need", f"{'they' if at_once else 'the code that uses them'} cannot run"
    if len(things) == 1:
        kind = "the module " if links[0].status == "gone-module" else ""
        return f"{need} {kind}{things[0]}, which no longer exists: {cannot}"
    own = "its" if len(modules) == 1 else "their"
    return f"{need} {len(things)} things of {own} own project that no longer exist ({listed(things)}): {cannot}"


def _line(modules: list[Module], link: ImportLink) -> int:
    return next(module.site(link.fact.line).line for module in modules if module.path == link.importer)


def _evidence(graph: SystemGraph, links: Iterable[ImportLink]) -> Iterator[Evidence]:
    for link in links:
        if link.status == "gone-module":
            there = f"; the nearest package that exists is `{link.target}`" if link.target else ""
            yield Evidence(f"asks for the module `{asked(link)}`, which is not in the repository{there}{_deleted(graph, link)}", link.site)
            continue
        home = f"; today `{link.name}` stands in {', '.join(f'`{home}`' for home in link.homes[:3])}" if link.homes else ""
        where = link.target or asked(link)
        yield Evidence(f"asks `{where}` for `{link.name}`, which is neither defined nor re-exported there{home}", link.site)
        since = vanished_on(graph, link.target, link.name)
        if since:
            yield Evidence(f"`{link.name}` vanished from `{link.target}` {since}")


def _deleted(graph: SystemGraph, link: ImportLink) -> str:
    """When history removed the module, in words; "" when it does not tell."""
    wanted = asked(link).lstrip(".").replace(".", "/")
    files = (f"/{wanted}.py", f"/{wanted}/__init__.py")
    gone = sorted(path for path in (graph.history.deleted if graph.history else ()) if f"/{path}".endswith(files))
    return f"; `{gone[0]}` was removed {removed_on(graph, gone[0])}" if gone else ""


def _callers(graph: SystemGraph, module: Module) -> Iterator[Evidence]:
    """Who still runs or reaches the file."""
    for site in graph.invoked_by.get(module.path, [])[:_MAX_CALLERS]:
        yield Evidence("this line still runs the file", site)
    yield from module.production[:_MAX_CALLERS]
    yield from last_changed(graph, module.path)


def _new_home(homes: dict[str, str]) -> str:
    return "".join(f"Take `{name}` from `{home}`. " for name, home in sorted(homes.items())[:5])
