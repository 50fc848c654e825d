"""What a stage's declaration leaves out, or names for nothing: the comparison behind JGL002, for the rule and for who repairs it."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from analyzer.graph.stages import Stage, StageAccesses, stages
from analyzer.graph.system import DataEdge, Declaration, SystemGraph
from analyzer.model import Access, Site
from rules.artifact_names import IdentitySet, canonical, is_data, is_source
from rules.handoffs import TUTORIAL
from rules.told_commands import OUTPUT_OPTION

RERUN_BY_DATA = frozenset({"dvc", "make", "snakemake", "spacy"})
"""Mechanisms that run a stage again when, and only when, something that it declares has changed."""
OWN_FILES = frozenset({"dvc.yaml", "dvc.lock", "params.yaml", "makefile", "gnumakefile", "snakefile", "project.yml", "project.lock"})
SYSTEM_TABLES = ("information_schema", "pg_catalog", "region-")
MISSING_DEP, MISSING_CODE, MISSING_OUT, GHOST = "reads", "imports", "writes", "never reads"


@dataclass(frozen=True, slots=True)
class Drift:
    """One difference between a stage and its declaration."""

    stage: Stage
    verdict: str
    """MISSING_DEP, MISSING_CODE, MISSING_OUT or GHOST."""
    artifact: str
    site: Site
    """Where the code or command shows it; of a ghost where it is declared."""
    other: Access | None = None
    """Of a missing output: who reads it."""
    call: str = ""
    exact: bool = True


class StageDrift:
    def __init__(self, graph: SystemGraph) -> None:
        self.graph = graph
        self._all = stages(graph)
        self.judged = [stage for stage in self._all if _is_judged(stage)]
        if not self.judged:
            return
        self.accesses = StageAccesses(graph)
        self._made = IdentitySet(
            [entry.artifact for stage in self._all for entry in stage.writes]
            + [item.path for facts in graph.steps.values() for item in facts.tracked]
        )
        """What stages make or data version control holds."""
        self._byproducts = _byproducts(graph, self._all)
        self._edges: dict[str, list[DataEdge]] = defaultdict(list)
        for edge in graph.data_edges:
            self._edges[edge.artifact].append(edge)
        self._imports: dict[str, list[tuple[str, Site]]] = defaultdict(list)
        for link in graph.imports:
            if link.status in ("module", "name") and link.target and not link.fact.guard:
                self._imports[link.importer].append((link.target, link.site))

    def __iter__(self) -> Iterator[Drift]:
        """Every difference that is sure, stage by stage."""
        for stage in self.judged:
            yield from self._of_model(stage) if stage.mechanism == "dbt" else self._of_stage(stage)

    def _of_model(self, stage: Stage) -> Iterator[Drift]:
        """Tables that a dbt model names itself, past `ref` and `source`."""
        seen: set[str] = set()
        for access in self.accesses.at(stage.path):
            name = access.artifact or ""
            reads_table = access.op == "read" and access.kind == "table" and access.unit == stage.unit
            is_known = "." in name and "{" not in name and "*" not in name and not name.lower().startswith(SYSTEM_TABLES)
            if reads_table and is_known and name not in seen:
                seen.add(name)
                yield Drift(stage, MISSING_DEP, name, access.site, call="a raw name instead of ref or source")

    def _of_stage(self, stage: Stage) -> Iterator[Drift]:
        deps = IdentitySet(entry.artifact for entry in stage.reads)
        outs = IdentitySet(
            [
                *(entry.artifact for entry in stage.writes),
                *(name for entry in stage.writes for name in self._byproducts.get((stage.path, entry.artifact), ())),
            ]
        )
        done = [access for access in self.accesses.certain(stage) if _is_plain_file(access)]
        made = IdentitySet(access.artifact or "" for access in done if access.op == "write")
        seen: set[tuple[str, str]] = set()
        for access in done:
            name = access.artifact or ""
            if (access.op, name) in seen or outs.covers(name):
                continue
            seen.add((access.op, name))
            if access.op == "read":
                if not deps.covers(name) and not made.covers(name) and self._is_input(stage, access):
                    yield Drift(stage, MISSING_DEP, name, access.site, call=access.call)
            elif (reader := self._reader(stage, access)) is not None or self._is_committed(stage, access):
                yield Drift(stage, MISSING_OUT, name, access.site, reader, access.call)
        yield from (drift for drift in self._given(stage, deps, outs) if ("read", drift.artifact) not in seen)
        yield from self._code(stage, deps)
        yield from self._ghosts(stage)

    # ---- missing dependencies ---------------------------------------------------------------------------------------

    def _is_input(self, stage: Stage, access: Access) -> bool:
        """Is it something that changes on its own: a file under version control, or what another step makes?"""
        name = access.artifact or ""
        if name in self.graph.modules or name in stage.runs or posixpath.basename(name).lower() in OWN_FILES or _is_environment(name):
            return False
        named_here = access.unit == stage.unit and access.site.path == stage.path and not access.borrowed
        if (is_source(name) or access.klass == "CONFIG") and not named_here:
            return False  # settings that code loads by itself are part of the code
        if self._is_packaged(name):
            return False
        return name in self.graph.tracked_files or self._made.covers(name) or (is_data(name) and bool(self._writers(stage, name)))

    def _given(self, stage: Stage, deps: IdentitySet, outs: IdentitySet) -> Iterator[Drift]:
        """Data that other stages make or dvc holds, and that the stage's own command gives to its program as an input."""
        facts = self.graph.steps.get(stage.path)
        if stage.mechanism != "dvc" or facts is None or not stage.runs:
            return
        seen: set[str] = set()
        for command in (command for step in facts.steps if step.name == stage.name for command in step.commands):
            for option, value in _options(command.words):
                name = posixpath.normpath(posixpath.join(posixpath.dirname(stage.path), command.cwd, value))
                is_known = "/" in value and "{" not in name and "://" not in value and not name.startswith(("/", "..", "~"))
                if not is_known or name in seen or OUTPUT_OPTION.search(option) or is_source(name) or name in self.graph.modules:
                    continue
                if self._made.covers(name) and not deps.covers(name) and not outs.covers(name):
                    seen.add(name)
                    yield Drift(stage, MISSING_DEP, name, Site(stage.path, command.line), call=option)

    def _is_packaged(self, name: str) -> bool:
        folder = posixpath.dirname(name)
        while folder:
            if f"{folder}/__init__.py" in self.graph.modules:
                return True
            folder = posixpath.dirname(folder)
        return False

    def _writers(self, stage: Stage, name: str) -> list[Access]:
        edges = self._edges.get(name, ())
        return [e.writer for e in edges if e.level == 3 and e.writer.unit != stage.unit and e.writer.site.path not in stage.runs]

    def _code(self, stage: Stage, deps: IdentitySet) -> Iterator[Drift]:
        """Modules that a script of the stage imports, when the stage declares others of their folder."""
        declared = {entry.artifact for entry in stage.reads if entry.artifact in self.graph.modules} - set(stage.runs)
        folders = {posixpath.dirname(path) for path in declared}
        seen: set[str] = set()
        for path in stage.runs:
            for target, site in self._imports.get(path, ()):
                module = self.graph.modules.get(target)
                if module is None or target in seen or module.is_excluded or target.endswith("__init__.py"):
                    continue
                if posixpath.dirname(target) in folders and not deps.covers(target):
                    seen.add(target)
                    yield Drift(stage, MISSING_CODE, target, site)

    # ---- missing outputs --------------------------------------------------------------------------------------------

    def _reader(self, stage: Stage, access: Access) -> Access | None:
        """A step of the repository other than this one that reads what the stage writes undeclared."""
        name = access.artifact or ""
        if access.klass in ("LOG", "REPORT") or access.append or _is_cache(name) or not is_data(name) or name in self.graph.tracked_files:
            return None
        mine = {stage.path, *stage.runs}
        readers = (edge.reader for edge in self._edges.get(name, ()) if edge.level == 3)
        seen = (reader for reader in readers if reader.via != "declaration" and not reader.guarded)
        return next((reader for reader in seen if reader.unit != stage.unit and reader.site.path not in mine), None)

    def _is_committed(self, stage: Stage, access: Access) -> bool:
        """A result of the stage's own command that git holds: somebody commits it by hand, and nothing ties it to the stage."""
        name = access.artifact or ""
        named_here = access.unit == stage.unit and access.site.path == stage.path and not access.borrowed
        return stage.mechanism == "dvc" and named_here and name in self.graph.tracked_files and not access.append and not is_source(name)

    # ---- ghosts -----------------------------------------------------------------------------------------------------

    def _ghosts(self, stage: Stage) -> Iterator[Drift]:
        """Data that is declared and can be seen to be read by nothing: every access of the stage is known, and none meets it."""
        entries = [entry for entry in stage.reads if self._is_data_entry(entry)]
        if not entries or not stage.runs or any(path not in self.graph.modules for path in stage.runs):
            return
        reached = self._reached(stage)
        if any(a.artifact is None for path in reached for a in self.accesses.at(path)):
            return
        names = [a.artifact or "" for path in reached for a in self.accesses.at(path)] + [
            a.artifact or "" for a in self.accesses.possible(stage)
        ]
        if not names or any("{" in name.partition("/")[0] for name in names):
            return
        touched = IdentitySet(names)
        texts = "\n".join(text.value for path in reached for text in self.graph.modules[path].facts.texts)
        dynamic = any(self.graph.modules[path].facts.dynamic for path in reached)
        for entry in entries:
            if not dynamic and not touched.covers(entry.artifact) and not _is_mentioned(entry.artifact, texts):
                yield Drift(stage, GHOST, entry.artifact, entry.site, exact=False)

    def _is_data_entry(self, entry: Declaration) -> bool:
        name = entry.artifact
        return entry.kind == "file" and is_data(name) and "{" not in name and "*" not in name and name not in self.graph.modules

    def _reached(self, stage: Stage) -> list[str]:
        seen, stack = dict.fromkeys(stage.runs), list(stage.runs)
        while stack and len(seen) < 500:
            for target, _ in self._imports.get(stack.pop(), ()):
                if target not in seen and target in self.graph.modules:
                    seen[target] = None
                    stack.append(target)
        return list(seen)


def _options(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """(option, value) pairs of a command line: `--rows data/a` and `--rows=data/a`."""
    for option, after in zip(words, (*words[1:], ""), strict=True):
        if option.startswith("--"):
            name, _, value = option.partition("=")
            yield name, value or (after if not after.startswith("-") else "")


def grouped(drifts: Iterable[Drift]) -> list[list[Drift]]:
    """Drifts that one edit of a declaration file repairs: one artifact left out by any number of its stages, then equal sets of stages."""
    by_item: dict[tuple[str, str, str], list[Drift]] = defaultdict(list)
    for drift in drifts:
        by_item[drift.stage.path, drift.verdict, drift.artifact].append(drift)
    merged: dict[tuple[str, frozenset[str]], list[Drift]] = defaultdict(list)
    for (path, _, _), group in by_item.items():
        merged[path, frozenset(drift.stage.unit for drift in group)].extend(group)
    return list(merged.values())


def _byproducts(graph: SystemGraph, every: Iterable[Stage]) -> Mapping[tuple[str, str], list[str]]:
    """(Makefile, target) → what rules without a recipe say that comes with it: `rows.csv: model.joblib ;`."""
    bare = {
        f"{path}::{step.name}"
        for path, facts in graph.steps.items()
        if facts.kind == "make"
        for step in facts.steps
        if not any(command.words for command in step.commands)
    }
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for stage in every:
        if stage.unit in bare:
            for entry in stage.reads:
                found[stage.path, entry.artifact] += [made.artifact for made in stage.writes]
    return found


def _is_judged(stage: Stage) -> bool:
    if TUTORIAL.search(posixpath.dirname(stage.path)):
        return False
    if stage.mechanism == "dbt":
        return stage.path.endswith(".sql") and stage.unit == stage.path
    return stage.mechanism in RERUN_BY_DATA and _is_tracked_by_data(stage)


def _is_tracked_by_data(stage: Stage) -> bool:
    """Does the stage rest when nothing changes: a file target or output that it makes, and inputs that it watches?"""
    if not stage.reads or stage.mechanism == "dvc":
        return bool(stage.reads)
    return any(is_data(entry.artifact) or stage.mechanism != "make" or "/" in entry.artifact for entry in stage.writes)


def _is_plain_file(access: Access) -> bool:
    name = access.artifact or ""
    inside = "://" not in name and not name.startswith(("/", "~", "..", "{")) and ":" not in name.partition("/")[0]
    return access.kind == "file" and access.is_exact and inside and not (access.temporary or access.guarded)


def _is_environment(name: str) -> bool:
    base = posixpath.basename(name)
    return base.startswith(".env") or base.endswith(".env")


def _is_cache(name: str) -> bool:
    return any(part.strip("._").lower() in ("cache", "tmp", "temp", "pycache") for part in canonical(name))


def _is_mentioned(name: str, texts: str) -> bool:
    parts = [part for part in canonical(name) if len(part) > 2]
    return any(part in texts for part in parts[-2:])
