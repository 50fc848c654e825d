"""JGL002: a stage whose declaration and code disagree."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence

from analyzer.graph.stages import Stage
from analyzer.graph.system import DataEdge, Declaration, SystemGraph
from analyzer.model import Access, Confidence, Cost, Evidence, Finding, Severity, Site, Subject
from rules.base import Rule, open_world_note
from rules.beside_the_pipeline import beside_the_pipeline
from rules.declaration_stubs import stage_entries
from rules.handoffs import said
from rules.outside_the_pipeline import outside_the_pipeline
from rules.stage_drift import GHOST, MISSING_CODE, MISSING_DEP, MISSING_OUT, Drift, StageDrift, grouped
from rules.wording import ticked

MAX_SHOWN = 12


class StageDeclarationDrift(Rule):
    """A stage reads, writes or imports something that its declaration leaves out, or declares what it never touches.

    dvc, make and Snakemake run a stage again when something that it declares has changed. What the code reads beside that does not count:
    the input is edited, nothing is rerun, and the next stage works on a stale but plausible result. It is the debt that looks paid, because
    a pipeline file exists (Sculley et al. 2015, section 5.2: the real graph is not the declared one).

    One finding stands for what one edit repairs: the items that the same stages of one file leave out. Tentative: predictions that one
    declared step reads from another by a path that the pipeline, which declares other data of both, does not name; a program that no
    stage runs and that reads outputs of the pipeline by their paths, so that nothing runs it again when they change (services, notebooks,
    experiments and demos left out).

    Exempt: what runs under a condition, in functions that the script never calls, or for another command line of the same script; paths
    that are not known whole; tables of dbt that are sharded by a wildcard; what the stage has written itself; settings that code loads
    by itself, `.env`, lock and parameter files;
    data inside a package; files that neither version control holds nor another step makes; temporary files and caches; stages that
    declare no input and targets that are phony (they run each time). A module counts only where the stage declares its neighbours; an
    output only where another step reads it; a declared input that nothing reads only where every access of the stage's code is known.

    Known false positives: a file that changes with another one which is declared (a sidecar, an index).
    """

    code = "JGL002"
    name = "stage-declaration-drift"
    severity = Severity.high
    confidence = Confidence.A
    on_by_default = False
    cost = Cost(base=5, per_item=5, friction=15)
    source = "Sculley et al. 2015, Hidden Technical Debt in Machine Learning Systems, section 5.2 (Pipeline Jungles)"
    remedy = "Declare what the stage reads and writes, and strike what it does not."
    BAD = (
        {
            "dvc.yaml": (
                "stages:\n  features:\n    cmd: python features.py\n    deps:\n      - features.py\n      - data/raw.csv\n"
                "    outs:\n      - data/features.parquet\n"
            ),
            "ref/sku_map.csv": "a,b\n1,2\n",
            "ref/sku_map.csv.dvc": "outs:\n- md5: d41d8cd98f00b204e9800998ecf8427e\n  path: sku_map.csv\n",
            "features.py": (
                'import pandas as pd\n\nraw = pd.read_csv("data/raw.csv")\nnames = pd.read_csv("ref/sku_map.csv")  # JGL002\n'
                'raw.merge(names).to_parquet("data/features.parquet")\n'
            ),
        },
    )
    GOOD = (
        {
            "dvc.yaml": (
                "stages:\n  features:\n    cmd: python features.py\n    deps:\n      - features.py\n      - data/raw.csv\n"
                "      - ref\n    outs:\n      - data/features.parquet\n"
            ),
            "ref/sku_map.csv.dvc": "outs:\n- md5: d41d8cd98f00b204e9800998ecf8427e\n  path: sku_map.csv\n",
            "features.py": (
                'import pandas as pd\n\nraw = pd.read_csv("data/raw.csv")\nnames = pd.read_csv("ref/sku_map.csv")\n'
                'raw.merge(names).to_parquet("data/features.parquet")\n'
            ),
        },
    )

    def check(self, graph: SystemGraph) -> Iterator[Finding]:
        for group in sorted(grouped(StageDrift(graph)), key=lambda drifts: (drifts[0].stage.path, drifts[0].verdict, drifts[0].artifact)):
            yield self._finding(graph, group)
        for reader, edges in beside_the_pipeline(graph).items():
            yield self._aside(graph, reader, edges)
        for reader, reads in outside_the_pipeline(graph).items():
            yield self._outside(graph, reader, reads)

    def _aside(self, graph: SystemGraph, reader: str, edges: Sequence[DataEdge]) -> Finding:
        writer = graph.units[edges[0].writer.unit]
        names = sorted({edge.artifact for edge in edges})
        ends = [access for edge in edges for access in (edge.writer, edge.reader)]
        return self.found(
            f"{reader} reads {ticked(names)} that {writer.path} writes, beside the data that their pipeline declares",
            Subject("unit", reader),
            list(dict.fromkeys([*(edge.reader.site for edge in edges), *(edge.writer.site for edge in edges)]))[: 3 * MAX_SHOWN],
            [
                *dict.fromkeys(Evidence(f"{access.unit} {said(access)}", access.site) for access in ends[:MAX_SHOWN]),
                open_world_note(graph.uncovered_share((reader, writer.path))),
            ],
            confidence=Confidence.C,
            severity=Severity.medium,
            remedy="Make the hand-off an entry of the pipeline's catalog, an output of the one step and an input of the other.",
            items=len(names),
            members=len(names),
        )

    def _outside(self, graph: SystemGraph, reader: str, reads: Sequence[tuple[Access, Declaration]]) -> Finding:
        entries = list(dict.fromkeys(entry for _, entry in reads))
        sites = [access.site for access, _ in reads]
        run_at = [site for site in graph.invoked_by.get(reader, ()) if site.path != reader]
        return self.found(
            f"{reader} reads {ticked(sorted({entry.artifact for entry in entries}))} of {entries[0].site.path}, and no stage runs it",
            Subject("unit", f"{reader} outside"),
            list(dict.fromkeys([*sites, *(entry.site for entry in entries), *run_at]))[: 3 * MAX_SHOWN],
            [
                *dict.fromkeys(Evidence(f"{access.unit} {said(access)}", access.site) for access, _ in reads[:MAX_SHOWN]),
                *(Evidence(f"{entry.unit} declares `{entry.artifact}` as its output", entry.site) for entry in entries[:MAX_SHOWN]),
                *(Evidence(f"{reader} is run here, outside of the pipeline", site) for site in run_at[:MAX_SHOWN]),
            ],
            confidence=Confidence.C,
            severity=Severity.medium,
            remedy="Make the program a stage with these inputs, or name it where the pipeline tells who else reads its outputs.",
            items=len(entries),
            members=len(entries),
        )

    def _finding(self, graph: SystemGraph, group: Sequence[Drift]) -> Finding:
        first = group[0]
        stages = list(dict.fromkeys(drift.stage for drift in group))
        items = list(dict.fromkeys((drift.verdict, drift.artifact) for drift in group))
        places = dict.fromkeys(site for drift in group for site in _places(drift))
        return self.found(
            f"{_named(stages)} of {first.stage.path} {_told(items, many=len(stages) > 1)}",
            Subject("stage", f"{first.stage.path}::{stages[0].name}::{first.verdict}::{first.artifact}"),
            list(places)[: 3 * MAX_SHOWN],
            [*_table(group), open_world_note(graph.uncovered_share({path for stage in stages for path in (stage.path, *stage.runs)}))],
            confidence=Confidence.C if any(drift.verdict == GHOST for drift in group) else self.confidence,
            severity=Severity.low if all(verdict == GHOST for verdict, _ in items) else self.severity,
            remedy=_remedy(group),
            items=len(items) * len(stages),
            members=len(group),
        )


def _named(stages: Sequence[Stage]) -> str:
    names = [f"`{stage.name}`" for stage in stages]
    return f"Stage {names[0]}" if len(names) == 1 else f"{len(names)} stages ({', '.join(names[:2])}{', …' if len(names) > 2 else ''})"


def _told(items: Sequence[tuple[str, str]], *, many: bool) -> str:
    parts = []
    for verdict in (MISSING_DEP, MISSING_CODE, MISSING_OUT, GHOST):
        names = [name for found, name in items if found == verdict]
        if names:
            shown = ticked(names, 2)
            verb = "declares" if verdict == GHOST else verdict
            verb = verb.removesuffix("s") if many else verb
            parts.append(f"{verb} {shown}, which nothing that runs reads" if verdict == GHOST else f"{verb} {shown} without declaring it")
    return ", and ".join(parts)


def _places(drift: Drift) -> Iterator[Site]:
    yield drift.site
    if drift.other is not None:
        yield drift.other.site
    yield drift.stage.site


def _table(group: Sequence[Drift]) -> Iterator[Evidence]:
    for drift in group[:MAX_SHOWN]:
        through = f" with {drift.call}" if drift.call and drift.call not in drift.stage.runs else ""
        said = (
            "is declared, and nothing that the stage runs reads it"
            if drift.verdict == GHOST
            else f"is what the code {drift.verdict}{through}"
        )
        yield Evidence(f"`{drift.artifact}` {said}", drift.site)
        if drift.other is not None:
            yield Evidence(f"{drift.other.unit} reads it", drift.other.site)
        kind = "outputs" if drift.verdict == MISSING_OUT else "inputs"
        entries = drift.stage.writes if drift.verdict == MISSING_OUT else drift.stage.reads
        declared = ", ".join(f"`{entry.artifact}`" for entry in entries[:4]) + (" …" if len(entries) > 4 else "")
        yield Evidence(f"stage {drift.stage.name} declares as {kind}: {declared or 'nothing'}", drift.stage.site)
    if len(group) > MAX_SHOWN:
        yield Evidence(f"and {len(group) - MAX_SHOWN} more")


def _remedy(group: Sequence[Drift]) -> str:
    first = group[0]
    if first.verdict == GHOST:
        return f"Strike `{first.artifact}` from the inputs of `{first.stage.name}` in {first.stage.path}, or read it."
    if first.stage.mechanism == "dbt":
        return f"Declare `{first.artifact}` in the `sources:` of a YAML file of the project, and name it with `source()`."
    blocks = []
    for stage in list(dict.fromkeys(drift.stage for drift in group))[:MAX_SHOWN]:
        mine = [drift for drift in group if drift.stage == stage]
        folder = posixpath.dirname(stage.path)
        deps = [posixpath.relpath(drift.artifact, folder or ".") for drift in mine if drift.verdict != MISSING_OUT]
        outs = [posixpath.relpath(drift.artifact, folder or ".") for drift in mine if drift.verdict == MISSING_OUT]
        targets = [posixpath.relpath(entry.artifact, folder or ".") for entry in stage.writes]
        blocks.append(stage_entries(stage.mechanism, stage.name, targets, deps, outs))
    return f"Add to {first.stage.path}:\n\n" + "\n\n".join(dict.fromkeys(blocks))
