"""What files other than code and pipelines say about the repository."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from analyzer.graph.codeowners import CodeOwners
from analyzer.graph.manifest import manifest_of
from analyzer.graph.system import SystemGraph
from analyzer.graph.told import told
from analyzer.link.projects import Layout
from analyzer.read.prose import ProseFacts
from analyzer.read.sql import created_schemas
from analyzer.read.terraform import provisioned_names
from analyzer.result import NotAnalysed

if TYPE_CHECKING:
    from analyzer.graph.inputs import Inputs
    from analyzer.settings import Settings

MAX_NAMES = 50_000
MIN_PART = 8
_CODE_HOST = re.compile(r"https?://(?:[\w-]+\.)*(?:github|gitlab|bitbucket|githubusercontent|shields|readthedocs|travis-ci|codecov)\.")
"""Where code lies, and what reports on it: an address there says nothing of data."""


def add_side_files(graph: SystemGraph, inputs: Inputs, settings: Settings, codeowners: CodeOwners, layout: Layout) -> None:
    """Contracts, owners, what version control holds, packaging and prose, into `graph`."""
    graph.contracts = (
        *((c.artifact, c.producer, c.consumers) for c in settings.contract),
        *((entry.path, facts.producer, facts.consumers) for _, facts in sorted(inputs.contracts.items()) for entry in facts.promised),
    )
    graph.owners = {path: owners for path in sorted(inputs.files) if (owners := codeowners.of(path))} if codeowners.rules else {}
    graph.tracked_files = inputs.tracked
    graph.manifest = manifest_of(inputs.files, inputs.packaging, inputs.prose, inputs.said, inputs.images, inputs.remotes, inputs.ignored)
    links = _links(inputs)
    graph.downloads, graph.addressed = _downloads(links), _addressed(links)
    graph.told = told(inputs.configs, inputs.steps, inputs.said, inputs.packaging, inputs.unread)
    graph.named_in_prose = _named(inputs.said)
    graph.told_by = {path: frozenset(facts.files).difference(facts.drawn) for path, facts in sorted(inputs.said.items())}
    graph.shown = frozenset(name for said in inputs.said.values() for name, _line in said.shown)
    graph.included_in_prose = frozenset(name for said in inputs.said.values() for name in said.included)
    graph.foreign = dict(sorted(inputs.foreign.items()))
    graph.schemas = frozenset(name.rpartition(".")[2] for name in _schemas(inputs))
    graph.provisioned = provisioned_names(text for _, text in sorted(inputs.terraform.items()))
    graph.not_analysed = sorted(
        [*inputs.not_analysed, *(NotAnalysed(path, why) for p in layout.projects.values() for path, why in p.broken)], key=lambda n: n.path
    )


def _schemas(inputs: Inputs) -> Iterator[str]:
    for facts in inputs.sql.values():
        yield from facts.schemas
    steps = [facts.steps for facts in inputs.steps.values()] + [facts.steps for facts in inputs.python.values()]
    for step in (step for each in steps for step in each):
        for command in step.commands:
            for word in (*command.words, command.fed):
                if "schema" in word.lower():
                    yield from created_schemas(word)


def _links(inputs: Inputs) -> list[str]:
    links = [link for facts in inputs.python.values() for link in facts.links]
    return links + [link for said in inputs.said.values() for link in said.addresses]


def _downloads(links: Iterable[str]) -> frozenset[str]:
    names = {posixpath.basename(link.partition("?")[0].rstrip("/.,;")) for link in links}
    return frozenset(name for name in names if "." in name)


def _addressed(links: Iterable[str]) -> frozenset[str]:
    pages = (link for link in links if not _CODE_HOST.match(link))
    parts = {part.rstrip(".,;") for link in pages for part in link.partition("?")[0].split("/")[3:]}
    return frozenset(part for part in parts if "-" in part and len(part) >= MIN_PART)


def _named(said: Mapping[str, ProseFacts]) -> frozenset[str]:
    found: set[str] = set()
    for _, facts in sorted(said.items()):
        found.update(facts.files)
        if len(found) > MAX_NAMES:
            break
    return frozenset(found)
