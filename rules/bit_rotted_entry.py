"""DXP007."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from analyzer.graph.attributes import gone_attributes
from analyzer.graph.system import ImportLink, Module, SystemGraph
from analyzer.model import Confidence, Cost, Evidence, Finding, Severity, Subject
from rules.base import Rule
from rules.severity import in_context

_GONE = ("gone-module", "gone-name")
_MAX_CALLERS = 5


class BitRottedEntry(Rule):
    """A module or notebook imports something of its own project that no longer exists: it cannot run any more.

    The project was refactored and this path was not taken along, so nobody has run it since. It still looks like a way to train,
    evaluate or reproduce a result; whoever trusts it finds out at run time, and until then every search and refactoring drags it on.

    Found are `from p import n`, `import p.m` and uses `p.n` where the top package lies in this project, `p` exists, and neither defines
    nor re-exports `n` nor has a submodule `n`; or where `p` itself is gone while its parent package is there. Only imports whose
    target is certain are judged.

    Exempt: imports under `try … except ImportError`, `TYPE_CHECKING` or a test of a version; modules with `__getattr__`, star
    imports of something unseen or `globals()`; compiled and generated modules, git submodules, namespace packages; names that the
    standard library or a declared dependency also has; tests.
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
        clusters: dict[tuple[str, str], list[ImportLink]] = {}
        for link in graph.imports:
            if link.status in _GONE and not link.fact.guard:
                clusters.setdefault((link.importer, _asked(link)), []).append(link)
        for link in gone_attributes(graph):
            clusters.setdefault((link.importer, _asked(link)), []).append(link)
        for (importer, asked), links in sorted(clusters.items()):
            module = graph.modules.get(importer)
            if module is not None and not module.is_excluded:
                yield self._finding(graph, module, asked, sorted(links, key=lambda link: (link.site, link.name)))

    def _finding(self, graph: SystemGraph, module: Module, asked: str, links: list[ImportLink]) -> Finding:
        reached = bool(module.production) or bool(graph.invoked_by.get(module.path))
        base = Severity.high if reached else self.severity
        names = list(dict.fromkeys(link.name for link in links if link.status == "gone-name"))
        homes = {link.name: link.homes[0] for link in links if link.status == "gone-name" and len(link.homes) == 1}
        return self.found(
            _message(module.path, asked, names),
            Subject("import", f"{module.path} -> {asked}"),
            list(dict.fromkeys(link.site for link in links)),
            [*_evidence(links), *_callers(graph, module)],
            severity=base if reached else in_context(graph, base, [module.path]),
            remedy=_new_home(homes) + self.remedy if homes else None,
            items=len(links),
            members=len(links),
        )


def _asked(link: ImportLink) -> str:
    return link.target_module or link.fact.module or link.target


def _message(path: str, asked: str, names: list[str]) -> str:
    if not names:
        return f"`{path}` imports `{asked}`, a module that no longer exists: the file cannot run"
    quoted = ", ".join(f"`{name}`" for name in names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
    return f"`{path}` imports {quoted} from `{asked}`, which no longer provides {'it' if len(names) == 1 else 'them'}"


def _evidence(links: Iterable[ImportLink]) -> Iterator[Evidence]:
    for link in links:
        if link.status == "gone-module":
            there = f"; the nearest package that exists is `{link.target}`" if link.target else ""
            yield Evidence(f"asks for the module `{_asked(link)}`, which is not in the repository{there}", link.site)
            continue
        home = f"; today it is defined in {', '.join(f'`{home}`' for home in link.homes[:3])}" if link.homes else ""
        where = link.target or _asked(link)
        yield Evidence(f"asks `{where}` for `{link.name}`, which is neither defined nor re-exported there{home}", link.site)


def _callers(graph: SystemGraph, module: Module) -> Iterator[Evidence]:
    """Who still runs or reaches the file."""
    for site in graph.invoked_by.get(module.path, [])[:_MAX_CALLERS]:
        yield Evidence("this line still runs the file", site)
    yield from module.production[:_MAX_CALLERS]


def _new_home(homes: dict[str, str]) -> str:
    return "".join(f"Import `{name}` from `{home}`. " for name, home in sorted(homes.items()))
