"""JGL005: one artifact, several independent steps that write it."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from analyzer.graph.system import Module, SystemGraph
from analyzer.model import Access, Confidence, Cost, Evidence, Finding, Severity, Subject
from analyzer.read.facts import Call
from analyzer.read.values import Const, last_name
from rules.artifact_names import is_data, is_distinctive, is_registered, is_source
from rules.base import Rule, guarded_confidence, open_world_note
from rules.consumers import PUT_AWAY
from rules.edited_in_place import edited_in_place
from rules.handoffs import TUTORIAL, Handoffs, deletes, said
from rules.loose_ends import COURSE
from rules.severity import in_context

MAX_SHOWN = 12
MAX_PLACES = 60
_VERSION = re.compile(r"([_-]?(v?\d+|old|new|copy|bak|backup|orig|final|test|debug|local|dev|prod))+$", re.I)


_TAKES_BACK = re.compile(r"(^|[_-])(rollback|roll_back|restore|revert|undo|reset)([_-]|$)", re.I)
"""Programs that put back what another one set: the two are the two ends of one switch."""
_STATE = re.compile(r"(?:^|/)(?:configs?|conf|settings|state|routing)/(?:[^/]+/)*[^/]+\.(?:json|ya?ml|toml|env)$", re.I)


class MultiWriterArtifact(Rule):
    """Several independent steps write one artifact, and another step reads whichever result is there.

    What the reader gets depends on who ran last, and nothing in the file tells. A correction in one writer is undone by the next run of
    the other (Sculley et al. 2015, section 5.2).

    One finding stands for one artifact with all its writers and readers. Tentative: data that a `.dvc` file holds and that several
    scripts, of which no stage declares one, read and write again.

    Exempt: writers that one program starts or that share their entry point (alternatives of a choice); a function that several programs
    call; writers that read the artifact first (each keeps the other's result); appending, partitions and unknown parts of a name; caches;
    twins (a notebook and its script, numbered versions of one file); programs that hand the same inputs to one function, or a switch to
    the function that writes; what a deployment sets and a rollback takes back; logs, reports and settings; names without a folder;
    registries and hubs; code that was put away (`archive/`); modules of libraries, tests, documentation, lessons.

    Known false positives: writers for different machines or customers, of which one installation runs only one.
    """

    code = "JGL005"
    name = "multi-writer-artifact"
    severity = Severity.high
    confidence = Confidence.B
    on_by_default = False
    cost = Cost(base=40, per_item=15, friction=12)
    source = "Sculley et al. 2015, Hidden Technical Debt in Machine Learning Systems, section 5.2 (Pipeline Jungles)"
    remedy = "Let one step own the artifact: give each writer a file of its own and let one step put them together."
    BAD = (
        {
            "crm.py": 'import pandas as pd\n\npd.read_csv("in/crm.csv").to_parquet("data/interim/clients.parquet")  # JGL005\n',
            "shop.py": 'import pandas as pd\n\npd.read_csv("in/shop.csv").to_parquet("data/interim/clients.parquet")\n',
            "train.py": 'import pandas as pd\n\nprint(pd.read_parquet("data/interim/clients.parquet"))\n',
        },
    )
    GOOD = (
        {
            "crm.py": 'import pandas as pd\n\npd.read_csv("in/crm.csv").to_parquet("data/interim/crm.parquet")\n',
            "shop.py": 'import pandas as pd\n\npd.read_csv("in/shop.csv").to_parquet("data/interim/shop.parquet")\n',
            "train.py": (
                'import pandas as pd\n\ncrm = pd.read_parquet("data/interim/crm.parquet")\n'
                'shop = pd.read_parquet("data/interim/shop.parquet")\n'
            ),
        },
    )

    def check(self, graph: SystemGraph) -> Iterator[Finding]:
        yield from self._overwritten(graph)
        for item, by_file in edited_in_place(graph).items():
            yield self._edited(graph, item, by_file)

    def _edited(self, graph: SystemGraph, item: str, by_file: dict[str, list[Access]]) -> Finding:
        writes = [access for accesses in by_file.values() for access in accesses]
        coverage = graph.uncovered_share(by_file)
        return self.found(
            f"`{item}`, which dvc holds as an input, is edited in place by {len(by_file)} scripts that no stage declares",
            Subject("artifact", item),
            list(dict.fromkeys(access.site for access in writes))[:MAX_PLACES],
            [
                *dict.fromkeys(Evidence(f"{access.unit} reads it and {said(access)}", access.site) for access in writes[:MAX_SHOWN]),
                open_world_note(coverage),
            ],
            severity=Severity.medium,
            confidence=Confidence.C,
            remedy="Keep what dvc holds as it came, and make the corrections a stage of their own that writes another artifact.",
            items=len(by_file),
            members=len(by_file),
        )

    def _overwritten(self, graph: SystemGraph) -> Iterator[Finding]:
        several = {name: by_file for name, by_file in sorted(_writers(graph).items()) if len(by_file) > 1}
        if not several:
            return
        handoffs = graph.once(Handoffs)
        for name, by_file in several.items():
            writers = _apart(graph, _independent(handoffs, by_file))
            readers = _readers(graph, name, writers)
            if len(writers) > 1 and readers:
                finding = self._finding(graph, name, writers, readers)
                if finding.confidence >= Confidence.C:
                    yield finding

    def _finding(self, graph: SystemGraph, name: str, writers: Sequence[Access], readers: Sequence[Access]) -> Finding:
        paths = sorted({access.site.path for access in (*writers, *readers)})
        coverage = graph.uncovered_share(paths)
        return self.found(
            f"`{name}` is written by {len(writers)} independent steps, and {readers[0].site.path} reads whichever ran last",
            Subject("artifact", name),
            dict.fromkeys(access.site for access in (*writers[:MAX_SHOWN], *readers[:MAX_SHOWN])),
            [
                *(Evidence(f"{access.unit} {said(access)}", access.site) for access in (*writers[:MAX_SHOWN], *readers[:3])),
                open_world_note(coverage),
            ],
            severity=in_context(graph, Severity.medium, paths),
            confidence=guarded_confidence(self.confidence, coverage, escapes=False),
            items=len(writers),
            members=len(writers),
        )


def _writers(graph: SystemGraph) -> dict[str, dict[str, Access]]:
    """Artifact → file → its first overwriting access, of the project's own code."""
    found: dict[str, dict[str, Access]] = defaultdict(dict)
    updates = {(access.site.path, access.artifact) for access in graph.accesses if access.op == "read"}
    for access in graph.accesses:
        module = graph.modules.get(access.site.path)
        if module is None or access.op != "write" or access.artifact is None or access.borrowed or not _is_overwrite(access):
            continue  # a call of a function that decides the name leaves that to the function: one writer, however often it is called
        project = graph.projects.get(module.project)
        in_library = module.is_packaged and project is not None and project.archetype == "library" and not module.facts.main_line
        folder = posixpath.dirname(module.path)
        is_lesson = TUTORIAL.search(folder) or COURSE.search(folder + "/")
        if PUT_AWAY.search(module.path) is not None:
            continue  # nobody runs it any more
        if not (module.is_excluded or in_library or is_lesson or (module.path, access.artifact) in updates):
            found[access.artifact].setdefault(module.path, access)
    return found


def _is_overwrite(access: Access) -> bool:
    name = access.artifact or ""
    plain = access.kind == "file" and access.is_exact and "://" not in name and not (access.temporary or access.append or access.guarded)
    if not plain or access.via == "declaration" or access.klass in ("LOG", "CONFIG", "REPORT") or is_source(name) or is_registered(name):
        return False
    if _STATE.search(name) or _TAKES_BACK.search(posixpath.basename(access.site.path).rpartition(".")[0]):
        return False
    named = "/" in name and not any(part.strip(".").lower() in ("cache", "tmp", "temp") for part in name.split("/"))
    return named and is_data(name) and is_distinctive(name) and not deletes(access)


def _independent(handoffs: Handoffs, by_file: dict[str, Access]) -> list[Access]:
    """One writer of each group that one program runs, and of each set of twins; library modules stand for what runs them."""
    chosen: list[Access] = []
    taken: list[frozenset[str]] = []
    stems: set[str] = set()
    for path, access in sorted(by_file.items(), key=lambda item: (item[1].borrowed, item[0])):
        unit = handoffs.graph.units.get(path)
        if unit is None:
            continue
        drivers = handoffs.drivers(unit)
        stem = _VERSION.sub("", posixpath.basename(path).rpartition(".")[0]).lower()
        if stem in stems or any(not drivers.isdisjoint(others) for others in taken):
            continue
        stems.add(stem)
        taken.append(drivers)
        chosen.append(access)
    return chosen


def _apart(graph: SystemGraph, writers: Sequence[Access]) -> list[Access]:
    """Without writers that let a function write which decides by a switch, and with one of those that make the same of the same inputs."""
    if len(writers) < 2:
        return list(writers)
    found: list[Access] = []
    made: set[tuple[str, frozenset[str]]] = set()
    for access in writers:
        calls = _calls_at(graph.modules[access.site.path], access) if access.via == "wrapper" else []
        if any(isinstance(value, Const) and isinstance(value.value, bool) for call in calls for _, value in call.keywords):
            continue
        inputs = graph.once(_reads_at).get(_place(access), frozenset())
        keys = {(last_name(call.func), inputs) for call in calls} if inputs else set()
        if made.isdisjoint(keys):
            found.append(access)
        made |= keys
    return found


def _calls_at(module: Module, access: Access) -> list[Call]:
    sites = ((call, module.site(call.line)) for call in module.facts.calls)
    return [call for call, site in sites if (site.cell, site.line) == (access.site.cell, access.site.line)]


def _reads_at(graph: SystemGraph) -> dict[tuple[str, int | None, int], frozenset[str]]:
    """What each line reads, through the functions that it calls as well."""
    found: dict[tuple[str, int | None, int], set[str]] = defaultdict(set)
    for access in graph.accesses:
        if access.op == "read" and access.artifact is not None and access.kind == "file":
            found[_place(access)].add(access.artifact)
    return {place: frozenset(names) for place, names in found.items()}


def _place(access: Access) -> tuple[str, int | None, int]:
    return (access.site.path, access.site.cell, access.site.line)


def _readers(graph: SystemGraph, name: str, writers: Sequence[Access]) -> list[Access]:
    """Who else reads it: outside the files that write it, tests and documentation aside."""
    files = {access.site.path for access in writers}
    artifact = graph.artifacts.get(name)
    found = (access for access in (artifact.readers if artifact else ()) if access.site.path not in files)
    return [a for a in found if not a.borrowed and (a.site.path not in graph.modules or not graph.modules[a.site.path].is_excluded)]
