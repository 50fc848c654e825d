"""JGL012: steps that hand data to each other, and only a text for people says in which order they are run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

from analyzer.graph.system import SystemGraph
from analyzer.model import Access, Confidence, Cost, Evidence, Finding, Severity, Site, Subject
from rules.base import Rule, guarded_confidence, open_world_note
from rules.carried_by_hand import carried, exported_to_drive
from rules.chained_steps import connected, counts, ends_and_spellings
from rules.consumers import EXPLORES, Consumers
from rules.declaration_stubs import declarable
from rules.handoffs import Handoff, Handoffs, is_prose, said, unit_paths
from rules.pipeline_stubs import pipeline_stub
from rules.published_by_hand import inputs_of, published_by_hand
from rules.severity import in_context
from rules.tentative_chains import tentative
from rules.told_commands import ToldPair, told_pairs
from rules.told_orders import ToldOrders
from rules.wording import ticked

MAX_SHOWN = 12
MAX_PLACES = 60


class HandRunOrder(Rule):
    """Steps hand data to each other, and only a text for people tells in which order they are run.

    A README that lists commands is a pipeline whose scheduler is a person: nothing notices a step that was left out, run twice or run
    with another path, and the text goes stale without a test failing. Sculley et al. 2015, section 5.2, count steps that somebody has to
    run by hand among what makes a pipeline jungle.

    One finding stands for one chain of steps that artifacts connect, or for the commands of one document that pass a path on to each
    other; also for files that one step writes in one place and another one reads in another, where nothing checked in brings them there,
    and for exports to Google Drive that no code fetches: somebody carries them over; and for programs that publish a model or data set and
    that nothing runs. What no text orders either is JGL001.

    Exempt: orders of a program as well (dvc, make, a script, CI, a DAG, one file that imports both); commands that only ask for `--help`;
    lists of past changes and of things to do; projects that are published libraries or lessons, whose documents show people how to use
    them; tools to publish whose source and target are arguments that must be given; what JGL001 exempts otherwise: caches, temporary
    files, logs, artifacts of declared steps, what a document says where to download.

    Known false positives: documents that show alternatives one below the other; results of a step that another one reads only if told to.
    """

    code = "JGL012"
    name = "hand-run-order"
    severity = Severity.medium
    confidence = Confidence.C
    on_by_default = False
    cost = Cost(base=20, per_item=10, friction=12)
    source = "Sculley et al. 2015, Hidden Technical Debt in Machine Learning Systems, section 5.2 (Pipeline Jungles)"
    remedy = "Declare the steps, their inputs and outputs where the repository declares its pipelines (dvc.yaml, Makefile, DAG)."
    BAD = (
        {
            "README.md": "Run\n\n```\npython clean.py\npython train.py\n```\n",
            "clean.py": (
                'import pandas as pd\n\ndf = pd.read_csv("data/raw/sales.csv")\ndf.to_parquet("data/interim/sales.parquet")  # JGL012\n'
            ),
            "train.py": 'import pandas as pd\n\nframe = pd.read_parquet("data/interim/sales.parquet")\n',
        },
    )
    GOOD = (
        {
            "README.md": "Run `make`.\n",
            "Makefile": "all:\n\tpython clean.py\n\tpython train.py\n",
            "clean.py": 'import pandas as pd\n\npd.read_csv("data/raw/sales.csv").to_parquet("data/interim/sales.parquet")\n',
            "train.py": 'import pandas as pd\n\nframe = pd.read_parquet("data/interim/sales.parquet")\n',
        },
    )

    def check(self, graph: SystemGraph) -> Iterator[Finding]:
        handoffs, told = graph.once(Handoffs), graph.once(ToldOrders)
        shown: set[tuple[str, str]] = set()
        for pipeline in connected(_told(handoffs, told)):
            finding = self._chain(handoffs, told, pipeline)
            if finding.confidence >= Confidence.C:
                shown.update((handoff.producer.path, handoff.consumer.path) for handoff in pipeline)
                yield finding
        for document, pairs in told_pairs(handoffs).items():
            rest = [pair for pair in pairs if (pair.producer, pair.consumer) not in shown]
            if rest:
                yield self._commands(graph, document, rest)
        for pipeline in connected(carried(handoffs)):
            yield self._carried(graph, pipeline)
        for path, exports in exported_to_drive(graph).items():
            yield self._exported(graph, path, exports)
        published = published_by_hand(handoffs)
        for project in sorted({graph.units[path].project for path in published}):
            yield self._published(graph, {path: calls for path, calls in published.items() if graph.units[path].project == project})

    def _chain(self, handoffs: Handoffs, told: ToldOrders, pipeline: Sequence[Handoff]) -> Finding:
        graph = handoffs.graph
        paths = unit_paths(pipeline)
        coverage = graph.uncovered_share(paths)
        texts = dict.fromkeys(text for handoff in pipeline for text in _texts(handoffs, told, handoff))
        places = list(dict.fromkeys([*ends_and_spellings(graph, pipeline), *(site for site, _ in texts if site.line)]))
        artifacts = sorted({handoff.artifact for handoff in pipeline})
        where = sorted({site.path for site, _ in texts})
        stub = pipeline_stub(handoffs, [h for h in pipeline if declarable([h.artifact])], make=(make := handoffs.favours_make(())))
        return self.found(
            f"{len(paths)} steps are chained by {ticked(artifacts)}, and only {ticked(where)} tells which runs first",
            Subject("pipeline", f"{pipeline[0].producer.path} {pipeline[0].artifact}"),
            places[:MAX_PLACES],
            [*_ends(pipeline), *(Evidence(what, site) for site, what in list(texts)[:MAX_SHOWN]), open_world_note(coverage)],
            severity=min(self.severity, in_context(graph, self.severity, paths)),
            confidence=guarded_confidence(self.confidence, coverage, escapes=False),
            remedy=f"Add to {'the Makefile' if make else 'dvc.yaml'}:\n\n{stub}" if stub else None,
            items=len(pipeline),
            members=len(pipeline),
        )

    def _commands(self, graph: SystemGraph, document: str, pairs: Sequence[ToldPair]) -> Finding:
        paths = sorted({path for pair in pairs for path in (pair.producer, pair.consumer)})
        values = sorted({pair.value for pair in pairs})
        ends = [site for pair in pairs for site in (pair.before, pair.after)]
        return self.found(
            f"{document} tells people to run {len(paths)} steps that pass {ticked(values)} on, and nothing runs them",
            Subject("document", document),
            list(dict.fromkeys([*ends, *(site for pair in pairs for site in pair.sites)]))[:MAX_PLACES],
            [
                Evidence(f"the command of {path} {does} `{pair.value}`", site)
                for pair in pairs[:MAX_SHOWN]
                for path, does, site in ((pair.producer, "makes", pair.before), (pair.consumer, "takes", pair.after))
            ],
            severity=min(self.severity, in_context(graph, self.severity, paths)),
            items=len(pairs),
            members=len(pairs),
        )

    def _carried(self, graph: SystemGraph, pipeline: Sequence[Handoff]) -> Finding:
        paths = unit_paths(pipeline)
        names = sorted({handoff.artifact for handoff in pipeline})
        return self.found(
            f"{len(paths)} steps hand {ticked(names)} on: one writes it elsewhere than another reads it, and nothing brings it there",
            Subject("pipeline", f"{pipeline[0].producer.path} carried {names[0]}"),
            list(dict.fromkeys(access.site for handoff in pipeline for access in (handoff.edge.writer, handoff.edge.reader)))[:MAX_PLACES],
            [*_ends(pipeline), open_world_note(graph.uncovered_share(paths))],
            severity=min(self.severity, in_context(graph, self.severity, paths)),
            remedy="Write and read one path, which a setting names, or declare the step that brings the file from one place to the other.",
            items=len(names),
            members=len(pipeline),
        )

    def _exported(self, graph: SystemGraph, path: str, exports: Sequence[Access]) -> Finding:
        return self.found(
            f"{path} exports to Google Drive, and no code here takes anything from there",
            Subject("unit", f"{path} drive"),
            list(dict.fromkeys(access.site for access in exports))[:MAX_PLACES],
            [
                *dict.fromkeys(Evidence(f"{access.unit} {said(access)}", access.site) for access in exports[:MAX_SHOWN]),
                open_world_note(graph.uncovered_share((path,))),
            ],
            severity=min(self.severity, in_context(graph, self.severity, (path,))),
            remedy="Export to a bucket that the next step reads, or check in the step that fetches the export.",
            members=len(exports),
        )

    def _published(self, graph: SystemGraph, published: Mapping[str, Sequence[tuple[Site, str]]]) -> Finding:
        ways = sorted({way for calls in published.values() for _, way in calls})
        told = [site for path in published for site in graph.invoked_by.get(path, ()) if is_prose(site.path)]
        places = [site for calls in published.values() for site, _ in calls]
        inputs = [site for path in published for site in inputs_of(graph, path)]
        first, *rest = published
        more = f" and {len(rest)} more" if rest else ""
        return self.found(
            f"{first}{more} publish{'' if rest else 'es'} with {ticked(ways)}, and nothing checked in runs {'them' if rest else 'it'}",
            Subject("unit", f"{first} publishes"),
            list(dict.fromkeys([*places, *inputs, *told]))[:MAX_PLACES],
            [
                *[Evidence(f"{path} publishes with {way}", site) for path, calls in published.items() for site, way in calls][:MAX_SHOWN],
                *(
                    Evidence(f"people are told here to run {first}" if not rest else "people are told here to run one", site)
                    for site in told[:MAX_SHOWN]
                ),
                open_world_note(graph.uncovered_share(published)),
            ],
            severity=min(self.severity, in_context(graph, self.severity, published)),
            remedy="Publish from a workflow or the last step of the pipeline, so that what is published is what the pipeline made.",
            items=len(published),
            members=len(published),
        )


def _told(handoffs: Handoffs, told: ToldOrders) -> Iterator[Handoff]:
    """Hand-offs that no program orders, but a document or a remark of one of the two ends; each once."""
    graph = handoffs.graph
    consumers = graph.once(Consumers)
    seen: set[tuple[str, str, str]] = set()
    for handoff in chain(handoffs.run_by_people, graph.once(tentative)):
        if handoff.key in seen or told.is_scheduled(handoff) or _is_shown_to_users(handoffs, handoff):
            continue
        seen.add(handoff.key)
        is_told = handoffs.is_ordered(handoff) or told.is_told(handoff)
        if is_told and counts(handoffs, handoff) and not consumers.is_undeclared(handoff):
            yield handoff


def _is_shown_to_users(handoffs: Handoffs, handoff: Handoff) -> bool:
    """Does it stand in a library or lesson, or is what reads it a notebook that looks at results?"""
    if EXPLORES.search(handoff.consumer.path) and handoff.consumer.path.endswith(".ipynb"):
        return True
    return any(handoffs.archetype(unit.path) in ("library", "tutorial") for unit in (handoff.producer, handoff.consumer))


def _ends(pipeline: Sequence[Handoff]) -> Iterator[Evidence]:
    for handoff in pipeline[:MAX_SHOWN]:
        yield Evidence(f"{handoff.producer.path} {said(handoff.edge.writer)}", handoff.edge.writer.site)
        yield Evidence(f"{handoff.consumer.path} {said(handoff.edge.reader)}", handoff.edge.reader.site)
    if len(pipeline) > MAX_SHOWN:
        yield Evidence(f"and {len(pipeline) - MAX_SHOWN} more hand-offs")


def _texts(handoffs: Handoffs, told: ToldOrders, handoff: Handoff) -> Iterator[tuple[Site, str]]:
    """(place, sentence) of every text that tells the order; the line is 0 where a document only names the two."""
    runs = handoffs.graph.invoked_by
    shown = handoffs.asks_for_help
    first, then = (
        [s for s in runs.get(unit.path, ()) if is_prose(s.path) and (s.path, s.line) not in shown]
        for unit in (handoff.producer, handoff.consumer)
    )
    both = {site.path for site in first} & {site.path for site in then}
    for unit, sites in ((handoff.producer, first), (handoff.consumer, then)):
        yield from ((site, f"people are told to run {unit.path}") for site in sites if site.path in both)
    for document in told.documents(handoff):
        if document not in both:
            yield Site(document), f"the text names {handoff.producer.path} and what it hands on, or to whom"
    if told.is_remarked(handoff):
        yield Site(handoff.consumer.path), f"a remark names the other of {handoff.producer.path} and {handoff.consumer.path}"
