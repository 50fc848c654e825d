"""UDC001: a component reads what another makes, and no declaration names it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from analyzer.graph.system import SystemGraph
from analyzer.history.authorship import History, Overlap
from analyzer.model import Confidence, Cost, Evidence, Finding, Severity, Subject
from rules.base import Rule, guarded_confidence, open_world_note, step_severity
from rules.consumers import Consumers, are_programs_apart, reuses_prediction
from rules.declaration_stubs import contract
from rules.handoffs import Handoff, said, unit_paths
from rules.internal_names import Successors

_WORKFLOW = re.compile(r"(^|/)drakefile$|\.(drake|nf|wdl|cwl)$", re.I)
"""Declarations of Drake, Nextflow, WDL and CWL."""
MAX_SHOWN = 12
MAX_LISTED = 50
MIN_COMMITS = 5
"""On each side, before history may tell who owns it."""


class UndeclaredArtifactReader(Rule):
    """A component reads an artifact of another component, and no declaration names it as a consumer.

    The producer cannot know whom a change of the artifact breaks. Sculley et al. 2015, section 2.3: "Undeclared consumers are
    expensive at best and dangerous at worst, because they create a hidden tight coupling". Every change of the producer costs the
    search for its readers, and what the search misses shows up late as a regression.

    Declared means: any dvc, make or contract declaration names the consumer (or its component) as a reader of the artifact, or as a
    reader of the producer's component at all. Where the workspace declares nothing whatsoever, one finding of severity info lists
    the reads between components, with contracts to paste; the edges themselves then belong to JGL001. It says nothing
    where Drake, Nextflow, WDL or CWL declare the flow, which are not read.

    Exempt: evaluation, monitoring and notebooks that only look; components of which one imports the other or its package (the dependency
    declares the relation); what the reader's own component writes too; schemas, migrations and clean-ups, which fill nothing; statements
    that the reader's component runs; an image that runs the writer and holds the reader; steps at the top of the repository that serve
    all parts, and, where nothing is declared, folders of one tree; what the producer puts into the reader's own folder; writers that
    nothing but tests calls; steps that only publish it; folders of code that was put away; a path that both name through code they
    share, or that the environment hands to the reader; one program, script or orchestrator that runs both; artifacts under version
    control, of data as well (`dvc pull`); local copies that the reader fetches and deletes; logs and files in temporary directories;
    reports, configuration and raw data; registry and hub models, topics; tests, documentation, vendored code and tutorials.

    Known false positives: components that are only folders of one team; a declaration that lives outside the repository.
    """

    code = "UDC001"
    name = "undeclared-artifact-reader"
    severity = Severity.medium
    confidence = Confidence.B
    on_by_default = False
    cost = Cost(base=15, per_item=10, friction=20)
    source = "Sculley et al. 2015, Hidden Technical Debt in Machine Learning Systems, section 2.3 (Undeclared Consumers)"
    remedy = "Name the consumer in a declaration: a [[contract]] in mldebt.toml, a dependency in dvc.yaml, a prerequisite in the Makefile."
    BAD = (
        {
            "mldebt.toml": '[components]\nchurn = ["churn/**"]\nmarketing = ["marketing/**"]\n',
            "dvc.yaml": (
                "stages:\n  prepare:\n    cmd: python churn/prepare.py\n    deps:\n      - data/raw/customers.csv\n"
                "    outs:\n      - data/interim/customers.parquet\n"
            ),
            "churn/prepare.py": (
                'import pandas as pd\n\npd.read_csv("data/raw/customers.csv").to_parquet("data/interim/customers.parquet")\n'
            ),
            "marketing/uplift.py": 'import pandas as pd\n\nbase = pd.read_parquet("data/interim/customers.parquet")  # UDC001\n',
        },
        {
            "mldebt.toml": '[components]\nchurn = ["churn/**"]\nmarketing = ["marketing/**"]\n',
            "churn/__init__.py": "",
            "marketing/__init__.py": "",
            "churn/prepare.py": (
                'import pandas as pd\n\npd.read_csv("data/raw/customers.csv").to_parquet("data/interim/customers.parquet")\n'
            ),
            "marketing/uplift.py": 'import pandas as pd\n\nbase = pd.read_parquet("data/interim/customers.parquet")  # UDC001\n',
        },
    )
    GOOD = (
        {
            "mldebt.toml": (
                '[components]\nchurn = ["churn/**"]\nmarketing = ["marketing/**"]\n\n[[contract]]\n'
                'artifact = "data/interim/customers.parquet"\nproducer = "churn"\nconsumers = ["marketing"]\n'
            ),
            "churn/__init__.py": "",
            "marketing/__init__.py": "",
            "churn/prepare.py": (
                'import pandas as pd\n\npd.read_csv("data/raw/customers.csv").to_parquet("data/interim/customers.parquet")\n'
            ),
            "marketing/uplift.py": 'import pandas as pd\n\nbase = pd.read_parquet("data/interim/customers.parquet")\n',
        },
    )

    def check(self, graph: SystemGraph) -> Iterator[Finding]:
        consumers = graph.once(Consumers)
        crossings = consumers.crossings
        if consumers.has_declarations:
            yield from self._undeclared(consumers, crossings)
        elif crossings and any(_WORKFLOW.search(path) for path in graph.manifest.files):
            graph.abstain(self.code, "the data flow is declared in a language of workflows that was not read")
        elif crossings and any("ORCH" in module.roles for module in graph.living()):
            graph.abstain(self.code, "the data flow is declared by an orchestrator whose declarations were not read")
        else:
            apart = [h for h in crossings if are_programs_apart(graph, consumers.component(h.producer), consumers.component(h.consumer))]
            if apart:
                yield self._inventory(consumers, apart)

    def _undeclared(self, consumers: Consumers, crossings: Sequence[Handoff]) -> Iterator[Finding]:
        groups: dict[str, list[Handoff]] = defaultdict(list)
        for handoff in crossings:
            if not consumers.is_declared(handoff) and not reuses_prediction(consumers.graph, handoff):  # that is UDC002's
                groups[handoff.artifact].append(handoff)
        successors = consumers.graph.once(Successors)
        for artifact, group in sorted(groups.items()):
            if successors.of(artifact):  # that is UDC005's
                continue
            finding = self._finding(consumers, artifact, sorted(group, key=_code_first))
            if finding.confidence >= Confidence.C:
                yield finding

    def _finding(self, consumers: Consumers, artifact: str, group: Sequence[Handoff]) -> Finding:
        graph = consumers.graph
        coverage = graph.uncovered_share(unit_paths(group))
        producer = consumers.component(group[0].producer)
        names = sorted({consumers.component(handoff.consumer) for handoff in group})
        exact = all(handoff.edge.level == 3 for handoff in group)
        return self.found(
            f"`{artifact}` of {_quoted([producer])} is read by {_quoted(names)}, which no declaration names as a consumer",
            Subject("artifact", artifact),
            dict.fromkeys([*(h.edge.reader.site for h in group[:MAX_LISTED]), *(h.edge.writer.site for h in group[:MAX_LISTED])]),
            [*_chain(group), *_people(graph, group), *_nearest(consumers, group[0]), open_world_note(coverage)],
            severity=_severity(graph, group),
            confidence=guarded_confidence(Confidence.A if exact else Confidence.B, coverage, escapes=False),
            remedy=f"Declare it in mldebt.toml:\n\n{contract(artifact, producer, names)}",
            items=len(names),
            members=len(names),
        )

    def _inventory(self, consumers: Consumers, crossings: Sequence[Handoff]) -> Finding:
        readers: dict[tuple[str, str], set[str]] = defaultdict(set)
        for handoff in crossings:
            readers[handoff.artifact, consumers.component(handoff.producer)].add(consumers.component(handoff.consumer))
        stubs = [contract(artifact, producer, names) for (artifact, producer), names in sorted(readers.items())]
        coverage = consumers.graph.uncovered_share(unit_paths(crossings))
        ordered = sorted(crossings, key=lambda handoff: (handoff.artifact, handoff.key))
        return self.found(
            f"Nothing in this workspace declares who reads what: {len(readers)} artifacts are read across components",
            Subject("workspace", "declarations"),
            dict.fromkeys(handoff.edge.reader.site for handoff in ordered[:MAX_LISTED]),
            [*_chain(ordered), open_world_note(coverage)],
            severity=Severity.info,
            confidence=guarded_confidence(self.confidence, coverage, escapes=False),
            remedy="Start mldebt.toml with what is read today and strike what should not be:\n\n" + "\n\n".join(stubs[:MAX_LISTED]),
            items=len(readers),
            members=len(readers),
        )


def _code_first(handoff: Handoff) -> tuple[bool, tuple[str, str, str]]:
    """The program that writes tells more than the declaration that names it."""
    return (handoff.edge.writer.via == "declaration", handoff.key)


def _severity(graph: SystemGraph, group: Sequence[Handoff]) -> Severity:
    valuable = any(handoff.klass in ("MODEL", "PREDICTION") for handoff in group) or bool(_people(graph, group))
    modules = [graph.modules.get(handoff.consumer.path) for handoff in group]
    research = all(module is not None and (module.is_experiment or module.is_notebook) and not module.production for module in modules)
    return step_severity(Severity.high if valuable else Severity.medium, -1 if research else 0)


def _people(graph: SystemGraph, group: Sequence[Handoff]) -> list[Evidence]:
    """Evidence that different people own the two sides; empty when history cannot tell or they share somebody."""
    if graph.history is None:
        return []
    makers, readers = {h.producer.path for h in group}, {h.consumer.path for h in group}
    if graph.history.distrust(makers | readers):
        return []
    sides = graph.history.overlap(makers, readers)
    if min(sides.commits_a, sides.commits_b) < MIN_COMMITS or sides.core_a & sides.core_b:
        return []
    return [
        Evidence(f"nobody who does most of the work on one side does on the other ({len(sides.core_a)} and {len(sides.core_b)} people)"),
        *_named(graph.history, sides),
    ]


def _named(history: History, sides: Overlap) -> Iterator[Evidence]:
    """Whom to tell, where names were asked for."""
    if makers := history.named(sides.core_a):
        yield Evidence(f"on the side that writes: {makers}; on the side that reads: {history.named(sides.core_b)}")


def _chain(group: Sequence[Handoff]) -> Iterator[Evidence]:
    for handoff in group[:MAX_SHOWN]:
        edge = handoff.edge
        level = "M3, the same path" if edge.level == 3 else "M2, the same folder and file name"
        yield Evidence(f"{handoff.producer.path} {said(edge.writer)}", edge.writer.site)
        yield Evidence(f"{handoff.consumer.path} {said(edge.reader)} (identity {level})", edge.reader.site)
    if len(group) > MAX_SHOWN:
        yield Evidence(f"and {len(group) - MAX_SHOWN} more reads")


def _nearest(consumers: Consumers, handoff: Handoff) -> Iterator[Evidence]:
    declaration = consumers.nearest_declaration(handoff)
    if declaration is not None:
        named = f"{declaration.unit} ({declaration.mechanism})"
        yield Evidence(f"the nearest existing declaration, {named}, does not name it", declaration.site)


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(f"`{name or 'the root component'}`" for name in names)
