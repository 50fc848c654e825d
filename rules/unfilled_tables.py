"""Tables of the project's own schemas that code reads and that nothing in the repository fills: JGL009's case for databases."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection
from fnmatch import fnmatchcase

from analyzer.graph.system import SystemGraph
from analyzer.model import Access
from rules.artifact_names import HOLE
from rules.handoffs import TUTORIAL

_CATALOGS = frozenset({"information_schema", "pg_catalog", "sys", "public", "dbo", "main", "default"})
_PLAIN = re.compile(r"[\w-]+(\.[\w-]+)+$")
_CHANGES = re.compile(r"SQL (DELETE|TRUNCATE|UPDATE|ALTER)")
MAX_NAME = 80


def unfilled_tables(graph: SystemGraph) -> dict[str, list[Access]]:
    """Schema of which the repository makes tables → reads of its other tables, that nothing makes, declares or tells of."""
    reads: dict[str, list[Access]] = defaultdict(list)
    written: set[str] = set()
    own: dict[str, set[str]] = defaultdict(set)
    forms: list[str] = []
    for access in graph.accesses:
        name = (access.artifact or "").lower().replace('"', "").replace("`", "")
        if access.kind != "table" or not name or _is_aside(graph, access.site.path):
            continue
        if access.op == "read" and _PLAIN.match(name):
            reads[name].append(access)
        elif access.op == "write" and HOLE.search(name):
            forms.append(HOLE.sub("*", name))
        elif access.op == "write":
            schema, _, table = name.rpartition(".")
            written.update((name, table))
            if not _CHANGES.match(access.call):
                own[schema].add(table)
    missing = {name: each for name, each in reads.items() if own.get(name.rpartition(".")[0])}
    missing = {
        name: each for name, each in missing.items() if not {name, name.rpartition(".")[2]} & written and not _is_formed(name, forms)
    }
    tables = {name.rpartition(".")[2] for name in missing}
    told = _told(graph, tables) if missing else frozenset()
    found: dict[str, list[Access]] = defaultdict(list)
    for name, each in sorted(missing.items()):
        schema, _, table = name.rpartition(".")
        if schema not in _CATALOGS and name not in told and table not in told:
            found[schema].extend(access for access in each if not access.borrowed)
    return {schema: each for schema, each in found.items() if each}


def _is_aside(graph: SystemGraph, path: str) -> bool:
    module = graph.modules.get(path)
    return TUTORIAL.search(path.rpartition("/")[0]) is not None or (module is not None and module.is_excluded)


def _is_formed(name: str, forms: list[str]) -> bool:
    """May a writer that spells its table only partly mean this one? A form without a schema may lie in any."""
    table = name.rpartition(".")[2]
    return any(fnmatchcase(name, form) if "." in form else fnmatchcase(table, form) for form in forms)


def _told(graph: SystemGraph, tables: Collection[str]) -> frozenset[str]:
    """Those of which prose tells, which commands or files that nothing could read name, or which are a whole text of code or settings."""
    found = {name.lower() for name in graph.named_in_prose}
    for module in graph.modules.values():
        found.update(word.lower() for word in module.facts.words)
        found.update(text.value.lower() for text in module.facts.texts if len(text.value) < MAX_NAME)
    for config in graph.configs.values():
        found.update(value.lower() for _, value, _ in config.leaves if isinstance(value, str) and len(value) < MAX_NAME)
    found.update(name.lower() for name, site in graph.told.items() if site.path not in graph.configs and name.lower() in tables)
    return frozenset(found)
