"""What files other than code and pipelines say about the repository."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from analyzer.graph.codeowners import CodeOwners
from analyzer.graph.manifest import manifest_of
from analyzer.graph.system import SystemGraph
from analyzer.graph.told import told
from analyzer.link.projects import Layout
from analyzer.model import NotAnalysed
from analyzer.read.addresses import addresses
from analyzer.read.prose_names import names_in_prose

if TYPE_CHECKING:
    from analyzer.graph.build import Inputs
    from analyzer.settings import Settings


def add_side_files(graph: SystemGraph, inputs: Inputs, settings: Settings, codeowners: CodeOwners, layout: Layout) -> None:
    """Contracts, owners, what version control holds, packaging and prose, into `graph`."""
    graph.contracts = (
        *((c.artifact, c.producer, c.consumers) for c in settings.contract),
        *((entry.path, facts.producer, facts.consumers) for _, facts in sorted(inputs.contracts.items()) for entry in facts.promised),
    )
    graph.owners = {path: owners for path in sorted(inputs.files) if (owners := codeowners.of(path))} if codeowners.rules else {}
    graph.tracked_files = inputs.tracked
    graph.manifest = manifest_of(inputs.files, inputs.packaging, inputs.prose, inputs.images, inputs.remotes)
    graph.downloads = _downloads(inputs)
    graph.told = told(inputs.configs, inputs.steps, inputs.prose, inputs.packaging, inputs.unread)
    graph.named_in_prose = names_in_prose(text for _, text in sorted(inputs.prose.items()))
    graph.not_analysed = sorted(
        [*inputs.not_analysed, *(NotAnalysed(path, why) for p in layout.projects.values() for path, why in p.broken)], key=lambda n: n.path
    )


def _downloads(inputs: Inputs) -> frozenset[str]:
    links = [link for facts in inputs.python.values() for link in facts.links]
    links += [link for text in inputs.prose.values() for link in addresses(text)]
    names = {posixpath.basename(link.partition("?")[0].rstrip("/.,;")) for link in links}
    return frozenset(name for name in names if "." in name)
