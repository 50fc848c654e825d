"""DXP005."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from analyzer.graph.cloned_files import file_similarity
from analyzer.graph.clones import similar
from analyzer.graph.mentions import mentions
from analyzer.graph.plugins import plugins
from analyzer.graph.system import Module, SystemGraph
from analyzer.model import Confidence, Cost, Evidence, Finding, Severity, Site, Subject
from rules.base import Rule
from rules.copied_functions import Exemptions, is_registering, sets_values
from rules.severity import in_context
from rules.wording import ticked

MIN_SIMILARITY = 0.6
"""Of a copy that only a weak token tells, such as `_v2`."""
MIN_SIMILARITY_OF_NAMED = 0.2
"""Of a copy that its name tells, unless both define something of the same name."""
MIN_SIMILARITY_OF_FUNCTIONS = 0.3
MIN_CODE_LINES = 5
MIN_GROWTH = 3
"""Calls by which a copy that nobody replaced does more than its base."""
MIN_WORDS = 2
_STRONG_TAIL = re.compile(
    r"^(?P<base>.+?)(?:[ _-](?:old|bak|backup|copy\d*|orig|deprecated|legacy|unused|archived)|-Copy\d+| ?\(\d\)|\.copy)$", re.IGNORECASE
)
_STRONG_HEAD = re.compile(r"^(?:copy[ _-]of|old|archived|deprecated|unused|legacy)[ _-](?P<base>.+)$", re.IGNORECASE)
_WEAK_TAIL = re.compile(r"^(?P<base>.+?)[_-](?:v\d+|new|final|fixed|test\d+|exp\d+|\d{8})$", re.IGNORECASE)
_ATTIC = re.compile(r"^(?:archived?|old|legacy|deprecated|attic|unused|backup)$", re.IGNORECASE)
_LOOK_UPS = frozenset({"getattr", "globals", "eval", "exec", "__getattr__"})
_REVISIONS = re.compile(r"(^|/)(migrations?|versions)(/|$)")
_ROUTES = re.compile(r"(^|/)(api|apis|routes?|routers|endpoints)(/|$)")


@dataclass(frozen=True, slots=True)
class _Copy:
    copy: Module
    base: Module
    strong: bool
    similarity: float
    live: bool
    """Is the copy the one that is used?"""


class SupersededCopy(Rule):
    """
    A copy that its successor, or its original, has replaced.

    `train_old.py` beside `train.py`, `features-Copy1.ipynb`, `load_v2` beside `load`: one of the two is the current version and the other
    is kept as history. Every reader has to find out which, searches find both, and a repair goes into the wrong one. Git keeps history.

    Words that say so by themselves (`old`, `bak`, `copy`, `legacy`, `-Copy1`, a folder `archive/`) are enough when one of the two is not
    used. Words that may mean anything (`v2`, `new`, `final`, a date) count only when the two are alike by 60 % and exactly one is used.
    Used is what another module imports, a checked-in file runs, or a configuration names; a test counts as well.

    Exempt: digits at the end of a name (`tacotron2`, `wav2vec2` are models), API versions, migrations, configuration, teaching code,
    functions with a decorator or in a module that looks up by name, files that register what they define or are loaded by being there,
    programs of which no file runs either while the copy does clearly more, and files that only a name ties together: less than 20 % of
    the lines and none of the definitions are the same.

    Known false positives: a variant for another case that bears the name of a copy.
    """

    code = "DXP005"
    name = "superseded-copy"
    severity = Severity.low
    confidence = Confidence.B
    on_by_default = False
    cost = Cost(base=0, per_item=15, friction=5)
    source = "Sculley et al. 2015, Hidden Technical Debt in Machine Learning Systems, §5.3"
    remedy = "Delete the one that is not used; git keeps it. If both are needed, name each after what it does differently."
    BAD = (
        {
            "train.py": "from features import build\n\nif __name__ == '__main__':\n    print(build())\n",
            "run.sh": "python train.py\n",
            "features.py": (
                "import pandas as pd\n\ndef build():\n    frame = pd.read_csv('a.csv')\n    frame = frame.dropna()\n"
                "    return frame.mean()\n"
            ),
            "features_old.py": (
                "import pandas as pd  # DXP005\n\ndef build():\n    frame = pd.read_csv('a.csv')\n    frame = frame.fillna(0)\n"
                "    return frame.mean()\n"
            ),
        },
        {
            "train.py": "from features import load\n\nif __name__ == '__main__':\n    print(load('a'))\n",
            "run.sh": "python train.py\n",
            "features.py": """\
import pandas as pd

def load(path):
    frame = pd.read_csv(path)
    frame = frame.dropna()
    frame['day'] = pd.to_datetime(frame['day'])
    return frame.set_index('day')

def load_old(path):  # DXP005
    frame = pd.read_csv(path, sep=';')
    frame = frame.dropna()
    frame['day'] = pd.to_datetime(frame['day'])
    return frame.set_index('day')
""",
        },
    )
    GOOD = (
        {
            "tacotron.py": "import torch\n\nclass Tacotron(torch.nn.Module):\n    width = 1\n    depth = 2\n    heads = 3\n",
            "tacotron2.py": "import torch\n\nclass Tacotron2(torch.nn.Module):\n    width = 1\n    depth = 2\n    heads = 4\n",
        },
        {
            "run.sh": "python train.py\npython train_v2.py\n",
            "train.py": "import pandas as pd\n\nframe = pd.read_csv('a.csv')\nframe = frame.dropna()\nframe.to_csv('b.csv')\n",
            "train_v2.py": "import pandas as pd\n\nframe = pd.read_csv('a.csv')\nframe = frame.dropna()\nframe.to_csv('c.csv')\n",
        },
    )

    def check(self, graph: SystemGraph) -> Iterator[Finding]:
        exemptions = graph.once(Exemptions)
        yield from self._files(graph, exemptions)
        yield from self._functions(graph, exemptions)

    # ---- files -------------------------------------------------------------------------------------------------------------------

    def _files(self, graph: SystemGraph, exemptions: Exemptions) -> Iterator[Finding]:
        grouped: dict[str, list[_Copy]] = defaultdict(list)
        for found in _copied_files(graph, exemptions):
            grouped[found.base.path].append(found)
        for base in sorted(grouped):
            copies = grouped[base]
            paths = [copy.copy.path for copy in copies]
            first = copies[0]
            stale = first.base if first.live else first.copy
            kept = "nothing uses the original any more" if first.live else f"nothing uses {'it' if len(paths) == 1 else 'them'}"
            places = [Site(path, 1) for path in paths]
            places.insert(0 if first.live else len(places), Site(base, 1))
            alike = all(copy.similarity >= MIN_SIMILARITY for copy in copies)
            what = "a copy" if alike else "another version"
            several = "copies" if alike else "other versions"
            yield self.found(
                f"{ticked(paths)} {f'is {what}' if len(paths) == 1 else f'are {several}'} of `{base}`, and {kept}",
                Subject("copies", " + ".join([base, *paths])),
                places,
                _file_evidence(copies, stale),
                severity=in_context(graph, self.severity, [stale.path]),
                confidence=self.confidence if all(copy.strong for copy in copies) else Confidence.C,
                items=len(paths),
                members=len(paths) + 1,
            )

    # ---- functions ---------------------------------------------------------------------------------------------------------------

    def _functions(self, graph: SystemGraph, exemptions: Exemptions) -> Iterator[Finding]:
        candidates = [
            (module, copy, base, strong)
            for module in graph.living()
            if not exemptions.is_set_apart(module)
            for copy, base, strong in _copied_functions(module)
        ]
        looked_up = _looked_up(graph) if candidates else set()
        candidates = [candidate for candidate in candidates if candidate[0].path not in looked_up]
        used = mentions(graph, [module.facts.scopes[i].name for module, copy, base, _ in candidates for i in (copy, base)])
        for module, copy, base, strong in candidates:
            scopes = module.facts.scopes
            names = scopes[copy].name, scopes[base].name
            # Exactly one is used: of two that nobody uses, neither replaced the other.
            if (used[names[0]] > 0) == (used[names[1]] > 0):
                continue
            stale, current = (copy, base) if used[names[0]] == 0 else (base, copy)
            similarity = _function_similarity(module, copy, base)
            if similarity < (MIN_SIMILARITY_OF_FUNCTIONS if strong else MIN_SIMILARITY):
                continue
            open_api = graph.archetype_of(module.path) == "library" and not names[stale is base].startswith("_")
            yield self.found(
                f"`{scopes[stale].name}` is used nowhere; `{scopes[current].name}` beside it has taken its place",
                Subject("function", module.qualname(stale)),
                [module.site(scopes[stale].line, scopes[stale].end_line), module.site(scopes[current].line, scopes[current].end_line)],
                [
                    Evidence(f"`{scopes[stale].qualname}` is named nowhere in the repository", module.site(scopes[stale].line)),
                    Evidence(
                        f"`{scopes[current].qualname}` is used; {similarity:.0%} of their lines are the same",
                        module.site(scopes[current].line),
                    ),
                ],
                severity=in_context(graph, self.severity, [module.path]),
                confidence=self.confidence if strong and not open_api else Confidence.C,
                members=2,
            )


def _file_evidence(copies: list[_Copy], stale: Module) -> Iterator[Evidence]:
    for copy in copies:
        told = "its name says so" if copy.strong else "its name may say so"
        # Only functions and scripts of some length are compared: of files that have none it is not known what they share.
        share = f", {copy.similarity:.0%} of the lines are the same" if copy.similarity else ""
        yield Evidence(f"beside {copy.base.path}: {told}{share}", Site(copy.copy.path, 1))
    yield Evidence(f"no module imports {stale.path}, no checked-in file runs it and no configuration names it", Site(stale.path, 1))


def _copied_files(graph: SystemGraph, exemptions: Exemptions) -> Iterator[_Copy]:
    used = _used_files(graph)
    for path in sorted(graph.modules):
        module = graph.modules[path]
        folder = posixpath.dirname(path)
        if module.is_excluded or sets_values(module) or _REVISIONS.search(folder) or module.facts.code_lines < MIN_CODE_LINES:
            continue
        named = _base_of(graph, path)
        if named is None:
            continue
        base, strong = graph.modules[named[0]], named[1]
        if base.is_excluded or base.facts.code_lines < MIN_CODE_LINES or any(_teaches(exemptions, m) for m in (module, base)):
            continue
        live = path in used, base.path in used
        if all(live) if strong else live[0] == live[1]:
            continue
        if _ROUTES.search(folder) and not (strong and live[1]):
            continue  # versions of an interface are kept for its callers
        if is_registered(graph, base if live[0] else module):
            continue
        if not any(live) and _has_grown(module, base):
            continue
        similarity = file_similarity(module, base)
        if similarity >= MIN_SIMILARITY or (strong and _is_version(module, base, similarity)):
            yield _Copy(module, base, strong, similarity, live[0] and not live[1])


def _has_grown(copy: Module, base: Module) -> bool:
    """Of two programs that people start by hand, whether the copy does clearly more: a variant that was begun as a copy."""
    both = all(not module.is_notebook and (module.facts.main_line or module.facts.acts_at) for module in (copy, base))
    return both and len(copy.facts.calls) >= len(base.facts.calls) + MIN_GROWTH


def _is_version(copy: Module, base: Module, similarity: float) -> bool:
    """Of two files that a name ties together, is one a version of the other? What was put aside in a folder may have changed much since."""
    if similarity >= MIN_SIMILARITY_OF_NAMED or _ATTIC.match(posixpath.basename(posixpath.dirname(copy.path))):
        return True
    return not _defined(copy).isdisjoint(_defined(base))


def _defined(module: Module) -> set[str]:
    return {scope.name for scope in module.facts.scopes if scope.kind in ("function", "class") and scope.parent == 0}


def is_registered(graph: SystemGraph, module: Module) -> bool:
    """Is it loaded by being there, or does it enter what it defines into a registry?"""
    return module.path in plugins(graph) or any(is_registering(module, scope.decorators) for scope in module.facts.scopes)


def _teaches(exemptions: Exemptions, module: Module) -> bool:
    """As for copied code, but a folder `old/` or `archive/` is what this rule is about."""
    parts = [part for part in module.path.split("/") if not _ATTIC.match(part)]
    return exemptions.is_teaching(module.project, "/".join(parts))


def _base_of(graph: SystemGraph, path: str) -> tuple[str, bool] | None:
    """The file that `path` is a copy of by its name, and whether the name says it by itself."""
    folder, name = posixpath.split(path)
    stem, extension = posixpath.splitext(name)
    for pattern, strong in ((_STRONG_TAIL, True), (_STRONG_HEAD, True), (_WEAK_TAIL, False)):
        match = pattern.match(stem)
        # `archived_split_by_year` may be an older `split_by`: what it was called when it was put aside need not be its name today.
        for base in _shorter(match["base"], strong) if match else ():
            if (beside := posixpath.join(folder, base + extension)) in graph.modules and beside != path:
                return beside, strong
    if _ATTIC.match(posixpath.basename(folder)) and name != "__init__.py":
        base = posixpath.join(posixpath.dirname(folder), name)
        if base in graph.modules:
            return base, True
    return None


def _shorter(base: str, strong: bool) -> Iterator[str]:
    yield base
    while strong and base.count("_") >= MIN_WORDS:
        base = base.rpartition("_")[0]
        yield base


def _used_files(graph: SystemGraph) -> set[str]:
    used = {link.target for link in graph.imports if link.target and link.target != link.importer}
    used.update(path for path, sites in graph.invoked_by.items() if any(site.path != path for site in sites))
    used.update(edge.target for edge in graph.edges if edge.kind in ("names", "calls", "invokes") and edge.source != edge.target)
    used.update(root.path for root in graph.roots)
    return used


def _copied_functions(module: Module) -> Iterator[tuple[int, int, bool]]:
    """(copy, base, whether the name says it by itself) of functions and classes that stand side by side."""
    scopes = module.facts.scopes
    named = {(scope.parent, scope.name): index for index, scope in enumerate(scopes) if scope.kind in ("function", "class") and index}
    for (parent, name), index in named.items():
        if name.startswith("test") or scopes[index].decorators:
            continue
        for pattern, strong in ((_STRONG_TAIL, True), (_STRONG_HEAD, True), (_WEAK_TAIL, False)):
            match = pattern.match(name)
            base = named.get((parent, match["base"])) if match else None
            if base is not None and not scopes[base].decorators and scopes[base].kind == scopes[index].kind:
                yield index, base, strong
                break


def _looked_up(graph: SystemGraph) -> set[str]:
    """Modules of which a name that is made up at run time may be asked: by themselves, or by one that imports them."""
    asking = {module.path for module in graph.living() if not _LOOK_UPS.isdisjoint(module.facts.dynamic)}
    return asking | {link.target for link in graph.imports if link.importer in asking}


def _function_similarity(module: Module, one: int, other: int) -> float:
    rows = {unit.scope: unit.lines for unit in module.facts.clones}
    if one in rows and other in rows:
        return similar(rows[one], rows[other], 0, 1, {}, 0.0)
    return 0.0
