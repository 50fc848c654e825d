"""A dbt project's configuration: where its files are, what its variables say, and which table a model, seed, snapshot or source is.

Sources: docs.getdbt.com, "dbt_project.yml", "Model properties", "Source properties", "Custom schemas", "Custom aliases".
A custom schema stands alone: the schema of the target, which dbt puts before it, is nobody's but the profile's.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from analyzer.link.paths import normal
from analyzer.read.configuration_facts import ConfigFacts

Leaf = tuple[str, str | int | float | bool | None, int]
FOLDERS = {
    "models": ("model-paths", "source-paths"),
    "seeds": ("seed-paths", "data-paths"),
    "snapshots": ("snapshot-paths",),
    "analyses": ("analysis-paths",),
    "macros": ("macro-paths",),
    "tests": ("test-paths",),
}
_STANDARD = {"seeds": ("seeds", "data"), "analyses": ("analyses", "analysis")}
PROJECT_FILE = re.compile(r"(?:^|/)dbt_project\.ya?ml$")
_INSTALLED = re.compile(r"(?:^|/)(?:dbt_packages|dbt_modules|target)/")
_EXPRESSION = re.compile(r"\{\{\s*(.*?)\s*\}\}", re.DOTALL)
_CALLED = re.compile(r"(var|env_var)\(\s*['\"]([^'\"]+)['\"]\s*(?:,\s*['\"]?([^'\")]*)['\"]?)?\s*\)")


@dataclass(frozen=True, slots=True)
class Entry:
    """An item of a list of a properties file (`models:`, `sources:`, `exposures:`, …): its leaves below the item, and where it begins."""

    path: str
    line: int
    leaves: tuple[Leaf, ...]

    def text(self, key: str) -> str:
        """The value of the leaf `key`, "" when there is none."""
        return next((str(value) for name, value, _ in self.leaves if name == key and value is not None), "")


@dataclass(slots=True)
class DbtProject:
    """One `dbt_project.yml`, and the properties files below its folder."""

    root: str
    path: str
    name: str = ""
    folders: dict[str, tuple[str, ...]] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    settings: dict[str, str] = field(default_factory=dict)
    """Leaves of `models:`, `seeds:` and `snapshots:`, with their dotted keys, the plus signs left out."""
    properties: dict[tuple[str, str], Entry] = field(default_factory=dict)
    """(`models`, name) → what a properties file says about it; `sources` under `source.table`."""
    source_schemas: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Source → (database, schema)."""
    exposures: list[Entry] = field(default_factory=list)

    def holds(self, path: str) -> str:
        """The kind of folder (`models`, `seeds`, …) that a file stands in, "" outside of all."""
        for kind, folders in self.folders.items():
            if any(path.startswith(folder + "/") for folder in folders):
                return kind
        return ""

    def table(self, kind: str, name: str, path: str, own: Mapping[str, str]) -> str:
        """The identity of the table that a model, seed or snapshot makes: `database.schema.alias` as far as the project says.

        `own` is what the file itself configures; it wins over the properties, and they over `dbt_project.yml`.
        """
        entry = self.properties.get((kind, name))

        def setting(*keys: str) -> str:
            for key in keys:
                listed = (entry.text(f"config.{key}") or entry.text(key)) if entry else ""
                said = own.get(key) or listed or self._by_folder(kind, path, name, key)
                if said:
                    return self.filled(said)
            return ""

        parts = (setting("database", "project", "target_database"), setting("schema", "dataset", "target_schema"), setting("alias") or name)
        return ".".join(part for part in parts if part)

    def _by_folder(self, kind: str, path: str, name: str, key: str) -> str:
        """The most special setting for a file in `dbt_project.yml`."""
        folder = next((f for f in self.folders.get(kind, ()) if path.startswith(f + "/")), "")
        inside = [*posixpath.dirname(path[len(folder) + 1 :]).split("/"), name] if folder else [name]
        steps = [self.name, *(step for step in inside if step)]
        for end in range(len(steps), -1, -1):
            found = self.settings.get(".".join((kind, *steps[:end], key)))
            if found:
                return found
        return ""

    def source(self, source: str, table: str) -> str:
        """The identity of a source's table; the schema is the source's name unless a properties file says another."""
        entry = self.properties.get(("sources", f"{source}.{table}"))
        identifier = (entry.text("identifier") if entry else "") or table
        database, schema = self.source_schemas.get(source, ("", ""))
        return ".".join(part for part in (self.filled(database), self.filled(schema) or source, self.filled(identifier)) if part)

    def filled(self, text: str) -> str:
        """A value with `{{ var('x') }}` replaced by what the project sets; what only the target knows is a hole."""
        return _EXPRESSION.sub(self._value, text) if "{{" in text else text

    def _value(self, match: re.Match[str]) -> str:
        called = _CALLED.fullmatch(match[1])
        if called is None:
            found = re.search(r"[A-Za-z_][\w.]*", match[1])
            return "{" + (found[0] if found else "unknown") + "}"
        known = self.variables.get(called[2]) if called[1] == "var" else None
        return known or called[3] or "{" + called[2] + "}"


def projects_of(configs: Mapping[str, ConfigFacts]) -> list[DbtProject]:
    """The dbt projects of the repository, the innermost first; packages that dbt installed are none."""
    found = [_project(path, facts) for path, facts in sorted(configs.items()) if PROJECT_FILE.search(path) and not _INSTALLED.search(path)]
    found.sort(key=lambda project: -len(project.root))
    for path, facts in sorted(configs.items()) if found else ():
        if path.endswith((".yml", ".yaml")) and not PROJECT_FILE.search(path) and not _INSTALLED.search(path):
            project = project_at(found, path)
            if project is not None and project.holds(path):
                _properties(project, path, facts)
    return found


def project_at(projects: list[DbtProject], path: str) -> DbtProject | None:
    """The project whose folder holds the file."""
    return next((p for p in projects if not p.root or path.startswith(p.root + "/")), None)


def _project(path: str, facts: ConfigFacts) -> DbtProject:
    project = DbtProject(posixpath.dirname(path), path)
    listed: dict[str, list[str]] = {}
    for key, value, _ in facts.leaves:
        head, _, rest = key.partition(".")
        if key == "name":
            project.name = str(value)
        elif head == "vars" and value is not None:
            project.variables[rest.rpartition(".")[2]] = str(value)
        elif head in ("models", "seeds", "snapshots") and value is not None:
            project.settings[key.replace("+", "")] = str(value)
        elif head.endswith("-paths"):
            listed.setdefault(head, []).append(str(value))
    for kind, keys in FOLDERS.items():
        named = next((listed[key] for key in keys if key in listed), list(_STANDARD.get(kind, (kind,))))
        project.folders[kind] = tuple(normal(posixpath.join(project.root, folder)) for folder in named)
    return project


def _properties(project: DbtProject, path: str, facts: ConfigFacts) -> None:
    for kind in ("models", "seeds", "snapshots", "exposures", "sources"):
        for entry in _entries(path, facts.leaves, kind):
            name = entry.text("name")
            if not name:
                continue
            if kind == "exposures":
                project.exposures.append(entry)
            elif kind == "sources":
                database, schema = entry.text("database") or entry.text("project"), entry.text("schema") or entry.text("dataset")
                project.source_schemas.setdefault(name, (database, schema))
                for table in _entries(path, entry.leaves, "tables"):
                    project.properties.setdefault((kind, f"{name}.{table.text('name')}"), table)
            else:
                project.properties.setdefault((kind, name), entry)


def _entries(path: str, leaves: tuple[Leaf, ...], kind: str) -> Iterator[Entry]:
    """The items of the list `kind`, in order."""
    groups: dict[str, list[Leaf]] = {}
    prefix = kind + "."
    for key, value, line in leaves:
        if key.startswith(prefix):
            position, _, rest = key[len(prefix) :].partition(".")
            if position.isdigit() and rest:
                groups.setdefault(position, []).append((rest, value, line))
    for group in groups.values():
        named = next((line for key, _, line in group if key == "name"), group[0][2])
        yield Entry(path, named, tuple(group))
