"""UDC005: a component reads what another one marks as its own workshop."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from analyzer.graph.system import SystemGraph
from analyzer.model import Access, Confidence, Cost, Evidence, Finding, Severity, Subject
from rules.base import Rule
from rules.consumers import Consumers
from rules.declaration_stubs import contract
from rules.files_of_tools import reads_of_tools
from rules.handoffs import Handoff, said
from rules.internal_names import Successors

MAX_SHOWN = 12
MAX_LISTED = 40


class InternalTableOrPathReader(Rule):
    """A component reads a table or file that its producer marks as internal.

    `stg_`, `tmp_`, a folder `scratch` or `cache`: the name says that the producer will change, move or empty it without telling
    anybody. Its reader is an undeclared consumer (Sculley et al. 2015, section 2.3) of something that was never offered. Where the
    producer publishes a successor of the same name without the mark, that is shown: it is what should be read.

    Found as well, as tentative: code that opens what a tool keeps for itself (`dvc.lock`, zarr's `.zattrs`, Terraform's state), or takes
    values out of the text of a notebook that is not the repository's.

    Exempt: the same component, or one that imports the other; declared consumers, contracts and dbt's sources; one program that runs
    both; evaluation and monitoring; local copies; writers that nothing but tests calls; folders of code that was put away; tests,
    documentation and tutorials. Raw landing zones are no workshop.

    Known false positives: a folder called `cache` or `work` that both sides agreed on.
    """

    code = "UDC005"
    name = "internal-table-or-path-reader"
    severity = Severity.medium
    confidence = Confidence.B
    on_by_default = False
    cost = Cost(base=20, per_item=10, friction=15)
    source = "Sculley et al. 2015, Hidden Technical Debt in Machine Learning Systems, section 2.3 (Undeclared Consumers)"
    remedy = "Read what the producer publishes; where it publishes nothing, agree on a name that it keeps, in a contract."
    BAD = (
        {
            "mldebt.toml": '[components]\nclicks = ["clicks/**"]\nranking = ["ranking/**"]\n',
            "clicks/prepare.py": (
                "import pandas as pd\n\nrows = pd.read_csv('s3://acme-raw/clicks.csv')\nrows.to_parquet('s3://acme/clicks/stg_sessions.parquet')\n"
                "rows.dropna().to_parquet('s3://acme/clicks/sessions.parquet')\n"
            ),
            "ranking/train.py": "import pandas as pd\n\nrows = pd.read_parquet('s3://acme/clicks/stg_sessions.parquet')  # UDC005\n",
        },
    )
    GOOD = (
        {
            "mldebt.toml": '[components]\nclicks = ["clicks/**"]\nranking = ["ranking/**"]\n',
            "clicks/prepare.py": (
                "import pandas as pd\n\nrows = pd.read_csv('s3://acme-raw/clicks.csv')\nrows.to_parquet('s3://acme/clicks/stg_sessions.parquet')\n"
                "rows.dropna().to_parquet('s3://acme/clicks/sessions.parquet')\n"
            ),
            "ranking/train.py": "import pandas as pd\n\nrows = pd.read_parquet('s3://acme/clicks/sessions.parquet')\n",
        },
    )

    def check(self, graph: SystemGraph) -> Iterator[Finding]:
        consumers = graph.once(Consumers)
        successors = graph.once(Successors)
        groups: dict[str, list[Handoff]] = defaultdict(list)
        for handoff in consumers.crossings:
            if successors.is_marked(handoff.artifact) and not consumers.is_declared(handoff):
                groups[handoff.artifact].append(handoff)
        for (tool, path), reads in reads_of_tools(graph).items():
            yield self._of_tool(tool, Subject("file", f"{path} -> {tool}"), reads)
        for artifact, group in sorted(groups.items()):
            successor = successors.of(artifact)
            if successor or not consumers.has_declarations:  # else it is UDC001's
                yield self._finding(consumers, artifact, group, successor)

    def _of_tool(self, tool: str, subject: Subject, reads: Sequence[Access]) -> Finding:
        names = list(dict.fromkeys(access.artifact for access in reads))
        paths = list(dict.fromkeys(access.site.path for access in reads))
        return self.found(
            f"{paths[0]}"
            + (f" and {len(paths) - 1} more files read" if paths[1:] else " reads")
            + f" `{names[0]}`{f' and {len(names) - 1} more' if names[1:] else ''}, which {tool} keeps for itself",
            subject,
            list(dict.fromkeys(access.site for access in reads))[:MAX_LISTED],
            [Evidence(f"{access.site.path} {said(access)}", access.site) for access in reads[:MAX_SHOWN]],
            confidence=Confidence.C,
            severity=Severity.low,
            remedy=f"Ask {tool} by its commands or its library, or have the producer write what is needed to a file of its own.",
            items=len(names),
            members=len(names),
        )

    def _finding(self, consumers: Consumers, artifact: str, group: Sequence[Handoff], successor: str) -> Finding:
        producer = consumers.component(group[0].producer)
        readers = sorted({consumers.component(handoff.consumer) for handoff in group})
        beside = [Evidence(f"`{successor}` is published without the mark")] if successor else []
        return self.found(
            f"`{artifact}` is internal to `{producer or 'the root component'}` by its name, and read by {group[0].consumer.path}"
            + (f"; `{successor}` is what is published" if successor else ""),
            Subject("artifact", artifact),
            dict.fromkeys([*(h.edge.reader.site for h in group), *(h.edge.writer.site for h in group)]),
            [
                *(piece for h in group[:MAX_SHOWN] for piece in _sides(h)),
                *beside,
                Evidence("no declaration names this reader"),
            ],
            confidence=self.confidence if successor else Confidence.C,
            remedy=f"{self.remedy}\n\n{contract(successor or artifact, producer, readers)}",
            items=len(readers),
            members=len(readers),
        )


def _sides(handoff: Handoff) -> Iterator[Evidence]:
    yield Evidence(f"{handoff.producer.path} {said(handoff.edge.writer)}", handoff.edge.writer.site)
    yield Evidence(f"{handoff.consumer.path} {said(handoff.edge.reader)}", handoff.edge.reader.site)
