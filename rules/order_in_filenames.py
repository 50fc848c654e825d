"""JGL003: the order of a pipeline stands in file names only."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from analyzer.graph.system import DataEdge, SystemGraph
from analyzer.model import Access, Confidence, Cost, Evidence, Finding, Severity, Site, Subject
from analyzer.read.step_facts import StepFacts
from rules.base import Rule, guarded_confidence, open_world_note
from rules.declaration_stubs import declarable
from rules.handoffs import SHOWS, TUTORIAL, Handoffs, is_prose, said, statements_run
from rules.pipeline_stubs import steps_stub
from rules.severity import in_context

MIN_SIBLINGS = 3
MAX_SHOWN = 12
PER_FILE = 3
_NUMBER = re.compile(r"(\d{1,3})[a-z]?[_\-. ]", re.I)
_STEP = re.compile(r"(?:^|[_\-. ])(?:step|stage|part|phase)[_-]?(\d{1,2})(?=[_\-. ])", re.I)
_ASIDE = re.compile(r"(^|/)(migrations?|alembic|versions|flyway|seeds?|lessons?|chapters?|week\w*|day\w*|solutions?|exercises?)(/|$)", re.I)
_PAGES = re.compile(r"(^|/)pages$", re.I)
"""Numbered pages of an application (Streamlit) stand in the order of its menu."""
_SHOWN_BESIDE = re.compile(r"(?:^|[_\-. ])(demos?|how_?to|tutorials?|examples?|walkthrough|quickstart)(?=[_\-. ]|$)", re.I)
_RUNS_ALL = re.compile(
    r"(?:^|[_\-. ])(?:(?:execute|run)_?(?:the_)?(?:pipeline|all)|(?:full|whole|entire)_?pipeline|end_?(?:to|2)_?end)(?=[_\-. ]|$)", re.I
)
_SUFFIXES = (".py", ".ipynb", ".sh", ".sql", ".r")


class OrderInFilenames(Rule):
    """Files are numbered in the order in which they must run, they hand data to each other, and no checked-in file runs them.

    The numbers are a pipeline that no tool reads: a step that is skipped, renamed or run twice leaves a stale file and no error, and the
    numbers say nothing of what depends on what: a pipeline jungle (Sculley et al. 2015, section 5.2).

    One finding stands for one numbered series of a folder.

    Exempt: series in which fewer than a third of the files hand data on, or all load what one made (chapters, explorations); series of
    which a script, make, CI, dvc or a notebook runs two files or more, a script of SQL among them, or that stand beside a Dockerfile;
    repositories that only show how things are done; files that write themselves what they read; series most of whose hand-offs go
    against the numbers; series of which one file runs the whole pipeline; demos and examples; pages of an application; migrations,
    seeds, lessons by their folder's name; tests, documentation.

    Known false positives: numbers that are versions, of which each makes the file anew.
    """

    code = "JGL003"
    name = "order-in-filenames"
    severity = Severity.medium
    confidence = Confidence.B
    on_by_default = False
    cost = Cost(base=30, per_item=10, friction=10)
    source = "Sculley et al. 2015, Hidden Technical Debt in Machine Learning Systems, section 5.2 (Pipeline Jungles)"
    remedy = "Declare the files as stages of one pipeline (dvc.yaml, Makefile, Snakefile), each with its inputs and outputs."
    BAD = (
        {
            "01_clean.py": 'import pandas as pd\n\npd.read_csv("raw.csv").to_parquet("tmp/clean_visits.parquet")  # JGL003\n',
            "02_features.py": (
                'import pandas as pd\n\npd.read_parquet("tmp/clean_visits.parquet").to_parquet("tmp/visit_features.parquet")\n'
            ),
            "03_train.py": 'import pandas as pd\n\nprint(pd.read_parquet("tmp/visit_features.parquet"))\n',
        },
    )
    GOOD = (
        {
            "01_intro.py": "print(1)\n",
            "02_tracking.py": "print(2)\n",
            "03_orchestration.py": "print(3)\n",
        },
        {
            "01_clean.py": 'import pandas as pd\n\npd.read_csv("raw.csv").to_parquet("tmp/clean_visits.parquet")\n',
            "02_features.py": (
                'import pandas as pd\n\npd.read_parquet("tmp/clean_visits.parquet").to_parquet("tmp/visit_features.parquet")\n'
            ),
            "03_train.py": 'import pandas as pd\n\nprint(pd.read_parquet("tmp/visit_features.parquet"))\n',
            "run.sh": "python 01_clean.py\npython 02_features.py\npython 03_train.py\n",
        },
    )

    def check(self, graph: SystemGraph) -> Iterator[Finding]:
        series = {folder: files for folder, files in sorted(_series(graph).items()) if len(set(files.values())) >= MIN_SIBLINGS}
        if not series or SHOWS.search(graph.name):
            return
        edges = _edges(graph)
        for folder, files in series.items():
            inside = [edge for edge in edges if edge.writer.site.path in files and edge.reader.site.path in files]
            handing = {access.site.path for edge in inside for access in (edge.writer, edge.reader)}
            if 3 * len(handing) >= len(files) and _is_chain(inside) and _goes_forward(inside, files) and not _is_run(graph, files):
                finding = self._finding(graph, folder, files, inside)
                if finding.confidence >= Confidence.C:
                    yield finding

    def _finding(self, graph: SystemGraph, folder: str, files: Mapping[str, int], edges: Sequence[DataEdge]) -> Finding:
        ordered = sorted(files, key=lambda path: (files[path], path))
        backwards = [edge for edge in edges if files[edge.writer.site.path] > files[edge.reader.site.path]]
        coverage = graph.uncovered_share(ordered)
        names = [posixpath.basename(path) for path in ordered]
        told = f"{names[0]} … {names[-1]}" if len(names) > 3 else ", ".join(names)
        return self.found(
            f"{len(ordered)} files of {folder or 'the repository'} are numbered in the order they must run ({told}), and nothing runs them"
            + (f"; {len(backwards)} of {len(edges)} hand-offs go against the numbers" if backwards else ""),
            Subject("series", folder or "."),
            list(dict.fromkeys([*_edge_sites(edges), *_data_sites(graph, ordered)])),
            [
                *(
                    Evidence(f"{access.site.path} {said(access)}", access.site)
                    for edge in [*backwards, *(edge for edge in edges if edge not in backwards)][:MAX_SHOWN]
                    for access in (edge.writer, edge.reader)
                ),
                open_world_note(coverage),
            ],
            severity=min(self.severity, in_context(graph, self.severity, ordered)),
            confidence=guarded_confidence(self.confidence, coverage, escapes=False),
            remedy=_remedy(graph, ordered, edges),
            items=len(ordered),
            members=len(ordered),
        )


def _remedy(graph: SystemGraph, ordered: Sequence[str], edges: Sequence[DataEdge]) -> str:
    handoffs = graph.once(Handoffs)
    ends = [(edge.writer.site.path, edge.artifact, edge.reader.site.path) for edge in edges if declarable([edge.artifact])]
    make = handoffs.favours_make(())
    stub = steps_stub(handoffs, ordered, ends, make=make) if ends else ""
    where = "the Makefile" if make else "dvc.yaml"
    return f"Declare the files as stages of one pipeline. Add to {where}:\n\n{stub}" if stub else OrderInFilenames.remedy


def _series(graph: SystemGraph) -> dict[str, dict[str, int]]:
    """Folder → numbered file of work → its number, where the numbers follow each other."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for path in dict.fromkeys(unit.path for unit in graph.units.values()):
        folder, name = posixpath.split(path)
        module = graph.modules.get(path)
        if (
            not name.lower().endswith(_SUFFIXES)
            or (module is not None and module.is_excluded)
            or TUTORIAL.search(folder)
            or _ASIDE.search(folder)
            or _PAGES.search(folder)
            or _SHOWN_BESIDE.search(name)
        ):
            continue
        match = _NUMBER.match(name) or _STEP.search(name)
        if match:
            found[folder][path] = int(match[1])
    return {
        folder: files
        for folder, files in found.items()
        if _follow(sorted(set(files.values()))) and not any(_RUNS_ALL.search(posixpath.basename(path)) for path in files)
    }


def _is_chain(edges: Sequence[DataEdge]) -> bool:
    """More than one result that all the others load: explorations that share a model have no order among each other."""
    return len({edge.writer.site.path for edge in edges}) > 1 or len({edge.reader.site.path for edge in edges}) == 1


def _goes_forward(edges: Sequence[DataEdge], files: Mapping[str, int]) -> bool:
    """Do more hand-offs go from a lower number to a higher one than back? Else the numbers tell the order of reading, as chapters do."""
    pairs = {(edge.writer.site.path, edge.reader.site.path) for edge in edges}
    return sum(files[writer] < files[reader] for writer, reader in pairs) > sum(files[writer] > files[reader] for writer, reader in pairs)


def _follow(numbers: Sequence[int]) -> bool:
    """Three numbers that follow each other, in ones or in tens."""
    return any(c - b == b - a and c - b in (1, 10) for a, b, c in zip(numbers, numbers[1:], numbers[2:], strict=False))


def _edges(graph: SystemGraph) -> list[DataEdge]:
    own = {(a.site.path, a.artifact) for a in graph.accesses if a.op == "write"}
    return [
        edge
        for edge in graph.data_edges
        if edge.level >= 2
        and (edge.reader.site.path, edge.reader.artifact) not in own
        and edge.writer.site.path != edge.reader.site.path
        and not edge.artifact.startswith(("http://", "https://"))
        and not (edge.writer.klass in ("LOG", "REPORT", "CONFIG") or edge.writer.via == "declaration" or edge.reader.via == "declaration")
    ]


def _is_run(graph: SystemGraph, files: Mapping[str, int]) -> bool:
    """Does one checked-in file run two of the series?"""
    folders = {posixpath.dirname(path) for path in files}
    if any(facts.kind == "docker" and posixpath.dirname(path) in folders for path, facts in graph.steps.items()):
        return True  # an image that holds the series runs it by name, as databases do with their initial scripts
    loops = {f"{posixpath.basename(posixpath.dirname(path))}/*{posixpath.splitext(path)[1]}" for path in files if "/" in path}
    if any(_goes_through(facts, loops) for facts in graph.steps.values()):
        return True
    runs: dict[str, set[str]] = defaultdict(set)
    for path in files:
        for site in graph.invoked_by.get(path, ()):
            runs[site.path].add(path)
    for access, script in statements_run(graph):
        if script in files:
            runs[access.site.path].add(script)
    return any(len(paths) > 1 for by, paths in runs.items() if not is_prose(by))


def _goes_through(facts: StepFacts, loops: Iterable[str]) -> bool:
    """Does a command take all files of a folder, which a shell puts in the order of their names (`psql < "sql/*.sql"` of a loop)?"""
    words = (word for step in facts.steps for command in step.commands for word in (command.stdin, *command.words) if "*" in word)
    return any(word == loop or word.endswith(f"/{loop}") for word in words for loop in loops)


def _edge_sites(edges: Sequence[DataEdge]) -> Iterator[Site]:
    for edge in edges[:MAX_SHOWN]:
        yield edge.writer.site
        yield edge.reader.site


def _data_sites(graph: SystemGraph, paths: Sequence[str]) -> Iterator[Site]:
    """The first places in which each file of the series reads or writes data."""
    wanted = set(paths[: 2 * MAX_SHOWN])
    by_path: dict[str, list[Access]] = defaultdict(list)
    for access in graph.accesses:
        if (
            access.site.path in wanted
            and access.artifact is not None
            and access.klass not in ("LOG", "CONFIG")
            and "://" not in access.artifact
        ):
            by_path[access.site.path].append(access)
    for path in paths:
        for op in ("write", "read"):
            yield from [access.site for access in by_path[path] if access.op == op and not access.temporary][:PER_FILE]
