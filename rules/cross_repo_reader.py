"""UDC003: code reads what another repository or team makes, and nothing pins or promises it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from analyzer.graph.foreign_code import code_of_branches
from analyzer.graph.foreign_reads import ForeignRead, foreign_reads
from analyzer.graph.system import SystemGraph
from analyzer.model import Confidence, Cost, Evidence, Finding, Link, Severity, Subject
from rules.artifact_names import IdentitySet, has_version
from rules.base import Rule

MAX_SHOWN = 12
_SURE = frozenset({"repository", "code", "hub", "personal"})
_SAID = {
    "repository": "another repository, at whatever its branch holds today",
    "code": "a branch of another repository, at whatever it holds on that day",
    "hub": "a hub, at whatever its head holds today",
    "personal": "somebody's personal folder",
    "bucket": "a bucket that nothing in the repository writes to",
    "schema": "a schema of which nothing in the repository writes a table",
}


class CrossRepoReader(Rule):
    """Code reads data of another repository or team by a hard-coded name, without a version or a contract.

    The owner cannot see this reader: it stands in a repository that the owner does not know. Sculley et al. 2015, section 2.3:
    undeclared consumers "create a hidden tight coupling", and section 2.2 on unstable inputs: "signals whose qualitative or
    quantitative behaviour changes over time". In a workspace of several repositories both sides are shown.

    Found are files of another repository of the same organisation read from a branch, its code installed or cloned from one, models of a
    hub that it keeps and that are loaded without a revision; assets in a personal folder; and, as tentative
    because ownership is only inferred, buckets and schemas that the code names, nothing in the repository writes, and no word of which is
    the repository's own. In a workspace: what one repository writes and another reads by the same full identity.

    Exempt: a release, tag or commit in the address; what a lock file pins; the repository itself; a version in the path;
    public data of others; what a contract, a declaration or a
    list of data in the settings names; schemas that statements or commands create, and copies of own ones (`clean_2`); tables that a
    model of dbt or Dataform makes; what was put away in a folder of old files; configuration files; secrets; tests, documentation,
    examples and tutorials.

    Known false positives: a bucket that the same team fills by hand or by a service of its own.
    """

    code = "UDC003"
    name = "cross-repo-reader"
    severity = Severity.medium
    confidence = Confidence.B
    on_by_default = False
    cost = Cost(base=30, per_item=10, friction=20)
    source = "Sculley et al. 2015, Hidden Technical Debt in Machine Learning Systems, sections 2.2 and 2.3 (Undeclared Consumers)"
    remedy = "Pin what is read (a release, commit or dated object), and agree on it with its owner: a [[contract]] in mldebt.toml."
    BAD = (
        {
            "pyproject.toml": '[project]\nname = "ranker"\nversion = "1"\n\n[project.urls]\nrepository = "https://github.com/acme/ranker"\n',
            "ranker/__init__.py": "",
            "ranker/load.py": (
                "import pandas as pd\n\nURL = 'https://raw.githubusercontent.com/acme/catalogue/main/out/products.csv'\n\n"
                "products = pd.read_csv(URL)  # UDC003\n"
            ),
        },
    )
    GOOD = (
        {
            "pyproject.toml": '[project]\nname = "ranker"\nversion = "1"\n\n[project.urls]\nrepository = "https://github.com/acme/ranker"\n',
            "ranker/__init__.py": "",
            "ranker/load.py": (
                "import pandas as pd\n\nURL = 'https://raw.githubusercontent.com/acme/catalogue/v2.1/out/products.csv'\n\n"
                "products = pd.read_csv(URL)\n"
            ),
        },
    )

    def check(self, graph: SystemGraph) -> Iterator[Finding]:
        groups: dict[tuple[str, str], list[ForeignRead]] = defaultdict(list)
        reads = list(foreign_reads(graph))
        named = [*(pattern for pattern, _, _ in graph.contracts), *(each.artifact for each in graph.declarations)] if reads else []
        promised = IdentitySet(named)
        for read in reads:
            pinned = read.kind == "bucket" and has_version(read.what)
            if not pinned and not promised.covers(read.what):
                groups[read.kind, "" if read.kind == "personal" else read.owner].append(read)
        for site, address, owner in code_of_branches(graph):
            groups["code", owner.partition("/")[0]].append(ForeignRead(site, address, owner, "code"))
        for (kind, _), group in sorted(groups.items()):
            yield self._foreign(kind, group)

    def _foreign(self, kind: str, reads: Sequence[ForeignRead]) -> Finding:
        owners = sorted({read.owner for read in reads})
        names = list(dict.fromkeys(read.what for read in reads))
        return self.found(
            f"`{names[0]}`"
            + (f" and {len(names) - 1} more" if names[1:] else "")
            + f" {'are' if names[1:] else 'is'} {'taken' if kind == 'code' else 'read'} from {_SAID[kind]}",
            Subject("code" if kind == "code" else "owner", ", ".join(owners)),
            dict.fromkeys(read.site for read in reads),
            [
                *(Evidence(f"{'takes' if kind == 'code' else 'reads'} `{read.what}`", read.site) for read in reads[:MAX_SHOWN]),
                Evidence(f"it belongs to `{', '.join(owners)}`" + ("" if kind in _SURE else ", as far as its name tells")),
                Evidence("no declaration or contract names it, and the name holds no version"),
            ],
            confidence=self.confidence if kind in _SURE else Confidence.C,
            items=len(names),
            members=len(names),
        )

    def between(self, links: Iterable[Link]) -> Iterator[Finding]:
        """Findings of a workspace: what one repository writes and another reads by the same identity, declared by neither."""
        groups: dict[tuple[str, str], list[Link]] = defaultdict(list)
        for link in links:
            if link.kind == "reads" and link.level == 3 and not link.declared and link.producer != link.consumer:
                groups[link.producer, link.consumer].append(link)
        for (producer, consumer), group in sorted(groups.items()):
            more = f" and {len(group) - 1} more" if group[1:] else ""
            yield self.found(
                f"{consumer} reads {group[0].what}{more} of {producer}, which no declaration names",
                Subject("repository", f"{producer} -> {consumer}"),
                dict.fromkeys([*(link.site for link in group), *(link.origin for link in group if link.origin is not None)]),
                [piece for link in group[:MAX_SHOWN] for piece in _sides(link)],
                severity=Severity.high,
                confidence=Confidence.A,
                items=len(group),
                members=len(group),
            )


def _sides(link: Link) -> Iterator[Evidence]:
    if link.origin is not None:
        yield Evidence(f"{link.producer} makes {link.what}", link.origin)
    yield Evidence(f"{link.consumer} reads it in {link.places} place{'s' if link.places > 1 else ''} ({link.via})", link.site)
