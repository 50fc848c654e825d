"""JGL004: steps that overwrite what they read, and steps that feed each other in a circle."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from analyzer.graph.system import Module, SystemGraph
from analyzer.model import Access, Confidence, Cost, Evidence, Finding, Severity, Subject
from analyzer.read.values import Name, last_name
from rules.artifact_names import is_data, is_registered, is_source
from rules.base import Rule, open_world_note
from rules.handoffs import TUTORIAL, Handoff, Handoffs, deletes, said
from rules.severity import in_context

MAX_SHOWN = 12
_BOOKKEEPING = re.compile(
    r"(^|[/_.\-])(cache[sd]?|state|progress|done|seen|processed[-_]ids|history|log|logs|checkpoints?|ckpt|resume|offset|cursor|last|latest|index|lock|"
    r"config|settings|params|version|manifest|metadata|meta|tmp|temp|vocab|queue|jobs?|todo|session|token|credentials?|results?|metrics|scores?|"
    r"leaderboard|report|summary|backup)([/_.\-]|$)",
    re.I,
)
_FETCH = re.compile(r"(^|_)(download|fetch|pull|sync|restore)(_|s?$)", re.I)
_LABELS = re.compile(r"(^|/)labels?/", re.I)
_ADDS = frozenset(
    "append concat concatenate vstack hstack extend insert add union update setdefault drop_duplicates isin difference combine_first merge "
    "writerow writerows add_row append_row upsert".split()
)
"""Calls by which what is there is kept and something comes to it, or is left out by key."""
_STORES = re.compile(r"\.(json(\.\w+)?|zst|xlsx?|db|sqlite3?|duckdb|lmdb|zarr|h5|hdf5?|env|ipynb|md|html?|log|lock|tf|pid)$", re.I)
_PUTS = re.compile(r"(^|\.)(move|copy\w*|rename|replace)$")


class RewriteInPlaceOrCycle(Rule):
    """A step writes over the data that it has read, or two steps read what the other one writes.

    A second run starts from the first run's result, so nobody can tell how often a correction has been applied, and the input of every
    earlier result is gone. In a circle the first run has no order at all: on an empty folder neither step can begin (Sculley et al. 2015,
    section 5.2; section 6 asks that data be reproducible).

    Exempt: what project functions decide by themselves (a store's own load and save); appending; a test whether the file exists
    (resuming, caching), writing only where a test says so; adding rows or columns, dropping duplicates, leaving out by key (whatever
    calls that between read and write); JSON and sheets that are loaded, edited and saved; logs, settings, state and other bookkeeping by
    name or class; models that continue training; a notebook and its script; databases and stores that are updated by key, stores that are
    fetched first, label files and what asks a person; source code that is formatted; parts of names that are not known; files that the
    step has written before it reads them; orders that a checked-in program runs; tests, documentation, lessons.

    Known false positives: a rewrite that changes nothing the second time.
    """

    code = "JGL004"
    name = "rewrite-in-place-or-cycle"
    severity = Severity.high
    confidence = Confidence.B
    opt_in = True
    cost = Cost(base=45, per_item=0, friction=15)
    source = "Sculley et al. 2015, Hidden Technical Debt in Machine Learning Systems, section 5.2 (Pipeline Jungles)"
    remedy = "Write to a new name and let the next step read that; keep the input as it came, or write to a temporary name and rename."
    BAD = (
        {
            "fix.py": (
                'import pandas as pd\n\nframe = pd.read_csv("data/visits.csv")\nframe["price"] = frame["price"] * 1.2\n'
                'frame.to_csv("data/visits.csv")  # JGL004\n'
            )
        },
    )
    GOOD = (
        {
            "fix.py": (
                'import pandas as pd\n\nframe = pd.read_csv("data/visits.csv")\nframe["price"] = frame["price"] * 1.2\n'
                'frame.to_csv("data/visits_gross.csv")\n'
            )
        },
    )

    def check(self, graph: SystemGraph) -> Iterator[Finding]:
        rewrites: dict[str, list[tuple[Access, Access]]] = defaultdict(list)
        for path, accesses in sorted(_data_by_file(graph).items()):
            for name, pairs in _rewritten(graph, path, accesses).items():
                rewrites[name].extend(pairs)
        for name, pairs in sorted(rewrites.items()):
            yield self._rewrite(graph, name, pairs)
        for circle in _circles(graph.once(Handoffs)):
            yield self._circle(graph, circle)

    def _rewrite(self, graph: SystemGraph, name: str, pairs: Sequence[tuple[Access, Access]]) -> Finding:
        sites = dict.fromkeys(site for read, write in pairs for site in (write.site, read.site))
        paths = sorted({write.site.path for _, write in pairs})
        who = paths[0] if len(paths) == 1 else f"{len(paths)} files ({', '.join(paths[:2])}{', …' if len(paths) > 2 else ''})"
        return self.found(
            f"{who} {'reads' if len(paths) == 1 else 'read'} `{name}` and {'writes' if len(paths) == 1 else 'write'} it again: "
            "a second run starts from the first one's result",
            Subject("artifact", name),
            list(sites)[:MAX_SHOWN],
            [
                *(Evidence(f"{access.site.path} {said(access)}", access.site) for pair in pairs[:6] for access in pair),
                open_world_note(graph.uncovered_share(paths)),
            ],
            severity=in_context(graph, Severity.medium, paths),
            members=len(pairs),
        )

    def _circle(self, graph: SystemGraph, circle: Sequence[Handoff]) -> Finding:
        steps = sorted({unit.path for handoff in circle for unit in (handoff.producer, handoff.consumer)})
        sites = dict.fromkeys(site for handoff in circle for site in (handoff.edge.writer.site, handoff.edge.reader.site))
        shown = ", ".join(f"`{step}`" for step in steps[:3]) + (" …" if len(steps) > 3 else "")
        return self.found(
            f"{shown} read what the others write: on an empty folder none of them can run first",
            Subject("cycle", " ".join(steps)),
            list(sites)[: 2 * MAX_SHOWN],
            [
                *(
                    Evidence(f"{unit.path} {said(access)}", access.site)
                    for handoff in circle[:MAX_SHOWN]
                    for unit, access in ((handoff.producer, handoff.edge.writer), (handoff.consumer, handoff.edge.reader))
                ),
                open_world_note(graph.uncovered_share(steps)),
            ],
            severity=in_context(graph, self.severity, steps),
            members=len(steps),
        )


def _data_by_file(graph: SystemGraph) -> dict[str, list[Access]]:
    found: dict[str, list[Access]] = defaultdict(list)
    for access in graph.accesses:
        module = graph.modules.get(access.site.path)
        if module is None or module.is_excluded or access.artifact is None or access.via == "declaration" or access.unit != module.path:
            continue
        if access.borrowed or (access.via == "wrapper" and _PUTS.search(access.call)):
            continue  # what a function of its own decides, or puts there whole, is that function's way of keeping a store
        if not TUTORIAL.search(module.path.rpartition("/")[0]) and _is_dataset(access):
            found[module.path].append(access)
    return found


def _is_dataset(access: Access) -> bool:
    name = access.artifact or ""
    plain = access.kind == "file" and access.is_exact and "://" not in name and not access.temporary and not is_registered(name)
    if not plain or access.klass in ("LOG", "CONFIG", "REPORT", "MODEL", "PREDICTION") or is_source(name):
        return False
    keeps_books = _BOOKKEEPING.search(name) or _LABELS.search(name)
    return is_data(name) and not _STORES.search(name) and not keeps_books and not deletes(access)


def _rewritten(graph: SystemGraph, path: str, accesses: Sequence[Access]) -> dict[str, list[tuple[Access, Access]]]:
    """Artifact → (read, later write) of one function or level of a file, where it has not written the artifact before."""
    module = graph.modules[path]
    if any(call.func == Name("input") for call in module.facts.calls):
        return {}  # a person's answers, which are added
    fetched = _fetched_at(module)
    scope_of: dict[tuple[int | None, int], int] = {}
    order: dict[tuple[int | None, int], int] = {}
    for call in module.facts.calls:
        site = module.site(call.line, call.end_line)
        scope_of.setdefault((site.cell, site.line), call.scope)
        order.setdefault((site.cell, site.line), call.line)
    groups: dict[tuple[str, int], list[tuple[int, Access]]] = defaultdict(list)
    for access in accesses:
        key = (access.site.cell, access.site.line)
        if key in scope_of:
            groups[access.artifact or "", scope_of[key]].append((order[key], access))
    found: dict[str, list[tuple[Access, Access]]] = defaultdict(list)
    for (name, _), members in sorted(groups.items()):
        members.sort(key=lambda item: (item[0], item[1].op))
        line, first = members[0]
        write = next(((at, access) for at, access in members if access.op == "write" and at > line), None)
        if (first.site.cell, first.site.line) in fetched:
            continue  # a store that is kept elsewhere, brought up to date and sent back
        if first.op != "read" or write is None or any(access.guarded for _, access in members):
            continue
        is_read_again = any(access.op == "read" and at > write[0] for at, access in members)
        if module.is_notebook and is_read_again:
            continue  # an intermediate that is loaded again in place of the cells before
        if write[1].append or _is_update(module, line, write[0]):
            continue
        found[name].append((first, write[1]))
    return found


def _is_update(module: Module, read: int, write: int) -> bool:
    """Does the file add to what it has read, or write only when a test says so?"""
    if any(read <= call.line <= write and last_name(call.func) in _ADDS for call in module.facts.calls):
        return True
    arms = (arm for branch in module.facts.branches if branch.kind == "if" for arm in (branch.body, branch.orelse))
    return any(first <= write <= last and not first <= read <= last for first, last in arms)


def _fetched_at(module: Module) -> set[tuple[int | None, int]]:
    """Places of calls that bring something from elsewhere."""
    sites = (module.site(call.line) for call in module.facts.calls if _FETCH.search(last_name(call.func)))
    return {(site.cell, site.line) for site in sites}


def _circles(handoffs: Handoffs) -> Iterator[list[Handoff]]:
    """Hand-offs between steps that reach each other, a group each."""
    edges: dict[str, dict[str, Handoff]] = defaultdict(dict)
    for handoff in handoffs:
        twins = _stem(handoff.producer.path) == _stem(handoff.consumer.path)
        if handoff.klass not in ("LOG", "REPORT", "CONFIG") and handoff.edge.level == 3 and not twins:
            edges[handoff.producer.path].setdefault(handoff.consumer.path, handoff)
    reach = {start: _reached(start, edges) for start in sorted(edges)}
    done: set[str] = set()
    for start in sorted(edges):
        if start in done or start not in reach[start]:
            continue
        members = {path for path in reach[start] if start in reach.get(path, ())} | {start}
        done |= members
        if len(members) > 1:
            yield [handoff for path in sorted(members) for target, handoff in sorted(edges[path].items()) if target in members]


def _stem(path: str) -> str:
    """A notebook and the script that was made of it are one step."""
    return path.rpartition("/")[2].rpartition(".")[0].lower()


def _reached(start: str, edges: dict[str, dict[str, Handoff]]) -> set[str]:
    seen: set[str] = set()
    stack = list(edges.get(start, ()))
    while stack:
        path = stack.pop()
        if path not in seen:
            seen.add(path)
            stack.extend(edges.get(path, ()))
    return seen
