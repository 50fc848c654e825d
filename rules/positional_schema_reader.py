"""UDC007: a table is written with named columns, and read elsewhere by their position."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from analyzer.graph.positions import read_by_position, writes_names
from analyzer.graph.system import DataEdge, SystemGraph
from analyzer.model import Confidence, Cost, Evidence, Finding, Severity, Site, Subject
from rules.base import Rule
from rules.consumers import are_apart
from rules.handoffs import TUTORIAL, said

MAX_SHOWN = 12
Place = tuple[DataEdge, Site, str]


class PositionalSchemaReader(Rule):
    """A table that is written with names of columns is read by their position.

    One column more upstream, or another order, and the reader takes something else for what it wanted, without an error: the schema is
    an interface that nobody wrote down (Sculley et al. 2015, section 2.3, undeclared consumers; Breck et al. 2017, "feature expectations
    are captured in a schema").

    Found are `header=None`, numbers in `usecols`, numpy's loadtxt, `.iloc[:, 3]`, `.columns[3]`, `cut -f3` and awk's `$3` on a file
    that another file of the repository writes with names. Within one component it is tentative.

    Exempt: files that are written without a header; a reader that gives the names itself to a file without one; tests, documentation
    and tutorials.

    Known false positives: a file of one column; a reader that checks the header before.
    """

    code = "UDC007"
    name = "positional-schema-reader"
    severity = Severity.medium
    confidence = Confidence.B
    cost = Cost(base=15, per_item=5, friction=10)
    on_by_default = False
    source = "Sculley et al. 2015, section 2.3 (Undeclared Consumers); Breck et al. 2017, ML Test Score, Data 1"
    remedy = "Read the columns by their names, and fail when one is missing."
    BAD = (
        {
            "prepare.py": "import pandas as pd\n\npd.read_csv('raw/clicks.csv').to_csv('data/interim/clicks_clean.csv', index=False)\n",
            "train.py": "import pandas as pd\n\nrows = pd.read_csv('data/interim/clicks_clean.csv', usecols=[0, 3])  # UDC007\n",
        },
    )
    GOOD = (
        {
            "prepare.py": "import pandas as pd\n\npd.read_csv('raw/clicks.csv').to_csv('data/interim/clicks_clean.csv', index=False)\n",
            "train.py": "import pandas as pd\n\nrows = pd.read_csv('data/interim/clicks_clean.csv', usecols=['user', 'dwell'])\n",
        },
    )

    def check(self, graph: SystemGraph) -> Iterator[Finding]:
        groups: dict[str, list[Place]] = defaultdict(list)
        seen: set[tuple[str, Site]] = set()
        for edge in graph.data_edges:
            if edge.level < 2 or edge.writer.site.path == edge.reader.site.path or edge.reader.borrowed or not _is_judged(graph, edge):
                continue
            for site, how in read_by_position(graph, edge.reader):
                if (edge.artifact, site) not in seen and writes_names(graph, edge.writer):
                    seen.add((edge.artifact, site))
                    groups[edge.artifact].append((edge, site, how))
        for artifact, places in sorted(groups.items()):
            yield self._finding(graph, artifact, places)

    def _finding(self, graph: SystemGraph, artifact: str, places: Sequence[Place]) -> Finding:
        edge, _, how = places[0]
        return self.found(
            f"`{artifact}`, which {edge.writer.site.path} writes with names, is read by position in {edge.reader.site.path} ({how})",
            Subject("artifact", artifact),
            dict.fromkeys([*(site for _, site, _ in places), *(each.writer.site for each, _, _ in places)]),
            [
                Evidence(f"{edge.writer.site.path} {said(edge.writer)}, with a header", edge.writer.site),
                *(Evidence(f"read by position: {each}", site) for _, site, each in places[:MAX_SHOWN]),
            ],
            confidence=self.confidence if any(_crosses(graph, each) for each, _, _ in places) else Confidence.C,
            items=len(places),
            members=len(places),
        )


def _is_judged(graph: SystemGraph, edge: DataEdge) -> bool:
    for path in (edge.writer.site.path, edge.reader.site.path):
        module = graph.modules.get(path)
        if TUTORIAL.search(path.rpartition("/")[0]) or (
            module is not None and (module.is_excluded or graph.archetype_of(path) == "tutorial")
        ):
            return False
    return True


def _crosses(graph: SystemGraph, edge: DataEdge) -> bool:
    writer, reader = graph.units.get(edge.writer.unit), graph.units.get(edge.reader.unit)
    return writer is not None and reader is not None and are_apart(graph, writer.component, reader.component)
