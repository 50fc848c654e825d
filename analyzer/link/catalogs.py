"""Data catalogs: what a dataset's name means in a project (Kedro).

Source: https://docs.kedro.org, "Data Catalog", "Configuration" (OmegaConfigLoader and its forerunner), "Dataset factories".
Entries of `conf/local` replace those of `conf/base`; other environments are asked only for names that neither has.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from analyzer.link.paths import normal
from analyzer.read.configuration_facts import CatalogEntry, CatalogFacts, ConfigFacts

MAX_DEPTH = 8
MAX_TEXT = 1_000
DEFAULT_ENVIRONMENTS = ("local", "base")
PLACE = re.compile(r"^(?:(?P<root>.+)/)?conf/(?P<environment>[^/]+)/")
STANDARD = re.compile(r"^(?:(?:(?P<root>.+)/)?[^/]+/)?(?P<environment>base|local)/")
REFERENCE = re.compile(
    r"\$\{\s*(?:(?P<resolver>globals|runtime_params|oc\.env)\s*:)?\s*(?P<key>[^{}$,|:\s]+)\s*(?:[,|]\s*(?P<default>[^{}$]*))?\}"
)
REMAINING = re.compile(r"\$\{(?:[^{}]*[:.])?([^{}:.,|]*)[^{}]*\}")
PLACEHOLDER = re.compile(r"\{(\w*)\}")


@dataclass(frozen=True, slots=True)
class Dataset:
    """A dataset of a catalog, with what it is stored as."""

    name: str
    artifact: str
    """Its identity; "" when it is only kept in memory."""
    kind: str
    path: str
    line: int
    """Where the catalog says so."""
    layer: str = ""


@dataclass(slots=True)
class _Project:
    """The catalog files of one project: environment → name → (file, entry)."""

    root: str
    named: dict[str, dict[str, tuple[str, CatalogEntry]]] = field(default_factory=dict)
    patterns: dict[str, list[tuple[str, CatalogEntry]]] = field(default_factory=dict)


class Catalogs:
    """All catalogs of the repository; `configs` are asked for the values that `${…}` stands for."""

    def __init__(self, catalogs: Mapping[str, CatalogFacts], configs: Mapping[str, ConfigFacts]) -> None:
        self._configs = configs
        self._leaves: dict[str, dict[str, str]] = {}
        self._globals: dict[str, list[str]] = {}
        self._projects: dict[str, _Project] = {}
        for path, facts in sorted(catalogs.items()):
            root, environment = _place(path)
            project = self._projects.setdefault(root, _Project(root))
            for entry in facts.entries:
                if PLACEHOLDER.search(entry.name):
                    project.patterns.setdefault(environment, []).append((path, entry))
                else:
                    project.named.setdefault(environment, {}).setdefault(entry.name, (path, entry))
        if self._projects:
            for path in sorted(configs):
                if re.search(r"(^|/)globals[^/]*\.ya?ml$", path):
                    self._globals.setdefault(_place(path)[0], []).append(path)

    def __bool__(self) -> bool:
        return bool(self._projects)

    def dataset(self, importer: str, name: str) -> Dataset | None:
        """What dataset `name` is in the project that the file `importer` belongs to; None when no catalog of it knows the name.

        A name with a transcoding suffix (`cars@spark`) that has no entry of its own is asked without it.
        """
        project = self._project_of(importer)
        if project is None:
            return None
        for candidate in dict.fromkeys((name, name.partition("@")[0])):
            for environments in _orders(project):
                found = self._named(project, environments, candidate) or self._by_pattern(project, environments, candidate)
                if found is not None:
                    return found
        return None

    def datasets(self) -> Iterator[Dataset]:
        """Every dataset that has an entry of its own, in every environment; patterns are left out, for they name nothing by themselves."""
        for project in self._projects.values():
            for named in project.named.values():
                for path, entry in named.values():
                    yield self._filled(project, path, entry, entry.name, {})

    def _project_of(self, importer: str) -> _Project | None:
        folder = posixpath.dirname(importer)
        while folder and folder not in self._projects:
            folder = posixpath.dirname(folder)
        return self._projects.get(folder)

    def _named(self, project: _Project, environments: tuple[str, ...], name: str) -> Dataset | None:
        for environment in environments:
            found = project.named.get(environment, {}).get(name)
            if found is not None:
                return self._filled(project, *found, name, {})
        return None

    def _by_pattern(self, project: _Project, environments: tuple[str, ...], name: str) -> Dataset | None:
        """The most specific pattern that matches: most characters outside braces, then most placeholders, then by name."""
        matching: list[tuple[int, int, str, str, CatalogEntry, dict[str, str]]] = []
        for environment in environments:
            for path, entry in project.patterns.get(environment, ()):
                values = _matched(entry.name, name)
                if values is not None:
                    literal = PLACEHOLDER.sub("", entry.name)
                    matching.append((-len(literal), -entry.name.count("{"), entry.name, path, entry, values))
        if not matching:
            return None
        _, _, _, path, entry, values = min(matching, key=lambda match: match[:4])
        return self._filled(project, path, entry, name, values)

    def _filled(self, project: _Project, path: str, entry: CatalogEntry, name: str, values: Mapping[str, str]) -> Dataset:
        location = PLACEHOLDER.sub(lambda match: values.get(match[1], match[0]), self._interpolated(project.root, path, entry.location))
        return Dataset(name, _identity(project.root, location, entry.kind), entry.kind, path, entry.line, entry.layer)

    # ---- interpolation ---------------------------------------------------------------------------------------------------

    def _interpolated(self, root: str, path: str, text: str) -> str:
        for _ in range(MAX_DEPTH):
            if "${" not in text or len(text) > MAX_TEXT:
                break
            replaced = REFERENCE.sub(lambda match: self._value(root, path, match), text)
            if replaced == text:
                break
            text = replaced
        return REMAINING.sub(lambda match: "{" + (match[1].strip() or "value") + "}", text)

    def _value(self, root: str, path: str, match: re.Match[str]) -> str:
        key, default = match["key"], match["default"]
        sources = [] if match["resolver"] in ("runtime_params", "oc.env") else self._globals.get(root, ())
        for source in [*([] if match["resolver"] else [path]), *sorted(sources, key=_environment_rank)]:
            value = self._leaves_of(source).get(key)
            if value is not None:
                return value
        return default.strip().strip("\"'") if default is not None else "{" + key.rpartition(".")[2] + "}"

    def _leaves_of(self, path: str) -> dict[str, str]:
        found = self._leaves.get(path)
        if found is None:
            facts = self._configs.get(path)
            leaves = facts.leaves if facts is not None else ()
            found = self._leaves[path] = {key: str(value) for key, value, _ in leaves if value is not None}
        return found


def _place(path: str) -> tuple[str, str]:
    """(project root, environment) of a configuration file: the folder that holds `conf/`, and the folder below that."""
    match = PLACE.match(path) or STANDARD.match(path)
    return (match["root"] or "", match["environment"]) if match else (posixpath.dirname(path), "base")


def _environment_rank(path: str) -> int:
    environment = _place(path)[1]
    return DEFAULT_ENVIRONMENTS.index(environment) if environment in DEFAULT_ENVIRONMENTS else len(DEFAULT_ENVIRONMENTS)


def _orders(project: _Project) -> Iterator[tuple[str, ...]]:
    yield DEFAULT_ENVIRONMENTS
    yield tuple(sorted({*project.named, *project.patterns} - set(DEFAULT_ENVIRONMENTS)))


def _matched(pattern: str, name: str) -> dict[str, str] | None:
    """The values of the placeholders when `name` fits `pattern`."""
    names = PLACEHOLDER.findall(pattern)
    literals = PLACEHOLDER.split(pattern)[::2]
    match = re.fullmatch("(.+?)".join(re.escape(literal) for literal in literals), name) if len(names) <= 8 and len(name) <= 200 else None
    return dict(zip(names, match.groups(), strict=True)) if match else None


def _identity(root: str, location: str, kind: str) -> str:
    if not location or not re.sub(r"\{[^{}]*\}", "", location).strip("/."):
        return ""
    if kind != "file":
        return location
    if "://" in location or location.startswith(("/", "~", "{")):
        return normal(location)
    return normal(posixpath.join(root, location))
