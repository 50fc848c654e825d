"""SQL in configuration files: queries that programs of the repository run, shown where the file names their tables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from analyzer.graph.identity import class_of
from analyzer.graph.sql_accesses import call_of, use_identity
from analyzer.link.dbt import Dbt
from analyzer.link.program import Program
from analyzer.model import Access, Site
from analyzer.read.configuration_facts import ConfigFacts

MAX_QUERIES = 500
"""Of one file."""
_QUERY = re.compile(
    r"(?:^|[._-])(?:query|queries|sql|statements?|from_obj|cohort|labels?|source|select|view|hql|ddl|dml)(?:[._-]\w*|\.\d+)*$",
    re.IGNORECASE,
)
_PROSE = re.compile(r"(?:description|comment|help|doc|docs|title|message|notes?|text|prompt|example|summary)$", re.IGNORECASE)
_EXCLUDED = re.compile(r"(?:^|/)(?:tests?|fixtures?|cassettes|node_modules|vendor|third_party)/|\.lock$")


def settings_accesses(configs: Mapping[str, ConfigFacts], program: Program, dbt: Dbt) -> Iterator[Access]:
    """What the queries in configuration files read and write; the unit is the file. dbt's own files are read as such."""
    for path, facts in sorted(configs.items()):
        if not _EXCLUDED.search(path) and dbt.project_of(path) is None:
            yield from _of_file(path, facts, program)


def _of_file(path: str, facts: ConfigFacts, program: Program) -> Iterator[Access]:
    from analyzer.read.sql import looks_like_sql, table_uses

    seen: set[tuple[str, str, int]] = set()
    keys = {key.rpartition(".")[2] for key, _, _ in facts.leaves}
    queries = 0
    for key, value, line in facts.leaves:
        if not isinstance(value, str) or len(value) < 15 or not _QUERY.search(key) or _PROSE.search(key) or not looks_like_sql(value):
            continue
        queries += 1
        if queries > MAX_QUERIES:
            return
        first = line if "\n" in value.rstrip() or value.endswith("\n") else line - 1  # a block begins below its key
        for use in table_uses(value):
            name = use_identity(use, path, program)
            at = min(first + use.line, facts.lines)
            # the name of another query of the file is no table
            if name is not None and name not in keys and (use.op, name, at) not in seen:
                seen.add((use.op, name, at))
                verb = call_of(use, f"SQL {use.verb.upper()}")
                yield Access(Site(path, at), use.op, use.kind, name, "config", path, verb, class_of(name, "", use.kind))
