"""Accesses as the user sees them: from resolved calls, from commands, and from declarations."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache

from analyzer.discover.classify import classify
from analyzer.graph.blockers import Blockers
from analyzer.graph.identity import class_of, identity
from analyzer.graph.invocations import StepRun, below
from analyzer.graph.sql_accesses import SqlTexts, call_of, file_accesses, is_query, naming_line, patterns, use_identity
from analyzer.graph.system import Declaration, Module
from analyzer.link.catalogs import Catalogs
from analyzer.link.command_data import CommandAccess
from analyzer.link.dbt import Dbt
from analyzer.link.domain import Abstract, Pattern, Sym, Unknown, as_pattern
from analyzer.link.effects import Effects
from analyzer.link.evaluate import Evaluator
from analyzer.link.hub_names import CONDITIONAL, with_scheme
from analyzer.link.paths import normal
from analyzer.link.program import Program
from analyzer.link.raw_accesses import RawAccess, RawAccesses
from analyzer.model import Access, Site
from analyzer.read.sql_facts import SqlFacts, TableUse
from analyzer.read.step_facts import StepFacts

KINDS = frozenset({"file", "table", "object", "model", "topic", "dataset", "other"})
_TEMPORARY_NAME = re.compile(r"\{(?:tmp|temp)[\w.]*\}/")
_LOCAL_ONLY = ("builtins.open", "path.", "zipfile.", "tarfile.", "gzip.", "bz2.", "shutil.", "os.", "pickle.", "glob.")
_PLUMBING = frozenset("{mktemp} {GITHUB_ENV} {GITHUB_OUTPUT} {GITHUB_PATH} {GITHUB_STEP_SUMMARY} {GITHUB_STATE} {BASH_ENV}".split())
"""Temporary files, and those by which CI systems pass settings from step to step: no data."""


@cache
def _is_foreign(path: str) -> bool:
    """Is a script vendored, generated or a test: not the project's own flow?"""
    found = classify(path, "")
    return bool(found.vendored or found.generated or found.test)


def _shown(raw: RawAccess) -> str:
    return next((as_pattern(value).shown for value in raw.values), "")


class AccessSites:
    def __init__(self, program: Program, modules: Mapping[str, Module], evaluator: Evaluator, effects: Effects) -> None:
        self.program = program
        self.modules = modules
        self.evaluator = evaluator
        self.effects = effects
        self.causes: Counter[str] = Counter()
        self.total = self.resolved = self.partly = 0
        self.blockers = Blockers(modules, effects)

    def of_python(self) -> Iterator[Access]:
        """One access a site and identity; a site where nothing is known is one access without artifact."""
        seen: set[tuple[str, int, str, str]] = set()
        raws = RawAccesses(self.effects).all()
        self._texts = SqlTexts(self.program, raws)
        for raw in raws:
            module = self.modules.get(raw.path)
            if module is None:
                continue
            if raw.sql:
                yield from self._of_sql(raw, module, seen)
                continue
            named = [(pattern, name) for pattern in patterns(raw) for name in self._identities(pattern, raw)]
            fresh = [(pattern, name) for pattern, name in named if (raw.path, raw.call, raw.op, name) not in seen]
            # a wrapper that tries one path in several ways reads it once
            waits = (raw.path, raw.call, raw.op, f"\0{_shown(raw)}")
            if fresh or (not named and waits not in seen):
                self._count(raw, module, bool(named), any("{" in name for _, name in named))
            for pattern, name in fresh:
                if (raw.path, raw.call, raw.op, name) not in seen:
                    seen.add((raw.path, raw.call, raw.op, name))
                    yield self._access(raw, module, pattern, name)
            if not named and waits not in seen and not (raw.borrowed and raw.via_wrapper):
                seen.add(waits)
                yield self._unresolved(raw, module)

    def _of_sql(self, raw: RawAccess, module: Module, seen: set[tuple[str, int, str, str]]) -> Iterator[Access]:
        """The tables that the statements of a text read and write, at the call and at the line of the text that names them."""
        named: dict[str, bool] = {}
        partly = False
        for pattern in patterns(raw):
            uses = self._texts.uses(raw, pattern)
            if uses == ():
                return  # SQL that names no table
            for use in uses or ():
                name = use_identity(use, raw.path, self.program)
                named[use.op] = named.get(use.op, False) or name is not None
                if name is not None:
                    partly = partly or "{" in name
                    one = replace(raw, op=use.op, kind=use.kind, name=call_of(use, raw.name), append=use.verb == "insert")
                    yield from self._once(self._access(one, module, pattern, name), use, raw, seen, is_long="\n" in pattern.shown)
        if named or is_query(raw):
            self._count(raw, module, any(named.values()), partly)
            unknown = [op for op, found in named.items() if not found] or ([] if named else [raw.op])
            for op in unknown if not (raw.borrowed and raw.via_wrapper) else ():
                if (raw.path, raw.call, op, "") in seen:
                    continue
                seen.add((raw.path, raw.call, op, ""))
                yield self._unresolved(replace(raw, op=op), module)

    def _once(
        self, access: Access, use: TableUse, raw: RawAccess, seen: set[tuple[str, int, str, str]], *, is_long: bool
    ) -> Iterator[Access]:
        """An access of a query, and the same at the line of the text that names the table when it stands elsewhere; each once."""
        module = self.modules[raw.path]
        call = module.facts.calls[raw.call]
        key = (raw.path, raw.call, access.op, use.name)
        if key in seen:
            return
        seen.add(key)
        yield access
        line = 0 if raw.via_wrapper or not is_long else naming_line(module.facts.queries, use.name, call.scope, call.end_line)
        if line and not call.line <= line <= call.end_line and (raw.path, -line, access.op, use.name) not in seen:
            seen.add((raw.path, -line, access.op, use.name))
            yield replace(access, site=module.site(line), borrowed=True)

    def _identities(self, pattern: Pattern, raw: RawAccess) -> list[str]:
        scheme = raw.scheme
        if scheme in CONDITIONAL and pattern.text and self._is_folder_here(pattern.text, raw.path):
            scheme = ""
        name = identity(as_pattern(with_scheme(pattern, scheme)) if scheme else pattern, raw.path, self.program, raw.kind)
        if name and raw.kind == "other" and not _is_address(name):
            return []  # an address is asked for, and this is a path or the end of an address
        if name and raw.name.startswith(_LOCAL_ONLY) and name.startswith(("http://", "https://")):
            return []  # another value of the variable: this call cannot open an address
        if raw.scheme.endswith("!") and (pattern.temporary or _TEMPORARY_NAME.search(pattern.shown)):
            return []  # a folder, in a branch that is not taken with it
        return [name] if name else []

    def _is_folder_here(self, text: str, path: str) -> bool:
        """Does the repository hold the folder that a text names, seen from its root or the file that says it?"""
        folders = self.program.folders
        return "/" in text and any(posixpath.normpath(posixpath.join(base, text)) in folders for base in ("", posixpath.dirname(path)))

    def _access(self, raw: RawAccess, module: Module, pattern: Pattern, name: str) -> Access:
        call = module.facts.calls[raw.call]
        kind = _kind_of(name, raw.kind)
        return Access(
            site=module.site(call.line, call.end_line),
            op=raw.op,
            kind=kind,
            artifact=name,
            via="wrapper" if raw.via_wrapper else pattern.via,
            unit=raw.path,
            call=raw.name,
            klass=class_of(name, raw.klass, kind),
            append=raw.append,
            temporary=pattern.temporary,
            guarded=raw.spared or pattern.shown in self.effects.optional.tested(raw.path, call.scope),
            borrowed=raw.borrowed,
        )

    def _unresolved(self, raw: RawAccess, module: Module) -> Access:
        call = module.facts.calls[raw.call]
        shown = _shown(raw)
        return Access(
            module.site(call.line, call.end_line),
            raw.op,
            raw.kind,
            None,
            "wrapper" if raw.via_wrapper else "parameter",
            raw.path,
            raw.name,
            raw.klass,
            expression=shown[:120],
        )

    def _count(self, raw: RawAccess, module: Module, found: bool, partly: bool) -> None:
        if module.is_test or module.is_vendored or module.is_generated or raw.borrowed or not raw.counts:
            return
        cause = _cause(raw.values)
        self.total += 1
        self.resolved += found
        self.partly += found and partly
        if not found:
            self.causes[cause] += 1
            self.blockers.note(raw)

    def of_files(self, files: Mapping[str, SqlFacts], dbt: Dbt) -> Iterator[Access]:
        """What files of SQL read and write."""
        for access in file_accesses(files, self.program, dbt):
            self.total += 1
            self.resolved += 1
            self.partly += "{" in (access.artifact or "")
            yield access

    # ---- steps -----------------------------------------------------------------------------------------------------

    def of_steps(self, runs: Iterable[StepRun], site: Callable[[str, int], Site]) -> Iterator[Access]:
        """What the commands of steps read and write, and what the steps declare; `site` makes the place of a line in a file."""
        seen: set[tuple[str, int, str, str]] = set()
        for run in runs:
            blind = set(run.undeclared)
            for entry, said in self._step_data(run):
                name = normal(entry.artifact)
                key = (run.unit, entry.line, entry.op, name)
                if key in seen:  # a step that is called in several ways stands there several times
                    continue
                seen.add(key)
                is_known = bool(re.search(r"\w", re.sub(r"\{[^{}]*\}", "", name)))
                if name.startswith("../") and not name.strip("./"):
                    continue
                if name.startswith("/dev/") or (not is_known and ("{" not in name or name in _PLUMBING)):
                    continue
                # an argument that only the step's own lists make data would flatter the share
                if (said in blind or run.mechanism or not (run.step.deps or run.step.outs)) and not _is_foreign(run.path):
                    self._count_command(run, entry, name, site, is_known=is_known)
                yield Access(
                    site(run.path, entry.line), entry.op, entry.kind, name if is_known else None, "literal", run.unit, entry.tool,
                    class_of(name, "", entry.kind), append=entry.append, expression="" if is_known else name[:120],
                    temporary=name.startswith("{mktemp}/"),
                )  # fmt: skip
            for op, entries in (("read", run.step.deps), ("write", run.step.outs)):
                for declared in entries:
                    name = below(declared.path, run.folder, declared.kind)
                    if name and (run.unit, declared.line, f"declared {op}", name) not in seen:
                        seen.add((run.unit, declared.line, f"declared {op}", name))
                        kind = _kind_of(name, declared.kind)
                        yield Access(
                            site(run.path, declared.line), op, kind, name, "declaration", run.unit, "",
                            class_of(name, "", kind), declared=True,
                        )  # fmt: skip

    def _count_command(self, run: StepRun, entry: CommandAccess, name: str, site: Callable[[str, int], Site], *, is_known: bool) -> None:
        self.total += 1
        self.resolved += is_known
        self.partly += is_known and "{" in name
        if not is_known:
            self.causes["shell variable"] += 1
            self.blockers.note_variable(name, run.unit, site(run.path, entry.line))

    @staticmethod
    def _step_data(run: StepRun) -> Iterator[tuple[CommandAccess, CommandAccess]]:
        """The data of a step's commands, their queries read for tables; with each what the command itself says."""
        from analyzer.read.sql import looks_like_sql, table_uses

        for entry in run.data:
            if entry.kind != "sql":
                yield entry, entry
            elif looks_like_sql(entry.artifact):
                for use in table_uses(entry.artifact):
                    place = below(use.name, run.folder) if use.kind == "file" else use.name
                    line = entry.line + use.line - 1 if "\n" in entry.artifact else entry.line
                    yield replace(entry, op=use.op, kind=use.kind, artifact=place, line=line, tool=call_of(use, entry.tool)), entry


def tracked_accesses(steps: Mapping[str, StepFacts], folder_of: Callable[[str, StepFacts], str]) -> Iterator[Access]:
    """Data that `.dvc` files and dvc artifacts hold: brought in by the version control of data."""
    for path, facts in steps.items():
        for entry in facts.tracked:
            name = below(entry.path, folder_of(path, facts))
            op = "write" if facts.kind == "dvc-file" else "read"
            yield Access(Site(path, entry.line), op, "file", name, "declaration", path, "dvc", class_of(name, "", "file"), declared=True)


def catalog_accesses(catalogs: Catalogs, declared: Iterable[Declaration]) -> Iterator[Access]:
    """A data catalog's entries, where they say their location: a write when some step declares to write it, else a read."""
    written = {entry.artifact for entry in declared if entry.op == "write"}
    for dataset in catalogs.datasets():
        if dataset.artifact:
            yield Access(
                Site(dataset.path, dataset.line), "write" if dataset.artifact in written else "read",
                _kind_of(dataset.artifact, dataset.kind), dataset.artifact, "declaration", dataset.path, "catalog",
                class_of(dataset.artifact, "", dataset.kind), declared=True,
            )  # fmt: skip


def _is_address(name: str) -> bool:
    return name.startswith("{") or ":" in name.partition("/")[0]


def _kind_of(name: str, kind: str) -> str:
    kind = kind if kind in KINDS else "file"
    if name.startswith(("s3://", "gs://", "az://", "abfs://", "hdfs://")) and kind == "file":
        return "object"
    if name.startswith(("http://", "https://")) and kind == "file":
        return "other"
    return kind


def _cause(values: Iterable[Abstract]) -> str:
    for value in values:
        if isinstance(value, Unknown):
            return value.cause
        if isinstance(value, (Sym, Pattern)):
            return "parameter"
    return "call result"
