"""JGL008: artifacts that code writes and that nothing takes up."""

from __future__ import annotations

import posixpath
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from analyzer.graph.system import SystemGraph
from analyzer.model import Access, Confidence, Cost, Evidence, Finding, Severity, Subject
from analyzer.result import Coverage
from rules.artifact_names import is_data, is_distinctive, is_registered, is_source, known_part
from rules.base import Rule, guarded_confidence, open_world_note
from rules.handoffs import deletes
from rules.loose_ends import LooseEnds, base_name
from rules.severity import in_context
from rules.spelled import texts_of
from rules.wording import ticked

MIN_CHAPTERS = 8
_NUMBERED = re.compile(r"(^|/)\d{1,2}[-_ .][^/]*\.ipynb$")
MAX_PLACES = 40
MAX_SHOWN = 12
MIN_PART = 5
_END_PRODUCT = re.compile(
    r"(^|[/_.\- ])(reports?|results?|metrics?|scores?|evals?|evaluations?|summar(y|ies)|submissions?|predictions?|preds?|logs?|stats?|"
    r"statistics|"
    r"plots?|fig(ure)?s?|images?|viz|visuali[sz]ations?|configs?|args|params|settings|exports?|final|outputs?|outs?|readme|version|manifests?|meta|"
    r"metadata|artifacts?|dashboards?|tables?|benchmarks?|profil(e|ing)|traces?|history|checkpoints?|ckpts?|models?|weights|wandb|mlruns|errors?|"
    r"leaderboards?|releases?|public|dist|build|docs?|site|www|html|backups?|dumps?|debug|state|cache|vocab|tokenizer|generated|samples)"
    r"([/_.\- \d]|$)",
    re.I,
)
_FOR_PEOPLE = re.compile(
    r"(to|for)[_-](be[_-])?(tag(ging)?|label(l?ing)?|annotat(e|ion)|review|check(ing)?)([_.\- \d]|$)|"
    r"(^|[_.\- ])(details?|descriptions?|overviews?|lengths|analys[ei]s|counts)([_.\- \d]|$)|^(vecs|vectors)\.tsv$",
    re.I,
)
"""What people label, look at, or load into a viewer of embeddings."""
_FAULTS = re.compile(r"(^|[/_.\- ])(err|fail(ed|ures?)?|missing|skipped|invalid|rejected|bad|broken)([/_.\- \d]|$)", re.I)
_EXPORTS = re.compile(r"(^|[_\-])(exports?|scrap\w*|crawl\w*|download\w*|fetch\w*)([_\-]|$)", re.I)
_PREDICTS = re.compile(r"(^|[_\-])(inference|infer|predict\w*|eval|evaluat(e|ion))([_\-]|$)", re.I)
"""What makes predictions or results of an evaluation, whatever it calls them."""
_WAITS = re.compile(r"(^|/)(interim|intermediate|stag(e|ing)|work)/")
_SCRAPES = re.compile(r"(selenium|playwright|scrapy|bs4|requests_html|pyppeteer|mechanize|praw|tweepy)(\.|$)")
_SHIPPED = re.compile(
    r"\.(onnx|pt|pth|ckpt|h5|hdf5|keras|tflite|safetensors|model|joblib|bin|pb|mlmodel|engine|xlsx?|png|jpe?g|svg|html?|pdf|md|gif|mp4)$",
    re.I,
)


class UnreadOutput(Rule):
    """Code writes an artifact that nothing in the repository reads, and that is no end product as far as anybody says.

    Such a file is what is left of a step that went away, or the beginning of one that lives on somebody's machine. It is written at every
    run, and whoever changes the step has to keep it right without knowing for whom ("a jungle of scrapes, joins, and sampling steps, often
    with intermediate files output", Sculley et al. 2015, section 5.2).

    One finding stands for what one file writes into one folder for nobody.

    Exempt: what any code, command, stage, test or setting reads or names; what a README names; declared outputs; reports, plots, metrics,
    predictions, submissions, logs, models, exports and other end products by name or class; paths that come from options or the
    environment, or begin with an unknown part; temporary files and caches; files that git holds; object stores, tables, topics and
    registries (their readers live elsewhere); what the writer itself hands on to a call or command, by name, by variable or with its
    folder; what an export or a scraper is for, what people label or look at, lists of errors, outputs that bear their maker's name; what
    lies outside of the repository or has a name that only called code knows; tests, documentation, lessons and the modules of libraries.

    Known false positives: files that people open by hand, or that another repository reads.
    """

    code = "JGL008"
    name = "unread-output"
    severity = Severity.low
    confidence = Confidence.C
    on_by_default = False
    cost = Cost(base=15, per_item=5, friction=5)
    source = "Sculley et al. 2015, Hidden Technical Debt in Machine Learning Systems, section 5.2 (Pipeline Jungles)"
    remedy = "Stop writing it, or name its reader: in the README, as a declared output, or in a `[[contract]]` of mldebt.toml."
    BAD = (
        {
            "clean.py": (
                'import pandas as pd\n\nframe = pd.read_csv("data/raw.csv")\n'
                'frame.dropna().to_csv("data/interim/visits_2023.csv")  # JGL008\n'
            )
        },
    )
    GOOD = (
        {
            "clean.py": 'import pandas as pd\n\npd.read_csv("data/raw.csv").dropna().to_csv("data/interim/visits_2023.csv")\n',
            "train.py": 'import pandas as pd\n\nprint(pd.read_csv("data/interim/visits_2023.csv"))\n',
        },
        {
            "clean.py": 'import pandas as pd\n\npd.read_csv("data/raw.csv").dropna().to_csv("data/interim/visits_2023.csv")\n',
            "README.md": "The marketing team fetches `visits_2023.csv`.\n",
        },
    )

    def check(self, graph: SystemGraph) -> Iterator[Finding]:
        ends = graph.once(LooseEnds)
        said: dict[str, frozenset[str]] = {}
        candidates = [a for a in ends.accesses("write") if _is_intermediate(a) and not deletes(a) and _is_its_own(graph, a, said)]
        writes: dict[str, list[Access]] = defaultdict(list)
        for access in candidates:
            writes[base_name(access.artifact or "")].append(access)
        readers = {access.site.path for access in graph.accesses if access.op == "read" and not access.borrowed}
        readers -= {path for path, module in graph.modules.items() if any(_SCRAPES.match(fact.module) for fact in module.facts.imports)}
        groups: dict[tuple[str, str], list[Access]] = defaultdict(list)
        lessons = graph.once(_Lessons)
        declared = {entry.artifact for entry in graph.declarations if entry.op == "write"}
        for access in candidates:
            name = access.artifact or ""
            if (
                access.declared
                or name in declared
                or lessons.holds(access.site.path)
                or _is_product(access, readers)
                or _is_told(graph, access)
            ):
                continue
            if not ends.is_taken(name, writes[base_name(name)]):
                groups[access.site.path, posixpath.dirname(known_part(name))].append(access)
        coverage = graph.uncovered_share(graph.modules) if groups else Coverage()
        for (path, folder), group in sorted(groups.items()):
            finding = self._finding(graph, path, folder, group, coverage)
            if finding.confidence >= Confidence.C:
                yield finding

    def _finding(self, graph: SystemGraph, path: str, folder: str, group: Sequence[Access], coverage: Coverage) -> Finding:
        names = sorted({access.artifact or "" for access in group})
        sites = list(dict.fromkeys(access.site for access in group))
        return self.found(
            f"{path} writes {ticked(names, 2)}, which nothing reads or names",
            Subject("output", f"{path} {folder or '.'}"),
            sites[:MAX_PLACES],
            [
                *(
                    Evidence(f"{access.unit} writes `{access.artifact}` with {access.call or 'a command'}", access.site)
                    for access in group[:MAX_SHOWN]
                ),
                Evidence("no access, command, stage, setting or README of the repository names it"),
                open_world_note(coverage),
            ],
            severity=min(self.severity, in_context(graph, self.severity, [path])),
            confidence=guarded_confidence(Confidence.B, coverage, escapes=False),
            items=len(names),
            members=len(names),
        )


class _Lessons:
    """Notebooks that a folder numbers through, as the chapters of a book are: they show how things are done. Ask `graph.once` for it."""

    def __init__(self, graph: SystemGraph) -> None:
        self._chapters = Counter(posixpath.dirname(path) for path in graph.modules if _NUMBERED.search(path))

    def holds(self, path: str) -> bool:
        return _NUMBERED.search(path) is not None and self._chapters[posixpath.dirname(path)] >= MIN_CHAPTERS


def _is_product(access: Access, readers: set[str]) -> bool:
    """What a script exports or collects from elsewhere, and what bears its maker's name, is what the script is for."""
    path = access.site.path
    stem = posixpath.basename(path).rpartition(".")[0].lower()
    made = base_name(access.artifact or "").partition(".")[0].lower()
    if made in (stem, posixpath.basename(posixpath.dirname(path)).lower()):
        return True
    if _PREDICTS.search(stem) and not _WAITS.search(access.artifact or ""):
        return True
    if path.endswith(".ipynb"):
        return False
    is_here = posixpath.dirname(access.artifact or "") in ("", posixpath.dirname(path))  # in a folder of data it waits for a next step
    return (path not in readers and is_here) or _EXPORTS.search(stem) is not None


def _is_told(graph: SystemGraph, access: Access) -> bool:
    """Does the module's docstring name the folder that it fills?"""
    module, folder = graph.modules.get(access.site.path), posixpath.dirname(access.artifact or "")
    return module is not None and "/" in folder and folder in module.facts.about


def _is_its_own(graph: SystemGraph, access: Access, said: dict[str, frozenset[str]]) -> bool:
    """Does the file itself name what is written, somewhere below the repository? `said` keeps the names that each file says."""
    name, module = access.artifact or "", graph.modules.get(access.site.path)
    if name.startswith("/") and graph.name.rpartition("+")[2].lower() not in name.lower():
        return False  # taken elsewhere
    if access.via != "wrapper" or module is None:
        return True
    if module.path not in said:
        texts = (*module.facts.words, *(text for _, text in texts_of(module)))
        said[module.path] = frozenset(name for text in texts if len(name := posixpath.basename(text)) >= MIN_PART)
    base = base_name(name)
    return any(text in base for text in said[module.path])


def _is_intermediate(access: Access) -> bool:
    name = access.artifact or ""
    if access.kind != "file" or access.klass in ("CONFIG", "LOG", "REPORT", "MODEL", "PREDICTION") or access.via in ("parameter", "config"):
        return False
    if "://" in name or name.startswith(("{", "*")) or ":" in name.partition("/")[0] or is_registered(name) or is_source(name):
        return False
    base = base_name(name)
    if not is_data(base) or "*" in base or not is_distinctive(name):
        return False
    return _END_PRODUCT.search(name) is None and all(kind.search(base) is None for kind in (_FOR_PEOPLE, _SHIPPED, _FAULTS))
