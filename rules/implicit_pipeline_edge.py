"""JGL001: steps chained by files that nothing declares."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from analyzer.graph.system import SystemGraph
from analyzer.model import Confidence, Cost, Evidence, Finding, Severity, Subject
from rules.base import Rule, guarded_confidence, open_world_note
from rules.chained_steps import connected, counts, ends_and_spellings
from rules.consumers import Consumers
from rules.declaration_stubs import contract, declarable
from rules.handoffs import Handoff, Handoffs, said, unit_paths
from rules.pipeline_stubs import pipeline_stub
from rules.severity import in_context
from rules.tentative_chains import tentative
from rules.told_orders import ToldOrders
from rules.wording import ticked

MAX_SHOWN = 12


class ImplicitPipelineEdge(Rule):
    """Scripts hand files to each other, and no checked-in file says which must run first.

    A pipeline that exists only as matching path strings is paid for at every rerun, backfill and onboarding: somebody must know the
    order, and when nobody does, the next step reads a stale but plausible file. Sculley et al. 2015, section 5.2, call data
    preparation that grew this way a pipeline jungle, "a jungle of scrapes, joins, and sampling steps, often with intermediate files
    output".

    One finding stands for one implicit pipeline: all steps that undeclared artifacts connect within a project. A single edge is shown when
    one of its ends already is a step of a declared pipeline; otherwise it takes two edges. With confidence C, which is not shown by
    default, also a single edge between files that nothing runs, one whose data git holds a copy of, and a folder that one file fills and
    another one goes through. Where the workspace declares its data flow, an edge between components belongs to UDC001.

    Exempt: an order told by dvc, make, a shell script, CI, tasks of invoke or nox, or a README that runs both steps; a document beside or
    above the steps that names both, or one and what it makes; a step that names the other in a comment or message; one program that runs
    both, or the statements of a file; artifacts that a declared step produces, that dvc holds, that a README or a notebook says where to
    download, or that stand in a temporary directory; texts, pictures, results and reference data that git holds; tables without a schema,
    which are an application's own, and what migrations move; a notebook and its script; caches and optional inputs: behind an existence
    test, or in a `try` that goes on when the file is not found; files the reader writes itself (resume, twins); paths that the environment
    hands to the reader; logs, reports and configuration; registry and hub models, topics; tests, documentation, vendored code and
    tutorials; programs that list a folder only to remove what lies there; library functions that no runnable file reaches.

    Known false positives: two files with the same tail in one project that are different files at run time; an order that only an
    orchestrator outside the repository knows.
    """

    code = "JGL001"
    name = "implicit-pipeline-edge"
    severity = Severity.medium
    confidence = Confidence.B
    on_by_default = False
    cost = Cost(base=20, per_item=10, friction=12)
    source = "Sculley et al. 2015, Hidden Technical Debt in Machine Learning Systems, section 5.2 (Pipeline Jungles)"
    remedy = "Declare the steps, their inputs and outputs where the repository declares its pipelines (dvc.yaml, Makefile, DAG)."
    BAD = (
        {
            "clean.py": (
                'import pandas as pd\n\ndf = pd.read_csv("data/raw/sales.csv")\ndf.to_parquet("data/interim/sales.parquet")  # JGL001\n'
            ),
            "features.py": (
                'import pandas as pd\n\ndf = pd.read_parquet("data/interim/sales.parquet")\n'
                'df.to_parquet("data/interim/sales_features.parquet")\n'
            ),
            "train.py": 'import pandas as pd\n\nframe = pd.read_parquet("data/interim/sales_features.parquet")\n',
        },
    )
    GOOD = (
        {
            "clean.py": 'import pandas as pd\n\npd.read_csv("data/raw/sales.csv").to_parquet("data/interim/sales.parquet")\n',
            "features.py": (
                'import pandas as pd\n\npd.read_parquet("data/interim/sales.parquet").to_parquet("data/interim/sales_features.parquet")\n'
            ),
            "train.py": 'import pandas as pd\n\nframe = pd.read_parquet("data/interim/sales_features.parquet")\n',
            "run.sh": "set -e\npython clean.py\npython features.py\npython train.py\n",
        },
    )

    def check(self, graph: SystemGraph) -> Iterator[Finding]:
        consumers = graph.once(Consumers)
        handoffs = consumers.handoffs
        undeclared = [handoff for handoff in handoffs if self._is_hidden(handoffs, handoff) and not consumers.is_undeclared(handoff)]
        told: set[tuple[str, str, str]] = set()
        for pipeline in connected(undeclared):
            half = [handoff for handoff in pipeline if _half_declared(handoffs, handoff)]
            if len(pipeline) >= 2 or half:
                told.update(handoff.key for handoff in pipeline)
                yield from self._shown(handoffs, pipeline, half, self.confidence)
        by_hand = (handoff for handoff in graph.once(tentative) if handoff.key not in told and not handoffs.is_ordered(handoff))
        rest = [handoff for handoff in by_hand if self._is_hidden(handoffs, handoff, reports=True)]
        for pipeline in connected(handoff for handoff in rest if not consumers.is_undeclared(handoff)):
            yield from self._shown(handoffs, pipeline, (), Confidence.C)

    @staticmethod
    def _is_hidden(handoffs: Handoffs, handoff: Handoff, *, reports: bool = False) -> bool:
        return counts(handoffs, handoff, reports=reports) and not handoffs.graph.once(ToldOrders).is_told(handoff)

    def _shown(self, handoffs: Handoffs, pipeline: Sequence[Handoff], half: Sequence[Handoff], base: Confidence) -> Iterator[Finding]:
        finding = self._finding(handoffs, pipeline, half, base)
        if finding.confidence >= Confidence.C:
            yield finding

    def _finding(self, handoffs: Handoffs, pipeline: Sequence[Handoff], half: Sequence[Handoff], base: Confidence) -> Finding:
        graph = handoffs.graph
        paths = unit_paths(pipeline)
        coverage = graph.uncovered_share(paths)
        start = pipeline[0]
        artifacts = sorted({handoff.artifact for handoff in pipeline})
        hidden = any(handoffs.orchestrator(unit) for handoff in pipeline for unit in (handoff.producer, handoff.consumer))
        lone = base < self.confidence
        return self.found(
            f"{len(paths)} steps are chained by {ticked(artifacts)}, and no checked-in file says which runs first"
            + (", although one of them is a step of a declared pipeline" if half else ""),
            Subject("pipeline", f"{start.producer.path} {start.artifact}" if lone else start.producer.path),
            ends_and_spellings(graph, pipeline),
            [*_chain(pipeline), *_held(handoffs, pipeline), *_declared_end(handoffs, half), open_world_note(coverage)],
            severity=self._severity(graph, half, paths),
            confidence=base if lone else guarded_confidence(base, coverage, escapes=hidden),
            remedy=_remedy(handoffs, pipeline, half),
            items=len(pipeline),
            members=len(pipeline),
        )

    def _severity(self, graph: SystemGraph, half: Sequence[Handoff], paths: Sequence[str]) -> Severity:
        if any(unit.production for handoff in half for unit in (handoff.producer, handoff.consumer)):
            return Severity.high
        return min(self.severity, in_context(graph, self.severity, paths))


def _half_declared(handoffs: Handoffs, handoff: Handoff) -> bool:
    return handoffs.in_pipeline(handoff.producer) != handoffs.in_pipeline(handoff.consumer)


def _chain(pipeline: Sequence[Handoff]) -> Iterator[Evidence]:
    for handoff in pipeline[:MAX_SHOWN]:
        edge = handoff.edge
        yield Evidence(f"{handoff.producer.path} {said(edge.writer)}", edge.writer.site)
        sure = "the same path" if edge.level == 3 else "the same folder and file name"
        yield Evidence(f"{handoff.consumer.path} {said(edge.reader)} ({sure})", edge.reader.site)
    if len(pipeline) > MAX_SHOWN:
        yield Evidence(f"and {len(pipeline) - MAX_SHOWN} more edges")


def _held(handoffs: Handoffs, pipeline: Sequence[Handoff]) -> Iterator[Evidence]:
    """The doubt about artifacts of which git has a copy."""
    held = [artifact for artifact in dict.fromkeys(handoff.artifact for handoff in pipeline) if handoffs.committed.covers(artifact)]
    if held:
        files = "the file, so nobody has to run the writer" if len(held) == 1 else "these files, so nobody has to run their writers"
        yield Evidence(f"git holds {files}: {ticked(held)}")


def _declared_end(handoffs: Handoffs, half: Sequence[Handoff]) -> Iterator[Evidence]:
    units = {unit.id: unit for handoff in half for unit in (handoff.producer, handoff.consumer) if handoffs.in_pipeline(unit)}
    for unit in list(units.values())[:MAX_SHOWN]:
        declaration = handoffs.declaration_of(unit)
        if declaration is not None:
            yield Evidence(f"{unit.path} is run by the declared step {declaration.unit}, which does not name this edge", declaration.site)


def _remedy(handoffs: Handoffs, pipeline: Sequence[Handoff], half: Sequence[Handoff]) -> str:
    named = [handoff for handoff in pipeline if declarable([handoff.artifact])]
    rest = [handoff for handoff in pipeline if not declarable([handoff.artifact])]
    parts = []
    make = handoffs.favours_make(half)
    if stub := pipeline_stub(handoffs, named, make=make):
        parts.append(f"Add to {'the Makefile' if make else 'dvc.yaml'}:\n\n{stub}")
    if rest:
        tables = (contract(h.artifact, h.producer.component, [h.consumer.component]) for h in rest[:MAX_SHOWN])
        parts.append("Declare in mldebt.toml what no file pipeline can name:\n\n" + "\n\n".join(dict.fromkeys(tables)))
    return "\n\n".join(parts) or ImplicitPipelineEdge.remedy
